"""What is kept can be found, copied, forgotten, and is deleted when it is old."""

import asyncio
import sqlite3
from contextlib import AbstractAsyncContextManager, closing
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from bot.chat import Author, Comment, Money, Platform, Retraction, ViewerKey
from bot.errors import MisconfiguredError
from bot.storage.archive import Archive
from bot.storage.memory import Memory, Outcome
from bot.storage.migrations import MIGRATIONS
from bot.storage.opening import open_memory
from tests.support.clock import FakeClock
from tests.support.database import rows
from tests.support.site import comment

OLD = Path(__file__).with_name("versions")
TARO = Author("UC-taro", "taro")
AKI = Author("UC-aki", "あき")
TAROS = ViewerKey((Platform.YOUTUBE, TARO.id))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where the history is."""
    return tmp_path / "history.db"


@pytest.fixture
def clock() -> FakeClock:
    """Return time that stands still."""
    return FakeClock()


def opened(path: Path, clock: FakeClock, *, days: int = 0) -> AbstractAsyncContextManager[Memory]:
    """Open the history as a show does."""
    return open_memory(path, clock=clock, persona="Mika", model="gpt-oss:120b", days=days)


async def exchange(
    memory: Memory, clock: FakeClock, author: Author, text: str, *said: str, paid: str = ""
) -> Comment:
    """Have something written and answered."""
    await clock.advance(1)
    money = Money(Decimal(paid), "JPY") if paid else None
    written = Comment(Platform.YOUTUBE, f"m-{text}", author, text, clock.now(), paid=money)
    memory.hear(written)
    reply = memory.begin(f"{author.name}: {text}", [written])
    for position, sentence in enumerate(said):
        await clock.advance(1)
        await memory.say(reply, position, sentence)
    await memory.end(reply, Outcome.FINISHED)
    return written


async def evening(path: Path, clock: FakeClock) -> None:
    """Have a stream with two viewers."""
    async with opened(path, clock) as memory:
        await exchange(memory, clock, TARO, "温泉は好き？", "温泉、大好きやよ。", "Come in!")
        sure = await exchange(memory, clock, AKI, '100% "sure"?', "Of course, あき.", paid="500")
        memory.orders.note(sure, "skip", "the reply is skipped.", about=TAROS)
        memory.retract(Retraction(Platform.YOUTUBE, comment_id="m-温泉は好き？"))


async def test_a_stream_as_it_was(path: Path, clock: FakeClock) -> None:
    """What was written, said and ordered, in the order of time."""
    await evening(path, clock)
    with Archive.at(path) as archive:
        [stream] = archive.streams()
        assert (stream.id, stream.persona, stream.comments, stream.replies) == (1, "Mika", 2, 2)
        assert stream.ended_at == clock.now()
        assert archive.last() == 1
        told = [(one.kind, one.who, one.text, one.paid, one.retracted) for one in archive.events(1)]
        assert list(archive.events()) == list(archive.events(1))
        assert list(archive.events(2)) == []
    assert told == [
        ("comment", "taro", "温泉は好き？", "", True),
        ("sentence", "Mika", "温泉、大好きやよ。", "", False),
        ("sentence", "Mika", "Come in!", "", False),
        ("comment", "あき", '100% "sure"?', "500 JPY", False),
        ("sentence", "Mika", "Of course, あき.", "", False),
        ("order", "あき", '100% "sure"? → the reply is skipped.', "", False),
    ]


async def test_who_paid_was_thanked_or_not(path: Path, clock: FakeClock) -> None:
    """An apology where the model failed is no thanks; a first sentence before that is."""
    async with opened(path, clock) as memory:
        for name, outcome, said, settles in (
            ("thanked", Outcome.FINISHED, 1, True),
            ("cut", Outcome.CUT, 1, True),
            ("half", Outcome.FAILED, 2, True),
            ("fruitless", Outcome.FAILED, 1, True),
            ("owed", Outcome.FAILED, 1, False),
            ("skipped", Outcome.CUT, 0, True),
        ):
            one = comment("taro", name, Money(Decimal(500), "JPY"))
            memory.hear(one)
            reply = memory.begin(name, [one])
            for position in range(said):
                await memory.say(reply, position, "Hm.")
            memory.settle([one] if settles else [])
            await memory.end(reply, outcome)
        memory.hear(comment("aki", "free"))
    with Archive.at(path) as archive:
        became = {one.text: one.thanks for one in archive.events() if one.kind == "comment"}
    assert became == {
        "thanked": "thanked",
        "cut": "thanked",
        "half": "thanked",
        "fruitless": "passed over",
        "owed": "owed",
        "skipped": "passed over",
        "free": "",
    }


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("温泉", ["温泉は好き？", "温泉、大好きやよ。"]),
        ("大好き", ["温泉、大好きやよ。"]),
        ("OF COURSE", ["Of course, あき."]),
        ('% "su', ['100% "sure"?']),
        ("%", ['100% "sure"?']),
        ("_", []),
        ("ne OR me", []),
        ("*", []),
        ('"', ['100% "sure"?']),
        ("nothing", []),
    ],
)
async def test_a_text_is_found(path: Path, clock: FakeClock, text: str, found: list[str]) -> None:
    """In any script, however short, and whatever it means to the index."""
    await evening(path, clock)
    with Archive.at(path) as archive:
        assert [event.text for event in archive.search(text)] == found


async def test_who_is_forgotten_is_in_no_file(path: Path, clock: FakeClock) -> None:
    """Neither in the database nor in a backup, not even in what SQLite has put aside."""
    await evening(path, clock)
    async with opened(path, clock) as memory:
        await exchange(memory, clock, TARO, "zebra crossing", "A zebra, taro!")
        await exchange(memory, clock, AKI, "hello", "Hello.")
    [first, second] = sorted((path.parent / "history backups").iterdir())
    assert b"zebra" in second.read_bytes()
    async with opened(path, clock) as memory:
        memory.records.forget(TAROS)
    for file in (path, first, second):
        content = file.read_bytes()
        assert b"zebra" not in content
        assert "温泉".encode() not in content
        assert b"taro" not in content
        assert "あき".encode() in content
    with Archive.at(path) as archive:
        assert list(archive.search("zebra")) == []
        assert archive.viewers("taro") == []
        assert archive.viewers("あき") == [(ViewerKey((Platform.YOUTUBE, "UC-aki")), "あき")]
        assert archive.viewers("youtube:UC-aki") == archive.viewers("あき")


async def test_a_backup_that_cannot_be_cleaned_is_deleted(path: Path, clock: FakeClock) -> None:
    """Better none than one that holds what is to be forgotten."""
    await evening(path, clock)
    [copy] = (path.parent / "history backups").iterdir()
    copy.write_bytes(b"\xff" * 5000)
    await clock.advance(60)
    async with opened(path, clock) as memory:
        memory.records.forget(TAROS)
    assert not copy.exists()


async def test_the_last_three_backups_are_kept(path: Path, clock: FakeClock) -> None:
    """Each is a whole history, which nobody else may read."""
    for number in range(5):
        await clock.advance(60)
        async with opened(path, clock) as memory:
            await exchange(memory, clock, TARO, f"hello {number}", "Hi.")
    copies = sorted((path.parent / "history backups").iterdir())
    assert [rows(copy, "SELECT count(*) FROM comments") for copy in copies] == [
        [(3,)],
        [(4,)],
        [(5,)],
    ]
    assert rows(copies[-1], "PRAGMA integrity_check") == [("ok",)]
    assert {copy.stat().st_mode & 0o077 for copy in copies} == {0}


async def test_a_backup_that_fails_is_told(
    path: Path, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    """And the show ends as ever."""
    (path.parent / "history backups").touch()
    await evening(path, clock)
    assert "No backup" in caplog.text
    assert rows(path, "SELECT ended_at IS NULL FROM streams") == [(0,)]


async def test_what_is_old_is_deleted(
    path: Path, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    """At the start, with those of whom nothing else is there; and it is said."""
    caplog.set_level("INFO")
    await evening(path, clock)
    await clock.advance(timedelta(days=20).total_seconds())
    async with opened(path, clock, days=30) as memory:
        await exchange(memory, clock, TARO, "later", "Later.")
    assert "deleted" not in caplog.text
    assert rows(path, "SELECT count(*) FROM comments") == [(3,)]
    await clock.advance(timedelta(days=15).total_seconds())
    async with opened(path, clock, days=30):
        pass
    assert "1 streams that were more than 30 days ago were deleted" in caplog.text
    assert rows(path, "SELECT text FROM comments") == [("later",)]
    assert rows(path, "SELECT text FROM sentences") == [("Later.",)]
    assert rows(path, "SELECT text FROM words ORDER BY text") == [("Later.",), ("later",)]
    assert rows(path, "SELECT name FROM viewers") == [("taro",)]
    assert rows(path, "SELECT count(*) FROM orders") == [(0,)]
    assert rows(path, "SELECT id FROM streams") == [(2,), (3,)]
    assert rows(path, "PRAGMA foreign_key_check") == []


@pytest.mark.parametrize(
    ("text", "content"), [("no history at", None), ("cannot be read", b"\xff" * 5000)]
)
def test_what_cannot_be_opened_is_told(path: Path, text: str, content: bytes | None) -> None:
    """That there is none, and that it is no database."""
    if content:
        path.write_bytes(content)
    with pytest.raises(MisconfiguredError, match=text), Archive.at(path):
        pass


async def test_another_version_is_told(path: Path, clock: FakeClock) -> None:
    """Nothing is written in it."""
    await evening(path, clock)
    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA user_version = 3")
    with pytest.raises(MisconfiguredError, match="of another version"), Archive.at(path):
        pass


async def test_of_a_damaged_history_comes_what_can_be_read(
    path: Path, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    """With the reason for what is missing."""
    async with opened(path, clock) as memory:
        for number in range(100):
            await exchange(memory, clock, TARO, f"{number} " * 50, "Hi. " * 20)
    with closing(sqlite3.connect(path)) as other:
        ((root,),) = other.execute(
            "SELECT rootpage FROM sqlite_schema WHERE name = 'sentences'"
        ).fetchall()
    with path.open("r+b") as file:
        file.seek((root - 1) * 4096)
        file.write(b"\xff" * 4096)
    with Archive.at(path) as archive:
        told = list(archive.events())
        assert archive.problems()
    assert len([one for one in told if one.kind == "comment"]) == 100
    assert "Only a part" in caplog.text


@pytest.mark.parametrize("old", sorted(OLD.glob("*.sql")), ids=lambda old: old.stem)
async def test_every_version_is_brought_up_to_date(old: Path, path: Path, clock: FakeClock) -> None:
    """With all that was in it, and nothing that is out of place."""
    with closing(sqlite3.connect(path)) as before:
        before.executescript(await asyncio.to_thread(old.read_text, encoding="utf-8"))
    async with opened(path, clock) as memory:
        await exchange(memory, clock, replace(TARO, name="later"), "still here?", "Yes.")
    assert rows(path, "PRAGMA user_version") == [(len(MIGRATIONS),)]
    assert rows(path, "PRAGMA integrity_check") == [("ok",)]
    assert rows(path, "PRAGMA foreign_key_check") == []
    with Archive.at(path) as archive:
        told = [event.text for event in archive.events(1)]
        assert told == ["do you like zebras?", "I do, mika."]
        assert [event.who for event in archive.search("zebras")] == ["mika"]
        assert [event.who for event in archive.search("I do")] == ["Botan"]


def test_there_is_a_file_of_every_version() -> None:
    """But for the newest, which every other test makes."""
    there = sorted(int(old.stem) for old in OLD.glob("*.sql"))
    assert there == list(range(1, len(MIGRATIONS)))
