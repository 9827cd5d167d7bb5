"""Acts in a real OBS under Xvfb, and in VTube Studio; what either of them refuses."""

import wave
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bot.errors import UnavailableError
from bot.llm.message import Call
from bot.obs.options import ObsOptions
from bot.tools.gesture import Gesture
from bot.tools.studio import PlaySound, ShowScene, ShowSource
from bot.tools.tool import Tool, ToolError
from tests.standins.obs import ObsStandIn
from tests.support.obs import SCENE, RealObs, free_port
from tests.support.rehearsal import Rehearsal, rehearsal


async def use(tool: Tool, **arguments: Any) -> str:
    """Have it used."""
    return await tool.use(arguments, ())


def options(real_obs: RealObs) -> ObsOptions:
    """Return what lets us in."""
    return ObsOptions(port=real_obs.port, password=SecretStr(real_obs.password))


@pytest.mark.slow
async def test_a_scene(real_obs: RealObs) -> None:
    """Viewers see it; one that is not listed is none, though OBS has it."""
    real_obs.make_scene("Game")
    real_obs.make_scene("Private")
    tool = ShowScene(["Game", SCENE], options(real_obs), pause=30)
    assert tool.function.parameters["properties"]["name"]["enum"] == ["Game", SCENE]
    assert await use(tool, name="Game") == "done"
    real_obs.wait_until(lambda: real_obs.live_scene == "Game")
    with pytest.raises(ToolError, match="no such one; there are Game"):
        await use(tool, name="Private")
    real_obs.wait_until(lambda: real_obs.live_scene == "Game")


@pytest.mark.slow
async def test_a_source(real_obs: RealObs, caplog: pytest.LogCaptureFixture) -> None:
    """It is shown, and hidden; one that is in no scene is told."""
    real_obs.make_text("Clock")
    tool = ShowSource(["Clock", "Gone"], options(real_obs), pause=30)
    assert await use(tool, name="Clock", visible=False) == "done"
    real_obs.wait_until(lambda: not real_obs.is_enabled("Clock"))
    assert await use(tool, name="Clock") == "done"
    real_obs.wait_until(lambda: real_obs.is_enabled("Clock"))
    with pytest.raises(ToolError, match="no scene has it"):
        await use(tool, name="Gone")
    assert caplog.text == ""


@pytest.mark.slow
async def test_a_sound(real_obs: RealObs, tmp_path: Path) -> None:
    """It is played from its beginning."""
    with wave.open(str(tmp_path / "horn.wav"), "wb") as file:
        file.setparams((1, 2, 24_000, 0, "NONE", ""))
        file.writeframes(b"\0\0" * 24_000 * 20)
    with real_obs.client() as client:
        settings = {"local_file": str(tmp_path / "horn.wav"), "restart_on_activate": False}
        client.create_input(SCENE, "Horn", "ffmpeg_source", settings, True)
        client.trigger_media_input_action("Horn", "OBS_WEBSOCKET_MEDIA_INPUT_ACTION_STOP")

    def state() -> str:
        with real_obs.client() as client:
            return str(client.get_media_input_status("Horn").media_state)

    real_obs.wait_until(lambda: state() in {"OBS_MEDIA_STATE_STOPPED", "OBS_MEDIA_STATE_ENDED"})
    assert await use(PlaySound(["Horn"], options(real_obs), pause=30), name="Horn") == "done"
    real_obs.wait_until(lambda: state() == "OBS_MEDIA_STATE_PLAYING")


async def test_an_obs_that_refuses(caplog: pytest.LogCaptureFixture) -> None:
    """The streamer is told why, the model only that it failed."""
    obs = ObsStandIn()
    obs.refused["SetCurrentProgramScene"] = 600
    async with obs.serving() as port:
        tool = ShowScene(["Gone"], ObsOptions(port=port), pause=0)
        with pytest.raises(ToolError, match="OBS does not do it"):
            await use(tool, name="Gone")
    assert "OBS refuses the request SetCurrentProgramScene" in caplog.text
    with pytest.raises(ToolError, match="OBS does not do it"):
        await use(ShowScene(["Gone"], ObsOptions(port=free_port()), pause=0), name="Gone")
    assert "OBS is not running" in caplog.text


async def test_a_gesture(caplog: pytest.LogCaptureFixture) -> None:
    """One of those that are listed."""
    pressed = list[str]()

    async def press(hotkey: str) -> None:
        pressed.append(hotkey)
        if hotkey == "Gone":
            raise UnavailableError("VTube Studio has closed the connection.")

    tool = Gesture(["Wave", "Gone"], press, 30)
    assert await use(tool, name="Wave") == "done"
    with pytest.raises(ToolError, match="no such one; there are Wave, Gone"):
        await use(tool, name="Undress")
    with pytest.raises(ToolError, match="the avatar does not do it"):
        await use(tool, name="Gone")
    assert pressed == ["Wave", "Gone"]
    assert "VTube Studio has closed" in caplog.text


@pytest.fixture
async def show(tmp_path: Path, ollama: Any) -> AsyncIterator[Rehearsal]:
    """A show in which the character may wave, and be quiet for half a minute after."""

    async def press(_: str) -> None:
        """Do nothing."""

    tools = [Gesture(["Wave"], press, 30)]
    async with rehearsal(
        tmp_path / "history.db", ollama, tools=tools, allowed=("gesture",)
    ) as show:
        yield show


async def test_a_pause_between_two(show: Rehearsal) -> None:
    """However many viewers want it."""

    async def wave() -> str:
        (line,) = await show.show.toolbox.use([Call("gesture", {"name": "Wave"})], (), seconds=5)
        return line

    assert await wave() == 'gesture(name="Wave"): done'
    await show.clock.advance(20)
    assert "(failed: not again so soon; in 10 s)" in await wave()
    await show.clock.advance(10)
    assert "done" in await wave()
