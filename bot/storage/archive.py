"""The archive: what the database holds of earlier streams, for people. It reads, and no more."""

import json
import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from pathlib import Path
from typing import Any, Self

from bot.chat import Platform, ViewerKey
from bot.errors import MisconfiguredError
from bot.storage.migrations import MIGRATIONS
from bot.storage.rows import containing, phrase
from bot.translation import tr

log = logging.getLogger(__name__)

_SHORTEST = 3
"""Characters of which the index is made; what is shorter is looked for in every text."""
# What is said where the model fails is no thanks, and a second sentence of such a reply.
_THANKS = """
    CASE WHEN paid_amount IS NULL AND coalesce(occasion, 'received') = 'received' THEN ''
        WHEN settled_at IS NULL THEN 'owed'
        WHEN EXISTS (SELECT 1 FROM answers JOIN replies ON replies.id = reply_id
            WHERE comment_id = comments.id AND (SELECT count(*) FROM sentences
                WHERE sentences.reply_id = replies.id) > (outcome IS 'failed')) THEN 'thanked'
        ELSE 'passed over' END
"""
_COMMENT = f"""
    SELECT written_at AS at, 'comment' AS kind, platform, author_name AS who, comments.text,
        paid_amount, paid_currency, retracted_at IS NOT NULL AS retracted,
        coalesce(occasion, '') AS membership, {_THANKS} AS thanks, comments.stream_id
"""
_SENTENCE = """
    SELECT said_at, 'sentence', '', persona, sentences.text, NULL, NULL, 0, '', '',
        replies.stream_id
"""
_EVENTS = f"""
    {_COMMENT} FROM comments
    UNION ALL {_SENTENCE} FROM sentences JOIN replies ON replies.id = reply_id
    UNION ALL
    SELECT ordered_at, 'order', platform, moderator_name, words || ' → ' || outcome,
        NULL, NULL, 0, '', '', stream_id
    FROM orders
"""  # noqa: S608  ours
_FOUND = f"""
    WITH found AS MATERIALIZED (SELECT rowid AS number FROM words WHERE {{where}})
    {_COMMENT} FROM found JOIN comments ON comments.id = number / 2 AND number % 2 = 0
    UNION ALL {_SENTENCE} FROM found
        JOIN sentences ON reply_id = number / 512 AND position = number / 2 % 256 AND number % 2 = 1
        JOIN replies ON replies.id = reply_id
    ORDER BY at
"""  # noqa: S608  likewise
"""See the migration that makes ``words`` for the numbers."""


class OlderError(MisconfiguredError):
    """The database is of an older version; the next show brings it up to date."""


