"""The database's file: opened, claimed, private, and replaced where it breaks or vanishes."""

import asyncio
import errno
import logging
import os
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any, Self

import aiosqlite

from bot.clock import Clock
from bot.errors import MisconfiguredError
from bot.files import private_file, private_folder
from bot.storage import damage
from bot.storage.claim import claimed
from bot.storage.migrations import migrate
from bot.translation import tr

log = logging.getLogger(__name__)

BUSY_SECONDS = 2.0
"""How long SQLite waits for another program that has the file."""
_CHECK_SECONDS = 2.0
IN_MEMORY = Path(":memory:")


class Database:
    """The connection to the file, of which there is always one.

    Attributes:
        path: of the file.
        connection: that. It may be another one after ``replace``.
        is_open: whether it is open; not where ``replace`` has failed half-way.
    """

    def __init__(self, path: Path, connection: aiosqlite.Connection, clock: Clock) -> None:
        self.connection = connection
        self.is_open = True
        self.path = path
        self._clock = clock

    @classmethod
    @asynccontextmanager
    async def at(cls, path: Path, clock: Clock) -> AsyncIterator[Self]:
        """Open the file, make it if it is not there, and bring it up to date.

        A damaged one is set aside for a new one.

        Raises:
            MisconfiguredError: another bot is using it, or it is locked, not writable, no
                database, or of a newer version.
        """
        async with AsyncExitStack() as stack:
            with explained(path):
                if path != IN_MEMORY:
                    private_folder(path.parent)
                    if _is_read_only(path):
                        raise OSError(errno.EROFS, tr("it is read-only"))
                    stack.enter_context(claimed(path, clock))
                    await asyncio.to_thread(_mend, path, clock)
                    private_file(path)
                database = cls(path, await _connect(path), clock)
                stack.push_async_callback(database.close)
                await migrate(database.connection, path)
                async with database.transaction():
                    pass  # to see now whether it can be written
            yield database

    async def close(self) -> None:
        """Close the connection."""
        await self.connection.close()

    async def fetch(self, sql: str, *values: Any) -> list[Any]:
        """Return the rows that a query finds."""
        return list(await self.connection.execute_fetchall(sql, values))

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[aiosqlite.Connection]:
        """Write all that is executed within, or nothing of it.

        Raises:
            sqlite3.Error: it cannot be written now.
        """
        connection = self.connection
        await connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
            await connection.execute("COMMIT")
        except BaseException:
            await connection.rollback()
            raise

    @property
    def is_lost(self) -> bool:
        """Whether there is no file to write in, and ``replace`` is to begin another."""
        return not self.is_open or self._has_vanished

    @property
    def _has_vanished(self) -> bool:
        """Whether somebody has deleted or moved the file."""
        return self.path != IN_MEMORY and not self.path.exists()

    def is_broken(self, error: sqlite3.Error) -> bool:
        """Return whether an error means that this file can be written no more."""
        return damage.is_broken(self.path, error)

    async def replace(self) -> None:
        """Go on in a new file.

        Of one that was deleted all is there that we have open still; a damaged one is set aside.

        Raises:
            sqlite3.Error, OSError: that cannot be done now; it may be tried again.
        """
        if not self.is_open:  # it was tried before, and got so far
            await asyncio.to_thread(_mend, self.path, self._clock)
        elif self._has_vanished:
            private_folder(self.path.parent)
            with suppress(sqlite3.Error):
                await self.connection.execute("VACUUM INTO ?", (str(self.path),))
            await self._let_go()
            log.error(
                tr("The history {path} was deleted or moved: it is written anew.", path=self.path)
            )
        else:
            await self._let_go()
            _set_aside(self.path, self._clock)
        private_file(self.path)
        connection = await _connect(self.path)
        try:
            await migrate(connection, self.path)
        except BaseException:
            await connection.close()
            raise
        self.connection, self.is_open = connection, True

    async def _let_go(self) -> None:
        self.is_open = False
        await self.close()


def _is_read_only(path: Path) -> bool:
    effective = os.access in os.supports_effective_ids
    return path.is_file() and not os.access(path, os.W_OK, effective_ids=effective)


def _set_aside(path: Path, clock: Clock) -> None:
    aside = damage.set_aside(path, clock)
    log.error(
        tr(
            "The history {path} was damaged: it now lies in {name}, and a new one was begun."
            ' What can be read of it, `vtuber-bot history export --all --database "{aside}"`'
            " writes out.",
            path=path,
            name=aside.name,
            aside=aside,
        ),
    )


def _mend(path: Path, clock: Clock) -> None:
    if damage.is_damaged(path, clock, limit=_CHECK_SECONDS):
        _set_aside(path, clock)


async def _connect(path: Path) -> aiosqlite.Connection:
    """Connect as a whole, or not: half-way aiosqlite leaves a thread that ends in a traceback."""
    sqlite3.connect(path).close()
    opening = asyncio.ensure_future(
        aiosqlite.connect(path, isolation_level=None, timeout=BUSY_SECONDS)
    )
    try:
        return await asyncio.shield(opening)
    except asyncio.CancelledError:
        await (await opening).close()
        raise


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Say of a database that cannot be opened what is wrong with it."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        message = str(error)
        if "locked" in message:
            why = tr("another program has it open: close that (another vtuber-bot, say)")
        elif "not a database" in message or "malformed" in message:
            why = tr("it is not a database of ours: move the file away")
        elif "readonly" in message or "read-only" in message:
            why = tr("it is read-only: allow writing to the file and its folder")
        else:
            why = tr("{message}: look at the folder and its rights", message=message)
        raise MisconfiguredError(
            tr(
                "The history cannot be opened at {path}; {why}, or name another file in"
                " BOT_DATABASE.",
                path=path,
                why=why,
            )
        ) from error
