"""Opening the history for one stream, and ending that."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.clock import Clock
from bot.storage.backups import Backups
from bot.storage.database import IN_MEMORY, Database, explained
from bot.storage.memory import Memory, Stream
from bot.storage.retention import drop_old
from bot.storage.rows import timestamp

_REPAIRS = (
    (
        "UPDATE replies SET outcome = 'cut', ended_at = coalesce("
        "   (SELECT max(said_at) FROM sentences WHERE reply_id = replies.id), started_at)"
        " WHERE outcome IS NULL"
    ),
    (
        "UPDATE streams SET ended_at = max(started_at,"
        "   coalesce((SELECT max(ended_at) FROM replies WHERE stream_id = streams.id), ''),"
        "   coalesce((SELECT max(ordered_at) FROM orders WHERE stream_id = streams.id), ''))"
        " WHERE ended_at IS NULL"
    ),
)


@asynccontextmanager
async def open_memory(
    path: Path,
    *,
    clock: Clock,
    persona: str,
    model: str,
    days: int = 0,
    disk_clock: Clock | None = None,
) -> AsyncIterator[Memory]:
    """Open the database, bring it up to date, and begin a stream in it.

    On leaving the stream is ended, and a backup made.

    Args:
        path: of the file.
        clock: the time of what happens.
        persona: who speaks.
        model: who talks for it.
        days: how long it keeps what was written and said; 0 is for ever.
        disk_clock: the time by which the disk is slow, where that is another one.

    Raises: as ``Database.at``.
    """
    async with Database.at(path, clock) as database:
        with explained(path):
            await _repair(database)
            if days:
                await drop_old(database, days, clock)
        ((last_stream, last_reply),) = await database.fetch(
            "SELECT (SELECT max(id) FROM streams), (SELECT max(id) FROM replies)"
        )
        backups = Backups(path, clock)
        memory = Memory(
            database,
            clock,
            Stream((last_stream or 0) + 1, persona, model, timestamp(clock.now())),
            last_reply_id=last_reply or 0,
            disk_clock=disk_clock or clock,
            backups=backups,
        )
        await memory.flush()
        try:
            yield memory
        finally:
            await memory.end_stream()
            if path != IN_MEMORY and database.is_open:
                await backups.make(database.connection)


async def _repair(database: Database) -> None:
    """Write the end of those streams and replies that a crash, or a loss of power, has cut off."""
    async with database.transaction() as connection:
        for statement in _REPAIRS:
            await connection.execute(statement)
