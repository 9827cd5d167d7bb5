"""An intermission: a pause that a moderator has ordered, for good or for a while."""

import asyncio
import logging
import math
from collections.abc import Callable
from typing import Never

from bot.clock import Clock, time_limit
from bot.show.director import Director
from bot.translation import tr

log = logging.getLogger(__name__)


class Intermission:
    """Pauses the show and lets it go on, by itself where the pause has an end.

    Args:
        over: is told when a pause has ended by itself.
    """

    def __init__(self, director: Director, clock: Clock, over: Callable[[], None]) -> None:
        self._director = director
        self._clock = clock
        self._over = over
        self._lasts = math.inf
        self._turned = asyncio.Event()
        """Set at each pause, and each end of one."""

    def begin(self, seconds: float | None = None) -> None:
        """Fall silent, at once, for so long."""
        self._director.pause()
        self._lasts = seconds or math.inf
        self._turned.set()

    def end(self) -> None:
        """Let the show go on."""
        self._lasts = math.inf
        self._turned.set()
        self._director.resume()

    async def run(self) -> Never:
        """End each pause when its time is over, until cancelled."""
        while True:
            self._turned.clear()
            try:
                async with time_limit(self._clock, self._lasts):
                    await self._turned.wait()
            except TimeoutError:
                self.end()
                log.info(tr("The pause is over: the show goes on."))
                self._over()
