"""`vtuber-bot obs setup`: with a real OBS, and with one that has what Debian's lacks."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr
from rich.console import Console
from rich.prompt import PromptBase

from bot.app.obs_setup import ObsWishes, list_hotkeys, set_up
from bot.clock import SystemClock
from bot.errors import BotError, MisconfiguredError
from bot.obs.options import ObsOptions
from bot.settings import Settings
from bot.web.options import WebOptions
from tests.standins.obs import SCENE, ObsStandIn, Source
from tests.support.obs import RealObs, free_port
from tests.support.program import start
from tests.support.site import open_site

pytestmark = pytest.mark.slow


class _Try:
    """What is tried, and what came of it."""

    def __init__(self, folder: Path, port: int, *, web_port: int = 0, source: str = "") -> None:
        self.printed = io.StringIO()
        self.opened: list[str] = []
        self.picture = folder / "new" / "picture.png"
        self.settings = Settings.model_construct(
            obs=ObsOptions(port=port, password=SecretStr(RealObs.password), source=source),
            web=WebOptions(port=web_port),
        )

    @property
    def console(self) -> Console:
        return Console(file=self.printed, width=200)

    async def do(
        self, scene: str | None = None, *, as_text: bool = False, may_ask: bool = False
    ) -> str:
        """Return what was printed."""
        wishes = ObsWishes(self.picture, scene, as_text, self.opened.append, may_ask)
        await set_up(self.settings, wishes, self.console, clock=SystemClock())
        return self.printed.getvalue()


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give a canvas of ten small frames a second the time that it needs, and no more."""
    monkeypatch.setattr("bot.app.obs_setup.DRAWN", 0.5)


@pytest.fixture(scope="module")
def real_obs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealObs]:
    """Start an OBS with two scenes."""
    with RealObs(tmp_path_factory.mktemp("obs")) as obs:
        obs.make_scene("Talk")
        yield obs


async def test_in_a_real_obs(real_obs: RealObs, tmp_path: Path) -> None:
    """The text source is made, tried, and blank afterwards; another scene gets the same one."""
    attempt = _Try(tmp_path, real_obs.port)
    printed = await attempt.do()
    assert f"{SCENE} (live now): empty" in printed
    assert "no browser sources" in printed
    assert "OBS_SOURCE=vtuber-bot" in printed
    assert attempt.opened == [attempt.picture.as_uri()]
    with_words = attempt.picture.read_bytes()
    assert with_words.startswith(b"\x89PNG")
    real_obs.screenshot(lambda picture: picture != with_words)  # they are gone again
    real_obs.wait_until(lambda: real_obs.text("vtuber-bot") == "")
    real_obs.holds({SCENE: ["vtuber-bot"], "Talk": []})

    await attempt.do("Talk")
    await attempt.do("Talk")
    real_obs.holds({SCENE: ["vtuber-bot"], "Talk": ["vtuber-bot"]})


async def test_the_hotkeys_of_a_real_obs(real_obs: RealObs, tmp_path: Path) -> None:
    """Their names are needed for settings, and shown nowhere in OBS."""
    attempt = _Try(tmp_path, real_obs.port)
    await list_hotkeys(attempt.settings, attempt.console)
    assert "OBSBasic.StartRecording\n" in attempt.printed.getvalue()


async def test_a_page_that_is_there_already(tmp_path: Path) -> None:
    """It is found whatever it is called, and keeps the look that the streamer has chosen."""
    obs = ObsStandIn()
    obs.scenes["Talk"] = []
    obs.sources["Alerts"] = Source("browser_source", {"url": "https://example.com/alerts"})
    obs.sources["My overlay"] = Source(
        "browser_source", {"url": "http://127.0.0.1:1/overlay?theme=strip", "width": 800}
    )
    async with obs.serving() as port, open_site() as site:
        web_port = int(site.url.rpartition(":")[2])
        printed = await _Try(tmp_path, port, web_port=web_port).do("Talk")
        assert "The bot is on already" in printed
        await _Try(tmp_path, port, web_port=web_port).do("Talk")
    url = f"{site.url}/overlay?theme=strip"
    assert obs.sources["My overlay"].settings == {"url": url, "width": 800}
    assert obs.sources["Alerts"].settings == {"url": "https://example.com/alerts"}
    assert obs.scenes == {SCENE: [], "Talk": ["My overlay"]}
    assert obs.photographed == ["Talk", "Talk"]


async def test_a_page_that_is_not_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a scene that OBS does not show, say."""
    monkeypatch.setattr("bot.app.obs_setup.LOADS", 0.05)
    obs = ObsStandIn()
    async with obs.serving() as port:
        with pytest.raises(BotError, match="OBS has not loaded"):
            await _Try(tmp_path, port, web_port=free_port()).do()


async def test_a_port_that_changes(tmp_path: Path) -> None:
    """OBS would look for the page where it was."""
    async with ObsStandIn().serving() as port:
        with pytest.raises(MisconfiguredError, match="WEB_PORT=0"):
            await _Try(tmp_path, port).do()


async def test_which_scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The streamer is asked where there are several; a wrong one is named with those there are."""
    obs = ObsStandIn()
    obs.scenes["Talk"] = []
    asked: list[str] = []

    def answer(_prompt: object, _console: Console, text: object, *_: object, **__: object) -> str:
        asked.append(str(text))
        return "Talk"

    monkeypatch.setattr(PromptBase, "get_input", answer)
    async with obs.serving() as port:
        attempt = _Try(tmp_path, port, source="Words")
        await attempt.do(as_text=True, may_ask=True)
        assert asked == [f"In which scene? [Scene/Talk] ({SCENE}): "]
        assert obs.scenes == {SCENE: [], "Talk": ["Words"]}
        assert "OBS_SOURCE=" not in attempt.printed.getvalue(), "it is what is set already"
        with pytest.raises(MisconfiguredError, match=r"no scene “Nope” in OBS.*“Scene”, “Talk”"):
            await attempt.do("Nope")


@pytest.mark.parametrize("code", [600, 601, 207])
async def test_a_scene_that_is_gone_meanwhile(tmp_path: Path, code: int) -> None:
    """Or whatever else stands in the way of putting the source into it: it is told."""
    obs = ObsStandIn()
    obs.sources["Words"] = Source("text_gdiplus_v3")
    obs.refused["CreateSceneItem"] = code
    async with obs.serving() as port:
        with pytest.raises(BotError, match=r"no scene “Scene”|is a scene or a group|refuses"):
            await _Try(tmp_path, port, source="Words").do(as_text=True)


@pytest.mark.parametrize("more", [[], ["--hotkeys"]])
async def test_an_obs_that_is_off(tmp_path: Path, more: list[str]) -> None:
    """What to click is said, without a traceback."""
    process = await start(tmp_path, ["obs", "setup", *more], {"OBS_PORT": str(free_port())})
    printed, _ = await process.communicate()
    assert process.returncode == 1
    assert "tick Tools → WebSocket Server Settings → Enable" in printed.decode()
    assert "Traceback" not in printed.decode()
