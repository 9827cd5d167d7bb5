"""The prefetch: the next reply, prepared while the last is on stage; at most one ahead."""

import asyncio
from collections.abc import Container
from dataclasses import replace
from functools import partial
from typing import Any

from bot.chat import Comment
from bot.clock import Clock
from bot.intake.batch import Batch, End
from bot.intake.queue import CommentQueue
from bot.show.generation import Generation
from bot.show.upkeep import Upkeep
from bot.tasks import cancel_and_wait
from bot.voice.narrator import Narrator
from bot.writing.writer import Writer


class Prefetch:
    """Takes the next batch as soon as there is one, and has the model answer it.

    Attributes:
        batch: what is to be answered, once that has been taken.
    """

    def __init__(
        self,
        queue: CommentQueue,
        writer: Writer,
        upkeep: Upkeep,
        narrator: Narrator,
        clock: Clock,
    ) -> None:
        self._narrator = narrator
        self._queue = queue
        self._writer = writer
        self._upkeep = upkeep
        self._clock = clock
        self._ahead: asyncio.Task[Generation] | None = None
        self.batch: Batch | None = None

    async def wait(self, *until: asyncio.Task[Any]) -> None:
        """Wait for what is prepared, or until one of these tasks is done; or for ``drop``."""
        await asyncio.wait({self.begin(), *until}, return_when=asyncio.FIRST_COMPLETED)

    @property
    def is_busy(self) -> bool:
        """Whether a batch was taken."""
        return self.batch is not None

    def claim(self) -> Generation | None:
        """Return the reply that is prepared, if there is one: it is prepared no more."""
        generation = _result(self._ahead)
        if generation:
            self._ahead = self.batch = None
        return generation

    async def rest(self) -> None:
        """Wait for no batch, until the next ``begin``; one that was taken just now is kept."""
        ahead, self._ahead = self._ahead, None
        if ahead:
            await cancel_and_wait(ahead)
            if _result(ahead):
                self._ahead = ahead
            elif self.batch:
                self.batch.give_back()
                self.batch = None

    def begin(self) -> "asyncio.Task[Generation]":
        """Begin to wait for the next batch, and to have it answered, if that has not begun yet."""
        if self._ahead is None:
            self._ahead = asyncio.create_task(self._take())
        return self._ahead

    def drop(self) -> Batch | None:
        """Stop what is being prepared, and return the batch that it was to answer."""
        ahead, self._ahead = self._ahead, None
        batch, self.batch = self.batch, None
        if ahead:
            ahead.cancel()
            if generation := _result(ahead):
                generation.stop()
        return batch

    def drop_if_withdrawn(self) -> None:
        """Stop what is being prepared where nobody is to answer its batch any more."""
        if self.batch and self.batch.end is End.WITHDRAWN:
            self.drop()

    async def _take(self) -> Generation:
        while True:
            await self._arrived()
            if not self._writer.dialogue.ready:
                # What is written meanwhile is weighed with what waits already.
                await self._writer.dialogue.ready.wait()
                continue
            plan = self._writer.plan()
            self.batch = batch = self._queue.take(plan.size, plan.tokens)
            unfit = await self._writer.unfit(batch.comments)
            if not unfit:
                return Generation(
                    self._writer,
                    self._clock,
                    self._writer.ask(batch.remarks, plan),
                    batch,
                    narrator=self._narrator,
                )
            # They are thanked without their words.
            batch.give_back()
            self._queue.reconsider(partial(_without_words, unfit))

    async def _arrived(self) -> None:
        while not len(self._queue):  # a moderator may clear it again at any moment
            keeping = asyncio.create_task(self._upkeep.in_silence())
            try:
                await self._queue.arrived()
            finally:
                await cancel_and_wait(keeping)


def _without_words(unfit: Container[Comment], comment: Comment) -> Comment:
    return replace(comment, text="") if comment in unfit else comment


def _result(ahead: "asyncio.Task[Generation] | None") -> Generation | None:
    return ahead.result() if ahead and ahead.done() and not ahead.cancelled() else None
