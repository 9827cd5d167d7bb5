"""Damage: a database that cannot be read is set aside, and the show goes on with a new one."""

import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from bot.clock import Clock

_BROKEN = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_PRIMARY = 0xFF
"""What of an error's code is not only a closer description: https://sqlite.org/rescode.html."""
_OURS = frozenset({".db", ".sqlite", ".sqlite3"})
"""A file with another ending is somebody's, named by mistake, and is left where it is."""
_STEPS = 20_000
_WITH_IT = ("-wal", "-shm")


def is_broken(path: Path, error: sqlite3.Error) -> bool:
    """Return whether an error means that the file is damaged, and not only busy or full."""
    code = getattr(error, "sqlite_errorcode", 0) & _PRIMARY
    return code in _BROKEN and path.suffix in _OURS


def is_damaged(path: Path, clock: Clock, *, limit: float) -> bool:
    """Look through a database for damage, for so many seconds at most.

    What cannot be found in that time is found when it is met.
    """
    if not path.exists():
        return False
    end = clock.monotonic() + limit
    try:
        with closing(sqlite3.connect(path, timeout=0)) as connection:
            connection.set_progress_handler(lambda: clock.monotonic() > end, _STEPS)
            found = connection.execute("PRAGMA quick_check(1)").fetchall()
    except sqlite3.Error as error:
        return is_broken(path, error)
    return found != [("ok",)]


def set_aside(path: Path, clock: Clock) -> Path:
    """Give a damaged database another name, and return that.

    Raises:
        OSError: it stays where it is: on Windows another program may have it open.
    """
    stamp = clock.now().astimezone().strftime("%Y-%m-%d-%H%M%S")
    aside = path.with_name(f"{path.stem}.damaged-{stamp}{path.suffix}")
    path.rename(aside)
    for ending in _WITH_IT:
        with suppress(FileNotFoundError):
            path.with_name(path.name + ending).rename(aside.with_name(aside.name + ending))
    return aside
