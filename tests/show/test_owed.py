"""Who paid is answered or passed over by a moderator, also where the bot ends in between."""

import asyncio
from pathlib import Path

import pytest

from bot.chat import Platform, Retraction
from bot.intake.approval import Approve
from tests.standins.ollama import Gate, OllamaStandIn
from tests.support.database import locked, rows
from tests.support.rehearsal import GREETING, UNABLE, Rehearsal, rehearsal

REPLY = ("Hello!", "Nice to see you.")


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """The history that the shows share."""
    return tmp_path / "history.db"


async def test_what_waits_at_the_end_waits_at_the_next_start(
    database: Path, ollama: OllamaStandIn
) -> None:
    """It is answered first, and once, though its id has come before."""
    async with rehearsal(database, ollama) as show:
        show.order("!pause")
        show.write("for free")
        show.write("please", paid="500")
    async with rehearsal(database, ollama) as show:
        show.order("!resume")
        await show.board.finishes(GREETING)
        await show.read()
        await show.board.finishes(*REPLY)
        assert show.asked() == "[viewer, paid 500 JPY] taro: please"
        await show.read()
    async with rehearsal(database, ollama) as show:
        assert len(show.queue) == 0
        assert len(ollama.requests) == 0


async def test_what_was_thought_about_at_the_end_is_owed(
    database: Path, ollama: OllamaStandIn
) -> None:
    """Nothing was said to it yet."""
    async with rehearsal(database, ollama) as show:
        gate = Gate()
        ollama.will(gate, "Never said.")
        show.write("please", paid="500")
        await gate.reached()
    async with rehearsal(database, ollama, is_awaited=True) as show:
        await show.read()
        await show.board.finishes(*REPLY)
        assert show.asked() == "[viewer, paid 500 JPY] taro: please"


async def test_what_waits_for_a_moderator_waits_for_one_again(
    database: Path, ollama: OllamaStandIn
) -> None:
    """Its author is as new as before; let in, it is answered, and owed no more."""
    newcomers = Approve.NEWCOMERS
    async with rehearsal(database, ollama, approve=newcomers) as show:
        show.write("please", paid="500")
        show.write("for free", "aki")
        assert len(show.queue) == 0
    async with rehearsal(database, ollama, approve=newcomers) as show:
        assert [comment.text for comment in show.notes.held] == ["please"]
        assert len(show.queue) == 0
        show.order("!ok taro")
        await show.board.finishes(*REPLY)
        assert show.asked() == "[viewer, paid 500 JPY] taro: please"
    async with rehearsal(database, ollama, approve=newcomers) as show:
        assert show.notes.held == []
        assert len(show.queue) == 0
        show.write("now you know me")
        assert len(show.queue) == 1


@pytest.mark.parametrize("ending", ["said", "skipped", "fruitless", "retracted"])
async def test_what_is_settled_is_not_owed(
    database: Path, ollama: OllamaStandIn, ending: str
) -> None:
    """A first sentence is an answer; a moderator's word is one, and two vain attempts are."""
    async with rehearsal(database, ollama) as show:
        gate = Gate()
        if ending == "fruitless":
            for _ in range(4):
                ollama.will()
        else:
            ollama.will(*(["Hi taro! This is"] if ending == "said" else []), gate, "More.")
        show.write("please", paid="500")
        await settle(show, ending, gate)
    async with rehearsal(database, ollama) as show:
        assert len(show.queue) == 0
        assert ollama.requests == []


async def settle(show: Rehearsal, ending: str, gate: Gate) -> None:
    """Bring about an ending."""
    match ending:
        case "said":
            await show.board.shows("Hi taro!")
        case "skipped":
            await gate.reached()
            show.order("!skip")
        case "retracted":
            await gate.reached()
            show.receive(Retraction(Platform.YOUTUBE, author_id="UC-taro"))
        case "fruitless":
            for _ in range(2):
                await show.board.finishes(UNABLE)
                await show.read()


async def test_what_was_taken_back_as_a_thought_is_owed(
    database: Path, ollama: OllamaStandIn
) -> None:
    """What viewers saw of it was no answer."""
    async with rehearsal(database, ollama) as show:
        gate = Gate()
        ollama.will("They greet me. ", "Let me think. ", gate, "</think>", "Hi!")
        show.write("please", paid="500")
        await show.board.until(lambda: ("They greet me.",) in show.board.history)
        gate.release()
        await show.board.until(lambda: show.board.is_blank)
        show.order("!pause")
        assert len(show.queue) == 1
    async with rehearsal(database, ollama) as show:
        show.order("!resume")
        await show.board.finishes(GREETING)
        await show.read()
        await show.board.finishes(*REPLY)
        assert show.asked() == "[viewer, paid 500 JPY] taro: please"


async def test_a_pause_while_the_answer_is_written_down(
    database: Path, ollama: OllamaStandIn
) -> None:
    """What was to be shown was not shown: whoever paid for it is still owed it."""
    async with rehearsal(database, ollama) as show:
        with locked(database):
            await begin_to_answer(show, ollama)
            show.order("!pause")
        assert len(show.queue) == 1
        assert "Hi!" not in show.board.ever_seen
    assert rows(database, "SELECT text FROM sentences") == [(GREETING,)]
    async with rehearsal(database, ollama) as show:
        show.order("!resume")
        await show.board.finishes(GREETING)
        await show.read()
        await show.board.finishes(*REPLY)
        assert show.asked() == "[viewer, paid 500 JPY] taro: please"


async def test_a_retraction_while_the_answer_is_written_down(
    database: Path, ollama: OllamaStandIn
) -> None:
    """Who was to be answered along with what was taken back is still owed it."""
    async with rehearsal(database, ollama) as show:
        with locked(database):
            await begin_to_answer(show, ollama)
            ollama.will(again := Gate(), "Never said.")
            show.receive(Retraction(Platform.YOUTUBE, author_id="UC-aki"))
            await again.reached()
    assert rows(database, "SELECT text FROM sentences") == [(GREETING,)]
    async with rehearsal(database, ollama, is_awaited=True) as show:
        await show.read()
        await show.board.finishes(*REPLY)
        assert show.asked() == "[viewer, paid 500 JPY] taro: please"


async def begin_to_answer(show: Rehearsal, ollama: OllamaStandIn) -> None:
    """Answer two viewers, as far as a database that is locked lets it."""
    ollama.will("Hi! This is", gate := Gate(), " more.")
    show.write("another", "aki")
    show.write("please", paid="500")
    await gate.reached()
    for _ in range(100):  # turns of the loop until it waits for the database
        await asyncio.sleep(0)
