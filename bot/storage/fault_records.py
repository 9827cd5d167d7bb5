"""What of a show did not work, and for how long, for the report after it."""

from bot.clock import Clock
from bot.storage.rows import timestamp
from bot.storage.write_queue import WriteQueue


class FaultRecords:
    """Notes what is to be written of it soon, as ``Memory`` does of all else."""

    def __init__(self, queue: WriteQueue, clock: Clock, stream_id: int) -> None:
        self._queue = queue
        self._clock = clock
        self._stream_id = stream_id

    def begin(self, part: str, told: str) -> None:
        """Note that a part of the show does not work any more, and why, in words for people."""
        self._queue.note(
            "INSERT INTO faults (stream_id, part, told, began_at) VALUES (?, ?, ?, ?)",
            *(self._stream_id, part, told, timestamp(self._clock.now())),
        )

    def end(self, part: str) -> None:
        """Note that it works again."""
        self._queue.note(
            "UPDATE faults SET ended_at = ? WHERE stream_id = ? AND part = ? AND ended_at IS NULL",
            *(timestamp(self._clock.now()), self._stream_id, part),
        )
