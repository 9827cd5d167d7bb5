"""A listener keeps one source listened to: whatever ends or silences it, it is started again."""

import logging
import math
from collections.abc import Callable

from bot.chat import Comment
from bot.clock import Clock, time_limit
from bot.errors import MisconfiguredError, UnavailableError
from bot.sources import Heard, Heartbeat, Source
from bot.sources.broadcast import Broadcast
from bot.sources.once import Once

log = logging.getLogger(__name__)

_SHORTEST_WAIT = 1.0
_LONGEST_WAIT = 20.0
"""Short enough that, once the trouble is over, nobody is unheard for a minute."""
_STEADY = 60.0
"""Seconds after which a source that fails again counts as having worked."""


class Listener:
    """Watches over one source.

    Attributes:
        state: how the source is, for people: ``listening``, say.
        is_listening: whether the source is heard, or would be if anybody wrote.
        live: whether the platform says that the stream is on; None where it has not told.
        alive_at: when, on the clock's ``monotonic``, the source last gave a heartbeat.

    Args:
        source: what is listened to.
        clock: the time that it is waited by.
        broadcast: is told whether the stream is live.
    """

    def __init__(self, source: Source, *, clock: Clock, broadcast: Broadcast | None = None) -> None:
        self._source = source
        self._clock = clock
        self._broadcast = broadcast or Broadcast()
        self._once = Once(log)
        self.state = "starting"
        self.is_listening = False
        self.live: bool | None = None
        self.alive_at: float | None = None

    @property
    def label(self) -> str:
        """What people call the source."""
        return self._source.label

    async def run(self, receive: Callable[[Heard], None]) -> None:
        """Listen until the stream is over, starting again with growing waits after a failure."""
        wait = _SHORTEST_WAIT
        while True:
            began = self._clock.monotonic()
            self.state = "connecting"
            try:
                await self._listen(receive)
            except (UnavailableError, MisconfiguredError) as error:
                if self._clock.monotonic() - began > _STEADY:
                    wait = _SHORTEST_WAIT
                    self._once.forget()
                self.is_listening = False
                self.state = f"not listening: {error}"
                # The same line for hours would hide all others.
                line = f"{self.label}: {error}"
                self._once.tell(logging.ERROR, f"{line} Trying again in {wait:.0f} s.", about=line)
            else:
                self.state = "over"
                self.live = False
                self._tell(is_live=False)
                log.info("%s: the chat is over.", self.label)
                return
            await self._clock.sleep(wait)
            wait = min(_LONGEST_WAIT, wait * 2)

    def _tell(self, *, is_live: bool) -> None:
        self._broadcast.tell(self.label, is_live=is_live)

    async def _listen(self, receive: Callable[[Heard], None]) -> None:
        """Listen once; a source that promised a heartbeat and gives none is cut off."""
        within = math.inf
        try:
            async with time_limit(self._clock, within) as limit:

                def hear(heard: Heard | Heartbeat) -> None:
                    nonlocal within
                    self.alive_at = self._clock.monotonic()
                    self.is_listening = True
                    if isinstance(heard, Heartbeat):
                        self.state = heard.about
                        within = heard.within
                        if heard.live is not None:
                            self.live = heard.live
                            self._tell(is_live=heard.live)
                    else:
                        if self.live is None and isinstance(heard, Comment):
                            # Whoever writes is there, which is the best sign where there is none.
                            self._tell(is_live=True)
                        receive(heard)
                    limit.renew(within)

                await self._source.listen(hear)
        except TimeoutError:
            raise UnavailableError(f"Nothing was heard for {within:.0f} s.") from None
