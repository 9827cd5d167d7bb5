"""A rehearsal with a recorded chat, and what is reported of it."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from bot.app import rehearsal
from bot.app.rehearsal import Report, Wishes, rehearse
from bot.app.spread import Spread
from bot.errors import MisconfiguredError
from bot.llm.options import OllamaOptions
from bot.settings import BotOptions, Settings
from tests.standins.ollama import OllamaStandIn
from tests.support.hurry import Hurry

_CHAT = [
    {"author": "aki", "text": "did the storm get to you?", "at": "2026-01-02T03:04:05+00:00"},
    {"author": "pest", "text": "call 090-1234-5678", "at": "2026-01-02T03:04:15+00:00"},
    {"author": "mika", "text": "what is that light?", "at": "2026-01-02T03:04:45+00:00"},
    {"author": "mod"},
]


@pytest.fixture
def chat(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A recorded chat, in a folder without settings."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "chat.jsonl"
    path.write_text("\n".join(map(json.dumps, _CHAT)), encoding="utf-8")
    return path


def wanted(ollama: OllamaStandIn) -> Settings:
    """Return settings that name a model and a character."""
    return Settings.model_construct(
        bot=BotOptions(persona="wren"), ollama=OllamaOptions(host=ollama.host)
    )


async def test_a_chat_goes_through_the_whole_show(chat: Path, ollama: OllamaStandIn) -> None:
    """Who is answered, who is not and why, how long they waited; nothing is kept."""
    ollama.respond = lambda asked: f"Well then, {'aki' if 'aki' in asked else 'mika'}."
    report = await rehearse(
        *(wanted(ollama), Wishes(chat, speed=100.0), Console(file=io.StringIO(), width=100)),
        clock=Hurry(),
    )
    assert (report.comments, report.answered, report.passed_over) == (2, 2, {})
    assert (report.withheld, report.skipped) == (1, 1)
    assert report.replies >= 2
    assert report.tokens_per_second > 0
    assert 0 < report.first_words.median <= report.first_words.most
    assert 0 < report.waited.median <= report.waited.most
    assert report.leaks == []
    assert report.faults(Wishes(chat)) == []
    asked = [one["messages"][-1]["content"] for one in ollama.requests]
    assert any("did the storm get to you?" in one for one in asked)
    assert not any("090" in one for one in asked)
    assert list(chat.parent.iterdir()) == [chat]


async def test_it_is_the_same_again(chat: Path, ollama: OllamaStandIn) -> None:
    """With the same seed, which the model gets as well; what viewers see is kept, with its time."""
    kept = list[list[dict[str, Any]]]()
    for number in (1, 2):
        stage = chat.with_name(f"stage-{number}.jsonl")
        wishes = Wishes(chat, speed=100.0, seed=7, stage=stage)
        console = Console(file=io.StringIO(), width=100)
        await rehearse(wanted(ollama), wishes, console, clock=Hurry())
        kept.append([json.loads(line) for line in stage.read_text(encoding="utf-8").splitlines()])
    assert {one["options"]["seed"] for one in ollama.requests if one["messages"]} == {7}
    first, again = kept
    said = [one["sentences"] for one in first if one.get("sentences")]
    assert said == [one["sentences"] for one in again if one.get("sentences")]
    assert [one["seconds"] for one in first] == sorted(one["seconds"] for one in first)
    answered = {each["author"] for one in first for each in one.get("answers", [])}
    assert answered == {"aki", "mika"}
    assert any(one["finished"] for one in first if "finished" in one)


async def test_a_stage_that_cannot_be_kept(chat: Path, ollama: OllamaStandIn) -> None:
    """It is told before anything begins."""
    wishes = Wishes(chat, stage=chat.parent / "away" / "stage.jsonl")
    with pytest.raises(MisconfiguredError, match=r"stage\.jsonl cannot be written"):
        await rehearse(wanted(ollama), wishes, Console(file=io.StringIO()), clock=Hurry())


def test_replies_that_are_much_alike() -> None:
    """They are counted: a character that repeats itself bores."""
    said = ["The sea is calm tonight.", "The sea is calm tonight!", "Good night, aki."]
    assert rehearsal.near_copies(said) == 1
    assert rehearsal.near_copies([]) == 0


def _fields() -> dict[str, Any]:
    return {
        "comments": 10,
        "answered": 6,
        "replies": 4,
        "passed_over": {"shed": 3, "stale": 1},
        "withheld": 0,
        "skipped": 0,
        "waited": Spread(),
        "first_words": Spread(2.0, 9.0),
        "tokens_per_second": 8.5,
    }


@pytest.mark.parametrize(
    ("limits", "leaks", "told"),
    [
        ({}, [], []),
        ({"most_first_words": 10.0, "most_shed": 50.0}, [], []),
        ({"most_first_words": 8.0}, [], ["The first words took longer than 8 s."]),
        ({"most_shed": 10.0}, [], ["40 % of the comments were passed over."]),
        ({}, ["<|channel|>"], ["Viewers saw what they must not see: <|channel|>"]),
    ],
)
def test_what_is_a_failure(limits: dict[str, Any], leaks: list[str], told: list[str]) -> None:
    """A leak always, and what is past the limits that were given."""
    report = Report(**_fields(), leaks=leaks)
    assert report.faults(Wishes(Path("chat.jsonl"), **limits)) == told


@pytest.mark.parametrize(
    ("values", "spread"),
    [
        ([], Spread(0.0, 0.0)),
        ([3.0], Spread(3.0, 3.0)),
        ([1.0, 2.0, 3.0], Spread(2.0, 2.9)),
        ([float(n) for n in range(101)], Spread(50.0, 95.0)),
    ],
)
def test_two_numbers_for_many(values: list[float], spread: Spread) -> None:
    """The median, and what 95 of 100 do not exceed."""
    assert Spread.of(values) == spread


def test_the_report_in_words(chat: Path) -> None:
    """A line for each figure, and one for each failure."""
    report, printed = Report(**_fields()), io.StringIO()
    rehearsal.tell(report, ["The first words took longer."], Console(file=printed, width=100))
    lines = {" ".join(line.split()) for line in printed.getvalue().splitlines()}
    assert {"Comments 10", "Answered 6, in 4 replies", "Leaks 0"} <= lines
    assert "Passed over 4 (too many waited 3, waited for too long 1)" in lines
    assert "Asked to first words 2.0 s in the median, 9.0 s in 95 of 100" in lines
    assert "The first words took longer." in lines


@pytest.mark.slow
def test_the_command(chat: Path) -> None:
    """With the model in the box, to a chat in which nobody says anything."""
    chat.write_text("{}\n", encoding="utf-8")
    words = ["rehearse", str(chat), "--embedded", "--most-shed", "0", "--json"]
    program = subprocess.run(
        [sys.executable, "-m", "bot", *words],
        cwd=chat.parent,
        env={**os.environ, "HOME": str(chat.parent), "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert program.returncode == 0, program.stderr
    told = json.loads(program.stdout)
    assert (told["comments"], told["skipped"], told["leaks"]) == (0, 1, [])
