"""Time, passed in, so that tests live through hours in milliseconds."""

import asyncio
import math
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """What the core may know of time."""

    def now(self) -> datetime:
        """Return the wall-clock time, in UTC; it may jump."""
        ...

    def monotonic(self) -> float:
        """Return seconds from an arbitrary start; never goes back."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Return after this many seconds."""
        ...


class SystemClock:
    """The machine's own time."""

    def now(self) -> datetime:
        """Return the wall-clock time, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return seconds from an arbitrary start."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Return after this many seconds."""
        await asyncio.sleep(seconds)


class TimeLimit:
    """A limit on how long a block may wait, on the bot's clock; see ``time_limit``."""

    def __init__(self, clock: Clock, timeout: asyncio.Timeout) -> None:
        self._clock = clock
        self._timeout = timeout
        self._due = self._wakes_at = math.inf
        self._alarm: asyncio.Task[None] | None = None

    def renew(self, seconds: float) -> None:
        """Let the block wait for this many seconds from now on."""
        self._due = self._clock.monotonic() + seconds
        if self._due < self._wakes_at:
            self.end()
            self._wakes_at = self._due
            self._alarm = asyncio.create_task(self._ring())

    def end(self) -> None:
        """Limit nothing any more."""
        if self._alarm:
            self._alarm.cancel()

    async def _ring(self) -> None:
        while (left := self._due - self._clock.monotonic()) > 0:
            self._wakes_at = self._due
            await self._clock.sleep(left)
        self._timeout.reschedule(asyncio.get_running_loop().time())


@asynccontextmanager
async def time_limit(clock: Clock, seconds: float) -> AsyncIterator[TimeLimit]:
    """Cancel what the block waits for once this many seconds have passed on the clock.

    The limit can be renewed from within, each time something comes.

    Raises:
        TimeoutError: they have passed.
    """
    async with asyncio.timeout(None) as timeout:
        limit = TimeLimit(clock, timeout)
        limit.renew(seconds)
        try:
            yield limit
        finally:
            limit.end()
