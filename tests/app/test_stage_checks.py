"""The check of what viewers see and hear: a test line is shown, heard, and taken away again."""

import asyncio
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from pydantic import SecretStr

from bot.app import stage_checks, trial
from bot.app.checks import examine
from bot.app.checkup import Finding, Grade
from bot.avatar.options import VtsOptions
from bot.clock import SystemClock
from bot.obs.options import ObsOptions
from bot.settings import BotOptions, Settings
from bot.tasks import cancel_and_wait
from bot.voice.options import Engine, Output, VoiceOptions
from bot.web.options import WebOptions
from tests.standins.obs import SCENE, ObsStandIn, Source
from tests.standins.voicevox import SpeechStandIn, tone
from tests.standins.vtube_studio import VTubeStudioStandIn
from tests.support.obs import free_port
from tests.support.room import NAME, listening, room

LINE = "Hello! This is where my words appear."


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder without settings, with stages that draw at once."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(trial, "DRAWN", 0.05)
    return tmp_path


async def found(folder: Path, *parts: str, **sections: Any) -> list[Finding]:
    """Return what is found of some parts; of others there is nothing to be tried."""
    web = sections.pop("web", WebOptions(port=0))
    settings = Settings.model_construct(
        bot=BotOptions(database=folder / "history.db", persona="wren"), web=web, **sections
    )
    looking = examine(settings, SystemClock(), quick=True)
    return [one async for one in looking if one.part in parts]


async def test_a_text_source(folder: Path) -> None:
    """It shows the line, and is blank again."""
    obs = ObsStandIn()
    async with obs.serving() as port:
        options = ObsOptions(port=port, source="Reply", create_source=True)
        first, second = await found(folder, "OBS", obs=options)
    assert first.told == "lets us in, 1 scenes"
    assert second.told == "“Reply” has shown a test line"
    assert second.grade is Grade.GOOD
    shown = [text for text in obs.texts if text]
    assert [" ".join(text.split()) for text in shown] == [LINE]
    assert obs.sources["Reply"].settings["text"] == ""


class _Page:
    """What a browser source loads: it follows what the overlay is told."""

    def __init__(self) -> None:
        self.events = ""
        self.sounds: list[str] = []
        self.following: asyncio.Task[None] | None = None

    async def load(self, address: str) -> None:
        """Begin to follow, as the page's script does."""
        self.following = asyncio.create_task(self._follow(address.partition("/overlay")[0]))

    async def _follow(self, host: str) -> None:
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"{host}/api/events") as events,
        ):
            async for line in events.content:
                self.events += line.decode()


async def test_the_overlay(folder: Path) -> None:
    """OBS loads the page anew, and it shows the line, with its sound, and nothing after that."""
    obs, page, speech = ObsStandIn(), _Page(), SpeechStandIn()
    speech.seconds = 0.1
    web = WebOptions(port=free_port())
    obs.scenes[SCENE] = ["Mine"]
    address = f"http://127.0.0.1:{web.port}/overlay?theme=strip"
    obs.sources["Mine"] = Source("browser_source", {"url": address})
    obs.loads = page.load
    async with obs.serving() as port, speech.serving() as speaking:
        seen = await found(
            *(folder, "OBS", "Voice", "Pages"),
            obs=ObsOptions(port=port, password=SecretStr("x")),
            voice=VoiceOptions(engine=Engine.VOICEVOX, url=speaking),
            web=web,
        )
    assert page.following
    await cancel_and_wait(page.following)
    assert [one.grade for one in seen] == [Grade.GOOD] * 4
    assert [one.told for one in seen if one.part == "OBS"][1] == "“Mine” has shown a test line"
    assert LINE in page.events
    assert "/voice/" in page.events
    assert page.events.rindex("event: cleared") > page.events.rindex(LINE)


