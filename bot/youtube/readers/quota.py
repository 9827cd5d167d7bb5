"""How often YouTube's Data API may be asked, so that a day's quota lasts a long stream."""

from datetime import UTC, datetime, time, timedelta

_CALL = 5
_STREAM = timedelta(hours=12)
_RESERVE = 0.05
_PROMPT = timedelta(minutes=5)
_PROMPT_INTERVAL = 5.0
_LONGEST_INTERVAL = 30.0

_RENEWAL = time(8, tzinfo=UTC)
"""Midnight in Pacific Time; in summer that is an hour sooner, and the later is the safe one to plan
for: https://developers.google.com/youtube/v3/getting-started#quota."""


class Quota:
    """A plan for the units that are left of a day.

    - For the first five minutes the chat is asked every five seconds: the streamer is trying it.
    - From then on what is left, but for a twentieth, is spread evenly over the time until the
      quota is renewed or the stream is twelve hours old, whichever is sooner; of 10,000 units,
      that is a call every 23 seconds.
    - Never is it asked less often than every 30 seconds: a chat slower than that is no chat. Then
      the quota may run out, and YouTube says so.

    What was used before the bot was started is not known.
    """

    def __init__(self, units: int, now: datetime) -> None:
        self._units = units
        self._begin(now)

    def _begin(self, now: datetime) -> None:
        self._left = self._units
        self._begun = now
        self._renewed = _next_renewal(now)

    def spend(self, units: int, now: datetime) -> None:
        """Count what a call costs, in units."""
        if now >= self._renewed:
            self._begin(now)
        self._left = max(0, self._left - units)

    def interval(self, now: datetime) -> float:
        """Return the seconds to leave between two calls."""
        even = self._even_interval(now)
        return min(even, _PROMPT_INTERVAL) if now - self._begun < _PROMPT else even

    def lasts(self, now: datetime) -> timedelta | None:
        """Return how long it lasts at the planned pace; None where it is renewed before."""
        seconds = self._left / _CALL * self._even_interval(now)
        lasts = timedelta(seconds=seconds)
        return lasts if now + lasts < self._renewed else None

    def renewed_in(self, now: datetime) -> timedelta:
        """Return how long it takes at most until there is a new day's quota."""
        return _next_renewal(now) - now

    def _even_interval(self, now: datetime) -> float:
        calls = (self._left - self._units * _RESERVE) / _CALL
        end = min(self._renewed, self._begun + _STREAM)
        if calls <= 0 or now >= end:
            return _LONGEST_INTERVAL
        return min(_LONGEST_INTERVAL, float((end - now).total_seconds() / calls))


def _next_renewal(now: datetime) -> datetime:
    today = datetime.combine(now.astimezone(UTC), _RENEWAL)
    return today if today > now else today + timedelta(days=1)
