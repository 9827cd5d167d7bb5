"""Memory: SQLite's record of who said what and what was answered.

A sentence is written here before it is shown, so that after a crash the history holds all that
viewers saw; where the database cannot take it now, it waits in the write queue, and the show goes
on.
"""

import asyncio
import json
import logging
import sqlite3
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from enum import StrEnum
from pathlib import Path

import aiosqlite

from bot.chat import (
    Comment,
    CommentKey,
    Exchange,
    Platform,
    Retraction,
    ViewerKey,
)
from bot.clock import Clock
from bot.storage import migrations
from bot.storage.rows import COMMENTS, comment_of, timestamp
from bot.storage.viewer_records import ViewerRecords
from bot.storage.write_queue import WriteQueue
from bot.text import join

log = logging.getLogger(__name__)

BUFFER_LIMIT = 20_000
"""Statements up to which comments are noted while the database cannot be written."""
BUSY_SECONDS = 2.0
"""How long SQLite waits for another program that has the file."""

_OWED = (
    f"{COMMENTS} WHERE settled_at IS NULL AND retracted_at IS NULL"
    " AND written_at >= ? AND stream_id <> ? ORDER BY id"
)
_ANSWERED = f"{COMMENTS} JOIN answers ON comment_id = comments.id WHERE reply_id = ?"
_RETRACT = (
    "UPDATE comments SET retracted_at = ?"
    " WHERE retracted_at IS NULL AND platform = ? AND ? IN ('', channel)"
)
_RETRACT_ONE = f"{_RETRACT} AND message_id = ?"
_RETRACT_AUTHOR = f"{_RETRACT} AND author_id = ?"
_RETRACT_STREAM = f"{_RETRACT} AND stream_id = ?"


class Outcome(StrEnum):
    """How a reply ended."""

    FINISHED = "finished"
    CUT = "cut"
    """By a moderator, or because the program was stopped."""
    FAILED = "failed"
    """The model gave nothing, or stopped in the middle."""


