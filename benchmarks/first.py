"""How long the first viewer waits after *On air*, held against the tenth.

A whole show, with the talk of an earlier one behind it, against a stand-in that takes its time for
loading, for reading what is new to it, and for each token.
"""

import statistics
import tempfile
import time
from pathlib import Path

from benchmarks.row import Row
from tests.standins.harmony import tokens
from tests.standins.ollama import OllamaStandIn, Thinking
from tests.support.show import Viewer, on_air

_SHOWS = 7
_VIEWERS = 10
_PACE, _PROMPT_SPEED, _LOADING = 100.0, 2000.0, 1.0
_TIMES = 1.1


async def measure() -> list[Row]:
    """Begin one show after another, and ask ten times in each."""
    firsts, tenths = [], []
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "history.db"
        for _ in range(_SHOWS):
            async with OllamaStandIn(
                pace=_PACE, prompt_speed=_PROMPT_SPEED, load_seconds=_LOADING
            ) as model:
                first, *_, tenth = await _ask(model, database)
            firsts.append(first)
            tenths.append(tenth)
    first, tenth = (1000 * statistics.median(times) for times in (firsts, tenths))
    return [
        Row(
            "comment → first sentence, the first viewer after On air",
            *(first, "the tenth viewer", tenth, tenth * _TIMES),
        )
    ]


async def _ask(model: OllamaStandIn, database: Path) -> list[float]:
    async with on_air(model.host, database, speaker="wren") as viewer:
        await viewer.until("reply.finished")
        return [await ask(model, viewer, number) for number in range(_VIEWERS)]


async def ask(model: OllamaStandIn, viewer: Viewer, number: int) -> float:
    """Return the seconds from a comment to the first sentence, in a show that is at rest.

    ``number`` is how often that was asked before.
    """
    await viewer.post("!skip", roles=["moderator"])  # the reading time of the last one
    await viewer.until("cleared", count=number + 1)
    text = f"The sea is quite calm, number {number}."
    model.will(Thinking("hm "), *tokens(f"{text} And so is Brahms, on top of the radio."))
    began = time.perf_counter()
    await viewer.post(f"hello number {number}", f"viewer {number}")
    await viewer.until("reply.sentence", text=text)
    return time.perf_counter() - began
