"""The voice at a sound device, of a real PulseAudio: what is really heard there."""

import asyncio
import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.chat import Reply
from bot.clock import SystemClock
from bot.errors import MisconfiguredError, UnavailableError
from bot.tasks import cancel_and_wait
from bot.voice import loudspeaker as loudspeaker_module
from bot.voice import playback as playback_module
from bot.voice.loudspeaker import Loudspeaker, names
from bot.voice.playback import PlaybackStage
from bot.voice.wave_file import clip
from tests.standins.voicevox import tone
from tests.support.room import NAME, listening, room

pytestmark = pytest.mark.slow


@pytest.fixture
def device(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A machine with one sound device."""
    with room(tmp_path, monkeypatch):
        yield NAME


class _Telling(logging.Handler):
    def __init__(self, told: asyncio.Event) -> None:
        super().__init__()
        self._told = told

    def emit(self, record: logging.LogRecord) -> None:
        self._told.set()


async def until(holds: Callable[[], bool]) -> None:
    """Return when something holds of a stage that runs: each change is told."""
    told = asyncio.Event()
    handler = _Telling(told)
    logger = logging.getLogger(playback_module.__name__)
    logger.setLevel(logging.INFO)
    logger.addHandler(handler)
    try:
        async with asyncio.timeout(20):
            while not holds():
                await told.wait()
                told.clear()
    finally:
        logger.removeHandler(handler)


async def test_it_is_heard_and_cut(device: str) -> None:
    """Sentence after sentence; a moderator's word leaves nothing of what was to come."""
    stage = PlaybackStage(device, clock=SystemClock())
    run = asyncio.create_task(stage.run())
    try:
        await until(lambda: stage.is_ready)
        assert stage.state == f"The voice is heard at the sound device “{NAME}”."
        async with listening() as ear:
            reply = Reply(1, ()).saying("いち。", clip=clip(tone(0.3), "a tone"))
            stage.show(reply, finished=False)
            stage.show(reply.sounding(clip(tone(0.2), "a tone")), finished=False)
            await ear.has_heard(45)
            await ear.is_silent()
            assert ear.loud <= 60
            ear.loud = 0
            stage.show(Reply(2, ()).saying("に。", clip=clip(tone(20), "a tone")), finished=True)
            await ear.is_loud()
            stage.clear()
            await ear.is_silent()
            assert ear.loud < 500
    finally:
        await cancel_and_wait(run)


async def test_a_device_that_goes_and_comes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Each is told once; what was said meanwhile is not heard later."""
    caplog.set_level(logging.INFO)
    stage = PlaybackStage("", clock=SystemClock())
    run = asyncio.create_task(stage.run())
    try:
        with room(tmp_path, monkeypatch):
            await until(lambda: stage.is_ready)
        await until(lambda: not stage.is_ready)
        stage.show(Reply(1, ()).saying("いち。", clip=clip(tone(9), "a tone")), finished=True)
        stage.clear()
        with room(tmp_path, monkeypatch):
            await until(lambda: stage.is_ready)
            async with listening() as ear:
                stage.show(
                    Reply(2, ()).saying("に。", clip=clip(tone(0.2), "a tone")), finished=True
                )
                await ear.is_loud()
                await ear.is_silent()
                assert ear.loud < 50
    finally:
        await cancel_and_wait(run)
    told = [one.getMessage() for one in caplog.records if one.name == "bot.voice.playback"]
    assert told[0] == told[-1] == "The voice is heard at the system's usual sound device."
    assert "The sound device is gone" in told[1]


def test_which_device(device: str) -> None:
    """A part of its name is enough; of another name those that there are, are told."""
    assert names() == [NAME]
    Loudspeaker("room").close()
    with pytest.raises(MisconfiguredError, match=rf"no sound device “Attic”, only “{device}”"):
        Loudspeaker("Attic")


def test_what_the_device_is_handed(device: str) -> None:
    """Piece by piece in both channels, and silence where there is nothing to say."""
    loudspeaker = Loudspeaker(device)
    loudspeaker.close()
    playing = loudspeaker._play()  # noqa: SLF001  else it runs where no test can look
    next(playing)
    loudspeaker.play(tone(0.015))
    pieces = [playing.send(480) for _ in range(3)]
    assert {len(piece) for piece in pieces} == {480 * 2 * 2}
    assert [any(piece) for piece in pieces] == [True, True, False]
    assert pieces[1].endswith(bytes(480 * 2))
    assert loudspeaker.is_alive


def test_a_machine_without_a_device(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It does not play into nothing."""
    monkeypatch.setenv("PULSE_SERVER", f"unix:{tmp_path}/nowhere")
    assert names() == []
    with pytest.raises(UnavailableError, match="no sound device that can be used"):
        Loudspeaker("")
    assert loudspeaker_module.is_there()
