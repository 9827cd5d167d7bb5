"""A listener keeps one source listened to: whatever ends it, it is started again."""

import logging

from bot.clock import Clock
from bot.errors import MisconfiguredError, UnavailableError
from bot.sources import Receive, Source

log = logging.getLogger(__name__)

_SHORTEST_WAIT = 1.0
_LONGEST_WAIT = 60.0
_STEADY = 60.0
"""Seconds after which a source that fails again counts as having worked."""


class Listener:
    """Watches over one source.

    ``state`` tells people how it is.
    """

    def __init__(self, source: Source, *, clock: Clock) -> None:
        self._source = source
        self._clock = clock
        self.state = "starting"

    @property
    def name(self) -> str:
        """The source's name."""
        return self._source.name

    async def run(self, receive: Receive) -> None:
        """Listen until the stream is over, starting again with growing waits after a failure."""
        wait = _SHORTEST_WAIT
        told = ""
        while True:
            began = self._clock.monotonic()
            self.state = "listening"
            try:
                await self._source.listen(receive)
            except (UnavailableError, MisconfiguredError) as error:
                if self._clock.monotonic() - began > _STEADY:
                    wait = _SHORTEST_WAIT
                    told = ""
                # The same line for hours would hide all others.
                level = logging.DEBUG if str(error) == told else logging.ERROR
                told = str(error)
                self.state = f"not listening: {told}"
                log.log(level, "%s: %s Trying again in %.0f s.", self.name, told, wait)
            else:
                self.state = "over"
                log.info("%s: the chat is over.", self.name)
                return
            await self._clock.sleep(wait)
            wait = min(_LONGEST_WAIT, wait * 2)
