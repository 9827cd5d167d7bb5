"""Words and voice go together: at the same time, for as long as it takes, and cut together."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.persona import Persona
from bot.voice.voicevox import Voicevox
from tests.standins.ollama import OllamaStandIn
from tests.standins.voicevox import SpeechStandIn
from tests.support.rehearsal import GREETING, Rehearsal, rehearsal

REPLY = ("Hello!", "Nice to see you.")


@pytest.fixture
async def engine() -> SpeechStandIn:
    """An engine whose sounds are longer than their words take to read."""
    engine = SpeechStandIn()
    engine.seconds = 9.0
    return engine


@pytest.fixture
async def show(
    tmp_path: Path, ollama: OllamaStandIn, engine: SpeechStandIn
) -> AsyncIterator[Rehearsal]:
    """A show that is heard."""
    async with engine.serving() as url:

        def voice(_: Persona) -> Voicevox:
            return Voicevox(url, "", timeout=60)

        async with rehearsal(tmp_path / "history.db", ollama, voice=voice) as show:
            yield show


async def test_a_sentence_stands_as_long_as_it_is_heard(
    show: Rehearsal, engine: SpeechStandIn
) -> None:
    """Then the next one comes; each with its own sound."""
    show.write("hi")
    await show.board.shows(REPLY[0])
    await show.asleep()
    left = show.board.pace.left
    assert left >= 9
    await show.clock.advance(left - 0.1)
    assert show.board.seen == REPLY[:1]
    await show.clock.advance(0.1)
    await show.board.until(lambda: show.board.seen == REPLY)
    assert engine.asked == [GREETING, *REPLY]
    clips = show.board.told[-1].clips
    assert [[clip.seconds for clip in sentence] for sentence in clips] == [[9.0], [9.0]]


async def test_the_first_clause_is_heard_before_the_rest_is_made(
    show: Rehearsal, ollama: OllamaStandIn, engine: SpeechStandIn
) -> None:
    """All of the sentence is shown with it, and stands until all of it was heard."""
    ollama.will("Well hello there, it is nice to see you. ", "How are you, my dear friend?")
    engine.gate.clear()
    show.write("hi")
    await engine.was_asked(2)
    engine.gates(1)
    await show.board.shows("Well hello there, it is nice to see you.")
    assert engine.asked[1:] == ["Well hello there,", "it is nice to see you."]
    assert [len(sentence) for sentence in show.board.told[-1].clips] == [1]
    engine.gate.set()
    await show.board.until(lambda: len(show.board.told[-1].clips[0]) == 2)
    await show.asleep()
    left = show.board.pace.left
    assert left >= 18
    await show.clock.advance(left - 0.1)
    assert len(show.board.seen or ()) == 1
    await show.clock.advance(0.1)
    await show.board.until(lambda: len(show.board.seen or ()) == 2)
    assert engine.asked[3:] == ["How are you, my dear friend?"]


async def test_a_pause_between_two_clauses(
    show: Rehearsal, ollama: OllamaStandIn, engine: SpeechStandIn
) -> None:
    """Nothing more is heard of the sentence."""
    ollama.will("Well hello there, it is nice to see you.")
    engine.gate.clear()
    show.write("hi")
    await engine.was_asked(2)
    engine.gates(1)
    await show.board.shows("Well hello there, it is nice to see you.")
    show.order("!pause")
    engine.gate.set()
    show.order("!resume")
    show.write("and now?")
    await show.board.finishes(*REPLY)
    heard = [len(sentence) for reply in show.board.told for sentence in reply.clips]
    assert max(heard) == 1


async def test_words_wait_for_their_sound(show: Rehearsal, engine: SpeechStandIn) -> None:
    """Nothing is seen before it is heard; a pause in between lets neither come."""
    engine.gate.clear()
    show.write("hi")
    await engine.was_asked(2)
    assert not show.board.seen
    show.order("!pause")
    engine.gate.set()
    show.order("!resume")
    show.write("and now?")
    await show.board.finishes(*REPLY)
    assert show.board.history.count(REPLY[:1]) == 1


async def test_an_engine_that_hangs_holds_nobody_up(
    show: Rehearsal, engine: SpeechStandIn, caplog: pytest.LogCaptureFixture
) -> None:
    """After its time the words come without."""
    engine.gate.clear()
    show.write("hi")
    await engine.was_asked(2)
    await show.asleep()
    await show.clock.advance(10)
    await show.board.finishes(*REPLY)
    assert show.board.told[-1].clips == ((), ())
    assert "The show goes on as text" in caplog.text


async def test_a_topic_comes_before_what_is_prepared(
    show: Rehearsal, ollama: OllamaStandIn, engine: SpeechStandIn
) -> None:
    """The sounds of the reply that waits are in nobody's way."""
    ollama.will("One. ", "Two. ", "Three.")
    ollama.will("Four. ", "Five. ", "Six.")
    ollama.will("About the sea. ", "It is deep. ", "And wide.")
    show.write("hi")
    await show.board.shows("One.")
    show.write("more", "aki")
    show.order("!topic the sea")
    await show.board.finishes("One.", "Two.", "Three.")
    await show.read()
    await show.board.finishes("About the sea.", "It is deep.", "And wide.")
    assert len(engine.asked) >= 7


async def test_another_character_is_heard_in_its_own_voice(
    show: Rehearsal, engine: SpeechStandIn
) -> None:
    """With the sound of its greeting."""
    show.order("!persona wren")
    await show.board.until(lambda: bool(show.board.seen))
    assert show.board.told[-1].clips[0]
    assert engine.asked[-1] == show.board.told[-1].sentences[0]
