"""The report after a stream: who was there, what was paid and thanked, what went well."""

import asyncio
import re
import webbrowser
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.chat import Author, Comment, Membership, Money, Occasion, Platform, Retraction
from bot.cli import app
from bot.storage.memory import Outcome
from bot.storage.opening import open_memory
from bot.writing.structured import Recap
from tests.support.clock import FakeClock

_HOSTILE = "<script>alert(1)</script>\"'&"


async def stream(path: Path) -> None:
    """Write two streams: Aki was there in both."""
    clock = FakeClock()

    def wrote(name: str, text: str, paid: Money | None = None) -> Comment:
        number = round(1000 * clock.monotonic())
        author = Author(f"UC-{name}", name)
        return Comment(Platform.YOUTUBE, f"{name}{number}", author, text, clock.now(), paid)

    async with open_memory(path, clock=clock, persona="Wren", model="gpt-oss:120b") as memory:
        memory.hear(wrote("aki", "first time"))
        await clock.advance(3600)
    async with open_memory(path, clock=clock, persona="Wren", model="gpt-oss:120b") as memory:
        asked = wrote("aki", "what is that light?")
        memory.hear(asked)
        await clock.advance(4)
        reply = memory.begin("what is that light?", [asked])
        await memory.say(reply, 0, "A ship, far out.")
        await memory.say(reply, 1, "It waits for the tide.")
        await memory.end(reply, Outcome.FINISHED)
        await clock.advance(10)
        for name in ("bo", "mika"):
            memory.hear(wrote(name, f"wow {name}"))
        await clock.advance(100)
        thanked = wrote("mika", "for the lamp", Money(Decimal("10.50"), "USD"))
        owed = wrote("bo", _HOSTILE, Money(Decimal(500), "JPY"))
        member = replace(wrote("noa", "hi"), membership=Membership(Occasion.NEW))
        for one in (thanked, owed, member):
            memory.hear(one)
        await clock.advance(20)
        reply = memory.begin("thanks", [thanked])
        await memory.say(reply, 0, "Thank you, mika!", settles=[thanked])
        await memory.end(reply, Outcome.CUT)
        pest = wrote("pest", "what was deleted")
        memory.hear(pest)
        memory.retract(Retraction(Platform.YOUTUBE, comment_id=pest.id))
        memory.orders.note(wrote("mod", "!skip"), "skip", "the reply is skipped.")
        memory.faults.begin("Twitch", "it does not answer.")
        await clock.advance(12)
        memory.faults.end("Twitch")
        memory.faults.begin("OBS", "it is not running.")
        recap = Recap(summary="Ships\x1b[2J and <b>tides</b>.", moments=["The far ship."])
        memory.facts.sum_up(recap.model_dump_json())
        await clock.advance(3588)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A history with two streams."""
    path = tmp_path / "history.db"
    asyncio.run(stream(path))
    return path


def reported(path: Path, *words: str) -> Result:
    """Return what ``vtuber-bot report`` prints."""
    page = path.with_name("report.html")
    common = ["--database", str(path), "--output", str(page), "--no-open"]
    return CliRunner().invoke(app, ["report", *words, *common])


def test_the_lines_in_the_terminal(path: Path) -> None:
    """The figures, and what was not thanked, by name."""
    told = " ".join(reported(path).output.split())
    assert "Wren · " in told
    assert "Ships [2J and <b>tides</b>. Comments 6" in told
    assert ": 1 h 2 min" in told
    assert "Comments 6, Viewers who wrote 4, Replies 2, Comments answered 2" in told
    assert "Comment to answer 12 s" in told
    assert "Replies cut 1, Replies that failed 0" in told
    assert "Not thanked: bo, 500 JPY" in told
    assert "Not thanked: noa, new membership" in told
    assert "mika, 10.50 USD" not in told
    assert "Did not work: Twitch, for 12 s Did not work: OBS, to the end" in told
    assert str(path.with_name("report.html")) in told


def test_the_page_holds_all(path: Path) -> None:
    """What was not thanked comes first; sums are exact; what strangers wrote is text."""
    reported(path)
    page = path.with_name("report.html").read_text(encoding="utf-8")
    rows = re.findall(r"<tr><td>(\w+)<td>([^<]+)<td", page)
    assert [row[0] for row in rows[:3]] == ["bo", "noa", "mika"]
    assert "In all: 500 JPY, 10.50 USD" in page
    assert "<script" not in page
    assert "pest" not in page
    assert "&lt;script&gt;" in page
    assert "A ship, far out. It waits for the tide." in page
    assert "<p>Ships [2J and &lt;b&gt;tides&lt;/b&gt;.</p>" in page
    assert "<h2>What was best</h2><ul><li>The far ship.</ul>" in page
    assert "Promised" not in page
    assert "2 comments followed" in page
    assert "bo (2), mika (2), noa (1)" in page.split("Newcomers")[1]
    assert "aki (1)" in page.split("Regulars")[1]
    assert "!skip → the reply is skipped." in page or "the reply is skipped." in page
    assert "http" not in page.replace("http-equiv", "")
    faults = re.findall(r"<td>([^<]+)", page.split("What did not work")[1])
    assert faults[1:4] == ["Twitch", "for 12 s", "it does not answer."]
    assert faults[5:] == ["OBS", "to the end", "it is not running."]


def test_an_earlier_stream(path: Path) -> None:
    """By its number; what is not there is told."""
    assert "Comments 1, Viewers who wrote 1" in " ".join(reported(path, "1").output.split())
    result = reported(path, "7")
    assert result.exit_code == 1
    assert "There is no stream 7" in result.output


def test_a_page_that_cannot_be_written(path: Path) -> None:
    """It is told where, and why."""
    result = CliRunner().invoke(
        app, ["report", "--database", str(path), "--output", str(path / "report.html")]
    )
    assert result.exit_code == 1
    assert "report.html cannot be written" in " ".join(result.output.split())


def test_the_page_is_opened(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a browser, where nothing was said against it."""
    opened = list[str]()
    monkeypatch.setattr(webbrowser, "open", opened.append)
    monkeypatch.setenv("DISPLAY", ":0")
    page = path.with_name("mine.html")
    CliRunner().invoke(app, ["report", "--database", str(path), "--output", str(page)])
    assert opened == [page.as_uri()]