@dataclass(frozen=True, slots=True)
class PastStream:
    """A stream, and how much there was in it; ``ended_at`` is None while it is on."""

    id: int
    persona: str
    model: str
    started_at: datetime
    ended_at: datetime | None
    comments: int
    replies: int
    recap: str = ""
    """What it was about, as JSON, where the model has told."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that was written, said or ordered.

    Attributes:
        at: when.
        kind: ``comment``, ``sentence`` or ``order``.
        platform: where it was written; empty for what the character said.
        who: the name of whoever it was.
        text: the words; of an order with what came of it.
        paid: the sum and its currency, or an empty string.
        retracted: whether the comment was deleted.
        membership: what was announced, as ``Occasion`` has it, or an empty string.
        thanks: of what was paid for: ``thanked``, ``owed``, or ``passed over`` by a moderator, or
            because the model had nothing to say to it.
    """

    at: datetime
    kind: str
    platform: str
    who: str
    text: str
    paid: str
    retracted: bool
    membership: str = ""
    thanks: str = ""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A comment that was answered, and what was said to it.

    Attributes:
        reply: the id of the reply; several comments may have had the same.
        who: the name of who wrote.
        text: the words.
        written_at: when that was.
        answered_at: when the first sentence was said.
        ended_at: when the last one was.
        sentences: all of them.
        outcome: how the reply ended: ``finished``, ``cut`` or ``failed``.
    """

    reply: int
    who: str
    text: str
    written_at: datetime
    answered_at: datetime
    ended_at: datetime
    sentences: tuple[str, ...]
    outcome: str


@dataclass(frozen=True, slots=True)
class Presence:
    """A viewer in a stream: how much they wrote, and whether they had written in an earlier one."""

    name: str
    comments: int
    is_new: bool


@dataclass(frozen=True, slots=True)
class Fault:
    """A part of a show that did not work, ``told`` in words; ``ended_at`` is None to its end."""

    part: str
    told: str
    began_at: datetime
    ended_at: datetime | None


class Archive:
    """One database, opened for reading; a show may be on in it."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    @classmethod
    @contextmanager
    def at(cls, path: Path) -> Iterator[Self]:
        """Open a database.

        Raises:
            MisconfiguredError: there is none, or it is damaged, or of another version.
        """
        if not path.is_file():
            raise MisconfiguredError(
                tr(
                    "There is no history at {path} yet. Name another with --database, or go"
                    " live once.",
                    path=path,
                )
            )
        try:
            with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as reader:
                ((version,),) = reader.execute("PRAGMA user_version").fetchall()
                if version != len(MIGRATIONS):
                    kind = OlderError if version < len(MIGRATIONS) else MisconfiguredError
                    raise kind(
                        tr(
                            "The history {path} is of another version of vtuber-bot:"
                            " `vtuber-bot run` brings an older one up to date.",
                            path=path,
                        )
                    )
                yield cls(reader)
        except sqlite3.DatabaseError as error:
            raise MisconfiguredError(
                tr("The history {path} cannot be read: {error}.", path=path, error=error)
            ) from error

    def streams(self) -> list[PastStream]:
        """Return all streams, the latest first."""
        rows = self._connection.execute(
            "SELECT id, persona, model, started_at, ended_at,"
            " (SELECT count(*) FROM comments WHERE stream_id = streams.id),"
            " (SELECT count(*) FROM replies WHERE stream_id = streams.id), recap"
            " FROM streams ORDER BY id DESC"
        )
        return [
            PastStream(
                *(id_, persona, model, _time(began)),
                _time(ended) if ended else None,
                *about,
            )
            for id_, persona, model, began, ended, *about in rows
        ]

    def last(self) -> int:
        """Return the id of the last stream in which something was written or said, or 0."""
        ((last,),) = self._connection.execute(f"SELECT max(stream_id) FROM ({_EVENTS})")  # noqa: S608  ours
        return last or 0

    def events(self, stream: int | None = None) -> Iterator[Event]:
        """Yield what happened in one stream, or in all of them, in the order of time.

        Of a damaged database as much comes as can be read.
        """
        where = "WHERE stream_id = ?" if stream else "WHERE ?"
        try:
            found = list(self._found(f"{where} ORDER BY at", stream or 1))
        except sqlite3.DatabaseError as error:
            found = sorted(self._readable(where, stream or 1), key=attrgetter("at"))
            log.warning(
                tr(
                    "Only a part of the history could be read ({error}): {count} lines.",
                    error=error,
                    count=len(found),
                )
            )
        yield from found

    def exchanges(self, stream: int) -> list[Exchange]:
        """Return what was answered in a stream, in the order of the replies."""
        rows = self._connection.execute(
            "SELECT replies.id, author_name, comments.text, written_at,"
            " (SELECT min(said_at) FROM sentences WHERE reply_id = replies.id) AS began,"
            " (SELECT max(said_at) FROM sentences WHERE reply_id = replies.id),"
            " (SELECT json_group_array(text) FROM"
            "  (SELECT text FROM sentences WHERE reply_id = replies.id ORDER BY position)),"
            " coalesce(outcome, 'cut')"
            " FROM replies JOIN answers ON reply_id = replies.id"
            " JOIN comments ON comments.id = comment_id AND retracted_at IS NULL"
            " WHERE replies.stream_id = ? AND began IS NOT NULL ORDER BY replies.id, comments.id",
            (stream,),
        )
        return [
            Exchange(
                *(id_, who, text, _time(written), _time(began), _time(ended)),
                *(tuple(json.loads(sentences)), outcome),
            )
            for id_, who, text, written, began, ended, sentences, outcome in rows
        ]

    def present(self, stream: int) -> list[Presence]:
        """Return who wrote in a stream, those who wrote most first."""
        rows = self._connection.execute(
            "SELECT name, count(*) AS written, first_seen_at >= started_at"
            " FROM comments JOIN viewers ON viewers.platform = comments.platform"
            " AND viewers.id = author_id JOIN streams ON streams.id = stream_id"
            " WHERE stream_id = ? AND retracted_at IS NULL GROUP BY comments.platform, author_id"
            " ORDER BY written DESC, name",
            (stream,),
        )
        return [Presence(name, written, bool(is_new)) for name, written, is_new in rows]

    def faults(self, stream: int) -> list[Fault]:
        """Return what did not work in a stream, in the order in which it began."""
        rows = self._connection.execute(
            "SELECT part, told, began_at, ended_at FROM faults WHERE stream_id = ? ORDER BY id",
            (stream,),
        )
        return [
            Fault(part, told, _time(began), _time(ended) if ended else None)
            for part, told, began, ended in rows
        ]

    def _readable(self, where: str, value: int) -> Iterator[Event]:
        """Yield of each table what comes before the first page that cannot be read."""
        for kind in ("comment", "sentence", "order"):
            with suppress(sqlite3.DatabaseError):
                yield from self._found(f"{where} AND kind = ?", value, kind)

    def search(self, text: str) -> Iterator[Event]:
        """Yield what holds a text, large or small letters alike, in the order of time."""
        if len(text) < _SHORTEST:
            pattern = containing(text)
            query = _FOUND.format(where="text LIKE ? ESCAPE '\\'")
        else:
            pattern = phrase(text)
            query = _FOUND.format(where="words MATCH ?")
        yield from self._told(query, pattern)

    def viewers(self, name: str) -> list[tuple[ViewerKey, str]]:
        """Return those who have a name, or an id that is written ``platform:id``."""
        rows = self._connection.execute(
            "SELECT platform, id, name FROM viewers"
            " WHERE name = ?1 COLLATE NOCASE OR platform || ':' || id = ?1",
            (name,),
        )
        return [
            (ViewerKey((Platform(platform), viewer)), called) for platform, viewer, called in rows
        ]

    def problems(self) -> list[str]:
        """Return what is wrong with the database, in SQLite's words."""
        try:
            checks = self._connection.execute("PRAGMA integrity_check(20)").fetchall()
            strays = self._connection.execute("PRAGMA foreign_key_check").fetchall()
        except sqlite3.DatabaseError as error:
            return [str(error)]
        return [
            *(line for (line,) in checks if line != "ok"),
            *(
                tr("a row of {table} belongs to nothing in {parent}", table=table, parent=parent)
                for table, _, parent, _ in strays
            ),
        ]

    def _found(self, where: str, *values: Any) -> Iterator[Event]:
        yield from self._told(f"SELECT * FROM ({_EVENTS}) {where}", *values)  # noqa: S608  ours

    def _told(self, query: str, *values: Any) -> Iterator[Event]:
        for row in self._connection.execute(query, values):
            at, kind, platform, who, text, amount, currency, retracted, membership, thanks, _ = row
            paid = f"{amount} {currency}" if amount else ""
            about = (paid, bool(retracted), membership, thanks)
            yield Event(_time(at), kind, platform, who, text, *about)


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
