"""A generation: a reply that the model writes, perhaps while the last is still being read."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

from bot.chat import Comment
from bot.clock import Clock
from bot.intake.batch import Batch
from bot.writing.writer import Request, Spoken, Writer


class Generation:
    """Begins to be written at once; ``sentences`` follows it.

    Args:
        request: what the model is asked.
        batch: the comments that it answers; None where the character goes on by itself.

    Attributes:
        lead: seconds from the beginning to the first sentence, once there is one.
    """

    def __init__(
        self, writer: Writer, clock: Clock, request: Request, batch: Batch | None = None
    ) -> None:
        self.asked = request.asked
        self.batch = batch
        self.lead: float | None = None
        # The writer writes no more than a few sentences.
        self._spoken: asyncio.Queue[Spoken | None] = asyncio.Queue()
        self._began = clock.monotonic()
        self._clock = clock
        self._writing = asyncio.create_task(self._write(writer, request))
        # Of a generation that is never spoken nobody will ask how it ended.
        self._writing.add_done_callback(lambda task: task.cancelled() or task.exception())

    @property
    def answers(self) -> tuple[Comment, ...]:
        """The comments that it answers."""
        return self.batch.comments if self.batch else ()

    async def sentences(self) -> AsyncGenerator[Spoken]:
        """Yield what has been written, and then the rest as it comes, to the end or to ``stop``.

        Raises:
            BotError: as ``Writer.write``, after the sentences that came before.
        """
        while (spoken := await self._spoken.get()) is not None:
            yield spoken
        await asyncio.wait({self._writing})
        if not self._writing.cancelled():
            self._writing.result()

    def stop(self) -> None:
        """Write no more; the model stops too. What was written is not lost."""
        self._writing.cancel()

    async def _write(self, writer: Writer, request: Request) -> None:
        try:
            async with aclosing(writer.write(request)) as sentences:
                async for spoken in sentences:
                    if self.lead is None:
                        self.lead = self._clock.monotonic() - self._began
                    self._spoken.put_nowait(spoken)
        finally:
            self._spoken.put_nowait(None)
