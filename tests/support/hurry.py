"""A clock in a hurry, for what waits in many places while real neighbours answer."""

from datetime import UTC, datetime, timedelta

from bot.clock import SystemClock

_TIMES = 40.0
_EPOCH = datetime(2026, 1, 2, tzinfo=UTC)


class Hurry(SystemClock):
    """Time that passes forty times as fast."""

    def monotonic(self) -> float:
        """See ``Clock``."""
        return _TIMES * super().monotonic()

    def now(self) -> datetime:
        """See ``Clock``."""
        return _EPOCH + timedelta(seconds=self.monotonic())

    async def sleep(self, seconds: float) -> None:
        """See ``Clock``."""
        await super().sleep(seconds / _TIMES)
