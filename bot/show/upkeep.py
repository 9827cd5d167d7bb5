"""Upkeep: what the model does for itself in moments that cost no viewer time."""

import logging
from collections.abc import Awaitable, Callable

from bot.clock import Clock
from bot.errors import BotError
from bot.writing.writer import Writer

log = logging.getLogger(__name__)

_QUIET = 2.0
"""Seconds without a comment after which nobody seems to wait."""
_LONG_QUIET = 20.0
"""Seconds without one after which another is not expected at once."""


class Upkeep:
    """Has the history noted and folded, and whatever changed in the prompt read."""

    def __init__(self, writer: Writer, clock: Clock) -> None:
        self._writer = writer
        self._clock = clock

    async def in_silence(self) -> None:
        """Use a silence: to be cancelled as soon as somebody writes."""
        writer = self._writer
        await self._clock.sleep(_QUIET)
        if writer.wants_notes:
            await self._try(writer.note)
        if writer.unread_seconds and writer.ready:
            await self._try(writer.read)
        seconds = writer.fold_seconds
        if seconds is not None and writer.ready:
            # Whoever writes while it is read waits for the rest of it.
            await self._clock.sleep(max(_LONG_QUIET, 2 * seconds) - _QUIET)
            await self._try(writer.fold)

    async def while_read(self, seconds: float) -> None:
        """Use the time in which viewers read: what is done in it nobody waits for."""
        writer = self._writer
        fold = writer.fold_seconds
        if fold is not None and fold <= seconds:
            await self._try(writer.fold)
        elif 0 < writer.unread_seconds <= seconds:
            await self._try(writer.read)

    async def _try(self, step: Callable[[], Awaitable[None]]) -> None:
        try:
            await step()
        except BotError as error:
            log.debug("Nothing came of the upkeep: %s", error)
