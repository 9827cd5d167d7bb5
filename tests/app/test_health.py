"""How the show is, told truly: in a word, part by part, and when it is well again."""

import asyncio
import logging
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from bot.app.health import Health, Level, Part, Word
from bot.errors import UnavailableError
from bot.persona import Persona
from bot.sources import Heartbeat
from bot.sources.broadcast import Broadcast
from bot.sources.listener import Listener
from bot.voice.voicevox import Voicevox
from tests.standins.ollama import OllamaStandIn
from tests.standins.voicevox import SpeechStandIn
from tests.support.database import rows
from tests.support.rehearsal import Rehearsal, rehearsal


class Chat:
    """A source that does as it is told."""

    label = "Twitch"

    def __init__(self) -> None:
        self.fails = asyncio.Event()
        self.receive: Any = None

    async def listen(self, receive: Any) -> None:
        """Listen until it is to fail."""
        self.receive = receive
        await self.fails.wait()
        self.fails.clear()
        raise UnavailableError("Twitch does not answer.")


@pytest.fixture
async def show(tmp_path: Path, ollama: OllamaStandIn) -> AsyncIterator[Rehearsal]:
    """A show that is on."""
    async with rehearsal(tmp_path / "history.db", ollama) as show:
        yield show


def part(health: Health, name: str) -> Part:
    """Return how a part is."""
    return next(one for one in health.parts() if one.name == name)


async def test_all_is_well(show: Rehearsal) -> None:
    """One word, and a line for each part."""
    health = show.show.health
    assert (health.word, health.summary()) == (Word.ON_AIR, "On air")
    model = part(health, "gpt-oss:120b")
    assert model.level is Level.WELL
    assert "gpt-oss:120b on Ollama at http" in model.state
    assert part(health, "History").level is Level.WELL
    assert health.tell() == "On air: 0 waiting, 0 answered, 0 shed, gpt-oss:120b at 0.0 tokens/s."


async def test_who_has_paused_it(show: Rehearsal) -> None:
    """By name, until it goes on."""
    health = show.show.health
    show.order("!pause")
    assert (health.word, health.summary()) == (Word.PAUSED, "Paused by mod")
    assert health.report()["paused_by"] == "mod"
    show.order("!resume")
    assert (health.word, health.summary()) == (Word.ON_AIR, "On air")
    ending = asyncio.create_task(show.show.moderation.run())
    show.order("!pause 5s")
    assert health.summary() == "Paused by mod"
    await show.clock.advance(6)
    assert health.summary() == "On air"
    show.director.pause()
    assert health.summary() == "Paused", "nobody knows who it was"
    ending.cancel()


async def test_a_model_that_is_away(show: Rehearsal, ollama: OllamaStandIn) -> None:
    """It is named with what to do, in the chat without its address; its return is true as well."""
    health = show.show.health
    await ollama.go_away()
    show.write("hi")
    await show.until(lambda: health.word is Word.TROUBLE)
    assert health.summary() == "On air, but without gpt-oss:120b"
    model = part(health, "gpt-oss:120b")
    assert model.level is Level.ILL
    assert "does not answer at http" in model.state
    told = health.tell()
    assert "gpt-oss:120b: Ollama does not answer" in told
    assert "http" not in told
    assert show.show.judge.text(told) is None, "no chat may be told what the judge withholds"
    await ollama.come_back()
    await show.is_ready()
    assert health.summary() == "On air"


async def test_a_model_that_goes_while_nobody_writes(
    show: Rehearsal, ollama: OllamaStandIn, caplog: pytest.LogCaptureFixture
) -> None:
    """It is found out before a viewer has to wait for it in vain, and told once."""
    health = show.show.health
    running = asyncio.create_task(health.run())
    await show.clock.advance(10)
    assert health.summary() == "On air"
    await ollama.go_away()
    async with asyncio.timeout(30):
        while health.word is not Word.TROUBLE:
            await show.asleep()
            await show.clock.advance(2)
    assert "does not answer" in part(health, "gpt-oss:120b").state
    await ollama.come_back()
    await show.is_ready()
    assert health.summary() == "On air"
    running.cancel()
    told = [one for one in caplog.records if one.name == "bot.app.health"]
    assert len(told) == 1


async def test_a_model_that_goes_while_a_reply_is_read(
    show: Rehearsal, ollama: OllamaStandIn
) -> None:
    """It has nothing to do meanwhile, so it is asked for all the same."""
    health = show.show.health
    show.write("hi")
    await show.board.until(lambda: bool(show.board.seen))
    await show.until(lambda: not show.show.writer.dialogue.is_asked)
    await ollama.go_away()
    running = asyncio.create_task(health.run())
    for _ in range(4):
        await show.asleep(2)
        if health.word is Word.TROUBLE:
            break
        await show.clock.advance(1)
    assert health.word is Word.TROUBLE
    assert show.director.answering
    running.cancel()


async def test_a_pulse(show: Rehearsal) -> None:
    """How long ago the model gave something, to the second."""
    health = show.show.health
    running = asyncio.create_task(health.run())
    show.write("hi")
    await show.board.until(lambda: bool(show.board.seen))
    await show.clock.advance(2)
    alive = part(health, "gpt-oss:120b").alive
    assert alive is not None
    await show.clock.advance(30)
    later = part(health, "gpt-oss:120b").alive
    assert later is not None
    assert later >= alive + 28
    running.cancel()


