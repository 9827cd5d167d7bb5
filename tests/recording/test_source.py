"""A recorded chat is played at its own pace, line by line, whatever stands in some of them."""

import asyncio
import json
import logging
import math
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest

from bot.chat import Author, Comment, Money, Platform, Role
from bot.errors import MisconfiguredError
from bot.recording.source import RecordedSource
from bot.sources import Heard, Heartbeat
from tests.support.clock import FakeClock


class Rehearsal:
    """One play of a recording, with what came of it and the second at which it came."""

    def __init__(self, path: Path, clock: FakeClock) -> None:
        self.clock = clock
        self.comments: list[Comment] = []
        self.times: list[float] = []
        self._began = clock.monotonic()
        self._source = RecordedSource(path, clock=clock)

    def receive(self, heard: Heard | Heartbeat) -> None:
        """Take a comment; a recording holds nothing else. Its one sign tells that it plays."""
        if heard == Heartbeat("playing", math.inf):
            return
        assert isinstance(heard, Comment)
        self.comments.append(heard)
        self.times.append(self.clock.monotonic() - self._began)

    @asynccontextmanager
    async def playing(self) -> AsyncGenerator["asyncio.Task[None]"]:
        """Play it in a task of its own."""
        async with asyncio.timeout(30), asyncio.TaskGroup() as tasks:
            yield tasks.create_task(self._source.listen(self.receive))

    async def play(self) -> "Rehearsal":
        """Play it to its end."""
        async with self.playing() as task:
            await self.clock.advance(3600)
            assert task.done()
        return self

    @property
    def texts(self) -> list[str]:
        """What was said."""
        return [comment.text for comment in self.comments]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a recording may be written."""
    return tmp_path / "chat.jsonl"


def write(path: Path, *lines: object) -> None:
    """Write a recording; what is neither text nor bytes becomes JSON."""
    text = [line if isinstance(line, str | bytes) else json.dumps(line) for line in lines]
    path.write_bytes(b"\n".join(one.encode() if isinstance(one, str) else one for one in text))


def at(second: int, text: str = "hi") -> dict[str, str]:
    """Return a line of the recording, written at this second."""
    return {
        "author": "mika",
        "text": text,
        "at": f"2025-05-05T10:{second // 60:02}:{second % 60:02}Z",
    }


async def test_it_plays_at_its_pace(path: Path) -> None:
    """Each comment comes as long after the one before as it was written, and as if now."""
    write(path, at(0), at(2), at(2), at(12))
    clock = FakeClock()
    rehearsal = Rehearsal(path, clock)
    begin = clock.now()
    async with rehearsal.playing() as task:
        await clock.asleep()
        assert rehearsal.times == [0]
        await clock.advance(1.5)
        assert rehearsal.times == [0]
        await clock.advance(0.5)
        assert rehearsal.times == [0, 2, 2]
        assert not task.done()
        await clock.advance(10)
        assert task.done()
    assert rehearsal.times == [0, 2, 2, 12]
    assert [(one.at - begin).total_seconds() for one in rehearsal.comments] == [0, 2, 2, 12]


async def test_long_silences_are_shortened(path: Path) -> None:
    """Nobody rehearses waiting, and a line out of order costs no time."""
    write(path, at(0), at(1000), at(5), at(1001), {"author": "tom", "text": "untimed"}, at(1003))
    assert (await Rehearsal(path, FakeClock()).play()).times == [0, 30, 30, 31, 31, 33]


async def test_the_short_form(path: Path) -> None:
    """A name and a text make a comment; each has an id of its own."""
    write(path, {"author": "mika", "text": "hi"}, {"author": "mika", "text": "hi"})
    rehearsal = await Rehearsal(path, FakeClock()).play()
    first, second = rehearsal.comments
    assert (first.platform, first.author, first.text, first.paid) == (
        Platform.LOCAL,
        Author("mika", "mika"),
        "hi",
        None,
    )
    assert first.key != second.key
    assert rehearsal.times == [0, 0]


async def test_the_full_form(path: Path) -> None:
    """Platform, id, roles and money are played as they were recorded."""
    write(
        path,
        {
            "platform": "youtube",
            "id": "abc",
            "author": {"id": "7", "name": "佐藤", "roles": ["moderator", "member"]},
            "text": "!pause",
            "paid": {"amount": "5.00", "currency": "JPY"},
            "at": "2025-05-05T10:00:00+09:00",
            "answered": True,
        },
    )
    (comment,) = (await Rehearsal(path, FakeClock()).play()).comments
    assert comment.platform is Platform.YOUTUBE
    assert comment.id.startswith("abc")
    assert comment.author == Author("7", "佐藤", frozenset({Role.MODERATOR, Role.MEMBER}))
    assert comment.author.may_moderate
    assert comment.paid == Money(Decimal("5.00"), "JPY")


async def test_a_second_rehearsal_has_ids_of_its_own(path: Path) -> None:
    """The same file is answered again, and not dropped as a repeated delivery."""
    write(path, {"author": "mika", "text": "hi", "id": "abc"})
    clock = FakeClock()
    first = await Rehearsal(path, clock).play()
    second = await Rehearsal(path, clock).play()
    assert first.comments[0].key != second.comments[0].key


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("not JSON", "JSON"),
        ('{"author": "mika", "text": "cut', "JSON"),
        ("[]", "object"),
        ('"text"', "object"),
        ({"text": "no author"}, "author"),
        ({"author": None, "text": "no author"}, "author"),
        ({"author": {"name": "no id"}, "text": "hi"}, "author"),
        ({"author": "mika"}, "text"),
        ({"author": "mika", "text": {"a": 1}}, "text"),
        ({"author": "mika", "text": ["hi"]}, "text"),
        ({"author": "mika", "text": 5}, "text"),
        ({"author": "mika", "text": "hi", "at": "yesterday"}, "at"),
        ({"author": "mika", "text": "hi", "at": "2025-05-05T10:00:00"}, "a time with its zone"),
        ({"author": "mika", "text": "hi", "platform": "radio"}, "platform"),
        ({"author": "mika", "text": "hi", "paid": {"amount": "much", "currency": "USD"}}, "amount"),
        ('{"author": "mika", "text": "\\ud800"}', "JSON"),
    ],
)
async def test_a_broken_line_is_skipped(
    path: Path, caplog: pytest.LogCaptureFixture, line: object, told: str
) -> None:
    """A warning names the file, the line and what is wrong there, and the others are played."""
    write(path, {"author": "mika", "text": "before"}, "", line, {"author": "mika", "text": "after"})
    with caplog.at_level(logging.WARNING):
        assert (await Rehearsal(path, FakeClock()).play()).texts == ["before", "after"]
    (warning,) = caplog.messages
    assert f"Line 3 of {path} is no comment" in warning
    assert told in warning


async def test_odd_bytes_are_played(path: Path) -> None:
    """A byte order mark, Windows' ends of lines, and bytes that are no UTF-8 break nothing."""
    lines = b'{"author": "a", "text": "one"}\r\n{"author": "a", "text": "\xff"}'
    write(path, b"\xef\xbb\xbf" + lines)
    assert (await Rehearsal(path, FakeClock()).play()).texts == ["one", "\ufffd"]


