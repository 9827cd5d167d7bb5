"""Backups: copies of the history, made when a stream ends; the last few are kept."""

import logging
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import aiosqlite

from bot.clock import Clock
from bot.files import private_file, private_folder
from bot.translation import tr

log = logging.getLogger(__name__)

_KEPT = 3
_UNFINISHED = ".part"


class Backups:
    """The copies of one database, in a folder beside it."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self._folder = path.with_name(f"{path.stem} backups")
        self._stem = path.stem
        self._clock = clock

    def paths(self) -> list[Path]:
        """Return the copies that there are, the latest first."""
        return sorted(self._folder.glob(f"{self._stem}-*.db"), reverse=True)

    async def make(self, connection: aiosqlite.Connection) -> None:
        """Copy the database, while it is open, and let go of the oldest copies.

        Where that cannot be done the streamer is told, and the older ones stay.
        """
        stamp = self._clock.now().astimezone().strftime("%Y-%m-%d-%H%M%S")
        copy = self._folder / f"{self._stem}-{stamp}.db"
        part = copy.with_suffix(_UNFINISHED)
        try:
            private_folder(self._folder)
            private_file(part)
            with closing(sqlite3.connect(part, check_same_thread=False)) as target:
                await connection.backup(target)
            part.replace(copy)
            for old in self.paths()[_KEPT:]:
                old.unlink()
        except (OSError, sqlite3.Error) as error:
            log.error(
                tr(
                    "No backup of the history could be made in {folder} ({error}).",
                    folder=self._folder,
                    error=error,
                )
            )

    def write(self, statements: Sequence[tuple[str, tuple[str, ...]]]) -> None:
        """Carry out statements in every copy: what is to be forgotten is to be gone from there.

        A copy in which that cannot be done is deleted.
        """
        for path in self.paths():
            try:
                with closing(sqlite3.connect(path)) as copy, copy:
                    copy.execute("PRAGMA secure_delete = ON")
                    for sql, values in statements:
                        copy.execute(sql, values)
            except sqlite3.Error as error:
                log.warning(
                    tr(
                        "The backup {path} was deleted: it held what is to be forgotten ({error}).",
                        path=path,
                        error=error,
                    )
                )
                path.unlink()
