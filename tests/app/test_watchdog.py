"""Whatever holds the show up stands in the log, and what people notice in the terminal, too."""

import asyncio
import logging

import pytest

from bot.app.watchdog import watch
from tests.support.clock import FakeClock


class _BusyClock(FakeClock):
    """A clock on which sleeps end late, by these seconds, one after the other."""

    def __init__(self, *late: float) -> None:
        super().__init__()
        self._late = iter(late)
        self._lost = 0.0

    def monotonic(self) -> float:
        """Return the seconds that have passed, also those that were lost."""
        return super().monotonic() + self._lost

    async def sleep(self, seconds: float) -> None:
        """Return late."""
        await super().sleep(seconds)
        self._lost += next(self._late)


async def test_what_holds_everything_up_is_told(caplog: pytest.LogCaptureFixture) -> None:
    """A jitter is not, a twentieth of a second is in the file, and a second in the terminal."""
    caplog.set_level(logging.DEBUG)
    clock = _BusyClock(0.0, 0.04, 0.2, 1.5, 0.0)
    watching = asyncio.create_task(watch(clock))
    for _ in range(4):
        await clock.advance(0.25)
    watching.cancel()
    assert [(one.levelname, "ms" in one.getMessage()) for one in caplog.records] == [
        ("DEBUG", True),
        ("WARNING", True),
    ]
    assert "for 1500 ms" in caplog.text
