"""Compaction: in idle time the older part of a grown history is summed up into notes."""

import logging
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Protocol

from bot.errors import BotError
from bot.llm.message import Message, Piece
from bot.persona import Persona
from bot.speech import Speech
from bot.writing import prompt, summary
from bot.writing.conversation import Conversation
from bot.writing.quality import Quality

log = logging.getLogger(__name__)

_REST = 4
"""Exchanges before it is tried again where it came to nothing."""


class Think(Protocol):
    """Streams what the model has to say."""

    def __call__(
        self, messages: list[Message], *, limit: int | None = None
    ) -> AsyncGenerator[Piece]:
        """Answer a prompt with at most ``limit`` tokens."""
        ...


class Compaction:
    """Puts notes in the place of exchanges.

    Args:
        think: asks the model.
        speech: makes what cleans the notes.
    """

    def __init__(
        self,
        conversation: Conversation,
        persona: Persona,
        quality: Quality,
        *,
        think: Think,
        speech: Callable[[], Speech],
    ) -> None:
        self._conversation = conversation
        self._persona = persona
        self._quality = quality
        self._think = think
        self._speech = speech
        self._rest = 0

    @property
    def is_due(self) -> bool:
        """Whether there is something to do, and it has not just come to nothing."""
        return not self._rest and bool(self._conversation.older())

    def went_on(self) -> None:
        """Note that the conversation has gone on by an exchange."""
        self._rest = max(0, self._rest - 1)

    async def run(self) -> None:
        """Have the model sum up the older part of the history, and read what it becomes.

        For when nobody waits. Cancelled at any moment it leaves the history whole.

        Raises:
            BotError: the model is not there, or failed.
        """
        history = self._conversation.history
        older, changes = self._conversation.older(), history.changes
        # All that it has read before it need not read again, as this is how that began.
        told = prompt.messages(
            self._persona,
            older,
            prompt.ask_to_sum_up(self._persona, summary.SENTENCES),
            notes=history.notes.text,
        )
        try:
            notes = await self._note(told)
        except BotError:
            self._rest = _REST
            raise
        if not notes:
            log.debug("The model noted nothing of what was said earlier.")
            self._rest = _REST
        elif changes == history.changes:
            log.debug("Notes on what was said earlier: %s", notes)
            history.settle(notes, len(older))
            await self._read()

    async def _note(self, told: list[Message]) -> str:
        async with aclosing(self._think(told)) as pieces:
            notes = await summary.notes(pieces, self._speech(), self._quality.quotations())
        self._conversation.was_read(told)
        return notes

    async def _read(self) -> None:
        """Have the model read the conversation, so that the next comment does not wait for it."""
        history = self._conversation.history
        told = prompt.conversation(self._persona, history.exchanges, notes=history.notes.text)
        async with aclosing(self._think(told, limit=1)) as pieces:
            async for _ in pieces:
                self._conversation.was_read(told)
