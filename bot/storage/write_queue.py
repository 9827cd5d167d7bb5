"""The write queue: what is to be written into the database, in order, when it can be."""

import asyncio
import logging
import sqlite3
from collections import deque
from typing import Any, TypeAlias

import aiosqlite

log = logging.getLogger(__name__)

_Statement: TypeAlias = tuple[str, tuple[Any, ...]]


class WriteQueue:
    """Writes statements in the order in which they were noted.

    Where the database cannot take them now (locked by another program, disk full), they wait here.
    """

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self._connection = connection
        self._unwritten: deque[_Statement] = deque()
        self._writing = asyncio.Lock()
        self._failing = False

    def __len__(self) -> int:
        """Return how many statements wait."""
        return len(self._unwritten)

    def note(self, sql: str, *values: Any) -> None:
        """Note a statement, to be written with the next ``flush``. Returns at once."""
        self._unwritten.append((sql, values))

    async def flush(self) -> None:
        """Write what waits. A cancelled caller does not cancel the writing."""
        await asyncio.shield(asyncio.ensure_future(self._write()))

    async def _write(self) -> None:
        async with self._writing:
            # What is noted while these are being written waits for the next time.
            statements = tuple(self._unwritten)
            if not statements:
                return
            try:
                await self._connection.execute("BEGIN IMMEDIATE")
                try:
                    for statement in statements:
                        await self._execute(statement)
                    await self._connection.execute("COMMIT")
                except sqlite3.Error:
                    await self._connection.rollback()
                    raise
            except sqlite3.Error as error:
                self._report(error)
                return
            for _ in statements:
                self._unwritten.popleft()
            if self._failing:
                self._failing = False
                log.info("The history is being written again.")

    async def _execute(self, statement: _Statement) -> None:
        try:
            await self._connection.execute(*statement)
        except (sqlite3.IntegrityError, UnicodeError):
            # Trying again cannot help, and must not keep everything behind it from being written.
            log.exception("A bug: the history refused a row.")

    def _report(self, error: sqlite3.Error) -> None:
        if not self._failing:
            self._failing = True
            log.error(
                "The history cannot be written now (%s). The show goes on, and what was said is"
                " kept in memory until it can. Is the disk full, or the file open elsewhere?",
                error,
            )
