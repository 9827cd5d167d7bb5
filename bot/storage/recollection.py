"""Recollection: what earlier runs of the bot knew, as the database has it."""

import json
from dataclasses import dataclass
from datetime import datetime

from bot.chat import Comment, CommentKey, Exchange, Platform, ViewerKey
from bot.storage.database import Database
from bot.storage.rows import COMMENTS, comment_of, containing, phrase, timestamp
from bot.text import join

_OWED = (
    f"{COMMENTS} WHERE settled_at IS NULL AND retracted_at IS NULL"
    " AND written_at >= ? AND stream_id <> ? AND held = ? ORDER BY id"
)
_VISIBLE = """
    retracted_at IS NULL AND held = 0 AND NOT EXISTS (SELECT 1 FROM optouts
        WHERE optouts.platform = comments.platform AND optouts.viewer_id = author_id)
    AND NOT EXISTS (SELECT 1 FROM mutes
        WHERE mutes.platform = comments.platform AND mutes.viewer_id = author_id)
"""
"""What of the comments viewers may see still."""
_SAID = f"""
    WITH found AS MATERIALIZED (
        SELECT rowid AS number FROM words WHERE {{where}} ORDER BY rowid DESC LIMIT 500)
    SELECT written_at AS at, author_name, comments.text, platform, message_id
        FROM found JOIN comments ON comments.id = number / 2 AND number % 2 = 0 WHERE {_VISIBLE}
    UNION ALL
    SELECT said_at, persona, sentences.text, '', '' FROM found
        JOIN sentences ON reply_id = number / 512 AND position = number / 2 % 256 AND number % 2 = 1
        JOIN replies ON replies.id = reply_id
        WHERE NOT EXISTS (SELECT 1 FROM answers JOIN comments ON comments.id = comment_id
            WHERE answers.reply_id = replies.id AND NOT ({_VISIBLE}))
    ORDER BY at DESC LIMIT ?
"""  # noqa: S608  ours
_KNOWN = f"""
    SELECT name, first_seen_at, count(*), count(DISTINCT stream_id), viewers.platform, viewers.id
    FROM viewers JOIN comments ON comments.platform = viewers.platform AND author_id = viewers.id
    WHERE name = ? COLLATE NOCASE AND {_VISIBLE}
    GROUP BY viewers.platform, viewers.id ORDER BY last_seen_at DESC LIMIT 1
"""  # noqa: S608  likewise
_LAST = f"""
    SELECT text FROM comments WHERE platform = ? AND author_id = ? AND text <> '' AND {_VISIBLE}
    ORDER BY id DESC LIMIT 2
"""  # noqa: S608  likewise
_FACTS = "SELECT fact FROM facts WHERE platform = ? AND viewer_id = ? ORDER BY id"
_SHORTEST = 3
"""Letters of which the index of words is made."""
_ANSWERED = f"{COMMENTS} JOIN answers ON comment_id = comments.id WHERE reply_id = ?"


@dataclass(frozen=True, slots=True)
class Said:
    """Something that was written, or said by the character, whose ``key`` is then of nobody's."""

    at: datetime
    who: str
    text: str
    key: CommentKey


@dataclass(frozen=True, slots=True)
class Acquaintance:
    """A viewer as the database knows them.

    ``last`` is what they wrote last, and ``facts`` is what was noted of them.
    """

    name: str
    first_seen: datetime
    comments: int
    streams: int
    last: tuple[str, ...]
    facts: tuple[str, ...] = ()


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

    async def search(self, text: str, limit: int) -> list[Said]:
        """Return what was said last that holds all words of a text, as far as viewers may see it.

        A word that is too short for the index is looked for as a whole text.
        """
        words = [word for word in text.split() if len(word) >= _SHORTEST]
        if words:
            where, pattern = "words MATCH ?", " AND ".join(map(phrase, words))
        else:
            where, pattern = "text LIKE ? ESCAPE '\\'", containing(text)
        rows = await self._database.fetch(_SAID.format(where=where), pattern, limit)
        return [
            Said(datetime.fromisoformat(at), who, said, CommentKey((platform, message)))
            for at, who, said, platform, message in rows
        ]

    async def acquaintance(self, name: str) -> Acquaintance | None:
        """Return the viewer of a name who wrote last; None where nobody has it."""
        rows = await self._database.fetch(_KNOWN, name)
        for called, first_seen, comments, streams, platform, viewer in rows:
            last = await self._database.fetch(_LAST, platform, viewer)
            texts = tuple(text for (text,) in last)
            began = datetime.fromisoformat(first_seen)
            noted = await self._database.fetch(_FACTS, platform, viewer)
            facts = tuple(fact for (fact,) in noted)
            return Acquaintance(called, began, comments, streams, texts, facts)
        return None

    async def comment_keys(self, limit: int) -> list[CommentKey]:
        """Return the keys of the latest comments, oldest first."""
        rows = await self._database.fetch(
            "SELECT platform, message_id FROM comments ORDER BY id DESC LIMIT ?", limit
        )
        keys = [CommentKey((Platform(platform), message_id)) for platform, message_id in rows]
        return keys[::-1]
