"""The history on the command line, as a streamer uses it after the show."""

import asyncio
import csv
import io
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import pytest
from typer.testing import CliRunner

from bot.app.export import Format, exported
from bot.chat import Membership, Money, Occasion
from bot.cli import app
from bot.storage.archive import Event
from bot.storage.opening import open_memory
from tests.storage.test_archive import AKI, TARO, evening, exchange
from tests.support.clock import FakeClock
from tests.support.site import comment

BEGAN = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


class Result(NamedTuple):
    """What a command ended with, and what it printed."""

    exit_code: int
    output: str


def invoked(*words: str) -> Result:
    """Return what comes of words after ``vtuber-bot``."""
    result = CliRunner().invoke(app, list(words))
    return Result(result.exit_code, result.output)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where the history of two streams is."""
    path = tmp_path / "history.db"

    async def streams() -> None:
        clock = FakeClock()
        await evening(path, clock)
        await clock.advance(3600)
        async with open_memory(path, clock=clock, persona="Wren", model="m") as memory:
            await exchange(memory, clock, AKI, "good night", "Good night, あき!")

    asyncio.run(streams())
    return path


@pytest.fixture
def history(path: Path) -> Callable[..., Result]:
    """Return what types ``vtuber-bot history`` and more."""

    def typed(*words: str) -> Result:
        return invoked("history", *words, "--database", str(path))

    return typed


def test_the_streams_are_listed(path: Path) -> None:
    """The latest first, each in a line."""
    output = invoked("history", "--database", str(path)).output
    assert [line.split()[0] for line in output.splitlines()] == ["2", "1"]
    assert "Wren, m: 1 comments, 1 replies" in output


def test_a_stream_is_shown(history: Callable[..., Result]) -> None:
    """The last, where none is named; what is not there is told."""
    assert "» Wren: Good night, あき!" in history("show").output
    shown = history("show", "1").output
    assert "taro (youtube, deleted): 温泉は好き？" in shown
    assert "あき (youtube, 500 JPY, not thanked yet): 100%" in shown
    assert "Paid for: 1 (500 JPY): 1 not thanked yet." in shown
    assert "Paid for" not in history("show", "2").output
    assert "the reply is skipped." in shown
    result = history("show", "7")
    assert result.exit_code == 1
    assert "There is no stream 7" in result.output


def test_what_was_paid_is_summed_up(tmp_path: Path) -> None:
    """By currency; of memberships there is no sum."""
    path = tmp_path / "history.db"

    async def stream() -> None:
        async with open_memory(path, clock=FakeClock(), persona="Wren", model="m") as memory:
            paid = [Money(Decimal(500), "JPY"), Money(Decimal("2.50"), "USD"), None]
            for number, sum_ in enumerate((paid[0], *paid)):
                gift = None if sum_ else Membership(Occasion.GIFTED, gifts=5)
                one = replace(comment(f"v{number}", "hi"), paid=sum_, membership=gift)
                memory.hear(one)
                if number < 2:
                    await memory.say(memory.begin("hi", [one]), 0, "Thank you.", settles=[one])

    asyncio.run(stream())
    shown = invoked("history", "show", "--database", str(path)).output
    assert "Paid for: 4 (1000 JPY, 2.50 USD): 2 thanked, 2 not thanked yet." in shown
    assert "v3 (youtube, gifted membership, not thanked yet): hi" in shown


def test_a_text_is_searched_for(history: Callable[..., Result]) -> None:
    """In every stream."""
    assert history("search", "温泉").output.count("\n") == 2
    assert "Nothing in the history holds “zebra”." in history("search", "zebra").output
    assert "Nothing in the history" in history("search", " ").output


@pytest.mark.parametrize("to_file", [False, True])
def test_a_stream_is_exported(
    history: Callable[..., Result], tmp_path: Path, *, to_file: bool
) -> None:
    """To where the output goes, or into a file; one stream, or all."""
    target = tmp_path / "out.jsonl"
    more = ["--output", str(target)] if to_file else []
    result = history("export", "--all", *more)
    text = target.read_text(encoding="utf-8") if to_file else result.output
    lines = [json.loads(line) for line in text.splitlines()]
    assert [line["kind"] for line in lines] == [
        *("comment", "sentence", "sentence", "comment", "sentence", "order"),
        *("comment", "sentence"),
    ]
    assert lines[0]["text"] == "温泉は好き？"
    assert len(history("export").output.splitlines()) == 2


def test_a_wrong_export(history: Callable[..., Result], tmp_path: Path) -> None:
    """A kind that there is not, and a file that cannot be written."""
    assert history("export", "--format", "xml").exit_code == 2
    result = history("export", "--output", str(tmp_path / "no" / "folder.csv"))
    assert result.exit_code == 1
    assert "cannot be written" in result.output


def test_a_viewer_is_forgotten(history: Callable[..., Result]) -> None:
    """By the name as it is written, large or small letters; twice there is nobody left."""
    assert "taro is forgotten" in history("forget", "Taro").output
    assert "温泉" not in history("show", "1").output
    result = history("forget", "taro")
    assert result.exit_code == 1
    assert "Nobody who is called taro" in result.output


def test_of_two_of_a_name_neither_is_forgotten(history: Callable[..., Result], path: Path) -> None:
    """Before it is said which."""

    async def namesake() -> None:
        clock = FakeClock()
        async with open_memory(path, clock=clock, persona="Wren", model="m") as memory:
            other = type(TARO)("UC-other", "taro")
            await exchange(memory, clock, other, "me too", "You, too.")

    asyncio.run(namesake())
    result = history("forget", "taro")
    assert result.exit_code == 1
    assert "name one of youtube:UC-" in result.output
    assert "taro is forgotten" in history("forget", "youtube:UC-other").output


def test_nobody_is_forgotten_while_a_show_is_on(history: Callable[..., Result], path: Path) -> None:
    """The show would not know of it."""

    async def on_air() -> Result:
        async with open_memory(path, clock=FakeClock(), persona="Wren", model="m"):
            return await asyncio.to_thread(history, "forget", "taro")

    result = asyncio.run(on_air())
    assert result.exit_code == 1
    assert "in use by another vtuber-bot" in result.output


def test_damage_is_looked_for(history: Callable[..., Result], path: Path) -> None:
    """And ends with 1, for scripts."""
    result = history("check")
    assert (result.exit_code, "is whole; it holds 2 streams" in result.output) == (0, True)
    assert "The last backup is" in result.output
    with path.open("r+b") as file:
        file.seek(4096 * 3)
        file.write(b"\xff" * 4096)
    result = history("check")
    assert (result.exit_code, "is damaged" in result.output) == (1, True)


def test_there_is_no_history_yet(tmp_path: Path) -> None:
    """That is no error of the streamer's, and told in one line."""
    result = invoked("history", "--database", str(tmp_path / "none.db"))
    assert result.exit_code == 1
    assert result.output.startswith("There is no history at")
    assert not (tmp_path / "none.db").exists()


