"""Another program at the history's file."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any


def rows(database: Path, sql: str) -> list[tuple[Any, ...]]:
    """Read from it."""
    with closing(sqlite3.connect(database)) as other:
        return other.execute(sql).fetchall()


@contextmanager
def locked(database: Path) -> Iterator[None]:
    """Keep everybody else from writing."""
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield
        other.rollback()
