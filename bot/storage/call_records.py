"""What the character had done, for whom, and what came of it."""

from collections.abc import Sequence

from bot.chat import Comment
from bot.clock import Clock
from bot.storage.rows import timestamp
from bot.storage.write_queue import WriteQueue


class CallRecords:
    """Notes what is to be written of it soon, as ``Memory`` does of all else."""

    def __init__(self, queue: WriteQueue, clock: Clock, stream_id: int) -> None:
        self._queue = queue
        self._clock = clock
        self._stream_id = stream_id

    def note(self, tool: str, arguments: str, result: str, asked: Sequence[Comment]) -> None:
        """Note a call: which tool, with what as JSON, what came of it, and who had asked first."""
        viewer = (asked[0].platform, asked[0].author.id) if asked else ("", "")
        self._queue.note(
            "INSERT INTO calls (stream_id, called_at, platform, viewer_id, tool, arguments, result)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            *(self._stream_id, timestamp(self._clock.now()), *viewer, tool, arguments, result),
        )
