"""The write queue: what is to be written into the database, in order, when it can be."""

import asyncio
import logging
import math
import sqlite3
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, Never, TypeAlias

import aiosqlite

from bot.clock import Clock, time_limit
from bot.storage.database import Database
from bot.translation import tr

log = logging.getLogger(__name__)

_OFTEN = 1.0

Statement: TypeAlias = tuple[str, tuple[Any, ...]]


class WriteQueue:
    """Writes statements in the order in which they were noted.

    Where the database cannot take them now (locked by another program, disk full), they wait here.
    Where its file is damaged or was deleted, they go into a new one.

    Args:
        database: where they go.
        clock: the time in which they should be there.
        prelude: returns what has to stand in a new file before them.

    Attributes:
        trouble: why nothing can be written now, in words for the streamer; empty where it can.
    """

    def __init__(
        self, database: Database, clock: Clock, prelude: Callable[[], Sequence[Statement]]
    ) -> None:
        self._database = database
        self._clock = clock
        self._prelude = prelude
        self._unwritten: deque[Statement] = deque()
        self._writing = asyncio.Lock()
        self._writers = set[asyncio.Task[None]]()
        self.trouble = ""
        self._hurry = asyncio.Event()
        """Set when something is noted that is not to be lost."""
        self._is_all_kept = True
        """Whether all of that is written."""

    def __len__(self) -> int:
        """Return how many statements wait."""
        return len(self._unwritten)

    def note(self, sql: str, *values: Any) -> None:
        """Note a statement, to be written with the next ``flush``. Returns at once."""
        self._unwritten.append((sql, values))

    def note_now(self, sql: str, *values: Any) -> None:
        """Note a statement that no crash may take away: ``run`` writes it at once."""
        self.note(sql, *values)
        self._is_all_kept = False
        self._hurry.set()

    async def run(self) -> Never:
        """Write what is noted, once a second or at once, until cancelled."""
        while True:
            with suppress(TimeoutError):
                async with time_limit(self._clock, _OFTEN):
                    await self._hurry.wait()
            self._hurry.clear()
            await self.flush()

    async def written(self, *, within: float) -> None:
        """Return when all that no crash may take away is written, or after so many seconds."""
        if not self._is_all_kept:
            await self.flush(within=within)

    async def flush(self, *, within: float = math.inf) -> None:
        """Write what waits, or go on writing it after so many seconds.

        A cancelled caller does not cancel the writing.
        """
        writer = asyncio.create_task(self._write())
        self._writers.add(writer)
        writer.add_done_callback(self._writers.discard)
        try:
            async with time_limit(self._clock, within):
                await asyncio.shield(writer)
        except TimeoutError:
            self._report(tr("it takes longer than {within:g} s", within=within))

    async def _write(self) -> None:
        async with self._writing:
            # What is noted while these are being written waits for the next time.
            statements = tuple(self._unwritten)
            if not statements:
                return
            try:
                await self._bring(statements)
            except (sqlite3.Error, OSError) as error:
                self._report(str(error))
                return
            for _ in statements:
                self._unwritten.popleft()
            self._is_all_kept = not self._unwritten
            if self.trouble:
                self.trouble = ""
                log.info(tr("The history is being written again."))

    async def _bring(self, statements: Sequence[Statement]) -> None:
        if self._database.is_lost:
            await self._replace()
        try:
            await self._transact(statements)
        except sqlite3.Error as error:
            if not self._database.is_broken(error):
                raise
            await self._replace()
            await self._transact(statements)

    async def _transact(self, statements: Sequence[Statement]) -> None:
        async with self._database.transaction() as connection:
            for statement in statements:
                await self._execute(connection, statement)

    async def _execute(self, connection: aiosqlite.Connection, statement: Statement) -> None:
        try:
            await connection.execute(*statement)
        except (sqlite3.IntegrityError, UnicodeError):
            # Trying again cannot help, and must not keep everything behind it from being written.
            log.exception(tr("A bug: the history refused a row."))

    async def _replace(self) -> None:
        await self._database.replace()
        await self._transact(self._prelude())

    def _report(self, why: str) -> None:
        before, self.trouble = (
            self.trouble,
            (
                tr(
                    "The history cannot be written now ({why}). The show goes on, and what was"
                    " said is kept in memory until it can. Is the disk full, or the file open"
                    " elsewhere?",
                    why=why,
                )
            ),
        )
        if not before:
            log.error("%s", self.trouble)
