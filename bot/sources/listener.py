"""A listener keeps one source listened to: whatever ends or silences it, it is started again."""

import asyncio
import logging

from bot.clock import Clock
from bot.errors import BotError, MisconfiguredError, UnavailableError
from bot.sources import Heard, Heartbeat, Receive, Source

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
        alive_at: when, on the clock's ``monotonic``, the source last gave a sign of life.
    """

    def __init__(self, source: Source, *, clock: Clock) -> None:
        self._source = source
        self._clock = clock
        self.state = "starting"
        self.alive_at: float | None = None

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
                await self._listen(receive)
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

    async def _listen(self, receive: Receive) -> None:
        """Listen once; a source that promised a sign of life and gives none is cut off."""
        due = asyncio.get_running_loop().create_future()
        deadline = within = 0.0

        def hear(heard: Heard) -> None:
            nonlocal deadline, within
            now = self.alive_at = self._clock.monotonic()
            if isinstance(heard, Heartbeat):
                self.state = heard.about
                within = heard.within
            else:
                receive(heard)
            deadline = now + within
            if within and not due.done():
                due.set_result(None)

        async def watch() -> BotError:
            await due
            while (left := deadline - self._clock.monotonic()) > 0:
                await self._clock.sleep(left)
            return UnavailableError(f"Nothing was heard for {within:.0f} s.")

        listening = asyncio.create_task(self._source.listen(hear))
        watching = asyncio.create_task(watch())
        try:
            await asyncio.wait({listening, watching}, return_when=asyncio.FIRST_COMPLETED)
            if not listening.done():
                raise watching.result()
            listening.result()
        finally:
            watching.cancel()
            listening.cancel()
            await asyncio.wait({listening, watching})
