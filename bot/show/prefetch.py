"""The desk: where replies are prepared, at most one ahead of what is on stage."""

import asyncio
import logging

from bot.chat import Comment
from bot.clock import Clock
from bot.errors import BotError
from bot.intake.dispatcher import Intake
from bot.show.generation import Generation
from bot.show.idle import Idle
from bot.writing.writer import Writer

log = logging.getLogger(__name__)

_IDLE = 2.0
"""Seconds without a comment after which the history may be tidied up."""


class Prefetch:
    """Takes the next batch as soon as there is one, and has the model answer it."""

    def __init__(self, intake: Intake, writer: Writer, silence: Idle, clock: Clock) -> None:
        self._intake = intake
        self._writer = writer
        self._idle = silence
        self._clock = clock
        self._ahead: asyncio.Task[Generation] | None = None

    @property
    def comments(self) -> tuple[Comment, ...]:
        """What the reply that is being prepared is to answer."""
        generation = self._generation
        return generation.answers if generation else ()

    async def next(self) -> Generation | None:
        """Return the reply to what waits, or after a silence a reply to nobody.

        None where ``drop`` has put an end to the waiting.
        """
        ahead = self.begin()
        silence = asyncio.create_task(self._clock.sleep(self._idle.seconds))
        try:
            await asyncio.wait({ahead, silence}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            silence.cancel()
        if self._ahead is not ahead:
            return None
        if not ahead.done():
            ahead.cancel()  # a batch that it has taken just now comes with it all the same
            await asyncio.wait({ahead})
        self._ahead = None
        if not ahead.cancelled():
            self._idle.break_off()
            return ahead.result()
        asked = self._writer.ask_to_go_on(self._idle.topic())
        return Generation(self._writer, self._clock, asked, ())

    def begin(self) -> "asyncio.Task[Generation]":
        """Begin to wait for the next batch, and to have it answered, if that has not begun yet."""
        if self._ahead is None:
            self._ahead = asyncio.create_task(self._take())
        return self._ahead

    def drop(self) -> tuple[Comment, ...]:
        """Stop what is being prepared, and return the comments that it was to answer."""
        comments, generation = self.comments, self._generation
        if generation:
            generation.stop()
        if self._ahead:
            self._ahead.cancel()
            self._ahead = None
        return comments

    @property
    def _generation(self) -> Generation | None:
        ahead = self._ahead
        return ahead.result() if ahead and ahead.done() and not ahead.cancelled() else None

    async def _take(self) -> Generation:
        compacting = asyncio.create_task(self._compact())
        try:
            plan = self._writer.plan()
            remarks = await self._intake.batch(plan.size, plan.tokens)
        finally:
            compacting.cancel()
            await asyncio.wait({compacting})
        return Generation(self._writer, self._clock, self._writer.ask(remarks), remarks)

    async def _compact(self) -> None:
        """Use the time in which nobody waits."""
        await self._clock.sleep(_IDLE)
        if self._writer.wants_compaction:
            try:
                await self._writer.compact()
            except BotError as error:
                log.debug("The history could not be summed up: %s", error)
