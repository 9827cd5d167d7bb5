"""Time for tests: it stands still until it is told to pass."""

import asyncio
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush
from itertools import count

_BEGIN = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
_TURNS = 20
"""Rounds of the event loop that a woken task has before time goes on."""


class FakeClock:
    """A ``bot.clock.Clock`` on which seconds pass only by ``advance``.

    ``slept`` holds the length of every sleep that was asked for, in order.
    """

    def __init__(self) -> None:
        self.slept: list[float] = []
        self._seconds = 0.0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._numbers = count()
        self._fell_asleep = asyncio.Condition()

    def now(self) -> datetime:
        """Return the wall-clock time."""
        return _BEGIN + timedelta(seconds=self._seconds)

    def monotonic(self) -> float:
        """Return the seconds that have passed."""
        return self._seconds

    async def sleep(self, seconds: float) -> None:
        """Return when this many seconds have passed; at once where none are asked for."""
        self.slept.append(seconds)
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        woken = asyncio.get_running_loop().create_future()
        heappush(self._sleepers, (self._seconds + seconds, next(self._numbers), woken))
        async with self._fell_asleep:
            self._fell_asleep.notify_all()
        await woken

    async def advance(self, seconds: float) -> None:
        """Let time pass, and wake each sleeper at its own moment, also those that sleep again."""
        end = self._seconds + seconds
        await _settle()
        while self._sleepers and self._sleepers[0][0] <= end:
            self._seconds, _, woken = heappop(self._sleepers)
            if not woken.done():
                woken.set_result(None)
            await _settle()
        self._seconds = end

    async def asleep(self, sleepers: int = 1) -> None:
        """Wait until this many tasks sleep."""
        async with self._fell_asleep:
            await self._fell_asleep.wait_for(lambda: self.sleeping >= sleepers)

    @property
    def sleeping(self) -> int:
        """How many tasks sleep."""
        return sum(not woken.done() for _, _, woken in self._sleepers)


async def _settle() -> None:
    for _ in range(_TURNS):
        await asyncio.sleep(0)
