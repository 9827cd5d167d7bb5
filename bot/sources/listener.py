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
from bot.translation import tr

log = logging.getLogger(__name__)

_SHORTEST_WAIT = 1.0
_LONGEST_WAIT = 20.0
"""Short enough that, once the trouble is over, nobody is unheard for a minute."""
_STEADY = 60.0
"""Seconds after which a source that fails again counts as having worked."""
_REMINDED = 600.0
"""Seconds after which it is told again that a source is not heard."""
_MINUTE = 60.0


class Listener:
    """Watches over one source.

    Attributes:
        state: how the source is, for people: ``listening``, say.
        is_listening: whether the source is heard, or would be if anybody wrote.
        is_failing: whether it has failed, and was not heard since.
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
        self.state = tr("starting")
        self.is_listening = False
        self.is_failing = False
        self._failing_since = 0.0
        self._tries = 0
        self._told_at = 0.0
        self._is_told = False
        """Whether the streamer knows that it fails, and waits for its return."""
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
            if not self.is_failing:
                self.state = tr("connecting")
            try:
                await self._listen(receive)
            except (UnavailableError, MisconfiguredError) as error:
                if self._clock.monotonic() - began > _STEADY:
                    wait = _SHORTEST_WAIT
                    self._once.forget()
                self._fail(error, wait)
            else:
                self.state = tr("over")
                self.is_failing = False
                self.live = False
                self._tell(is_live=False)
                log.info(tr("{label}: the chat is over.", label=self.label))
                return
            await self._clock.sleep(wait)
            wait = min(_LONGEST_WAIT, wait * 2)

    def _fail(self, error: Exception, wait: float) -> None:
        """Tell why it is not heard, at once and now and then; how long that is, the state tells."""
        now = self._clock.monotonic()
        if not self.is_failing:
            self._failing_since, self._tries = now, 0
        self.is_listening, self.is_failing = False, True
        self._tries += 1
        lasts = _duration(now - self._failing_since)
        tried = (
            tr(" It was tried {tries} times in {lasts}.", tries=self._tries, lasts=lasts)
            if self._tries > 1
            else ""
        )
        self.state = tr("not listening: {error}{tried}", error=error, tried=tried)
        line = f"{self.label}: {error}"
        if now - self._told_at >= _REMINDED:
            self._once.forget()
        told = tr("{line}{tried} Trying again in {wait:.0f} s.", line=line, tried=tried, wait=wait)
        if self._once.tell(logging.ERROR, told, about=line):
            self._told_at, self._is_told = now, True

    def _recover(self) -> None:
        if self.is_failing:
            self.is_failing = False
            lasted = _duration(self._clock.monotonic() - self._failing_since)
            level = logging.INFO if self._is_told else logging.DEBUG
            log.log(
                level,
                tr("{label}: listening again, after {lasted}.", label=self.label, lasted=lasted),
            )
            self._is_told = False

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
                    self._recover()
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
            raise UnavailableError(
                tr("Nothing was heard for {within:.0f} s.", within=within)
            ) from None


def _duration(seconds: float) -> str:
    return (
        tr("{seconds:.0f} s", seconds=seconds)
        if seconds < _MINUTE
        else tr("{minutes:.0f} min", minutes=seconds / _MINUTE)
    )
