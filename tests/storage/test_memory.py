"""The history in a real SQLite file, which another program reads, locks and fills up."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, closing, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bot.chat import (
    Author,
    Comment,
    Exchange,
    Membership,
    Money,
    Occasion,
    Platform,
    Retraction,
    Role,
)
from bot.storage import database as module
from bot.storage.memory import BUFFER_LIMIT, Memory, Outcome
from bot.storage.migrations import MIGRATIONS
from bot.storage.opening import open_memory
from tests.support.clock import FakeClock
from tests.support.database import locked, rows

AT = datetime(2026, 1, 2, 12, 0, 0, tzinfo=UTC)
LONG_AGO = AT - timedelta(days=9)


@pytest.fixture
def clock() -> FakeClock:
    """Time that stands still."""
    return FakeClock()


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """Where the history is, in a folder that is not there yet."""
    return tmp_path / "new" / "folder" / "history.db"


@pytest.fixture
async def memory(database: Path, clock: FakeClock) -> AsyncIterator[Memory]:
    """The history of a show that is on."""
    async with opened(database, clock) as memory:
        yield memory


@pytest.fixture
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait only shortly for a lock."""
    monkeypatch.setattr(module, "BUSY_SECONDS", 0.05)


def opened(
    database: Path, clock: FakeClock, persona: str = "Mika"
) -> AbstractAsyncContextManager[Memory]:
    """Open the history as a show does."""
    return open_memory(database, clock=clock, persona=persona, model="gpt-oss:120b")


def comment(number: int, text: str = "hi", *, author: str = "taro", **fields: Any) -> Comment:
    """Return a comment; the number makes its id."""
    writer = Author(f"UC-{author}", author, frozenset({Role.MEMBER, Role.MODERATOR}))
    return Comment(Platform.YOUTUBE, f"m{number}", writer, text, AT, **fields)


async def exchange(memory: Memory, asked: str, *said: str, outcome: Outcome | None) -> None:
    """Write a reply; with no outcome, as it stands after a crash."""
    reply = memory.begin(asked, ())
    for position, sentence in enumerate(said):
        await memory.say(reply, position, sentence)
    if outcome:
        await memory.end(reply, outcome)


_STREAMS = "SELECT id, persona, model, started_at, ended_at FROM streams"


async def test_begins_with_nothing(database: Path, clock: FakeClock) -> None:
    """The folder and the tables are made; the stream has its beginning, and then its end."""
    async with opened(database, clock) as memory:
        assert await memory.past.exchanges("Mika", LONG_AGO, 10) == []
        assert await memory.past.comment_keys(10) == []
        await clock.advance(3600)
    assert rows(database, _STREAMS) == [
        (
            1,
            "Mika",
            "gpt-oss:120b",
            "2026-01-02T03:04:05.000+00:00",
            "2026-01-02T04:04:05.000+00:00",
        )
    ]
    assert rows(database, "PRAGMA user_version") == [(len(MIGRATIONS),)]
    assert rows(database, "PRAGMA journal_mode") == [("wal",)]
    async with opened(database, clock):
        assert rows(database, "SELECT count(*) FROM streams WHERE ended_at IS NULL") == [(1,)]


@pytest.mark.parametrize("steps", range(8))
def test_stopped_while_it_opens(database: Path, clock: FakeClock, steps: int) -> None:
    """Nothing is left behind that would speak up once the program is done."""

    async def open_and_stop() -> None:
        opening = asyncio.ensure_future(opened(database, clock).__aenter__())
        for _ in range(steps):
            await asyncio.sleep(0)
        opening.cancel()
        with suppress(asyncio.CancelledError):
            await opening

    before = set(threading.enumerate())
    asyncio.run(open_and_stop())
    for thread in set(threading.enumerate()) - before:
        thread.join(10)
        assert not thread.is_alive()


async def test_writes_what_was_heard_once_a_second(
    database: Path, memory: Memory, clock: FakeClock
) -> None:
    """A comment is kept whole, a repeated one once, a viewer under the latest name."""
    running = asyncio.create_task(memory.run())
    text = "こんにちは 🎉 'quoted'; --"
    memory.hear(comment(1, text))
    memory.hear(comment(1, "the same again"))
    async with asyncio.timeout(30):
        await clock.asleep()
        assert rows(database, "SELECT * FROM comments") == []
        await clock.advance(1)
        await clock.asleep()
    gifts = Membership(Occasion.GIFTED, gifts=5)
    again = Author("UC-taro", "taro2")
    memory.hear(
        Comment(Platform.YOUTUBE, "m2", again, "later", AT, membership=gifts, channel="UC-home")
    )
    await memory.flush()
    first, second = rows(database, "SELECT * FROM comments")
    assert first[:4] == (1, 1, "youtube", "m1")
    assert first[4:7] == ("UC-taro", "taro", "member moderator")
    assert first[7:11] == (text, None, None, "2026-01-02T12:00:00.000+00:00")
    assert first[11:] == ("", None, 0, 0, None, "2026-01-02T12:00:00.000+00:00", 0)
    assert second[11:] == ("UC-home", "gifted", 0, 5, None, None, 0)
    assert second[3:10] == ("m2", "UC-taro", "taro2", "", "later", None, None)
    assert rows(database, "SELECT id, name FROM viewers") == [("UC-taro", "taro2")]
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running


