"""Opening the history: a new file, an old one, and what cannot be opened at all."""

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager, closing, contextmanager
from pathlib import Path

import pytest

from bot.errors import MisconfiguredError
from bot.storage import database as module
from bot.storage.memory import Memory
from bot.storage.migrations import MIGRATIONS
from bot.storage.opening import open_memory
from tests.support.clock import FakeClock
from tests.support.database import locked, rows

_NOBODY = 65534


def opened(database: Path) -> AbstractAsyncContextManager[Memory]:
    """Open the history as a show does."""
    return open_memory(database, clock=FakeClock(), persona="Mika", model="gpt-oss:120b")


@pytest.fixture
async def history(tmp_path: Path) -> Path:
    """The history of a show that is over."""
    path = tmp_path / "history.db"
    async with opened(path):
        pass
    return path


@pytest.fixture
def public_folder() -> Iterator[Path]:
    """A folder that any user of the machine may look into, and only we may write in."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


@contextmanager
def unprivileged() -> Iterator[None]:
    """Be nobody for a while, where the tests run as root, whom no permission binds."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        yield
        return
    os.seteuid(_NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


async def refused(path: Path, text: str) -> None:
    """Require that opening fails with a text for people, which names the file and the key."""
    with pytest.raises(MisconfiguredError, match=text) as info:
        await opened(path).__aenter__()
    assert str(path) in str(info.value)
    assert "BOT_DATABASE" in str(info.value)


async def test_makes_a_new_file_of_the_newest_version(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The folder and the tables are made; rows that refer to nothing are refused."""
    path = tmp_path / "new" / "folder" / "history.db"
    async with opened(path) as memory:
        assert rows(path, "PRAGMA user_version") == [(len(MIGRATIONS),)]
        assert rows(path, "PRAGMA journal_mode") == [("wal",)]
        await memory.say(99, 0, "Hi.")
        assert "IntegrityError" in caplog.text
        assert rows(path, "SELECT * FROM sentences") == []


async def test_goes_on_with_an_old_file(history: Path) -> None:
    """Opening a file of this version changes nothing in it, and adds a stream."""
    tables = rows(history, "SELECT sql FROM sqlite_schema")
    async with opened(history):
        assert rows(history, "SELECT id, ended_at IS NULL FROM streams") == [(1, 0), (2, 1)]
    assert rows(history, "SELECT sql FROM sqlite_schema") == tables


async def test_a_migration_is_whole_or_nothing(
    history: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that fails in the middle leaves the file as it was, for the next attempt."""
    half = "CREATE TABLE wishes (text TEXT); INSERT INTO nowhere VALUES (1)"
    monkeypatch.setattr("bot.storage.migrations.MIGRATIONS", (*MIGRATIONS, half))
    await refused(history, "no such table: nowhere")
    assert rows(history, "PRAGMA user_version") == [(len(MIGRATIONS),)]
    monkeypatch.setattr("bot.storage.migrations.MIGRATIONS", (*MIGRATIONS, half.partition(";")[0]))
    async with opened(history):
        assert rows(history, "PRAGMA user_version") == [(len(MIGRATIONS) + 1,)]
        assert rows(history, "SELECT * FROM wishes") == []


async def test_refuses_a_newer_version(history: Path) -> None:
    """A file of a later release is left as it is."""
    with closing(sqlite3.connect(history)) as other:
        other.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    await refused(history, "newer vtuber-bot")
    assert rows(history, "SELECT count(*) FROM streams") == [(1,)]


async def test_refuses_a_locked_file(history: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A lock at the start is told with what may hold it, and waited for only shortly."""
    monkeypatch.setattr(module, "BUSY_SECONDS", 0.05)
    with locked(history):
        await refused(history, "another program has it open")


async def test_refuses_what_is_no_database(tmp_path: Path) -> None:
    """Somebody's other file is named, and not touched."""
    path = tmp_path / "diary.txt"
    path.write_text("Dear diary, " * 999)
    await refused(path, "it is not a database of ours")
    assert path.read_text() == "Dear diary, " * 999


async def test_refuses_what_is_no_file(tmp_path: Path) -> None:
    """A folder in the file's place, and a file in the folder's, are told alike."""
    (tmp_path / "file").touch()
    for path in (tmp_path, tmp_path / "file" / "history.db"):
        await refused(path, "look at the folder and its rights")


async def test_refuses_a_read_only_file(public_folder: Path) -> None:
    """A history that cannot be written is told before the show, not in it."""
    path = public_folder / "history.db"
    async with opened(path):
        pass
    path.chmod(0o444)
    with unprivileged():
        await refused(path, "it is read-only: allow writing")
    path.chmod(0o644)


@pytest.mark.skipif(os.name == "nt", reason="on Windows a folder has no such mode")
async def test_refuses_a_read_only_folder(public_folder: Path) -> None:
    """Nor can one be begun where no file may be made."""
    with unprivileged():
        await refused(public_folder / "history.db", "look at the folder and its rights")


async def test_refuses_a_file_in_which_something_is_missing(history: Path) -> None:
    """Somebody has changed it: that is told as ever, and nothing is half done."""
    with closing(sqlite3.connect(history)) as other:
        other.execute("UPDATE streams SET ended_at = NULL")
        other.execute("DROP TABLE orders")
        other.commit()
    await refused(history, "no such table")
    assert rows(history, "SELECT ended_at FROM streams") == [(None,)]
