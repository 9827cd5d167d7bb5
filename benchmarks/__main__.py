"""``python -m benchmarks [NAME…] [--json]``: measure, print, and exit with 1 when a row misses."""

import asyncio
import json
import platform
import sys
from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from benchmarks import latency, startup
from benchmarks.row import Row

_BENCHMARKS = {"startup": startup.measure, "latency": latency.measure}


def main(
    names: Annotated[list[str] | None, typer.Argument(help=", ".join(_BENCHMARKS))] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Measure what the project claims about its speed."""
    if unknown := set(names or ()) - _BENCHMARKS.keys():
        sys.exit(f"No such benchmark: {', '.join(unknown)}. There are: {', '.join(_BENCHMARKS)}.")
    rows = asyncio.run(_measure(names or list(_BENCHMARKS)))
    if as_json:
        about = {"python": platform.python_version(), "machine": platform.platform()}
        told = [{**asdict(row), "ratio": row.ratio, "passed": row.passed} for row in rows]
        print(json.dumps({**about, "rows": told}, ensure_ascii=False, indent=2))
    else:
        Console().print(_table(rows))
    sys.exit(not all(row.passed for row in rows))


async def _measure(names: list[str]) -> list[Row]:
    return [row for name in names for row in await _BENCHMARKS[name]()]


def _table(rows: list[Row]) -> Table:
    table = Table("what (95th percentile)", "ms", "limit", "against", "ms", "ratio", "")
    for row in rows:
        verdict = "ok" if row.passed else "MISSED"
        table.add_row(
            *(row.what, f"{row.measured:.1f}", f"{row.limit:.0f}", row.against),
            *(f"{row.baseline:.1f}", f"{row.ratio:.2f}", verdict),
        )
    return table


typer.run(main)