async def test_writes_at_once_what_was_paid_for(
    database: Path, memory: Memory, clock: FakeClock
) -> None:
    """No crash may come between; it is owed an answer."""
    running = asyncio.create_task(memory.run())
    async with asyncio.timeout(30):
        await clock.asleep()
        memory.hear(comment(1, "please", paid=Money(Decimal("1234567890.10"), "JPY")))
        while not rows(database, "SELECT * FROM comments"):  # noqa: ASYNC110  another program looks
            await asyncio.sleep(0)
    assert clock.monotonic() == 0
    sql = "SELECT text, paid_amount, paid_currency, settled_at FROM comments"
    assert rows(database, sql) == [("please", "1234567890.10", "JPY", None)]
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running


@pytest.mark.parametrize(
    ("retraction", "left"),
    [
        (Retraction(Platform.YOUTUBE, comment_id="m1"), ["m2", "m3"]),
        (Retraction(Platform.YOUTUBE, author_id="UC-taro"), ["m3"]),
        (Retraction(Platform.YOUTUBE, author_id="UC-taro", channel="UC-elsewhere"), ["m1", "m2"]),
        (Retraction(Platform.YOUTUBE), []),
        (Retraction(Platform.YOUTUBE, channel="UC-elsewhere"), ["m1", "m2"]),
        (Retraction(Platform.TWITCH), ["m1", "m2", "m3"]),
        (Retraction(Platform.TWITCH, comment_id="m1"), ["m1", "m2", "m3"]),
    ],
)
async def test_a_retraction_is_written(
    database: Path, clock: FakeClock, retraction: Retraction, left: list[str]
) -> None:
    """Just what it covers is marked, and exchanges about that are not told again."""
    comments = [comment(1), comment(2), comment(3, author="aki", channel="UC-elsewhere")]
    if retraction.author_id and retraction.channel:
        comments[2] = comment(3, channel="UC-elsewhere")
    async with opened(database, clock) as memory:
        for one in comments:
            memory.hear(one)
            reply = memory.begin(f"about {one.id}", (one,))
            await memory.say(reply, 0, "Hi.")
            await memory.end(reply, Outcome.FINISHED)
        memory.retract(retraction)
        await memory.flush()
        exchanges = await memory.past.exchanges("Mika", LONG_AGO, 10)
    assert [exchange.asked for exchange in exchanges] == [f"about {name}" for name in left]
    assert [exchange.answers for exchange in exchanges] == [
        (one,) for one in comments if one.id in left
    ]
    unmarked = rows(database, "SELECT message_id FROM comments WHERE retracted_at IS NULL")
    assert unmarked == [(name,) for name in left]


async def test_a_sentence_is_written_when_it_may_be_shown(database: Path, memory: Memory) -> None:
    """After ``say`` another program reads it, with what it answers; ``end`` adds how it ended."""
    first, second = comment(1), comment(2)
    memory.hear(first)
    memory.hear(second)
    reply = memory.begin("taro: hi", (first, second))
    assert rows(database, "SELECT * FROM replies") == []
    await memory.say(reply, 0, "Hi.")
    assert rows(database, "SELECT text FROM sentences") == [("Hi.",)]
    assert rows(database, "SELECT * FROM answers") == [(reply, 1), (reply, 2)]
    assert rows(database, "SELECT asked, outcome FROM replies") == [("taro: hi", None)]
    await memory.end(reply, Outcome.CUT)
    assert rows(database, "SELECT outcome FROM replies") == [("cut",)]


async def test_turns(database: Path, clock: FakeClock) -> None:
    """A persona's latest exchanges come back in order, across shows: no failures, no own lines."""
    async with opened(database, clock) as memory:
        await exchange(memory, "too old", "Yes.", outcome=Outcome.FINISHED)
        await clock.advance(60)
        since = clock.now()
        await exchange(memory, "beyond the limit", "Yes.", outcome=Outcome.FINISHED)
        await exchange(memory, "a", "One.", "Two.", outcome=Outcome.FINISHED)
        await exchange(memory, "", "Good evening.", outcome=Outcome.FINISHED)
        await exchange(memory, "failed", "The fog.", outcome=Outcome.FAILED)
        await exchange(memory, "b", "はい。", "そうです。", outcome=Outcome.CUT)
        await exchange(memory, "nothing said", outcome=Outcome.CUT)
        await exchange(memory, "c", "Crash", outcome=None)
    async with opened(database, clock, "Botan") as memory:
        await exchange(memory, "another's", "No.", outcome=Outcome.FINISHED)
        assert await memory.past.exchanges("Botan", since, 3) == [Exchange("another's", "No.")]
        expected = [
            Exchange("a", "One. Two."),
            Exchange("b", "はい。そうです。"),
            Exchange("c", "Crash"),
        ]
        assert await memory.past.exchanges("Mika", since, 3) == expected
        assert len(await memory.past.exchanges("Mika", since, 9)) == 4


