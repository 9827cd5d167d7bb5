"""What the charts are drawn of: a sample every ten seconds, of twelve hours."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.app.figures import COLUMNS, EVERY
from tests.standins.ollama import OllamaStandIn
from tests.support.rehearsal import Rehearsal, rehearsal


@pytest.fixture
async def show(tmp_path: Path, ollama: OllamaStandIn) -> AsyncIterator[Rehearsal]:
    """A show whose figures are taken."""
    async with rehearsal(tmp_path / "history.db", ollama) as show:
        taking = asyncio.create_task(show.show.figures.run())
        await show.asleep()
        yield show
        taking.cancel()


def samples(show: Rehearsal, since: int = 0) -> list[dict[str, Any]]:
    """Return the samples by the names of their columns."""
    told = show.show.figures.report(since)
    return [dict(zip(COLUMNS, one, strict=True)) for one in told["samples"]]


async def test_what_is_counted(show: Rehearsal) -> None:
    """What has come since the sample before, and how it stands."""
    assert samples(show) == []
    show.write("hi")
    await show.board.until(lambda: bool(show.board.seen))
    show.write("and I", "aki")
    show.write("me too", "bo")
    show.write("090-1234-5678", "cy")
    await show.clock.advance(EVERY)
    [first] = samples(show)
    assert (first["comments"], first["withheld"], first["shed"]) == (3, 1, 0)
    assert first["first_words"] is not None
    assert first["reuse"] is not None
    await show.clock.advance(EVERY)
    assert samples(show)[1]["comments"] == 0


async def test_who_waits_longest(show: Rehearsal, ollama: OllamaStandIn) -> None:
    """In seconds, by the oldest comment."""
    show.order("!pause")
    show.write("hi", paid="500")
    await show.clock.advance(EVERY)
    [first] = samples(show)
    assert first["waiting"] == 1
    assert first["oldest"] == pytest.approx(EVERY, abs=1)
    assert first["first_words"] is None
    assert ollama.requests is not None


async def test_only_what_is_new(show: Rehearsal) -> None:
    """By the number of a sample; after twelve hours the oldest go."""
    await show.clock.advance(5 * EVERY)
    figures = show.show.figures
    assert figures.report()["first"] == 0
    assert len(samples(show, 3)) == 2
    assert figures.report(3)["first"] == 3
    assert samples(show, 99) == []
    figures._samples.extend([(0.0,) * len(COLUMNS)] * 5000)  # noqa: SLF001
    figures._taken += 5000  # noqa: SLF001
    assert len(samples(show)) == 4320
    assert figures.report()["first"] == 5005 - 4320
