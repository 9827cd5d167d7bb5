"""The contact of a stage with its neighbour: whether it is there, and when it is tried again."""

import logging

from bot.clock import Clock
from bot.errors import BotError, MisconfiguredError

_FIRST_RETRY = 1.0
_LONGEST_RETRY = 10.0


class Contact:
    """Tells each change once.

    Args:
        state: how it is at the beginning, in a sentence for the streamer.
        clock: the time between two tries.
        log: where changes are told.

    Attributes:
        state: how it is now.
        is_up: whether the neighbour does what is wanted.
        alive_at: when, on the clock's ``monotonic``, it last did; None before that.
    """

    def __init__(self, state: str, *, clock: Clock, log: logging.Logger) -> None:
        self.state = state
        self.is_up = False
        self.alive_at: float | None = None
        self._clock = clock
        self._log = log
        self._retry = _FIRST_RETRY

    def up(self, state: str) -> None:
        """Note that the neighbour is there."""
        self._retry = _FIRST_RETRY
        self.is_up = True
        self.alive_at = self._clock.monotonic()
        self.note(state)

    def down(self, error: BotError) -> None:
        """Note that it is not, and why."""
        self.is_up = False
        level = logging.ERROR if isinstance(error, MisconfiguredError) else logging.WARNING
        self.note(str(error), level)

    def note(self, state: str, level: int = logging.INFO) -> None:
        """Note how it is."""
        if state != self.state:
            self.state = state
            self._log.log(level, "%s", state)

    async def rest(self) -> None:
        """Return when it may be tried again: later each time."""
        await self._clock.sleep(self._retry)
        self._retry = min(2 * self._retry, _LONGEST_RETRY)


class InContact:
    """A stage that tells how it stands with its neighbour."""

    def __init__(self, contact: Contact) -> None:
        self._contact = contact

    @property
    def is_ready(self) -> bool:
        """Whether the neighbour does what is wanted."""
        return self._contact.is_up

    @property
    def alive_at(self) -> float | None:
        """When, on the clock's ``monotonic``, the neighbour last did it."""
        return self._contact.alive_at

    @property
    def state(self) -> str:
        """How it is doing, in a sentence or two for the streamer."""
        return self._contact.state
