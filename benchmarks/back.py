"""How soon viewers are answered again when the model's server is back after an outage.

A whole show against a stand-in that goes away for longer than viewers have patience, while one of
them has written; a second one writes while it is away.
"""

import asyncio
import statistics
import tempfile
import time
from pathlib import Path

from benchmarks import first
from benchmarks.row import Row
from bot.persona import load
from tests.standins.ollama import OllamaStandIn
from tests.support.show import Viewer, on_air

_OUTAGES = 3
_MORE_S = 4.0
_UNABLE = frozenset(load("wren").unable)
_GLANCE_S = 0.05
_LASTS_S = 9.0
"""How long one lasts. Once, the waits between attempts doubled, up to a minute."""


async def measure() -> list[Row]:
    """End the server, and begin it again, in the middle of one show."""
    normal, back = [], []
    with tempfile.TemporaryDirectory() as folder:
        async with (
            OllamaStandIn(pace=100.0, prompt_speed=2000.0, load_seconds=0.5) as model,
            on_air(model.host, Path(folder) / "history.db", speaker="wren") as viewer,
        ):
            await viewer.until("reply.finished")
            for number in range(_OUTAGES):
                normal.append(await first.ask(model, viewer, number))
                await viewer.post("!skip", roles=["moderator"])
                await viewer.until("cleared", count=number + 2)
                back.append(await _outage(model, viewer, number))
    usual, after = (1000 * statistics.median(times) for times in (normal, back))
    return [
        Row(
            "the server is back → first sentence to who waited",
            *(after, "a reply as usual", usual, usual + 1000 * _MORE_S),
        )
    ]


async def _outage(model: OllamaStandIn, viewer: Viewer, number: int) -> float:
    seen = len(viewer.events)
    await model.go_away()
    await viewer.post(f"are you there, number {number}?", f"first {number}")
    while not _UNABLE.intersection(  # noqa: ASYNC110  a rare look costs the show nothing
        data["text"] for name, data in viewer.events[seen:] if name == "reply.sentence"
    ):
        await asyncio.sleep(_GLANCE_S)
    await viewer.post(f"and I, number {number}?", f"second {number}")
    await asyncio.sleep(_LASTS_S)
    text = f"Here I am again, number {number}."
    model.will(f"{text} ", "What was it?")
    await model.come_back()
    began = time.perf_counter()
    await viewer.until("reply.sentence", text=text)
    return time.perf_counter() - began