async def test_heard(database: Path, clock: FakeClock) -> None:
    """The latest messages of earlier shows come back, oldest first, to know them again."""
    async with opened(database, clock) as memory:
        for number in range(5):
            memory.hear(comment(number))
    async with opened(database, clock) as memory:
        expected = [(Platform.YOUTUBE, f"m{number}") for number in (2, 3, 4)]
        assert await memory.past.comment_keys(3) == expected


async def test_writes_once_what_comes_while_it_writes(
    database: Path, memory: Memory, caplog: pytest.LogCaptureFixture
) -> None:
    """What is noted while other things are being written waits for its exchange, and comes once."""
    reply = memory.begin("hi", ())
    with locked(database):
        writing = asyncio.create_task(memory.say(reply, 0, "s0"))
        await asyncio.wait({writing}, timeout=0.05)
        more = [asyncio.create_task(memory.say(reply, place, f"s{place}")) for place in (1, 2, 3)]
        await asyncio.wait(more, timeout=0.05)
    await asyncio.gather(writing, *more)
    expected = [("s0",), ("s1",), ("s2",), ("s3",)]
    assert rows(database, "SELECT text FROM sentences ORDER BY position") == expected
    assert caplog.records == []


async def test_a_cancelled_flush_still_writes(database: Path, memory: Memory) -> None:
    """What was noted before stays; the sentence nobody will see, so that nobody is told of it."""
    reply = memory.begin("hi", ())
    with locked(database):
        saying = asyncio.create_task(memory.say(reply, 0, "Hi."))
        await asyncio.wait({saying}, timeout=0.05)
        saying.cancel()
        with pytest.raises(asyncio.CancelledError):
            await saying
    await memory.end(reply, Outcome.CUT)
    assert rows(database, "SELECT outcome FROM replies") == [("cut",)]
    assert rows(database, "SELECT text FROM sentences") == []


