"""Memory: SQLite's record of who said what and what was answered.

A sentence is written here before it is shown, so that after a crash the history holds all that
viewers saw; where the database cannot take it now, it waits in the write queue, and the show goes
on.
"""

import asyncio
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Never

from bot.chat import Comment, Retraction
from bot.clock import Clock
from bot.persona import Persona
from bot.storage.backups import Backups
from bot.storage.call_records import CallRecords
from bot.storage.database import Database
from bot.storage.fact_records import FactRecords
from bot.storage.fault_records import FaultRecords
from bot.storage.order_records import OrderRecords
from bot.storage.recollection import Recollection
from bot.storage.rows import timestamp
from bot.storage.viewer_records import ViewerRecords
from bot.storage.write_queue import Statement, WriteQueue
from bot.translation import tr

log = logging.getLogger(__name__)

BUFFER_LIMIT = 20_000
"""Statements up to which comments are noted while the database cannot be written; what was paid for
always is."""
_PATIENCE = 1.0
"""Seconds for which the streamer is not told of what was paid or ordered, until it is written."""
_PROMPTLY = 0.1
"""Seconds in which a sentence should be written. Where that takes longer, it is shown before."""

_BEGIN_STREAM = "INSERT OR IGNORE INTO streams (id, persona, model, started_at) VALUES (?, ?, ?, ?)"
_BEGIN = (
    "INSERT OR IGNORE INTO replies (id, stream_id, persona, asked, started_at)"
    " VALUES (?, ?, ?, ?, ?)"
)
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


@dataclass(frozen=True, slots=True)
class Stream:
    """One run of the show, as the database has it."""

    id: int
    persona: str
    model: str
    started_at: str


