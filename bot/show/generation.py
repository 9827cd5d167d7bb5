"""A generation is a reply that the model is writing, perhaps while the last is still being read."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from itertools import chain

from bot.chat import Comment, Remark
from bot.clock import Clock
from bot.writing.writer import Spoken, Writer


class Generation:
    """Begins to be written at once; ``sentences`` follows it.

    Args:
        asked: the user message.
        remarks: what it answers; empty where the character goes on by itself.
    """

    def __init__(self, writer: Writer, clock: Clock, asked: str, remarks: Sequence[Remark]) -> None:
        self.asked = asked
        self.answers: tuple[Comment, ...] = tuple(
            chain.from_iterable(remark.comments for remark in remarks)
        )
        self.lead: float | None = None
        """Seconds from the beginning to the first sentence, once there is one."""
        self._remarks = remarks
        # The writer writes no more than a few sentences.
        self._spoken: asyncio.Queue[Spoken | None] = asyncio.Queue()
        self._began = clock.monotonic()
        self._clock = clock
        self._writing = asyncio.create_task(self._write(writer))
        # Of a generation that is never spoken nobody will ask how it ended.
        self._writing.add_done_callback(lambda task: task.cancelled() or task.exception())

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

    async def _write(self, writer: Writer) -> None:
        try:
            async with aclosing(writer.write(self.asked, self._remarks)) as sentences:
                async for spoken in sentences:
                    if self.lead is None:
                        self.lead = self._clock.monotonic() - self._began
                    self._spoken.put_nowait(spoken)
        finally:
            self._spoken.put_nowait(None)
