"""Sentences are turned into sound before it is their turn, and a show never waits for that long."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from yarl import URL

from bot import persona as personas
from bot.chat import Clip
from bot.voice.narrator import Narrator, places
from bot.voice.voicevox import Voicevox
from tests.standins.voicevox import SpeechStandIn
from tests.support.clock import FakeClock

BOTAN = personas.load("botan")


@asynccontextmanager
async def narrating(
    engine: SpeechStandIn, clock: FakeClock, *, patience: float = 10.0
) -> AsyncIterator[Narrator]:
    """Have a narrator at an engine."""
    async with engine.serving() as url:
        narrator = Narrator(
            lambda _: Voicevox(url, "", timeout=60), BOTAN, clock=clock, timeout=patience
        )
        yield narrator
        await narrator.close()


async def test_two_are_ahead() -> None:
    """The third waits until the first is said; what is said now waits for none of them."""
    engine = SpeechStandIn()
    async with narrating(engine, FakeClock()) as narrator:
        reply = places()
        one, two, three = (narrator.begin(text, among=reply) for text in ("いち", "に", "さん"))
        now = narrator.begin("いま")
        assert await now.clip()
        await engine.was_asked(3)
        assert sorted(engine.asked) == sorted(["いち", "に", "いま"])
        assert isinstance(await one.clip(), Clip)
        assert await three.clip()
        assert engine.asked[-1] == "さん"
        two.drop()
        four, five = narrator.begin("よん", among=reply), narrator.begin("ご", among=places())
        assert await four.clip()
        assert await five.clip()


async def test_what_is_dropped_gives_way() -> None:
    """A reply that is cut leaves no sentence in front of the next."""
    engine = SpeechStandIn()
    engine.gate.clear()
    async with narrating(engine, FakeClock()) as narrator:
        reply = places()
        dropped = [narrator.begin(text, among=reply) for text in ("いち", "に", "さん")]
        await engine.was_asked(1)
        for one in dropped:
            one.drop()
            one.drop()
        engine.gate.set()
        later = [narrator.begin(text, among=reply) for text in ("よん", "ご")]
        assert all([await one.clip() for one in later])
        assert "さん" not in engine.asked


async def test_an_engine_that_fails(caplog: pytest.LogCaptureFixture) -> None:
    """It is told once; for half a minute no sentence waits for it, and its return is told, too."""
    caplog.set_level(logging.INFO)
    engine, clock = SpeechStandIn(), FakeClock()
    async with narrating(engine, clock) as narrator:
        engine.status = 500
        assert await narrator.begin("いち").clip() is None
        engine.status = 200
        assert await narrator.begin("に").clip() is None
        await clock.advance(31)
        engine.status = 500
        assert await narrator.begin("さん").clip() is None
        await clock.advance(31)
        engine.status = 200
        assert await narrator.begin("よん").clip()
    told = [one.getMessage() for one in caplog.records if one.name == "bot.voice.narrator"]
    assert len(told) == 2
    assert "The show goes on as text" in told[0]
    assert "is heard again" in told[1]


async def test_an_engine_that_goes_while_nothing_is_said(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """It is found out, and its return, too; each is told once."""
    caplog.set_level(logging.INFO)
    engine = SpeechStandIn()
    async with engine.serving() as url:
        narrator = Narrator(lambda _: Voicevox(url, "", timeout=60), BOTAN, clock=FakeClock())
        await narrator.look()
        assert await narrator.begin("いち").clip()
        assert narrator.trouble == ""
        port = URL(url).port
    for _ in range(2):
        await narrator.look()
    assert "does not answer" in narrator.trouble
    async with engine.serving(port or 0):
        for _ in range(2):
            await narrator.look()
        assert narrator.trouble == ""
        assert await narrator.begin("に").clip()
    told = [one.getMessage() for one in caplog.records if one.name == "bot.voice.narrator"]
    assert len(told) == 2
    assert "The show goes on as text" in told[0]
    assert "is heard again" in told[1]
    await narrator.close()


async def test_a_look_mends_nothing_else() -> None:
    """An engine that is there and has no such speaker is still wrong; no voice is none."""
    engine = SpeechStandIn()
    async with engine.serving() as url:
        narrator = Narrator(lambda _: Voicevox(url, "Nobody", timeout=60), BOTAN, clock=FakeClock())
        assert await narrator.begin("いち").clip() is None
        await narrator.look()
        assert "no speaker “Nobody”" in narrator.trouble
        await narrator.close()
    await Narrator(None, BOTAN, clock=FakeClock()).look()


async def test_an_engine_that_hangs(caplog: pytest.LogCaptureFixture) -> None:
    """The sentence is shown all the same, when its time is over."""
    engine, clock = SpeechStandIn(), FakeClock()
    engine.gate.clear()
    async with narrating(engine, clock, patience=3.0) as narrator:
        waiting = asyncio.create_task(narrator.begin("いち").clip())
        await clock.asleep()
        await clock.advance(3)
        assert await waiting is None
        engine.gate.set()
    assert "takes too long" in caplog.text


async def test_what_has_nothing_to_say() -> None:
    """An emoji alone is no sound; where there is no voice, nothing is."""
    engine = SpeechStandIn()
    async with narrating(engine, FakeClock()) as narrator:
        assert await narrator.begin("🎉").clip() is None
        assert engine.asked == []
    silent = Narrator(None, BOTAN, clock=FakeClock())
    assert await silent.begin("こんにちは").clip() is None
    assert silent.voice is None
    silent.play(BOTAN)
    await silent.close()


async def test_a_sentence_is_not_cut_by_a_change(caplog: pytest.LogCaptureFixture) -> None:
    """What an engine is saying it says to its end, though another character is on."""
    engine = SpeechStandIn()
    engine.gate.clear()
    async with narrating(engine, FakeClock()) as narrator:
        saying = narrator.begin("いち")
        await engine.was_asked(1)
        narrator.play(BOTAN)
        await asyncio.sleep(0)
        engine.gate.set()
        assert await saying.clip()
        assert await narrator.begin("に").clip()
    assert caplog.records == []


async def test_words_that_the_engine_knows_are_left_to_it() -> None:
    """It learns while it speaks; what it cannot learn is said by the dictionary as ever."""
    engine = SpeechStandIn()
    words = {"牡丹": "ぼたん", "GG": "good game"}
    async with engine.serving() as url:
        narrator = Narrator(
            lambda _: Voicevox(url, "", timeout=60), BOTAN, clock=FakeClock(), dictionary=words
        )
        await narrator.begin("牡丹、GG").clip()
        await engine.has_learnt("牡丹")
        while engine.asked[-1:] != ["牡丹、good game"]:
            await narrator.begin("牡丹、GG").clip()
        narrator.play(BOTAN)
        await narrator.begin("牡丹、GG").clip()
        assert engine.asked[-1] == "ぼたん、good game"
        await narrator.close()


async def test_a_dictionary_that_is_not_learnt(caplog: pytest.LogCaptureFixture) -> None:
    """It is said as it was; the engine is heard."""
    caplog.set_level(logging.INFO)
    engine = SpeechStandIn()
    engine.strange["/user_dict"] = "<html>"
    async with engine.serving() as url:
        narrator = Narrator(
            lambda _: Voicevox(url, "", timeout=60),
            BOTAN,
            clock=FakeClock(),
            dictionary={"牡丹": "ぼたん"},
        )
        while "has not learnt" not in caplog.text:
            assert await narrator.begin("牡丹").clip()
        assert await narrator.begin("牡丹").clip()
        assert set(engine.asked) == {"ぼたん"}
        await narrator.close()


async def test_another_character_has_another_voice() -> None:
    """From the next sentence on."""
    engine = SpeechStandIn()
    wren = personas.load("wren")
    async with engine.serving() as url:
        narrator = Narrator(
            lambda who: Voicevox(url, "ずんだもん" if who is wren else "四国めたん", timeout=60),
            BOTAN,
            clock=FakeClock(),
        )
        await narrator.begin("いち").clip()
        narrator.play(wren)
        await narrator.begin("に").clip()
        assert [query["speaker"] for query in engine.queries] == [2, 3]
        await narrator.close()