def event(seconds: float, text: str, kind: str = "sentence") -> Event:
    """Return what was said so many seconds after the beginning."""
    return Event(BEGAN + timedelta(seconds=seconds), kind, "", "Wren", text, "", retracted=False)


def test_a_table_runs_nothing() -> None:
    """A spreadsheet takes some beginnings for formulas; Excel knows UTF-8 by its mark."""
    texts = ["=HYPERLINK(1)", "+1", "-1", "@SUM(1)", 'a "quoted", text', "普通"]
    table = "".join(exported([event(0, text) for text in texts], Format.CSV, BEGAN))
    assert table.startswith("\ufeffat,kind,")
    rows = list(csv.DictReader(io.StringIO(table)))
    assert [row["text"][:1] for row in rows] == ["'", "'", "'", "'", "a", "普"]


def test_subtitles_end_before_the_next() -> None:
    """What was said long before the next ends when it has been read."""
    events = [event(1, "Hi."), event(1.5, "Hello."), event(2, "me", "comment"), event(3661, "Bye.")]
    lines = "".join(exported(events, Format.SRT, BEGAN)).splitlines()
    assert lines[:3] == ["1", "00:00:01,000 --> 00:00:01,500", "Hi."]
    assert lines[5].startswith("00:00:01,500 --> 00:00:0")
    assert lines[9].startswith("01:01:01,000 --> 01:01:0")
    assert len(lines) == 12
