"""What there is to know of viewers, and what a stream was about, as the model has noted it."""

from bot.chat import Retraction, ViewerKey
from bot.clock import Clock
from bot.storage.rows import timestamp
from bot.storage.write_queue import WriteQueue

_OF_ONE = 5
"""Facts of one viewer that are kept; the newest."""
_TRIM = (
    "DELETE FROM facts WHERE platform = ? AND viewer_id = ? AND id NOT IN (SELECT id FROM facts"
    " WHERE platform = ? AND viewer_id = ? ORDER BY id DESC LIMIT ?)"
)


class FactRecords:
    """Notes what is to be written of it soon, as ``Memory`` does of all else."""

    def __init__(self, queue: WriteQueue, clock: Clock, stream_id: int) -> None:
        self._queue = queue
        self._clock = clock
        self._stream_id = stream_id

    def learn(self, viewer: ViewerKey, fact: str) -> None:
        """Note something about a viewer."""
        self._queue.note(
            "INSERT OR IGNORE INTO facts (stream_id, noted_at, platform, viewer_id, fact)"
            " VALUES (?, ?, ?, ?, ?)",
            *(self._stream_id, timestamp(self._clock.now()), *viewer, fact),
        )
        self._queue.note(_TRIM, *viewer, *viewer, _OF_ONE)

    def unlearn(self, retraction: Retraction) -> None:
        """Note that nothing stands of what came from comments that were taken back.

        Nobody knows from which of them: of a viewer whose comment is gone, all goes that was noted
        in this stream, and of one who is gone, all.
        """
        platform, stream = retraction.platform, self._stream_id
        if retraction.comment_id:
            self._queue.note(
                "DELETE FROM facts WHERE stream_id = ? AND platform = ? AND viewer_id IN"
                " (SELECT author_id FROM comments WHERE platform = ? AND message_id = ?)",
                *(stream, platform, platform, retraction.comment_id),
            )
        elif retraction.author_id:
            sql = "DELETE FROM facts WHERE platform = ? AND viewer_id = ?"
            self._queue.note(sql, platform, retraction.author_id)
        else:
            sql = "DELETE FROM facts WHERE stream_id = ? AND platform = ?"
            self._queue.note(sql, stream, platform)

    def sum_up(self, recap: str) -> None:
        """Note what the stream was about, as JSON."""
        self._queue.note("UPDATE streams SET recap = ? WHERE id = ?", recap, self._stream_id)