class Memory:
    """One show's way into the database. Open it with ``open_memory``.

    Attributes:
        records: what viewers decide over.
    """

    def __init__(
        self, connection: aiosqlite.Connection, clock: Clock, stream_id: int, last_reply_id: int
    ) -> None:
        self._connection = connection
        self._clock = clock
        self._stream_id = stream_id
        self._last_reply_id = last_reply_id
        self._queue = WriteQueue(connection)
        self.records = ViewerRecords(connection, self._queue)
        self._shed = 0
        """Comments that could not even be kept for later."""

    async def run(self) -> None:
        """Write what was noted, once a second."""
        while True:
            await self._clock.sleep(1)
            await self.flush()

    def hear(self, comment: Comment) -> None:
        """Note a comment, to be written soon. Returns at once."""
        if len(self._queue) >= BUFFER_LIMIT:
            self._shed += 1
            return
        author = comment.author
        at = timestamp(comment.at)
        paid, membership = comment.paid, comment.membership
        self._queue.note(
            "INSERT INTO viewers VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (platform, id) DO UPDATE"
            " SET name = excluded.name, last_seen_at = excluded.last_seen_at",
            *(comment.platform, author.id, author.name, at, at),
        )
        self._queue.note(
            "INSERT INTO comments (stream_id, platform, message_id, author_id,"
            " author_name, roles, text, paid_amount, paid_currency, written_at, channel,"
            " occasion, months, gifts, settled_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
            # It was held for review, and has been approved.
            " ON CONFLICT (platform, message_id) DO UPDATE SET retracted_at = NULL",
            *(self._stream_id, comment.platform, comment.id, author.id, author.name),
            *(" ".join(sorted(author.roles)), comment.text),
            *((str(paid.amount), paid.currency) if paid else (None, None)),
            *(at, comment.channel),
            *(
                (membership.occasion, membership.months, membership.gifts)
                if membership
                else (None, 0, 0)
            ),
            None if comment.is_paid else at,
        )

    def retract(self, retraction: Retraction) -> None:
        """Note that comments were taken back: what was said to them is told to no model again."""
        if retraction.comment_id:
            sql, about = _RETRACT_ONE, retraction.comment_id
        elif retraction.author_id:
            sql, about = _RETRACT_AUTHOR, retraction.author_id
        else:
            sql, about = _RETRACT_STREAM, str(self._stream_id)
        self._queue.note(sql, self._now(), retraction.platform, retraction.channel, about)

    def begin(self, asked: str, answers: Sequence[Comment]) -> int:
        """Note that a reply to these comments begins, and return the reply's id. Returns at once.

        It is written with the reply's first sentence, or earlier. ``asked`` is the user message as
        the model gets it, empty for the character's own lines.
        """
        self._last_reply_id += 1
        reply_id = self._last_reply_id
        self._queue.note(
            "INSERT INTO replies (id, stream_id, asked, started_at) VALUES (?, ?, ?, ?)",
            *(reply_id, self._stream_id, asked, self._now()),
        )
        for comment in answers:
            self._queue.note(
                "INSERT INTO answers SELECT ?, id FROM comments"
                " WHERE platform = ? AND message_id = ?",
                *(reply_id, *comment.key),
            )
        return reply_id

    async def say(
        self,
        reply_id: int,
        position: int,
        sentence: str,
        *,
        mood: str = "",
        settles: Iterable[Comment] = (),
    ) -> None:
        """Write a sentence, and that it is the answer to comments. Then it may be shown."""
        self._queue.note(
            "INSERT INTO sentences VALUES (?, ?, ?, ?, ?)",
            *(reply_id, position, sentence, self._now(), mood),
        )
        self.settle(settles)
        await self._queue.flush()

    def settle(self, comments: Iterable[Comment]) -> None:
        """Note that these comments are owed no answer any more, to be written soon."""
        for comment in comments:
            if comment.is_paid:
                self._queue.note(
                    "UPDATE comments SET settled_at = ? WHERE platform = ? AND message_id = ?",
                    *(self._now(), *comment.key),
                )

    def owe(self, comments: Iterable[Comment]) -> None:
        """Note that these comments are owed an answer after all, to be written soon."""
        for comment in comments:
            if comment.is_paid:
                self._queue.note(
                    "UPDATE comments SET settled_at = NULL WHERE platform = ? AND message_id = ?",
                    *comment.key,
                )

    async def end(self, reply_id: int, outcome: Outcome) -> None:
        """Write how a reply ended."""
        self._queue.note(
            "UPDATE replies SET outcome = ?, ended_at = ? WHERE id = ?",
            *(outcome, self._now(), reply_id),
        )
        await self._queue.flush()

    async def end_stream(self) -> None:
        """Write that the show is over, and tell if something could not be written to the last."""
        self._queue.note(
            "UPDATE streams SET ended_at = ? WHERE id = ?", self._now(), self._stream_id
        )
        await self._queue.flush()
        if len(self._queue):
            log.error("The end of the show is missing in the history: it could not be written.")
        if self._shed:
            log.error("%d comments are missing in the history: it could not take them.", self._shed)

    async def flush(self) -> None:
        """Write what was noted. A cancelled caller does not cancel the writing."""
        await self._queue.flush()

    async def exchanges(self, persona: str, since: datetime, limit: int) -> list[Exchange]:
        """Return a persona's latest exchanges, oldest first.

        Those that failed are left out, and those that answer what was taken back.
        """
        rows = await self._connection.execute_fetchall(
            "SELECT id, asked, (SELECT json_group_array(text) FROM"
            "   (SELECT text FROM sentences WHERE reply_id = replies.id ORDER BY position))"
            "  FROM replies WHERE id IN (SELECT replies.id"
            "    FROM replies JOIN streams ON streams.id = stream_id"
            "    WHERE persona = ? AND replies.started_at >= ? AND asked <> ''"
            "    AND outcome IS NOT 'failed'"
            "    AND EXISTS (SELECT 1 FROM sentences WHERE reply_id = replies.id)"
            "    AND NOT EXISTS (SELECT 1 FROM answers JOIN comments ON comments.id = comment_id"
            "      WHERE reply_id = replies.id AND retracted_at IS NOT NULL)"
            "    ORDER BY replies.id DESC LIMIT ?) ORDER BY id",
            (persona, timestamp(since), limit),
        )
        return [
            Exchange(asked, join(json.loads(said)), await self._answered(reply_id))
            for reply_id, asked, said in rows
        ]

    async def owed(self, since: datetime) -> list[Comment]:
        """Return what was paid for, was heard by an earlier run, and was not answered."""
        rows = await self._connection.execute_fetchall(
            _OWED,
            (timestamp(since), self._stream_id),
        )
        return [comment_of(tuple(row)) for row in rows]

    async def viewers(self, limit: int) -> list[ViewerKey]:
        """Return platform and id of those who wrote last, in any show."""
        rows = await self._connection.execute_fetchall(
            "SELECT platform, id FROM viewers ORDER BY last_seen_at DESC LIMIT ?", (limit,)
        )
        return [ViewerKey((Platform(platform), viewer)) for platform, viewer in rows]

    async def _answered(self, reply_id: int) -> tuple[Comment, ...]:
        rows = await self._connection.execute_fetchall(_ANSWERED, (reply_id,))
        return tuple(comment_of(tuple(row)) for row in rows)

    async def comment_keys(self, limit: int) -> list[CommentKey]:
        """Return the keys of the latest comments, oldest first."""
        rows = await self._connection.execute_fetchall(
            "SELECT platform, message_id FROM comments ORDER BY id DESC LIMIT ?", (limit,)
        )
        keys = [CommentKey((Platform(platform), message_id)) for platform, message_id in rows]
        return keys[::-1]

    def _now(self) -> str:
        return timestamp(self._clock.now())


@asynccontextmanager
async def _connected(path: Path) -> AsyncIterator[aiosqlite.Connection]:
    """Connect as a whole, or not: half-way aiosqlite leaves a thread that ends in a traceback."""
    sqlite3.connect(path).close()
    connection = aiosqlite.connect(path, isolation_level=None, timeout=BUSY_SECONDS)
    opening = asyncio.ensure_future(connection)
    try:
        yield await asyncio.shield(opening)
    finally:
        await opening
        await connection.close()


@asynccontextmanager
async def open_memory(
    path: Path, *, clock: Clock, persona: str, model: str
) -> AsyncIterator[Memory]:
    """Open the database, bring it up to date, and begin a stream in it; ended on leaving.

    Raises:
        MisconfiguredError: the file is locked, not writable, no database, or of a newer version.
    """
    async with AsyncExitStack() as stack:
        with migrations.explained(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            connection = await stack.enter_async_context(_connected(path))
            await migrations.migrate(connection, path)
            cursor = await connection.execute(
                "INSERT INTO streams (persona, model, started_at) VALUES (?, ?, ?)",
                (persona, model, timestamp(clock.now())),
            )
            stream_id = cursor.lastrowid or 0
            (last,) = await connection.execute_fetchall("SELECT max(id) FROM replies")
        memory = Memory(connection, clock, stream_id, last[0] or 0)
        try:
            yield memory
        finally:
            await memory.end_stream()
