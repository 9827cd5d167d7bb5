"""A rehearsal in which ten questions need tools and ten do not."""

import io
import json
from collections import defaultdict
from pathlib import Path

import pytest
import regex
from rich.console import Console

from bot.app.rehearsal import Wishes, rehearse
from bot.llm.options import OllamaOptions
from bot.settings import BotOptions, Settings
from tests.standins.ollama import OllamaStandIn, Wants
from tests.support.hurry import Hurry

SUMS = [
    ("what is 17 % of 4800?", "4800 * 17 / 100", "816"),
    ("how much is 12 times 12?", "12 * 12", "144"),
    ("what is 2 to the power of 20?", "2 ** 20", "1048576"),
    ("how many seconds are in a year?", "365 * 24 * 3600", "31536000"),
    (
        "what is the 20th prime number?",
        "[n for n in range(2, 99) if all(n % d for d in range(2, n))][19]",
        "71",
    ),
    ("what are 98 degrees in celsius?", "round((98 - 32) * 5 / 9, 1)", "36.7"),
    ("how many letters has mississippi?", "len('mississippi')", "11"),
    ("what is stressed backwards?", "'stressed'[::-1]", "desserts"),
    ("what is the sum of 1 to 100?", "sum(range(101))", "5050"),
    ("what is a third of 100?", "round(100 / 3, 2)", "33.33"),
]
TALK = [
    "how was your day?",
    "do you like rain?",
    "what are you drinking?",
    "are you cold out there?",
    "who taught you to whistle?",
    "do ships still come by?",
    "what did you dream of?",
    "is the lamp heavy?",
    "do you sing?",
    "what makes you laugh?",
]
_SUMS = [
    "The abacus says {}, my friend.",
    "I chalked it on the door: {}.",
    "Counting gulls, one arrives at {}.",
    "My uncle the purser would answer {}.",
    "Easy, even in a gale: {}.",
    "{}, or I am a herring!",
    "Scribbled on a biscuit tin, it reads {}.",
    "Twice checked by candle: {}.",
    "The logbook agrees with {}.",
    "Without a doubt {}, give or take nothing.",
]
_TALK = [
    "Long, and it smelled of wet rope.",
    "Rain is the only neighbour that visits daily.",
    "Tea, black as the cellar.",
    "Two pairs of socks keep winter away.",
    "A postman did, for three eggs.",
    "Seldom; the last one brought oranges.",
    "Stairs that never ended, and a goat.",
    "Heavier than a calf, lighter than guilt.",
    "Only to scare off the cormorants.",
    "Hats that blow away, always.",
]


@pytest.mark.slow
async def test_twenty_questions(
    tmp_path: Path, ollama: OllamaStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those that need it get the right result; for the others nothing is called."""
    monkeypatch.chdir(tmp_path)
    chat, stage = tmp_path / "chat.jsonl", tmp_path / "stage.jsonl"
    sums = [text for text, *_ in SUMS]
    questions = [one for pair in zip(sums, TALK, strict=True) for one in pair]
    chat.write_text(
        "\n".join(
            json.dumps({"author": f"viewer{n}", "text": text, "at": f"2026-01-02T20:{n:02}:00Z"})
            for n, text in enumerate(questions)
        )
    )
    called = list[str]()

    def respond(asked: str) -> str | Wants:
        found = regex.findall(r"^calculate\(.*\): (.*)$", asked, regex.MULTILINE)
        for number, (text, code, _) in enumerate(SUMS):
            if text in asked and not found:
                called.append(text)
                return Wants("calculate", {"code": code})
            if text in asked:
                return _SUMS[number].format(found[-1])
        number = next((n for n, text in enumerate(TALK) if text in asked), 0)
        return _TALK[number]

    ollama.respond = respond
    settings = Settings.model_construct(
        bot=BotOptions(persona="wren"), ollama=OllamaOptions(host=ollama.host)
    )
    wishes = Wishes(chat, speed=2.0, seed=1, stage=stage)
    report = await rehearse(settings, wishes, Console(file=io.StringIO()), clock=Hurry())
    assert (report.comments, report.answered, report.leaks) == (20, 20, [])
    told = [json.loads(line) for line in stage.read_text().splitlines()]
    said = defaultdict[str, str](str)
    for one in told:
        if one.get("answers"):
            said[one["answers"][0]["text"]] += " ".join(["", *one["sentences"]])
    for number, (text, _, result) in enumerate(SUMS):
        assert _SUMS[number].format(result) in said[text]
    assert sorted(called) == sorted(sums)
