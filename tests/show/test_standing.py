"""What a moderator has ordered stands until it is lifted, also where the bot ends in between."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot import persona
from tests.standins.ollama import Gate, OllamaStandIn
from tests.support.rehearsal import GREETING, MIKA, Rehearsal, rehearsal

REPLY = ("Hello!", "Nice to see you.")
WREN = persona.load("wren")


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """The history that the shows share."""
    return tmp_path / "history.db"


def told(show: Rehearsal) -> str:
    """Return what the moderator was told last."""
    return show.notes.answers[-1][1]


async def test_a_pause_stands(database: Path, ollama: OllamaStandIn) -> None:
    """The next run is silent from the beginning, until somebody resumes it."""
    async with rehearsal(database, ollama) as show:
        show.order("!pause")
    async with rehearsal(database, ollama) as show:
        assert show.director.paused
        show.write("hello")
        await show.clock.advance(100)
        assert not show.board.ever_seen
        show.order("!resume")
        await show.board.finishes(GREETING)
    async with rehearsal(database, ollama) as show:
        assert not show.director.paused


async def test_a_pause_of_some_minutes_ends_when_it_was_to_end(
    database: Path, ollama: OllamaStandIn
) -> None:
    """Of that the time in which the bot was not running is a part."""
    async with rehearsal(database, ollama) as show:
        show.order("!pause 10m")
        passed = show.clock.monotonic()
    async with rehearsal(database, ollama) as show:  # whose time begins when the first one's did
        ending = asyncio.create_task(show.show.moderation.run())
        await show.asleep()
        await show.clock.advance(passed + 599)
        assert show.director.paused
        await show.clock.advance(2)
        await show.board.finishes(GREETING)
        ending.cancel()
    async with rehearsal(database, ollama) as show:
        assert not show.director.paused


async def test_mutes_and_topics_stand(database: Path, ollama: OllamaStandIn) -> None:
    """And can be lifted by the name and the word by which they were ordered."""
    async with rehearsal(database, ollama) as show:
        show.write("hello")
        await show.board.finishes(*REPLY)
        await show.read()
        show.order("!mute taro")
        show.order("!ban-topic Marathon")
    async with rehearsal(database, ollama) as show:
        show.write("do you hear me?")
        show.write("a marathon", "aki")
        assert len(show.queue) == 0
        assert [reasons[0] for _, reasons in show.notes.withheld] == [
            "a moderator has muted the author",
            "it holds the banned topic Marathon",
        ]
        show.order("!unmute @taro")
        show.order("!allow-topic marathon")
    async with rehearsal(database, ollama) as show:
        show.write("do you hear me in the marathon?")
        await show.board.finishes(*REPLY)


async def test_delay_effort_and_persona_stand(
    database: Path, ollama: OllamaStandIn, caplog: pytest.LogCaptureFixture
) -> None:
    """As they were ordered, whatever the settings say; a persona that is gone is told of."""
    async with rehearsal(database, ollama) as show:
        show.order("!delay 3s")
        show.order("!think high")
        show.order("!persona wren")
    async with rehearsal(database, ollama) as show:
        await show.board.until(lambda: bool(show.board.ever_seen & set(WREN.greeting)))
        assert show.director.effort == "high"
        assert show.show.cast.on == WREN
    with closing(sqlite3.connect(database)) as other:
        other.execute("UPDATE state SET value = 'gone' WHERE key = 'persona'")
        other.commit()
    async with rehearsal(database, ollama) as show:
        assert show.show.cast.on == MIKA
        assert "no persona named 'gone'" in caplog.text


async def test_another_character_goes_on(show: Rehearsal, ollama: OllamaStandIn) -> None:
    """It greets, and answers what the last one had not; it is told nothing that that one said."""
    gate = Gate()
    ollama.will("Hi taro!")
    show.write("hello")
    await show.board.finishes("Hi taro!")
    await show.read()
    ollama.will(gate, "Never said.")
    show.write("Wren, are you there?", "aki")
    await gate.reached()
    show.order("!persona wren")
    assert show.board.is_blank
    assert told(show) == "Wren is on now."
    await show.board.until(lambda: bool(show.board.ever_seen & set(WREN.greeting)))
    await show.read()
    await show.board.until(lambda: (show.board.seen or ("",))[0] == REPLY[0])
    assert "aki: Wren, are you there?" in show.asked()
    prompt = str(ollama.requests[-1]["messages"])
    assert "Hi taro!" not in prompt
    assert "Wren" in prompt
    assert MIKA.profile not in prompt
    await show.clock.advance(30)
    show.order("@Wren !pause")
    assert show.director.paused
    said = "SELECT DISTINCT persona FROM replies ORDER BY id"
    assert show.rows(said) == [("Mika",), ("Wren",)]


@pytest.mark.parametrize("name", ["", "nobody", "../wren", "my/wren.toml", "wren.toml"])
async def test_a_character_that_is_not_there(show: Rehearsal, name: str) -> None:
    """The one that is on stays, and no file is looked for but in the folders."""
    show.order(f"!persona {name}")
    assert told(show).startswith("the character stays: ")
    assert show.show.cast.on == MIKA
    assert show.rows("SELECT * FROM state") == []


async def test_who_did_what_and_to_whom_is_kept(show: Rehearsal) -> None:
    """Also what came of it, and what was no command."""
    show.write("hello")
    await show.board.finishes(*REPLY)
    show.order("! mute taro 10m")
    show.order("!pasue")
    show.order("!song")
    await show.show.memory.flush()
    sql = "SELECT moderator_name, command, words, about_id, outcome FROM orders ORDER BY id"
    assert show.rows(sql) == [
        ("mod", "mute", "! mute taro 10m", "UC-taro", "taro is muted for 600 s."),
        (
            *("mod", "pause", "!pasue", ""),
            "the show is paused: the character is silent until !resume.",
        ),
        ("mod", "song", "!song", "", "!song is no command of this bot's."),
    ]
