"""What a browser source in OBS loads, which is a Chromium as well."""

import io
from pathlib import Path

import pytest
from playwright.async_api import Page, expect
from pydantic import SecretStr
from rich.console import Console

from bot.app.obs_setup import ObsWishes, set_up
from bot.clock import SystemClock
from bot.obs.options import ObsOptions
from bot.settings import Settings
from bot.web.options import WebOptions
from tests.standins.obs import SCENE, ObsStandIn
from tests.support.obs import free_port

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]


async def test_the_setup_shows_the_test_line(page: Page, tmp_path: Path) -> None:
    """In a browser source that is made at the size of the canvas; it is gone afterwards."""
    obs = ObsStandIn()
    web_port = free_port()
    async with obs.serving() as port:

        async def load(url: str) -> None:
            await page.goto(url, wait_until="commit")

        obs.loads, obs.draws = load, page.screenshot
        settings = Settings.model_construct(
            obs=ObsOptions(port=port, password=SecretStr("")), web=WebOptions(port=web_port)
        )
        printed = io.StringIO()
        wishes = ObsWishes(tmp_path / "picture.png")
        console = Console(file=printed, width=200)
        await set_up(settings, wishes, console, clock=SystemClock())
        await expect(page.locator(".sentence")).to_have_count(0)
    [source] = obs.sources.values()
    assert obs.scenes[SCENE] == ["vtuber-bot overlay"]
    assert source.settings["url"] == f"http://127.0.0.1:{web_port}/overlay"
    assert (source.settings["width"], source.settings["height"]) == (1920, 1080)
    assert source.settings["reroute_audio"], "the voice has a channel in the mixer"
