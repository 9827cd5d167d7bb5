"""Time limits go by the clock that is passed in, and by no other."""

import asyncio
import math
from collections.abc import Awaitable, Callable

import pytest

from bot.clock import TimeLimit, time_limit
from bot.tasks import cancel_and_wait
from tests.support.clock import FakeClock


async def limited(
    clock: FakeClock, seconds: float, work: Callable[[TimeLimit], Awaitable[None]]
) -> None:
    """Do the work within so many seconds."""
    async with time_limit(clock, seconds) as limit:
        await work(limit)


async def never(_: TimeLimit) -> None:
    """Wait for ever."""
    await asyncio.Event().wait()


async def test_what_takes_too_long_is_cancelled() -> None:
    """Not before its time, and then at once."""
    clock = FakeClock()
    task = asyncio.create_task(limited(clock, 5, never))
    await clock.advance(4.9)
    assert not task.done()
    await clock.advance(0.1)
    with pytest.raises(TimeoutError):
        await task


async def test_what_is_quick_enough_leaves_nothing_behind() -> None:
    """Neither a limit that strikes later, nor a task."""
    clock = FakeClock()

    async def quick(_: TimeLimit) -> None:
        await clock.sleep(1)

    task = asyncio.create_task(limited(clock, 5, quick))
    await clock.advance(1)
    await task
    await clock.advance(10)
    assert asyncio.all_tasks() == {asyncio.current_task()}


@pytest.mark.parametrize("renewals", [[8.0, 8.0], [3.0], [20.0, 3.0], [0.5], [3.0, 20.0]])
async def test_it_can_be_renewed(renewals: list[float]) -> None:
    """Each time from then on: longer than before, and shorter, too."""
    clock = FakeClock()

    async def renewing(limit: TimeLimit) -> None:
        for seconds in renewals:
            await clock.sleep(3)
            limit.renew(seconds)
        await asyncio.Event().wait()

    task = asyncio.create_task(limited(clock, 4, renewing))
    await clock.advance(3 * len(renewals) + renewals[-1] - 0.1)
    assert not task.done()
    await clock.advance(0.2)
    assert isinstance(task.exception(), TimeoutError)


async def test_there_may_be_none() -> None:
    """An endless limit asks nobody to wake it."""
    clock = FakeClock()
    task = asyncio.create_task(limited(clock, math.inf, never))
    await clock.advance(1e6)
    assert not task.done()
    assert clock.slept == []
    await cancel_and_wait(task)


async def test_what_cancels_the_block_from_outside_is_no_time_limit() -> None:
    """A cancelled task stays cancelled."""
    clock = FakeClock()
    task = asyncio.create_task(limited(clock, 5, never))
    await clock.advance(1)
    await cancel_and_wait(task, None)
    assert task.cancelled()