@pytest.mark.usefixtures("_hasty")
async def test_a_lock_in_mid_show_holds_up_the_writing_and_not_the_show(
    database: Path, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    """While another program has the file, everything waits in order; then all of it lands."""
    caplog.set_level("INFO")
    async with opened(database, clock) as memory:
        with locked(database):
            memory.hear(comment(1))
            reply = memory.begin("taro: hi", (comment(1),))
            await memory.say(reply, 0, "Hi.")
            await memory.say(reply, 1, "How are you?")
            await memory.end(reply, Outcome.FINISHED)
        assert [record.levelname for record in caplog.records] == ["ERROR"]
        assert "The show goes on" in caplog.text
        await memory.flush()
        assert "being written again" in caplog.records[-1].message
        await memory.flush()
    assert rows(database, "SELECT text FROM sentences") == [("Hi.",), ("How are you?",)]
    assert rows(database, "SELECT * FROM answers") == [(1, 1)]
    assert rows(database, "SELECT outcome FROM replies") == [("finished",)]


async def test_a_sentence_that_cannot_be_written_is_shown_all_the_same(
    database: Path, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    """After a tenth of a second; it is written when it can be, and the streamer is told once."""
    async with opened(database, clock) as memory:
        reply = memory.begin("taro: hi", ())
        with locked(database):
            for position in range(3):
                saying = asyncio.create_task(memory.say(reply, position, f"s{position}"))
                async with asyncio.timeout(30):
                    await clock.asleep()
                    assert not saying.done()
                    await clock.advance(0.1)
                    await saying
        assert [record.levelname for record in caplog.records] == ["ERROR"]
        assert "it takes longer than 0.1 s" in caplog.text
    expected = [("s0",), ("s1",), ("s2",)]
    assert rows(database, "SELECT text FROM sentences ORDER BY position") == expected


async def test_a_clock_that_goes_back_a_day(database: Path) -> None:
    """Streams keep their order, and who is owed an answer or muted stays so."""
    late = FakeClock()
    await late.advance(timedelta(days=1).total_seconds())
    paid: dict[str, Any] = {"paid": Money(Decimal(500), "JPY"), "at": late.now()}
    async with opened(database, late) as memory:
        memory.hear(replace(comment(1), **paid))
        memory.orders.mute(comment(1).viewer, "taro", None)
        memory.orders.keep("pause", "for good")
        await exchange(memory, "a", "One.", outcome=Outcome.FINISHED)
    early = FakeClock()
    since = early.now() - timedelta(hours=12)
    async with opened(database, early) as memory:
        assert [one.id for one in await memory.past.owed(since)] == ["m1"]
        standing = await memory.orders.standing(since)
        assert standing.state == {"pause": "for good"}
        assert [mute.name for mute in standing.mutes] == ["taro"]
        assert [one.asked for one in await memory.past.exchanges("Mika", since, 9)] == ["a"]
        await exchange(memory, "b", "Two.", outcome=Outcome.FINISHED)
    assert rows(database, "SELECT id, stream_id FROM replies") == [(1, 1), (2, 2)]
    ended = "SELECT ended_at IS NOT NULL FROM streams"
    assert rows(database, ended) == [(1,), (1,)]


async def test_the_end_that_a_crash_has_cut_off_is_written_at_the_next_start(
    database: Path, clock: FakeClock
) -> None:
    """A stream ends with the last that was said or ordered in it, a reply with its last word."""
    async with opened(database, clock) as memory:
        await clock.advance(5)
        await exchange(memory, "a", "One.", outcome=Outcome.FINISHED)
        await clock.advance(5)
        await exchange(memory, "b", "Two.", outcome=None)
        with closing(sqlite3.connect(database)) as other:
            crashed = other.serialize()
    await asyncio.to_thread(database.write_bytes, crashed)
    async with opened(database, clock):
        pass
    assert rows(database, "SELECT outcome, ended_at FROM replies") == [
        ("finished", "2026-01-02T03:04:10.000+00:00"),
        ("cut", "2026-01-02T03:04:15.000+00:00"),
    ]
    [(ended,), _] = rows(database, "SELECT ended_at FROM streams")
    assert ended == "2026-01-02T03:04:15.000+00:00"


@pytest.mark.usefixtures("_hasty")
async def test_tells_what_is_lost_at_the_end(
    database: Path, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    """Where the lock outlives the show, the streamer reads that the history has a hole."""
    async with opened(database, clock) as memory:
        lock = locked(database)
        lock.__enter__()
        memory.hear(comment(1))
    lock.__exit__(None, None, None)
    assert "end of the show is missing" in caplog.records[-1].message


@pytest.mark.usefixtures("_hasty")
@pytest.mark.slow
async def test_what_waits_is_bounded(
    database: Path, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    """Comments are shed, and counted, where too many wait; what was said never is."""
    async with opened(database, clock) as memory:
        with locked(database):
            for number in range(BUFFER_LIMIT // 2 + 7):
                memory.hear(comment(number))
            memory.hear(replace(comment(BUFFER_LIMIT + 1), paid=Money(Decimal(500), "JPY")))
            reply = memory.begin("taro: hi", (comment(1),))
            await memory.say(reply, 0, "Hi.")
        await memory.flush()
        memory.hear(comment(BUFFER_LIMIT))
    assert rows(database, "SELECT count(*) FROM comments") == [(BUFFER_LIMIT // 2 + 2,)]
    assert rows(database, "SELECT count(*) FROM comments WHERE paid_amount = '500'") == [(1,)]
    assert rows(database, "SELECT text FROM sentences") == [("Hi.",)]
    assert "7 comments are missing in the history" in caplog.messages[-1]


async def test_who_paid_is_owed_an_answer(database: Path, clock: FakeClock) -> None:
    """Until it was said, or a moderator passed them over; also after a crash, but not for ever."""
    paid: dict[str, Any] = {"paid": Money(Decimal(500), "JPY")}
    since = clock.now() - timedelta(hours=12)
    async with opened(database, clock) as memory:
        comments = [comment(number, author=f"viewer {number}", **paid) for number in range(6)]
        comments.append(comment(6, membership=Membership(Occasion.NEW)))
        long_ago = replace(comment(8, **paid), at=since - timedelta(seconds=1))
        for one in (*comments, comment(7), long_ago):
            memory.hear(one)
        await memory.flush()
        assert await memory.past.owed(since) == [], "what this run has heard is in its queue"
        reply = memory.begin("hi", comments[:1])
        await memory.say(reply, 0, "Hi.", settles=comments[:1])
        memory.settle(comments[1:3])
        memory.owe(comments[2:3])
        memory.retract(Retraction(Platform.TWITCH, comment_id=comments[3].id))
        memory.retract(Retraction(Platform.YOUTUBE, comment_id=comments[4].id))
    async with opened(database, clock) as memory:
        assert await memory.past.owed(since) == [comments[2], comments[3], comments[5], comments[6]]