async def test_an_overlay_that_is_not_loaded(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a scene that OBS does not show, say; where a show is on there is nothing to be tried."""
    monkeypatch.setattr(trial, "LOADS", 0.05)
    obs = ObsStandIn()
    web = WebOptions(port=free_port())
    obs.sources["Mine"] = Source("browser_source", {"url": f"http://127.0.0.1:{web.port}/overlay"})
    obs.scenes[SCENE] = ["Mine"]
    async with obs.serving() as port:
        options = ObsOptions(port=port, password=SecretStr("x"))
        _, seen = await found(folder, "OBS", obs=options, web=web)
        assert seen.grade is Grade.FAIR
        assert "does not load the overlay" in seen.told
        async with await asyncio.start_server(lambda *_: None, "127.0.0.1", web.port):
            (seen,) = await found(folder, "OBS", obs=options, web=web)
    assert seen.told == "lets us in, 1 scenes"


async def test_a_voice_that_is_slow(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The line is shown without its sound."""
    monkeypatch.setattr(stage_checks, "_VOICE_SECONDS", 0.05)
    obs, page, speech = ObsStandIn(), _Page(), SpeechStandIn()
    speech.gate.clear()
    web = WebOptions(port=free_port())
    obs.sources["Mine"] = Source("browser_source", {"url": f"http://127.0.0.1:{web.port}/overlay"})
    obs.scenes[SCENE] = ["Mine"]
    obs.loads = page.load
    async with obs.serving() as port, speech.serving() as speaking:
        seen = await found(
            *(folder, "OBS", "Voice"),
            obs=ObsOptions(port=port, password=SecretStr("x")),
            voice=VoiceOptions(engine=Engine.VOICEVOX, url=speaking, timeout=0.5),
            web=web,
        )
    assert page.following
    await cancel_and_wait(page.following)
    assert [one.grade for one in seen] == [Grade.GOOD, Grade.GOOD, Grade.BAD]
    assert LINE in page.events
    assert "/voice/" not in page.events


@pytest.mark.slow
async def test_a_sound_device(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The line is heard there."""
    speech = SpeechStandIn()
    speech.sound = tone(0.5)
    with room(folder, monkeypatch):
        async with speech.serving() as speaking, listening() as ear:
            voice = VoiceOptions(
                engine=Engine.VOICEVOX, url=speaking, output=Output.DEVICE, device=NAME
            )
            (seen,) = await found(folder, "Voice", voice=voice)
            await ear.is_loud()
    assert seen.grade is Grade.GOOD
    assert f"heard at the sound device “{NAME}”" in seen.told


async def test_a_voice_that_is_away(folder: Path) -> None:
    """It is told; nobody waits for its sound."""
    voice = VoiceOptions(engine=Engine.VOICEVOX, url="http://127.0.0.1:9")
    (seen,) = await found(folder, "Voice", voice=voice)
    assert seen.grade is Grade.BAD


async def test_an_avatar(folder: Path) -> None:
    """Its mouth moves, and is shut again; one that lets nobody in is told in its own words."""
    avatar = VTubeStudioStandIn()
    async with avatar.serving() as port:
        options = VtsOptions(enabled=True, port=port)
        (seen,) = await found(folder, "VTube Studio", vts=options)
        assert seen.grade is Grade.GOOD
        assert "the model speaks" in seen.told
        assert max(avatar.mouth) > 0
        assert avatar.mouth[-1] == 0
        avatar.answer = "deny"
        avatar.revoke()
        (seen,) = await found(folder, "VTube Studio", vts=options)
    assert seen.grade is Grade.BAD


async def test_a_show_that_is_on_is_not_disturbed(folder: Path) -> None:
    """Its port is taken: no test line goes into the source that viewers see, nor to the avatar."""
    obs, avatar, speech = ObsStandIn(), VTubeStudioStandIn(), SpeechStandIn()
    web = WebOptions(port=free_port())
    async with (
        obs.serving() as port,
        avatar.serving() as avatar_port,
        speech.serving() as speaking,
        await asyncio.start_server(lambda *_: None, "127.0.0.1", web.port),
    ):
        seen = await found(
            *(folder, "OBS", "Voice", "VTube Studio"),
            obs=ObsOptions(port=port, source="Reply", create_source=True),
            voice=VoiceOptions(engine=Engine.VOICEVOX, url=speaking, output=Output.DEVICE),
            vts=VtsOptions(enabled=True, port=avatar_port),
            web=web,
        )
    assert [one.grade for one in seen] == [Grade.GOOD] * 3
    assert seen[0].told == "lets us in, 1 scenes"
    assert "is not disturbed" in seen[2].told
    assert obs.texts == []
    assert obs.sources == {}
    assert avatar.mouth == []
