"""Upkeep: what the model does for itself in moments that cost no viewer time."""

import logging
from collections.abc import Awaitable, Callable
from typing import Never

from bot.clock import Clock
from bot.errors import BotError
from bot.writing.dialogue import Dialogue

log = logging.getLogger(__name__)

_QUIET = 2.0
"""Seconds without a comment after which nobody seems to wait."""
_LONG_QUIET = 20.0
"""Seconds without one after which another is not expected at once."""


class Upkeep:
    """Has the history noted and folded, and whatever changed in the prompt read."""

    def __init__(self, dialogue: Dialogue, clock: Clock) -> None:
        self._dialogue = dialogue
        self._clock = clock

    async def in_silence(self) -> Never:
        """Use a silence: to be cancelled as soon as somebody writes."""
        while True:
            self._dialogue.altered.clear()
            await self._clock.sleep(_QUIET)
            await self._keep_up()
            await self._dialogue.altered.wait()

    async def _keep_up(self) -> None:
        dialogue = self._dialogue
        if dialogue.ready and dialogue.wants_notes:
            await self._try(dialogue.note)
        if dialogue.ready and dialogue.unread_seconds:
            await self._try(dialogue.read)
        seconds = dialogue.fold_seconds
        if dialogue.ready and seconds is not None:
            # Whoever writes while it is read waits for the rest of it.
            await self._clock.sleep(max(_LONG_QUIET, 2 * seconds) - _QUIET)
            await self._try(dialogue.fold)

    async def while_read(self, seconds: float) -> None:
        """Use the time in which viewers read: what is done in it nobody waits for."""
        dialogue = self._dialogue
        fold = dialogue.fold_seconds
        if fold is not None and fold <= seconds:
            await self._try(dialogue.fold)
        elif 0 < dialogue.unread_seconds <= seconds:
            await self._try(dialogue.read)

    async def _try(self, step: Callable[[], Awaitable[None]]) -> None:
        try:
            await step()
        except BotError as error:
            log.debug("Nothing came of the upkeep: %s", error)
