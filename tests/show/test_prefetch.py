"""The next reply is written while the last is read, and silence is filled, never over a viewer."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.chat import Platform, Retraction
from tests.standins.ollama import Fault, Gate, OllamaStandIn
from tests.support.rehearsal import MIKA, Rehearsal, rehearsal

LONG = "It is a clear night, and all of the gulls are asleep on the rocks below the old lighthouse."
REPLY = ("Hello!", "Nice to see you.")
TALKER = MIKA.model_copy(update={"topics": ("the tide",), "quiet_seconds": 45.0})


@pytest.fixture
async def show(tmp_path: Path, ollama: OllamaStandIn) -> AsyncIterator[Rehearsal]:
    """A show of a character that goes on by itself, whose greeting has been read."""
    async with rehearsal(tmp_path / "history.db", ollama, persona=TALKER, keeps_going=True) as show:
        yield show


async def measure_a_slow_model(show: Rehearsal) -> None:
    """Let a first sentence take ten seconds, and its reply be on stage, where it is read."""
    gate = Gate()
    show.ollama.will(gate, LONG)
    show.write("hello")
    await gate.reached()
    await show.clock.advance(10)
    gate.release()
    await show.board.finishes(LONG)


async def test_a_slow_model_writes_while_viewers_read(show: Rehearsal) -> None:
    """The next comment goes to the model before the last reply has been read, and shows after."""
    await measure_a_slow_model(show)
    await show.asleep()
    show.ollama.will("Next!")
    show.write("and now?", "aki")
    await show.ollama.asked(2)
    assert show.board.seen == (LONG,)
    await show.clock.advance(1)
    assert show.board.seen == (LONG,)
    await show.clock.advance(15)
    await show.board.finishes("Next!")


@pytest.mark.parametrize("command", ["!pause", "!clear"])
async def test_what_is_written_ahead_is_stopped(show: Rehearsal, command: str) -> None:
    """A pause stops the model there too; who paid is answered after it, the others are not."""
    await measure_a_slow_model(show)
    gate = Gate()
    show.ollama.will("Never seen. ", gate)
    show.write("free", "aki")
    show.write("paid", paid="500")
    await gate.reached()
    show.order(command)
    assert show.board.is_blank
    await show.ollama.hung_up()
    assert len(show.queue) == (1 if command == "!pause" else len(show.queue))
    show.order("!resume")
    await show.board.finishes(*REPLY)
    assert "paid" in show.asked()
    assert "free" not in show.asked()
    assert "Never seen." not in show.board.ever_seen


async def test_skipping_goes_on_with_what_is_written_ahead(show: Rehearsal) -> None:
    """Only what is on stage is skipped."""
    await measure_a_slow_model(show)
    show.ollama.will("Next!")
    show.write("and now?", "aki")
    await show.ollama.asked(2)
    show.order("!skip")
    await show.board.finishes("Next!")
    assert len(show.ollama.requests) == 2


async def test_a_retraction_reaches_what_is_written_ahead(show: Rehearsal) -> None:
    """It is stopped unseen, and who was to be answered with it is answered without it."""
    await measure_a_slow_model(show)
    gate = Gate()
    show.ollama.will("Never seen. ", gate)
    show.write("vile", "bo", paid="100")
    show.write("is it cold?", "aki")
    await gate.reached()
    show.receive(Retraction(Platform.YOUTUBE, author_id="UC-bo"))
    assert show.board.seen == (LONG,), "which answers another"
    await show.clock.advance(15)
    await show.board.finishes(*REPLY)
    assert "cold" in show.asked()
    assert "vile" not in show.asked()
    assert "Never seen." not in show.board.ever_seen


async def test_a_failure_written_ahead_is_a_failure(show: Rehearsal) -> None:
    """The persona's own line is spoken, in its turn."""
    await measure_a_slow_model(show)
    show.ollama.fault = Fault.BUSY
    show.write("and now?", "aki")
    await show.clock.advance(15)
    await show.board.finishes(*TALKER.unable)
    show.ollama.fault = None


async def test_silence_is_filled(show: Rehearsal) -> None:
    """After a while the character speaks by itself: first of a topic of its own, to nobody."""
    show.ollama.will("The tide is out.")
    await show.clock.advance(60)
    await show.board.finishes("The tide is out.")
    assert "the tide" in show.asked()
    await show.read()
    show.write("hello")
    await show.board.finishes(*REPLY)
    told = [message["content"] for message in show.ollama.requests[-1]["messages"]]
    assert "The tide is out." in told, "it knows what it said"
    await show.read()
    show.ollama.will("And one more thing.")
    await show.clock.advance(60)
    await show.board.finishes("And one more thing.")
    assert "the tide" not in show.asked()


