"""A generation: a reply that the model writes, perhaps while the last is still being read."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import aclosing
from typing import Any

from bot.chat import Comment, Exchange
from bot.clock import Clock
from bot.intake.batch import Batch
from bot.text import join
from bot.writing.writer import Request, Spoken, ThoughtLeakError, Writer


class Generation:
    """Begins to be written at once; ``sentences`` follows it.

    Args:
        request: what the model is asked.
        batch: the comments that it answers; None where the character goes on by itself.
        gives_way: whether it ends as soon as somebody writes.

    Attributes:
        lead: seconds from the beginning to the first sentence, once there is one.
    """

    def __init__(
        self,
        writer: Writer,
        clock: Clock,
        request: Request,
        batch: Batch | None = None,
        *,
        gives_way: bool = False,
    ) -> None:
        self.batch = batch
        self.gives_way = gives_way
        self.asked = request.asked
        self.lead: float | None = None
        # The writer writes no more than a few sentences.
        self._waiting = deque[Spoken]()
        self._changed = asyncio.Event()
        """Set when a sentence is written, or nothing more will be."""
        self._broken_off = asyncio.Event()
        """Set when what waits is not to be said."""
        self._began = clock.monotonic()
        self._clock = clock
        self._writing = asyncio.create_task(self._write(writer, request))
        self._writing.add_done_callback(self._end)

    @property
    def answers(self) -> tuple[Comment, ...]:
        """The comments that it answers."""
        return self.batch.comments if self.batch else ()

    @property
    def rest(self) -> tuple[str, ...] | None:
        """What is written and not yet said; None while there may be more of it."""
        return tuple(one.text for one in self._waiting) if self._writing.done() else None

    def exchange(self, *sentences: str) -> Exchange:
        """Return what was asked, with so much of the answer."""
        return Exchange(self.asked, join(sentences), self.answers)

    async def sentences(
        self, turn: Callable[[Spoken], Coroutine[Any, Any, None]]
    ) -> AsyncGenerator[Spoken]:
        """Yield what has been written, and then the rest as it comes, to the end or to ``stop``.

        Args:
            turn: waits until it is a sentence's turn. It is cancelled where that is not to be said
                after all.

        Raises:
            ThoughtLeakError: as ``Writer.write``, at once.
            BotError: as ``Writer.write``, after the sentences that came before.
        """
        while await self._is_more():
            await self._unless_broken_off(turn(self._waiting[0]))
            if self._waiting:
                yield self._waiting.popleft()
        if not self._writing.cancelled():
            self._writing.result()

    def stop(self) -> None:
        """Write no more, and say nothing more of what was written; the model stops too."""
        self._writing.cancel()
        self._break_off()

    async def _is_more(self) -> bool:
        while not (self._waiting or self._writing.done()):
            self._changed.clear()
            await self._changed.wait()
        return bool(self._waiting)

    async def _unless_broken_off(self, turn: Coroutine[Any, Any, None]) -> None:
        turning = asyncio.create_task(turn)
        breaking = asyncio.create_task(self._broken_off.wait())
        try:
            await asyncio.wait({turning, breaking}, return_when=asyncio.FIRST_COMPLETED)
            if turning.done():
                turning.result()
        finally:
            turning.cancel()
            breaking.cancel()

    async def _write(self, writer: Writer, request: Request) -> None:
        try:
            async with aclosing(writer.write(request)) as sentences:
                async for spoken in sentences:
                    if self.lead is None:
                        self.lead = self._clock.monotonic() - self._began
                    self._waiting.append(spoken)
                    self._changed.set()
        except ThoughtLeakError:
            self._break_off()
            raise

    def _break_off(self) -> None:
        self._waiting.clear()
        self._broken_off.set()

    def _end(self, writing: asyncio.Task[None]) -> None:
        # Of a generation that is never spoken nobody will ask how it ended.
        _ = writing.cancelled() or writing.exception()
        self._changed.set()
