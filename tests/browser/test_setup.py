"""The set-up page in a real browser: what is asked, kept, looked at, and wrong."""

import asyncio
import io
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect
from rich.console import Console

from bot import translation
from bot.app import desk
from bot.settings import load
from bot.twitch.token import TokenFile
from tests.standins.ollama import OllamaStandIn
from tests.standins.twitch import TwitchStandIn
from tests.support.access import barriers
from tests.support.hurry import Hurry
from tests.support.settings import forget_settings
from tests.support.show import TOKEN, on_air
from tests.support.twitch import until

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.slow]


@dataclass(frozen=True, slots=True)
class SettingUp:
    """A set-up that is on: its page's address, and what ends when the streamer has done."""

    address: str
    ended: asyncio.Task[None]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, a home of its own, and no settings in the environment."""
    monkeypatch.chdir(tmp_path)
    forget_settings(monkeypatch)
    for name in ("HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    return tmp_path


@pytest_asyncio.fixture(loop_scope="session")
async def ollama(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[OllamaStandIn]:
    """An Ollama where the settings look for it."""
    async with OllamaStandIn() as ollama:
        monkeypatch.setenv("OLLAMA_HOST", ollama.host)
        yield ollama


@pytest_asyncio.fixture(loop_scope="session")
async def setting_up(folder: Path, ollama: OllamaStandIn) -> AsyncIterator[SettingUp]:
    """Begin a set-up, in the folder and with the models that are there."""
    del folder
    ollama.models = ["gpt-oss:20b"]
    screen = io.StringIO()
    console = Console(file=screen, width=200)
    serving = asyncio.create_task(desk.serve(console, Hurry(), open_browser=False))
    await until(lambda: "code=" in screen.getvalue())
    (address,) = re.findall(r"http\S+", screen.getvalue())
    yield SettingUp(address, serving)
    serving.cancel()
    await asyncio.wait([serving])
    translation.use("en")


async def test_the_first_time(
    page: Page, setting_up: SettingUp, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the first question to the sign-in; what is proposed was found, and all is kept."""
    await page.goto(setting_up.address)
    assert "code=" not in page.url, "it leaves the address"
    await expect(page.get_by_label("Which model (gpt-oss:20b)?")).to_have_value("gpt-oss:20b")
    client_id = page.locator("[name=TWITCH_CLIENT_ID]")
    await expect(client_id).to_be_hidden()
    await page.get_by_label("Your channel on Twitch").fill(" hoshino ")
    async with TwitchStandIn() as twitch:
        twitch.attract(monkeypatch)
        await client_id.fill(twitch.grant.client_id)
        assert await barriers(page) == []
        await page.get_by_role("button", name="Save and check").click()
        checks = page.locator("#checks")
        await expect(page.locator("#verdict")).to_have_text("Not ready yet: 1 to be mended.")
        await expect(checks).to_contain_text("not signed in at Twitch")
        await expect(checks.locator("code")).to_have_text(["vtuber-bot login twitch"])
        assert await barriers(page) == []
        assert load().twitch.channel == "hoshino"
        await page.get_by_role("button", name="Sign in at Twitch").click()
        link = page.locator("#signing-in a")
        await expect(link).to_have_attribute(
            "href", re.compile(r"https://www\.twitch\.tv/activate")
        )
        twitch.enter_code()
        signed_in = f"Signed in at Twitch as {twitch.grant.account.login}."
        await expect(page.locator("#signing-in")).to_have_text(signed_in)
        assert TokenFile().load().login == twitch.grant.account.login
        await expect(checks).to_contain_text("may read the chat")
        await expect(page.locator("#verdict")).to_have_text("Ready to go live.")
    assert (folder / ".env").is_file()
    await page.get_by_role("button", name="Continue").click()
    await expect(page.get_by_text("goes on in its window")).to_be_visible()
    async with asyncio.timeout(30):
        await setting_up.ended


