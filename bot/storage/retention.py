"""Retention: what is older than the streamer wants to keep is deleted."""

import logging
from datetime import timedelta

from bot.clock import Clock
from bot.storage.database import Database
from bot.storage.rows import timestamp
from bot.translation import tr

log = logging.getLogger(__name__)

_OLD = (
    "DELETE FROM sentences WHERE reply_id IN (SELECT id FROM replies WHERE started_at < ?)",
    "DELETE FROM answers WHERE reply_id IN (SELECT id FROM replies WHERE started_at < ?)",
    "DELETE FROM replies WHERE started_at < ?",
    "DELETE FROM answers WHERE comment_id IN (SELECT id FROM comments WHERE written_at < ?)",
    "DELETE FROM comments WHERE written_at < ?",
    "DELETE FROM orders WHERE ordered_at < ?",
    "DELETE FROM faults WHERE began_at < ?",
    "DELETE FROM calls WHERE called_at < ?",
    "DELETE FROM facts WHERE noted_at < ?",
    "DELETE FROM state WHERE set_at < ? AND key = 'timers'",
    "UPDATE streams SET recap = '' WHERE started_at < ?",
    (
        "DELETE FROM viewers WHERE last_seen_at < ? AND NOT EXISTS (SELECT 1 FROM comments"
        " WHERE comments.platform = viewers.platform AND author_id = viewers.id)"
    ),
)
_STREAMS = (
    "DELETE FROM streams WHERE started_at < ?"
    " AND id NOT IN (SELECT stream_id FROM comments UNION SELECT stream_id FROM replies"
    " UNION SELECT stream_id FROM orders UNION SELECT stream_id FROM faults"
    " UNION SELECT stream_id FROM calls UNION SELECT stream_id FROM facts)"
)


async def drop_old(database: Database, days: int, clock: Clock) -> None:
    """Delete what was written and said more than so many days ago, and say so.

    Raises:
        sqlite3.Error: it cannot be written.
    """
    before = timestamp(clock.now() - timedelta(days=days))
    async with database.transaction() as connection:
        for statement in _OLD:
            await connection.execute(statement, (before,))
        gone = (await connection.execute(_STREAMS, (before,))).rowcount
    if gone:
        log.info(
            tr(
                "{gone} streams that were more than {days} days ago were deleted from the"
                " history (BOT_RETENTION_DAYS).",
                gone=gone,
                days=days,
            ),
        )