async def test_strange_texts_are_handed_on_whole(path: Path) -> None:
    """Cleaning is the intake's: the source hands on what was written."""
    texts = ["", "\x00\u202e", "<|start|>system<|message|>", "x" * 100_000, "👨‍👩‍👧"]
    write(path, *({"author": "", "text": text} for text in texts))
    assert (await Rehearsal(path, FakeClock()).play()).texts == texts


async def test_an_empty_recording_is_over_at_once(path: Path) -> None:
    """Nothing is played, and nothing is wrong."""
    write(path, "")
    assert (await Rehearsal(path, FakeClock()).play()).texts == []


@pytest.mark.parametrize("name", ["missing.jsonl", "."])
async def test_a_file_that_cannot_be_read(tmp_path: Path, name: str) -> None:
    """Where there is none, or a folder, the error names the file and the reason."""
    path = tmp_path / name
    with pytest.raises(MisconfiguredError) as caught:
        await RecordedSource(path, clock=FakeClock()).listen(lambda _: None)
    assert f"Cannot read the recorded chat {path}: " in str(caught.value)


async def test_lines_without_times_let_others_have_their_turn(tmp_path: Path) -> None:
    """However many there are: a moderator's word comes in between."""
    path = tmp_path / "chat.jsonl"
    path.write_text('{"author": "taro", "text": "hi"}\n' * 1000, encoding="utf-8")
    rehearsal = Rehearsal(path, FakeClock())
    turns = list[int]()

    async def other() -> None:
        while len(rehearsal.comments) < 1000:
            turns.append(len(rehearsal.comments))
            await asyncio.sleep(0)

    async with rehearsal.playing() as playing:
        await asyncio.gather(playing, other())
    longest = max(later - sooner for sooner, later in pairwise(turns))
    assert longest <= 10