async def test_a_chat_that_fails(show: Rehearsal) -> None:
    """It waits, is well, fails, is tried, is well again, and is over; each is told."""
    chat, broadcast = Chat(), Broadcast(["Twitch"])
    listener = Listener(chat, clock=show.clock, broadcast=broadcast)
    health = _health(show, listeners=[listener], broadcast=broadcast)
    running = asyncio.create_task(listener.run(lambda _: None))
    await show.until(lambda: chat.receive is not None)
    assert part(health, "Twitch").level is Level.WAITING
    assert health.summary() == "Waiting for the stream"
    chat.receive(Heartbeat("waiting for the stream", 60, live=False))
    assert part(health, "Twitch") == Part("Twitch", Level.WAITING, "waiting for the stream", 0.0)
    chat.receive(Heartbeat("listening", 60, live=True))
    assert part(health, "Twitch").level is Level.WELL
    assert health.summary() == "On air"
    chat.fails.set()
    await show.until(lambda: listener.is_failing)
    assert part(health, "Twitch").level is Level.ILL
    assert part(health, "Twitch").state == "not listening: Twitch does not answer."
    assert health.summary() == "On air, but without Twitch"
    await show.clock.advance(1)
    chat.receive(Heartbeat("listening", 60, live=True))
    assert health.summary() == "On air"
    running.cancel()


async def test_a_voice_that_is_away(tmp_path: Path, ollama: OllamaStandIn) -> None:
    """Its own words tell why."""
    engine = SpeechStandIn()
    async with engine.serving() as url:

        def voice(_: Persona) -> Voicevox:
            return Voicevox(url, "", timeout=60)

        async with rehearsal(tmp_path / "history.db", ollama, voice=voice) as show:
            health = show.show.health
            assert part(health, "Voice").state == "VOICEVOX: 四国めたん"
            engine.status = 500
            show.write("hi")
            await show.until(lambda: health.word is Word.TROUBLE)
            assert "error of its own" in part(health, "Voice").state
            assert health.summary() == "On air, but without Voice"


class _Usage(NamedTuple):
    free: int


async def test_the_disk(show: Rehearsal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A gigabyte is little; a disk that is gone is told, too."""
    health = _health(show, database=tmp_path / "history.db")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: _Usage(42_000_000_000))
    assert part(health, "Disk") == Part("Disk", Level.WELL, "42.0 GB free.")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: _Usage(400_000_000))
    assert "0.4 GB free" in part(health, "Disk").state
    assert health.summary() == "On air, but without Disk"
    health = _health(show, database=tmp_path / "gone" / "history.db")
    monkeypatch.undo()
    assert "cannot be looked at" in part(health, "Disk").state


async def test_a_disk_that_fills_up(
    show: Rehearsal,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """It is told once, and when there is room again."""
    caplog.set_level(logging.INFO, "bot.app.health")
    free = [42_000_000_000]
    monkeypatch.setattr(shutil, "disk_usage", lambda _: _Usage(free[0]))
    health = _health(show, database=tmp_path / "history.db")
    running = asyncio.create_task(health.run())
    for free[0] in (42_000_000_000, 400_000_000, 300_000_000, 2_000_000_000):
        await show.until(lambda: running.done() or show.clock.sleeping > 1)
        await show.clock.advance(2)
    running.cancel()
    told = [one.getMessage() for one in caplog.records if one.name == "bot.app.health"]
    assert told == [
        "The disk: 0.4 GB free where the history is kept: make room.",
        "The disk: 2.0 GB free.",
    ]


async def test_a_history_that_cannot_be_written(show: Rehearsal) -> None:
    """The show goes on, and it is told until it can."""
    health = show.show.health
    show.show.memory._queue.trouble = "The history cannot be written now."  # noqa: SLF001
    assert part(health, "History").level is Level.ILL
    show.write("hi")
    await show.board.until(lambda: bool(show.board.seen))
    await show.until(lambda: part(health, "History").level is Level.WELL)


def _health(show: Rehearsal, **changes: Any) -> Health:
    """Return how this show would be with something else."""
    whole = show.show
    own = {
        "director": show.director,
        "queue": show.queue,
        "writer": show.writer,
        "model": whole.health._model,  # noqa: SLF001
        "memory": whole.memory,
        "narrator": whole.health._narrator,  # noqa: SLF001
        "listeners": [],
        "neighbours": [],
        "broadcast": Broadcast(),
        "clock": show.clock,
    }
    return Health(**{**own, **changes})


async def test_what_does_not_work_is_written_down(
    show: Rehearsal, ollama: OllamaStandIn, tmp_path: Path
) -> None:
    """Once, from the second look on, with its end; what has come back at once is none."""
    running = asyncio.create_task(show.show.health.run())
    await ollama.go_away()
    noted: list[tuple[object, ...]] = []
    for _ in range(20):
        await show.asleep()
        await show.clock.advance(2)
        await show.show.memory.flush()
        noted = rows(tmp_path / "history.db", "SELECT part, told, ended_at FROM faults")
        if noted:
            break
    ((part_, told, ended),) = noted
    assert part_ == "gpt-oss:120b"
    assert "does not answer" in str(told)
    assert ended is None
    await ollama.come_back()
    await show.is_ready()
    await show.asleep()
    await show.clock.advance(2)
    await show.asleep()
    await show.show.memory.flush()
    ((ended,),) = rows(tmp_path / "history.db", "SELECT ended_at FROM faults")
    assert ended is not None
    running.cancel()