class Memory:
    """One show's way into the database. Open it with ``open_memory``.

    Attributes:
        past: what earlier runs knew.
        records: what viewers decide over.
        orders: what moderators do.
        faults: what does not work.
        calls: what the character had done.
        facts: what the model has noted of viewers, and of the stream.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        stream: Stream,
        *,
        last_reply_id: int,
        disk_clock: Clock,
        backups: Backups,
    ) -> None:
        self._clock = clock
        self._stream = stream
        self._persona = stream.persona
        self._last_reply_id = last_reply_id
        self._queue = WriteQueue(database, disk_clock, self._prelude)
        self.past = Recollection(database, stream.id)
        self.records = ViewerRecords(database, self._queue, backups)
        self.orders = OrderRecords(database, self._queue, clock, stream.id)
        self.faults = FaultRecords(self._queue, clock, stream.id)
        self.calls = CallRecords(self._queue, clock, stream.id)
        self.facts = FactRecords(self._queue, clock, stream.id)
        self._reply: Statement | None = None
        self._shed = 0
        """Comments that could not even be kept for later."""
        for sql, values in self._prelude():
            self._queue.note(sql, *values)

    def _prelude(self) -> list[Statement]:
        """Return what all else refers to: the stream, and the reply that is on."""
        stream = self._stream
        began = (stream.id, stream.persona, stream.model, stream.started_at)
        return [(_BEGIN_STREAM, began), *([self._reply] if self._reply else [])]

    @property
    def trouble(self) -> str:
        """Why nothing can be written now, in words for the streamer; empty where it can."""
        return self._queue.trouble

    async def run(self) -> Never:
        """Write what is noted, until cancelled; see ``WriteQueue.run``."""
        await self._queue.run()

    def play(self, persona: Persona) -> None:
        """Keep what is said from now on as another character's."""
        self._persona = persona.name

    def hold(self, comment: Comment) -> None:
        """Note a comment that waits for a moderator, to be written at once if it was paid for."""
        if comment.is_paid:
            self._note(comment, held=True)

    def hear(self, comment: Comment) -> None:
        """Note a comment, to be written soon, and at once if it was paid for."""
        self._note(comment, held=False)

    def _note(self, comment: Comment, *, held: bool) -> None:
        if len(self._queue) >= BUFFER_LIMIT and not comment.is_paid:
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
        note = self._queue.note_now if comment.is_paid else self._queue.note
        note(
            "INSERT INTO comments (stream_id, platform, message_id, author_id,"
            " author_name, roles, text, paid_amount, paid_currency, written_at, channel,"
            " occasion, months, gifts, settled_at, held)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
            # It was held, by the platform or by us, and has been approved.
            " ON CONFLICT (platform, message_id) DO UPDATE SET retracted_at = NULL,"
            " held = excluded.held",
            *(self._stream.id, comment.platform, comment.id, author.id, author.name),
            *(" ".join(sorted(author.roles)), comment.text),
            *((str(paid.amount), paid.currency) if paid else (None, None)),
            *(at, comment.channel),
            *(
                (membership.occasion, membership.months, membership.gifts)
                if membership
                else (None, 0, 0)
            ),
            *(None if comment.is_paid else at, held),
        )

    def retract(self, retraction: Retraction) -> None:
        """Note that comments were taken back: what was said to them is told to no model again."""
        if retraction.comment_id:
            sql, about = _RETRACT_ONE, retraction.comment_id
        elif retraction.author_id:
            sql, about = _RETRACT_AUTHOR, retraction.author_id
        else:
            sql, about = _RETRACT_STREAM, str(self._stream.id)
        self._queue.note(sql, self._now(), retraction.platform, retraction.channel, about)
        self.facts.unlearn(retraction)

    def begin(self, asked: str, answers: Sequence[Comment]) -> int:
        """Note that a reply to these comments begins, and return the reply's id. Returns at once.

        It is written with the reply's first sentence, or earlier. ``asked`` is the user message as
        the model gets it, empty for the character's own lines.
        """
        self._last_reply_id += 1
        reply_id = self._last_reply_id
        began = (reply_id, self._stream.id, self._persona, asked, self._now())
        self._reply = (_BEGIN, began)
        self._queue.note(_BEGIN, *began)
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
        """Write a sentence, and that it is the answer to comments. Then it may be shown.

        Where the caller is cancelled it is not to be shown, and taken out again.
        """
        self._queue.note(
            "INSERT INTO sentences VALUES (?, ?, ?, ?, ?)",
            *(reply_id, position, sentence, self._now(), mood),
        )
        self.settle(settles)
        try:
            await self._queue.flush(within=_PROMPTLY)
        except asyncio.CancelledError:
            self._queue.note_now(
                "DELETE FROM sentences WHERE reply_id = ? AND position = ?", reply_id, position
            )
            raise

    def settle(self, comments: Iterable[Comment]) -> None:
        """Note that these comments are owed no answer any more, to be written soon."""
        for comment in comments:
            if comment.is_paid:
                self._queue.note(
                    "UPDATE comments SET settled_at = ? WHERE platform = ? AND message_id = ?",
                    *(self._now(), *comment.key),
                )

    def owe(self, comments: Iterable[Comment]) -> None:
        """Note that these comments are owed an answer after all, to be written at once."""
        for comment in comments:
            if comment.is_paid:
                self._queue.note_now(
                    "UPDATE comments SET settled_at = NULL WHERE platform = ? AND message_id = ?",
                    *comment.key,
                )

    async def end(self, reply_id: int, outcome: Outcome) -> None:
        """Write how a reply ended."""
        self._queue.note(
            "UPDATE replies SET outcome = ?, ended_at = ? WHERE id = ?",
            *(outcome, self._now(), reply_id),
        )
        await self._queue.flush(within=_PROMPTLY)

    async def end_stream(self) -> None:
        """Write that the show is over, and tell if something could not be written to the last."""
        self._queue.note(
            "UPDATE streams SET ended_at = ? WHERE id = ?", self._now(), self._stream.id
        )
        await self._queue.flush()
        if len(self._queue):
            log.error(tr("The end of the show is missing in the history: it could not be written."))
        if self._shed:
            log.error(
                tr(
                    "{shed} comments are missing in the history: it could not take them.",
                    shed=self._shed,
                )
            )
        await self.records.settle()

    async def written(self) -> None:
        """Return when what was paid for and what moderators have ordered is written.

        Where that takes long, nobody is kept waiting.
        """
        await self._queue.written(within=_PATIENCE)

    async def flush(self) -> None:
        """Write what was noted. A cancelled caller does not cancel the writing."""
        await self._queue.flush()

    def _now(self) -> str:
        return timestamp(self._clock.now())
