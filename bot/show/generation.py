"""A generation: a reply that the model writes, perhaps while the last is still being read."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import aclosing
from typing import Any, TypeAlias

from bot.chat import Clip, Comment, Exchange
from bot.clock import Clock
from bot.intake.batch import Batch
from bot.text import join
from bot.voice.narrator import Narration, Narrator, places
from bot.writing.writer import Request, Spoken, ThoughtLeakError, Writer

_Ready: TypeAlias = tuple[Spoken, Clip | None, Narration]
"""A sentence, its sound, and where the rest of that comes from."""


class Generation:
    """Begins to be written at once; ``sentences`` follows it.

    Args:
        request: what the model is asked.
        batch: the comments that it answers; None where the character goes on by itself.
        narrator: has what it says turned into sound.
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
        narrator: Narrator,
        gives_way: bool = False,
    ) -> None:
        self._narrator = narrator
        self._places = places()
        self.batch = batch
        self.gives_way = gives_way
        self._request = request
        self.lead: float | None = None
        # The writer writes no more than a few sentences.
        self._waiting = deque[tuple[Spoken, Narration]]()
        self._changed = asyncio.Event()
        """Set when a sentence is written, or nothing more will be."""
        self._broken_off = asyncio.Event()
        """Set when what waits is not to be said."""
        self._began = clock.monotonic()
        self._clock = clock
        self._writing = asyncio.create_task(self._write(writer, request))
        self._writing.add_done_callback(self._end)

    @property
    def asked(self) -> str:
        """What the model is asked, with what tools have found for it."""
        return self._request.asked

    @property
    def answers(self) -> tuple[Comment, ...]:
        """The comments that it answers."""
        if self.batch:
            return self.batch.comments
        return tuple(one for remark in self._request.remarks for one in remark.comments)

    @property
    def rest(self) -> tuple[str, ...] | None:
        """What is written and not yet said; None while there may be more of it."""
        return tuple(one.text for one, _ in self._waiting) if self._writing.done() else None

    def exchange(self, *sentences: str) -> Exchange:
        """Return what was asked, with so much of the answer."""
        return Exchange(self.asked, join(sentences), self.answers)

    async def sentences(
        self, turn: Callable[[Spoken], Coroutine[Any, Any, None]]
    ) -> AsyncGenerator[_Ready]:
        """Yield what has been written, and then the rest as it comes, to the end or to ``stop``.

        Each comes with its sound, where there is one, or the sound of its first clause.

        Args:
            turn: waits until it is a sentence's turn. It is cancelled where that is not to be said
                after all.

        Raises:
            ThoughtLeakError: as ``Writer.write``, at once.
            BotError: as ``Writer.write``, after the sentences that came before.
        """
        while await self._is_more():
            ready = await self._unless_broken_off(self._ready(turn))
            if self._waiting and ready:
                _, narration = self._waiting.popleft()
                try:
                    yield ready
                finally:
                    narration.drop()
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

    async def _ready(self, turn: Callable[[Spoken], Coroutine[Any, Any, None]]) -> _Ready:
        """Wait until it is the next sentence's turn, and its sound is there."""
        spoken, narration = self._waiting[0]
        await turn(spoken)
        return spoken, await narration.clip(), narration

    async def _unless_broken_off(self, ready: Coroutine[Any, Any, _Ready]) -> _Ready | None:
        turning = asyncio.create_task(ready)
        breaking = asyncio.create_task(self._broken_off.wait())
        try:
            await asyncio.wait({turning, breaking}, return_when=asyncio.FIRST_COMPLETED)
            # Its sound is dropped where it is broken off.
            return turning.result() if turning.done() and not turning.cancelled() else None
        finally:
            turning.cancel()
            breaking.cancel()

    async def _write(self, writer: Writer, request: Request) -> None:
        try:
            async with aclosing(writer.write(request)) as sentences:
                async for spoken in sentences:
                    is_first = self.lead is None
                    if is_first:
                        self.lead = self._clock.monotonic() - self._began
                    narration = self._narrator.begin(
                        spoken.text, spoken.mood, among=self._places, hurried=is_first
                    )
                    self._waiting.append((spoken, narration))
                    self._changed.set()
        except ThoughtLeakError:
            self._break_off()
            raise

    def _break_off(self) -> None:
        for _, narration in self._waiting:
            narration.drop()
        self._waiting.clear()
        self._broken_off.set()

    def _end(self, writing: asyncio.Task[None]) -> None:
        # Of a generation that is never spoken nobody will ask how it ended.
        _ = writing.cancelled() or writing.exception()
        self._changed.set()
