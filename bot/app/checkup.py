"""A check-up before the stream: each part in a line, and what mends it."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum

from rich.cells import set_cell_size
from rich.console import Console
from rich.text import Text

from bot.translation import tr


class Grade(StrEnum):
    """How a part does."""

    GOOD = "good"
    FAIR = "fair"
    """The show can go on air, and would be better otherwise."""
    BAD = "bad"


_STYLES = {Grade.GOOD: "green", Grade.FAIR: "yellow", Grade.BAD: "bold red"}
_NAMES_WIDTH = 13


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found of one part, in words for people; how to mend it is among them."""

    part: str
    grade: Grade
    told: str


def is_ready(findings: Sequence[Finding]) -> bool:
    """Return whether the show can go on air."""
    return all(one.grade is not Grade.BAD for one in findings)


async def show(findings: AsyncIterator[Finding], console: Console) -> bool:
    """Print each finding as it comes, and then whether the show can go on air; return that."""
    marks = {Grade.GOOD: tr("ok"), Grade.FAIR: tr("hm"), Grade.BAD: tr("no")}
    seen = []
    with console.status(tr("Looking at each part ...")):
        async for one in findings:
            seen.append(one)
            head = f"{set_cell_size(marks[one.grade], 3)}{set_cell_size(one.part, _NAMES_WIDTH)} "
            line = Text.assemble((head, _STYLES[one.grade]), one.told)
            console.print(line, highlight=False, soft_wrap=True)
    bad = sum(one.grade is Grade.BAD for one in seen)
    if bad:
        told = tr("Not ready yet: {count} to be mended.", count=bad)
        console.print(told, style=_STYLES[Grade.BAD])
    else:
        console.print(tr("Ready to go live."), style="bold green")
    return not bad


async def as_json(findings: AsyncIterator[Finding]) -> tuple[str, bool]:
    """Return all findings as JSON, and whether the show can go on air."""
    seen = [one async for one in findings]
    told = {"ready": is_ready(seen), "findings": [asdict(one) for one in seen]}
    return json.dumps(told, ensure_ascii=False, indent=2), is_ready(seen)


async def in_order(checks: Sequence[Awaitable[list[Finding]]]) -> AsyncGenerator[Finding]:
    """Yield what checks find that run side by side, in their order, as soon as it is known."""
    tasks = [asyncio.ensure_future(check) for check in checks]
    try:
        for task in tasks:
            for finding in await task:
                yield finding
    finally:
        for task in tasks:
            task.cancel()