async def test_nobody_is_talked_over(show: Rehearsal) -> None:
    """A comment ends the thinking about nothing, before a word of it is on stage."""
    gate = Gate()
    show.ollama.will(gate, "Never seen.")
    await show.clock.advance(60)
    await gate.reached()
    show.write("hello")
    await show.board.finishes(*REPLY)
    assert "Never seen." not in show.board.ever_seen
    assert show.director.answered == 1


async def test_a_monologue_ends_with_its_sentence(show: Rehearsal) -> None:
    """What it has said by itself stays until it is read; no more follows."""
    gate = Gate()
    show.ollama.will("The tide is out. This is", gate, " never seen.")
    await show.clock.advance(60)
    await show.board.shows("The tide is out.")
    show.write("hello")
    await show.board.finishes("The tide is out.")
    await show.clock.advance(15)
    await show.board.finishes(*REPLY)
    assert "Never seen." not in show.board.ever_seen


async def test_a_model_that_is_away_lets_the_silence_be(show: Rehearsal) -> None:
    """The persona's own line answers somebody; to nobody it would be an error on screen."""
    show.ollama.fault = Fault.BUSY
    await show.asleep()
    await show.clock.advance(60)
    await show.board.until(lambda: show.board.history[-2:] == [(), None])
    seen = len(show.board.history)
    await show.clock.advance(1200)
    assert set(show.board.history[seen:]) <= {None}, "it is tried once, and then waited for"
    assert not show.board.ever_seen & {*TALKER.unable}


async def test_a_pause_is_silent(show: Rehearsal) -> None:
    """Nothing is said by itself while the show is paused."""
    show.order("!pause")
    await show.clock.advance(3600)
    assert show.ollama.requests == []


async def _grow(show: Rehearsal) -> None:
    """Talk until the history is worth to be compacted."""
    number = 0
    while not show.writer.dialogue.wants_notes:
        show.ollama.will(f"That was the tale {'I' * number}.")
        show.write(f"{number} my cat did this and that. " * 6)
        await show.board.until(lambda: show.board.finished)
        await show.read()
        number += 1


async def test_the_history_is_compacted_when_nobody_has_written_for_two_seconds(
    tmp_path: Path, ollama: OllamaStandIn
) -> None:
    """Not before, and whoever writes meanwhile is not kept waiting by it."""
    database = tmp_path / "history.db"
    async with rehearsal(database, ollama, num_ctx=2400) as show:
        await _grow(show)
        show.order("!skip")
        await show.asleep()
        gate = Gate()
        ollama.will(gate, "Taro has a cat.")
        before = len(ollama.requests)
        show.order("!clear")
        await show.clock.advance(1.9)
        assert len(ollama.requests) == before
        await show.clock.advance(0.2)
        await gate.reached()
        assert "Note down" in ollama.requests[-1]["messages"][-1]["content"]
        show.write("hello", "aki")
        await ollama.hung_up()
        await show.board.finishes(*REPLY)


async def test_a_monologue_that_was_a_thought_is_taken_back(show: Rehearsal) -> None:
    """Nobody was answered, so that nobody is owed anything."""
    gate = Gate()
    show.ollama.will("The chat is quiet. ", "Let me think. So", gate, "</think>Hi!")
    await show.clock.advance(60)
    await show.board.shows("The chat is quiet.", "Let me think.")
    gate.release()
    await show.board.until(lambda: show.board.is_blank)
    show.ollama.will("</think>Hello! ", "Nice to see you.")
    show.write("hello")
    await show.board.finishes(*REPLY)


async def test_a_compaction_that_fails_is_nobodys_concern(
    tmp_path: Path, ollama: OllamaStandIn, caplog: pytest.LogCaptureFixture
) -> None:
    """Nobody waits for it: a line in the log file, and the show goes on."""
    caplog.set_level("DEBUG", "bot.show.upkeep")
    async with rehearsal(tmp_path / "history.db", ollama, num_ctx=2400) as show:
        await _grow(show)
        ollama.fault = Fault.BUSY
        show.order("!skip")
        await show.asleep()
        show.order("!clear")
        await show.clock.advance(3)
        await show.until(lambda: "Nothing came of the upkeep" in caplog.text)
        ollama.fault = None
        await show.clock.advance(2)
        show.write("hello", "aki")
        await show.board.finishes(*REPLY)
