"""The warm-up: the model is loaded and has read its prompt before anybody waits for it."""

import logging
from typing import Never

from bot.clock import Clock
from bot.errors import BotError, UnavailableError
from bot.translation import tr
from bot.writing.dialogue import Dialogue

log = logging.getLogger(__name__)

_BETWEEN = 2.0
"""Seconds between two looks at whether a model is there again."""
_BETWEEN_MENDS = 10.0
"""The same, where a person has to mend something."""


class Warmup:
    """Gets the model ready, at the start and whenever it was away."""

    def __init__(self, dialogue: Dialogue, clock: Clock) -> None:
        self._dialogue = dialogue
        self._clock = clock

    async def run(self) -> Never:
        """See to it until cancelled. Why the model is away is told by whoever met that."""
        while True:
            if not self._dialogue.ready:
                await self._prepare()
                log.info(
                    tr("{model} is ready: viewers are answered.", model=self._dialogue.llm.model)
                )
            await self._dialogue.ready.wait_lost()

    async def _prepare(self) -> None:
        while not self._dialogue.ready:
            try:
                await self._dialogue.prepare()
            except BotError as error:
                self._dialogue.ready.lost(str(error))
                log.debug("The model is not ready: %s", error)
                may_come_back = isinstance(error, UnavailableError)
                await self._clock.sleep(_BETWEEN if may_come_back else _BETWEEN_MENDS)
