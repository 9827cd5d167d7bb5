"""Recollection: what earlier runs of the bot knew, as the database has it."""

import json
from datetime import datetime

from bot.chat import Comment, CommentKey, Exchange, Platform, ViewerKey
from bot.storage.database import Database
from bot.storage.rows import COMMENTS, comment_of, timestamp
from bot.text import join

_OWED = (
    f"{COMMENTS} WHERE settled_at IS NULL AND retracted_at IS NULL"
    " AND written_at >= ? AND stream_id <> ? AND held = ? ORDER BY id"
)
_ANSWERED = f"{COMMENTS} JOIN answers ON comment_id = comments.id WHERE reply_id = ?"


class Recollection:
    """Reads what there was before a stream."""

    def __init__(self, database: Database, stream_id: int) -> None:
        self._database = database
        self._stream_id = stream_id

    async def exchanges(self, persona: str, since: datetime, limit: int) -> list[Exchange]:
        """Return a persona's latest exchanges, oldest first.

        Those that failed are left out, and those that answer what was taken back.
        """
        rows = await self._database.fetch(
            "SELECT id, asked, (SELECT json_group_array(text) FROM"
            "   (SELECT text FROM sentences WHERE reply_id = replies.id ORDER BY position))"
            "  FROM replies WHERE id IN (SELECT id FROM replies"
            "    WHERE persona = ? AND replies.started_at >= ? AND asked <> ''"
            "    AND outcome IS NOT 'failed'"
            "    AND EXISTS (SELECT 1 FROM sentences WHERE reply_id = replies.id)"
            "    AND NOT EXISTS (SELECT 1 FROM answers JOIN comments ON comments.id = comment_id"
            "      WHERE reply_id = replies.id AND retracted_at IS NOT NULL)"
            "    ORDER BY id DESC LIMIT ?) ORDER BY id",
            *(persona, timestamp(since), limit),
        )
        return [
            Exchange(asked, join(json.loads(said)), await self._answered(reply_id))
            for reply_id, asked, said in rows
        ]

    async def owed(self, since: datetime, *, held: bool = False) -> list[Comment]:
        """Return what was paid for, was heard by an earlier run, and was not answered.

        Args:
            since: when it was written at the earliest.
            held: whether it is what nobody has let in yet.
        """
        rows = await self._database.fetch(
            _OWED,
            *(timestamp(since), self._stream_id, held),
        )
        return [comment_of(tuple(row)) for row in rows]

    async def viewers(self, limit: int) -> list[ViewerKey]:
        """Return platform and id of those who wrote last, in any show, and were let in."""
        rows = await self._database.fetch(
            "SELECT platform, id FROM viewers WHERE EXISTS (SELECT 1 FROM comments WHERE held = 0"
            "   AND comments.platform = viewers.platform AND author_id = viewers.id)"
            " ORDER BY last_seen_at DESC LIMIT ?",
            limit,
        )
        return [ViewerKey((Platform(platform), viewer)) for platform, viewer in rows]

    async def _answered(self, reply_id: int) -> tuple[Comment, ...]:
        rows = await self._database.fetch(_ANSWERED, reply_id)
        return tuple(comment_of(tuple(row)) for row in rows)

    async def comment_keys(self, limit: int) -> list[CommentKey]:
        """Return the keys of the latest comments, oldest first."""
        rows = await self._database.fetch(
            "SELECT platform, message_id FROM comments ORDER BY id DESC LIMIT ?", limit
        )
        keys = [CommentKey((Platform(platform), message_id)) for platform, message_id in rows]
        return keys[::-1]
