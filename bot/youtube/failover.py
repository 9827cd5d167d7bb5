"""Whose turn it is to read a YouTube chat: the first reader's, until it fails twice in a row."""

import logging
from collections.abc import Sequence

from bot.clock import Clock
from bot.errors import BotError, MisconfiguredError
from bot.translation import tr
from bot.youtube.readers import Reader
from bot.youtube.readers.wire import BusyError

log = logging.getLogger(__name__)

_TRIES = 2
_AGAIN = 1.0
_STEADY = 40.0
"""Seconds after a failure from which on an answer shows that it is over."""


class Failover:
    """Chooses among readers. The one that works is kept."""

    def __init__(self, readers: Sequence[Reader], *, clock: Clock) -> None:
        """Take the readers in their order: the best first, at least one."""
        self._readers = readers
        self._clock = clock
        self._not_before = {reader.name: 0.0 for reader in readers}
        self._because = ""
        self.begin()

    def begin(self) -> None:
        """Let the first reader have its turn again: all is forgiven."""
        self._at = self._told = 0
        self._failed_at = 0.0
        self._forgive()

    def _forgive(self) -> None:
        self._failures: list[BotError] = []
        self._tries = self._passed = 0

    async def next(self) -> Reader:
        """Return whose turn it is, as soon as YouTube may be asked by it."""
        reader = self._readers[self._at]
        await self._clock.sleep(self._not_before[reader.name] - self._clock.monotonic())
        return reader

    def works(self) -> None:
        """Take note that the reader has had an answer; tell if it is not who had the last."""
        if self._clock.monotonic() - self._failed_at > _STEADY:
            self._forgive()
        if self._at != self._told:
            self._told = self._at
            log.warning(
                tr(
                    "YouTube's chat is read in another way now ({reader}). {because}",
                    reader=self._readers[self._at].name,
                    because=self._because,
                ),
            )

    def failed(self, failure: BotError) -> list[BotError]:
        """Take note that the reader has failed, and pass the turn on where it is time.

        Returns:
            Why all have failed, each of them twice in a row: then the first is tried next. Nothing
            while there is one left to try.
        """
        reader = self._readers[self._at]
        log.debug("YouTube cannot be read through %s: %s", reader.name, failure)
        self._failures.append(failure)
        self._failed_at = self._clock.monotonic()
        # What one reader takes for a mistake of the streamer's is none where another one works.
        self._because = "" if isinstance(failure, MisconfiguredError) else str(failure)
        self._tries += 1
        wait = _AGAIN
        if isinstance(failure, BusyError):
            wait, self._tries = failure.wait, _TRIES
        self._not_before[reader.name] = self._failed_at + wait
        if self._tries < _TRIES:
            return []
        self._tries = 0
        self._passed += 1
        if self._passed < len(self._readers):
            self._at = (self._at + 1) % len(self._readers)
            return []
        failures = self._failures
        self._at = 0
        self._forgive()
        return failures
