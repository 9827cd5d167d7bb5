"""What is to be written is written in order, when it can be, and nothing of it is lost."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.clock import SystemClock
from bot.storage.database import Database
from bot.storage.write_queue import WriteQueue
from tests.support.database import rows

TABLE = "CREATE TABLE said (number INTEGER PRIMARY KEY, text TEXT)"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where the database is."""
    return tmp_path / "history.db"


@pytest.fixture
async def database(path: Path) -> AsyncIterator[Database]:
    """Open a database with one table of the test's own."""
    async with Database.at(path, SystemClock()) as database:
        await database.connection.execute(TABLE)
        yield database


async def test_a_full_disk_holds_up_the_writing(
    path: Path, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    """What does not fit waits, and is written when there is room again."""
    caplog.set_level("INFO")
    ((pages,),) = await database.fetch("PRAGMA page_count")
    await database.connection.execute(f"PRAGMA max_page_count = {pages}")
    queue = WriteQueue(database, SystemClock(), lambda: [(TABLE, ())])
    for number in range(500):
        queue.note("INSERT INTO said VALUES (?, ?)", number, "long " * 99)
    for _ in range(3):
        await queue.flush()
    assert len(queue) == 500
    assert caplog.text.count("disk is full") == 1, "told once"
    assert rows(path, "SELECT count(*) FROM said") == [(0,)]
    await database.connection.execute("PRAGMA max_page_count = 100000")
    await queue.flush()
    assert len(queue) == 0
    assert rows(path, "SELECT count(*) FROM said") == [(500,)]
    assert "being written again" in caplog.messages[-1]


async def test_a_row_that_is_refused_holds_up_nobody(
    path: Path, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    """Trying again cannot help: it is loud in the log, and the others are written."""
    queue = WriteQueue(database, SystemClock(), lambda: [(TABLE, ())])
    for number in (1, 2, 2, 3):
        queue.note("INSERT INTO said VALUES (?, ?)", number, "hi")
    await queue.flush()
    assert rows(path, "SELECT number FROM said ORDER BY number") == [(1,), (2,), (3,)]
    assert "the history refused a row" in caplog.text
    assert "IntegrityError" in caplog.text


async def test_only_what_no_crash_may_take_is_waited_for(path: Path, database: Database) -> None:
    """The rest waits for its turn; where there is nothing to wait for, nothing is written."""
    queue = WriteQueue(database, SystemClock(), lambda: [(TABLE, ())])
    queue.note("INSERT INTO said VALUES (1, 'a comment')")
    await queue.written(within=10)
    assert rows(path, "SELECT count(*) FROM said") == [(0,)]
    queue.note_now("INSERT INTO said VALUES (2, 'paid for')")
    await queue.written(within=10)
    assert rows(path, "SELECT text FROM said") == [("a comment",), ("paid for",)]
