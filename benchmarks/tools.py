"""What tools cost that nobody uses: the wait for the first words, and what the model reads anew.

Two whole shows, one after the other and again, against a stand-in that takes its time for reading
what is new to it and for each token.
"""

import statistics
import tempfile
from pathlib import Path

from benchmarks.first import ask
from benchmarks.row import Row
from bot.tools.options import ToolsOptions
from tests.standins.ollama import OllamaStandIn
from tests.support.show import on_air

_SHOWS = 4
_VIEWERS = 10
_PACE, _PROMPT_SPEED = 100.0, 2000.0
_TIMES = 1.02


async def measure() -> list[Row]:
    """Ask ten times in each show, with all tools and with none."""
    times: dict[bool, list[float]] = {True: [], False: []}
    unread: dict[bool, list[int]] = {True: [], False: []}
    for _ in range(_SHOWS):
        for has_tools in (True, False):
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / "history.db"
                options = ToolsOptions() if has_tools else ToolsOptions(allowed="none")
                async with (
                    OllamaStandIn(pace=_PACE, prompt_speed=_PROMPT_SPEED) as model,
                    on_air(model.host, path, speaker="wren", tools=options) as viewer,
                ):
                    await viewer.until("reply.finished")
                    for number in range(_VIEWERS):
                        times[has_tools].append(await ask(model, viewer, number))
                unread[has_tools] += [new for _, new in model.waited]
    on, off = (1000 * statistics.median(times[has_tools]) for has_tools in (True, False))
    new, new_off = (statistics.mean(unread[has_tools]) for has_tools in (True, False))
    return [
        Row(
            "comment → first sentence, with tools that nobody uses",
            *(on, "without tools", off, off * _TIMES),
        ),
        Row(
            "tokens of prompt that are read anew for a reply, with them",
            *(new, "without tools", new_off, new_off * _TIMES, "tokens"),
        ),
    ]
