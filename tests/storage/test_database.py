"""The history's file: one bot has it, nobody else reads it, and a show outlives it."""

import logging
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager, closing, contextmanager
from pathlib import Path
from typing import NoReturn

import pytest

from bot.errors import MisconfiguredError
from bot.storage.memory import Memory
from bot.storage.opening import open_memory
from tests.support.clock import FakeClock
from tests.support.database import rows

_POSIX = pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes, and locks files")
_CLAIM = """
import asyncio, sys
from pathlib import Path
from bot.clock import SystemClock
from bot.storage.opening import open_memory

async def main():
    async with open_memory(Path(sys.argv[1]), clock=SystemClock(), persona="Mika", model="m"):
        print("open", flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where the history is."""
    return tmp_path / "of the bot" / "history.db"


def opened(path: Path) -> AbstractAsyncContextManager[Memory]:
    """Open the history as a show does."""
    return open_memory(path, clock=FakeClock(), persona="Mika", model="gpt-oss:120b")


@contextmanager
def _other_bot(path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Have another program open the history, as a bot does."""
    with subprocess.Popen([sys.executable, "-c", _CLAIM, path], stdout=subprocess.PIPE) as other:
        assert other.stdout
        assert other.stdout.readline().strip() == b"open"
        yield other


def mode(path: Path) -> int:
    """Return who may do what with a file."""
    return path.stat().st_mode & 0o777


def size_of(path: Path) -> int:
    """Return how many bytes a file has."""
    return path.stat().st_size


async def said(memory: Memory, *sentences: str) -> None:
    """Have something said."""
    reply = memory.begin("", ())
    for position, sentence in enumerate(sentences):
        await memory.say(reply, position, sentence)


def damaged(path: Path) -> Path:
    """Return the file that was set aside."""
    [aside] = path.parent.glob("history.damaged-*.db")
    return aside


async def test_a_second_bot_is_refused(path: Path) -> None:
    """In a line that names the first; and not any more when that has ended."""
    async with opened(path):
        with pytest.raises(MisconfiguredError) as caught:
            await opened(path).__aenter__()
        assert f"(process {os.getpid()}, since 20" in str(caught.value)
        assert "BOT_DATABASE" in str(caught.value)
    async with opened(path) as memory:
        await said(memory, "Hi.")


async def test_a_bot_that_has_just_begun_has_not_said_who_it_is(path: Path) -> None:
    """The second is refused all the same."""
    async with opened(path):
        path.with_name("history.db.owner").unlink()
        with pytest.raises(MisconfiguredError, match="which has just begun"):
            await opened(path).__aenter__()


async def test_the_claim_of_a_bot_that_was_killed_is_over(path: Path) -> None:
    """Though its file is there still."""
    with _other_bot(path) as other:
        with pytest.raises(MisconfiguredError, match=f"process {other.pid},"):
            await opened(path).__aenter__()
        other.kill()
    assert path.with_name("history.db.owner").exists()
    async with opened(path):
        pass


@_POSIX
async def test_nobody_else_may_read_it(path: Path) -> None:
    """Nor what lies beside it; a file of an earlier version is closed to others."""
    old = os.umask(0)
    try:
        async with opened(path) as memory:
            await said(memory, "Hi.")
            modes = {one.name: mode(one) for one in path.parent.iterdir()}
    finally:
        os.umask(old)
    assert modes.pop("history.db.owner") == 0o600
    assert set(modes) == {"history.db", "history.db-wal", "history.db-shm", "history.db.lock"}
    assert set(modes.values()) == {0o600}
    assert mode(path.parent) == 0o700
    os.chmod(path, 0o644)  # noqa: PTH101  a Path in an async function is another complaint
    async with opened(path):
        assert mode(path) == 0o600


def overwrite(path: Path, begin: int, text: bytes) -> None:
    """Write over a part of a file."""
    with path.open("r+b") as file:
        file.seek(begin)
        file.write(text)


@pytest.mark.parametrize("how", ["beginning", "schema", "middle", "truncated"])
async def test_a_damaged_file_is_set_aside(
    path: Path, caplog: pytest.LogCaptureFixture, how: str
) -> None:
    """The show begins with a new one, and the streamer reads how to recover what can be."""
    async with opened(path) as memory:
        await said(memory, *(f"{number} " * 300 for number in range(60)))
    size = size_of(path)
    if how == "truncated":
        os.truncate(path, size // 2 + 100)
    else:
        begin = {"beginning": 0, "schema": 100, "middle": size // 2}[how]
        overwrite(path, begin, b"\xff" * (4096 * 3))
    async with opened(path) as memory:
        await said(memory, "Hi.")
        assert rows(path, "SELECT text FROM sentences") == [("Hi.",)]
    [line] = [one.getMessage() for one in caplog.records if one.levelno == logging.ERROR]
    assert f'vtuber-bot history export --all --database "{damaged(path)}"' in line
    assert "\n" not in line
    assert re.fullmatch(r"history\.damaged-\d{4}-\d\d-\d\d-\d{6}\.db", damaged(path).name)


async def test_a_file_that_breaks_in_mid_show(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The history goes on in a new one; nothing is lost that was not written yet."""
    caplog.set_level("INFO")
    async with opened(path) as memory:
        reply = memory.begin("taro: hi", ())
        await memory.say(reply, 0, "One. " * 2000)
        with closing(sqlite3.connect(path)) as other:
            other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        overwrite(path, 24, b"\xff" * 8000)
        await memory.say(reply, 1, "Two.")
        assert rows(path, "SELECT reply_id, text FROM sentences") == [(reply, "Two.")]
        assert rows(path, "SELECT persona FROM streams") == [("Mika",)]
    assert damaged(path).exists()
    assert rows(path, "SELECT ended_at IS NULL FROM streams") == [(0,)]


@_POSIX
@pytest.mark.parametrize("what", ["file", "folder"])
async def test_a_file_that_vanishes_in_mid_show(
    path: Path, caplog: pytest.LogCaptureFixture, what: str
) -> None:
    """What was in it is in the new one."""
    async with opened(path) as memory:
        await said(memory, "One.")
        for one in tuple(path.parent.iterdir()):
            one.unlink()
        if what == "folder":
            path.parent.rmdir()
        await said(memory, "Two.")
        assert rows(path, "SELECT text FROM sentences") == [("One.",), ("Two.",)]
        assert mode(path) == 0o600
    assert caplog.text.count("was deleted or moved") == 1
    assert rows(path, "SELECT ended_at IS NULL FROM streams") == [(0,)]


@_POSIX
async def test_where_no_new_file_can_be_made_everything_waits(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """It is told, and done as soon as it can be."""
    caplog.set_level("INFO")
    async with opened(path) as memory:
        for one in tuple(path.parent.iterdir()):
            one.unlink()
        path.parent.rmdir()
        path.parent.touch()
        await said(memory, "One.")
        assert "cannot be written now" in caplog.text
        path.parent.unlink()
        await said(memory, "Two.")
        assert rows(path, "SELECT text FROM sentences") == [("One.",), ("Two.",)]


@pytest.mark.parametrize("why", ["damaged", "deleted"])
async def test_a_new_file_that_cannot_be_opened_at_first(
    path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, why: str
) -> None:
    """It is tried again; until then everything waits, and the show goes on."""
    caplog.set_level("INFO")

    async def full(_path: Path) -> NoReturn:
        raise sqlite3.OperationalError("database or disk is full")

    async with opened(path) as memory:
        reply = memory.begin("", ())
        await memory.say(reply, 0, "One. " * 2000)
        if why == "damaged":
            with closing(sqlite3.connect(path)) as other:
                other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            overwrite(path, 24, b"\xff" * 8000)
        else:
            for one in tuple(path.parent.iterdir()):
                one.unlink()
        with monkeypatch.context() as patch:
            patch.setattr("bot.storage.database._connect", full)
            for position in (1, 2):
                await memory.say(reply, position, "Later.")
        await memory.say(reply, 3, "Last.")
        sql = "SELECT text FROM sentences WHERE position > 0 ORDER BY position"
        assert rows(path, sql) == [("Later.",), ("Later.",), ("Last.",)]
    assert caplog.text.count("cannot be written now") == 1
    assert "being written again" in caplog.text
    assert rows(path, "SELECT ended_at IS NULL FROM streams") == [(0,)]


async def test_where_no_new_file_comes_the_show_ends_all_the_same(
    path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Without a backup, and with a word on what is missing."""

    async def full(_path: Path) -> NoReturn:
        raise sqlite3.OperationalError("database or disk is full")

    async with opened(path) as memory:
        for one in tuple(path.parent.iterdir()):
            one.unlink()
        monkeypatch.setattr("bot.storage.database._connect", full)
        await said(memory, "One.")
    assert "end of the show is missing" in caplog.text
    assert not path.with_name("history backups").exists()