async def test_a_wrong_answer(page: Page, setting_up: SettingUp, folder: Path) -> None:
    """It is told, what was typed stays, and the file is as it was: there, or not."""
    await page.goto(setting_up.address)
    for before in (None, "# mine\nWEB_PORT=8766\n"):
        if before:
            (folder / ".env").write_text(before, encoding="utf-8")
        channel = page.get_by_label("Your channel on Twitch")
        await channel.fill("https://www.youtube.com/@hoshino")
        async with page.expect_response("**/api/setup"):
            await page.get_by_role("button", name="Save and check").click()
        await expect(page.get_by_role("alert")).to_contain_text("YOUTUBE_VIDEO")
        await expect(channel).to_have_value("https://www.youtube.com/@hoshino")
        file = folder / ".env"
        assert (file.read_text(encoding="utf-8") if file.is_file() else None) == before


async def test_in_japanese(page: Page, setting_up: SettingUp) -> None:
    """From the answer to the first question on."""
    await page.goto(setting_up.address)
    await page.locator("[name=BOT_LANGUAGE]").select_option("ja")
    await page.locator("#save").click()
    await expect(page.locator("#verdict")).to_have_text(
        "まだ準備できていません。直すところが 1 個あります。"
    )
    await expect(page.get_by_label("誰が話しますか")).to_have_value("wren")
    parts = await page.locator(".check-part").all_text_contents()
    assert {"プログラム", "設定", "キャラクター"} <= set(parts)
    assert await barriers(page) == []


async def test_nobody_else(page: Page, setting_up: SettingUp) -> None:
    """Without what the terminal has printed it asks nothing."""
    address = setting_up.address.partition("?")[0]
    await page.goto(address)
    await expect(page.get_by_role("alert")).to_contain_text("not signed in")
    assert await page.locator(".question").count() == 0


@pytest.mark.usefixtures("folder")
async def test_during_a_show(page: Page, ollama: OllamaStandIn, folder: Path) -> None:
    """The panel looks at all of it, by how the show's parts are; settings hold the next time."""
    async with on_air(ollama.host, folder / "history.db", speaker="wren") as viewer:
        await viewer.until("reply.finished")
        await page.goto(f"{viewer.address}/?token={TOKEN}")
        await page.get_by_role("button", name="Check-up").click()
        dialog = page.get_by_role("dialog", name="Check-up")
        await expect(dialog.locator(".verdict")).to_have_text("Nothing is to be mended.")
        told = await dialog.locator(".check").all_text_contents()
        assert any("gpt-oss:120b" in one for one in told)
        assert any("History" in one for one in told)
        assert await barriers(page) == []
        await dialog.get_by_role("button", name="Close").click()
        await page.get_by_role("link", name="Settings").click()
        await page.get_by_role("button", name="Save and check").click()
        await expect(page.locator("#saved")).to_contain_text("next start")
        await expect(page.locator("#verdict")).to_have_text("Ready to go live.")
        for one in ("twitch", "done"):
            await expect(page.locator(f"#{one}")).to_be_hidden()
        for path in ("/api/setup/twitch", "/api/setup/done"):
            desk_address = page.url.partition("/setup")[0]
            assert (await page.request.post(f"{desk_address}{path}", data={})).status == 404
        (folder / ".env").write_text("WEB_PORT=x\n", encoding="utf-8")
        await page.reload()
        await expect(page.get_by_role("alert")).to_contain_text("WEB_PORT")


async def test_what_nobody_asked_for(page: Page, setting_up: SettingUp, folder: Path) -> None:
    """Is not written: a page cannot choose the token."""
    await page.goto(setting_up.address)
    await expect(page.locator("#save")).to_be_enabled()
    answer = await page.request.post(
        f"{page.url.rpartition('/')[0]}/api/setup",
        data={"answers": {"WEB_TOKEN": "0123456789abcdef"}},
    )
    assert answer.status == 400
    assert "WEB_TOKEN" in (await answer.json())["error"]
    answer = await page.request.post(
        f"{page.url.rpartition('/')[0]}/api/setup", data={"answers": 7}
    )
    assert answer.status == 400
    assert not (folder / ".env").exists()
