"""``python -m benchmarks [NAME…] [--json]``: measure, print, and exit with 1 when a row misses."""

import asyncio
import json
import platform
import sys
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from benchmarks import (
    back,
    cache,
    cleaning,
    crash,
    first,
    flood,
    judging,
    latency,
    leaks,
    overlay,
    panel,
    prompt,
    soak,
    speaking,
    startup,
    tools,
    voice,
)
from benchmarks.row import Row

_BENCHMARKS: dict[str, Callable[["_Wishes"], Awaitable[list[Row]]]] = {
    "startup": lambda _: startup.measure(),
    "latency": lambda _: latency.measure(),
    "first": lambda _: first.measure(),
    "back": lambda _: back.measure(),
    "cache": lambda _: cache.measure(),
    "speaking": lambda _: speaking.measure(),
    "prompt": lambda _: prompt.measure(),
    "cleaning": lambda _: cleaning.measure(),
    "judging": lambda _: judging.measure(),
    "leaks": lambda _: leaks.measure(),
    "overlay": lambda _: overlay.measure(),
    "panel": lambda _: panel.measure(),
    "tools": lambda _: tools.measure(),
    "voice": lambda _: voice.measure(),
    "flood": lambda _: flood.measure(),
    "soak": lambda wishes: soak.measure(wishes.hours, wishes.seed),
    "crash": lambda wishes: crash.measure(wishes.times, wishes.seed),
}


@dataclass(frozen=True)
class _Wishes:
    hours: float
    times: int
    seed: int | None


def main(
    names: Annotated[list[str] | None, typer.Argument(help=", ".join(_BENCHMARKS))] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
    hours: Annotated[float, typer.Option(help="How long the soak's stream is.")] = soak.HOURS,
    times: Annotated[int, typer.Option(help="How often the bot is killed.")] = crash.TIMES,
    seed: Annotated[
        int | None, typer.Option(help="Repeat the soak, or the crashes, of this number.")
    ] = None,
) -> None:
    """Measure what the project claims of itself."""
    if unknown := set(names or ()) - _BENCHMARKS.keys():
        sys.exit(f"No such benchmark: {', '.join(unknown)}. There are: {', '.join(_BENCHMARKS)}.")
    rows = asyncio.run(_measure(names or list(_BENCHMARKS), _Wishes(hours, times, seed)))
    if as_json:
        about = {"python": platform.python_version(), "machine": platform.platform()}
        told = [{**asdict(row), "ratio": row.ratio, "passed": row.passed} for row in rows]
        print(json.dumps({**about, "rows": told}, ensure_ascii=False, indent=2))
    else:
        Console().print(_table(rows))
    sys.exit(not all(row.passed for row in rows))


async def _measure(names: list[str], wishes: _Wishes) -> list[Row]:
    return [row for name in names for row in await _BENCHMARKS[name](wishes)]


def _table(rows: list[Row]) -> Table:
    table = Table("what", "measured", "limit", "against", "baseline", "ratio", "")
    for row in rows:
        table.add_row(
            *(row.what, _figure(row.measured, row.unit)),
            ("at least " if row.at_least else "at most ") + _figure(row.limit, row.unit),
            *(row.against, _figure(row.baseline, row.unit)),
            "" if row.ratio is None else f"{row.ratio:.2f}",
            "ok" if row.passed else "MISSED",
        )
    return table


def _figure(value: float, unit: str) -> str:
    return f"{value:,.0f} {unit}" if value >= 100 else f"{value:.3g} {unit}"  # noqa: PLR2004


typer.run(main)
