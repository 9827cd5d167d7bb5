"""A part of the show that a bug ends begins anew; the others do not notice."""

import asyncio

import pytest

from bot.errors import MisconfiguredError
from bot.tasks import kept
from tests.support.clock import FakeClock


async def test_a_part_with_a_bug_begins_anew(caplog: pytest.LogCaptureFixture) -> None:
    """After a rest that grows; the bug is loud in the log."""
    clock, begun = FakeClock(), list[float]()

    async def part() -> None:
        begun.append(clock.monotonic())
        if len(begun) < 4:
            raise ZeroDivisionError

    keeping = asyncio.create_task(kept(part, clock))
    await clock.advance(10)
    await keeping
    assert begun == [0, 1, 3, 7]
    assert caplog.text.count("A bug in a part of the show") == 3
    assert "ZeroDivisionError" in caplog.text


async def test_what_a_person_must_mend_is_no_bug() -> None:
    """It ends the show, with its own words."""

    async def part() -> None:
        raise MisconfiguredError("mend it")

    with pytest.raises(MisconfiguredError):
        await kept(part, FakeClock())


async def test_a_part_can_be_cancelled() -> None:
    """As anything can."""
    keeping = asyncio.create_task(kept(asyncio.Event().wait, FakeClock()))
    await asyncio.sleep(0)
    keeping.cancel()
    with pytest.raises(asyncio.CancelledError):
        await keeping
