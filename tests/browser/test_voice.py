"""The voice in a real browser: what its own clock and samples say."""

from collections.abc import AsyncIterator
from itertools import pairwise

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from bot.chat import Clip, Reply
from bot.voice.wave_file import clip
from bot.web.overlay import HeardAt
from tests.standins.voicevox import tone
from tests.support.ear import LISTEN, is_loud, is_silent, until
from tests.support.site import Site, open_site

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.slow]


def heard(seconds: float) -> Clip:
    """Return a sentence's sound."""
    return clip(tone(seconds), "a tone")


@pytest_asyncio.fixture(loop_scope="session")
async def site() -> AsyncIterator[Site]:
    """Serve the pages, of a show whose panel speaks as well."""
    async with open_site(heard=HeardAt.PAGES) as site:
        yield site


@pytest_asyncio.fixture(loop_scope="session")
async def overlay(page: Page, site: Site) -> Page:
    """Open the overlay as OBS does, which lets every page be heard."""
    await page.add_init_script(LISTEN)
    await page.goto(f"{site.url}/overlay")
    await site.stage.feed.joined()
    return page


async def test_a_sentence_is_heard_and_then_silence(overlay: Page, site: Site) -> None:
    """With its words, and as long as it is."""
    site.stage.show(Reply(1, ()).saying("こんにちは！", clip=heard(1.5)), finished=True)
    await is_loud(overlay)
    await expect(overlay.locator(".sentence")).to_have_text("こんにちは！")
    await is_silent(overlay)
    [[_, seconds, _]] = await overlay.evaluate("begun")
    assert seconds == pytest.approx(1.5, abs=0.01)


async def test_one_sentence_after_another(overlay: Page, site: Site) -> None:
    """In their order, however early the next one comes."""
    reply = Reply(1, ())
    for seconds in (0.4, 0.2, 0.3):
        reply = reply.saying("はい。", clip=heard(seconds))
        site.stage.show(reply, finished=False)
    await until(overlay, "begun.length === 3")
    begun = await overlay.evaluate("begun")
    for (begin, seconds, _), (following, *_) in pairwise(begun):
        assert following >= begin + seconds - 0.001
    assert [round(seconds, 1) for _, seconds, _ in begun] == [0.4, 0.2, 0.3]


async def test_few_sounds_are_kept(overlay: Page, site: Site) -> None:
    """However long a reply is."""
    reply = Reply(1, ())
    for number in range(9):
        reply = reply.saying(f"{number}。", clip=heard(0.1))
        site.stage.show(reply, finished=False)
    await expect(overlay.locator(".sentence").last).to_have_text("8。")
    assert list(site.stage.sounds) == [f"1-{number}-0.wav" for number in range(3, 9)]


@pytest.mark.parametrize("how", ["paused", "cleared"])
async def test_a_moderator_silences_it(overlay: Page, site: Site, how: str) -> None:
    """In mid-word, and nothing that was to follow is heard."""
    reply = Reply(1, ()).saying("長い話。", clip=heard(30)).saying("続き。", clip=heard(30))
    site.stage.show(reply, finished=True)
    await is_loud(overlay)
    if how == "paused":
        site.stage.announce(paused=True)
    else:
        site.stage.clear()
    await is_silent(overlay)
    assert site.stage.sounds == {} or how == "paused"


async def test_what_was_said_is_not_said_again(overlay: Page, site: Site) -> None:
    """A page that is opened late, or anew, shows the words only."""
    site.stage.show(Reply(1, ()).saying("もう言った。", clip=heard(30)), finished=True)
    await is_loud(overlay)
    await overlay.reload()
    await expect(overlay.locator(".sentence")).to_have_text("もう言った。")
    assert await overlay.evaluate("begun") == []


async def test_a_voice_at_a_sound_device(page: Page) -> None:
    """The page is silent, and its face follows the sound all the same."""
    async with open_site(heard=HeardAt.DEVICE) as site:
        await page.add_init_script(LISTEN)
        await page.goto(f"{site.url}/overlay?face=right")
        await site.stage.feed.joined()
        site.stage.show(Reply(1, ()).saying("こんにちは！", clip=heard(30)), finished=True)
        await until(page, "begun.length === 1")
        await expect(page.locator("[data-picture='face-talk.svg']")).to_be_attached()
        assert await page.evaluate("loudness()") == 0
        await page.goto(f"{site.url}/?token=made-up-token-of-a-test")
        speaker = page.locator("#speaker")
        await expect(speaker).to_have_attribute("aria-pressed", "false")


async def test_a_voice_that_is_not_wanted(page: Page, site: Site) -> None:
    """Of two overlays in OBS one is to be silent: nothing is fetched."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await page.goto(f"{site.url}/overlay?voice=0")
    await expect(page.locator("#stage")).to_be_attached()
    site.stage.show(Reply(1, ()).saying("こんにちは！", clip=heard(1)), finished=True)
    await expect(page.locator(".sentence")).to_have_text("こんにちは！")
    assert not any("/voice/" in url for url in asked)


async def test_a_sound_that_is_gone(overlay: Page, site: Site) -> None:
    """The words are shown, and the next sentence is heard."""
    reply = Reply(1, ()).saying("いち。", clip=heard(1))
    site.stage.show(reply, finished=False)
    site.stage.sounds.clear()
    reply = reply.saying("に。", clip=Clip(b"no sound", 1)).saying("さん。", clip=heard(0.5))
    site.stage.show(reply, finished=True)
    await until(overlay, "begun.some(([, seconds]) => seconds < 0.6)")
    await expect(overlay.locator(".sentence")).to_have_count(3)


async def test_a_browser_that_is_silent_until_a_click(browser: Browser, site: Site) -> None:
    """It offers a button; what was said meanwhile is not caught up with."""
    context = await browser.new_context()
    async with await context.new_page() as page:
        await page.add_init_script(
            LISTEN + "Object.defineProperty(AudioContext.prototype, 'state', {"
            "  get() { return window.clicked ? 'running' : 'suspended'; } });"
        )
        await page.goto(f"{site.url}/overlay")
        await site.stage.feed.joined()
        reply = Reply(1, ()).saying("いち。", clip=heard(0.4))
        site.stage.show(reply, finished=False)
        button = page.locator("#unmute")
        await expect(button).to_be_visible()
        assert await page.evaluate("begun") == []
        await page.evaluate("window.clicked = true")
        await button.click()
        await expect(button).to_be_hidden()
        site.stage.show(reply.saying("に。", clip=heard(0.4)), finished=True)
        await until(page, "begun.length === 1")
    await context.close()


async def test_the_panel_speaks_in_the_demo(page: Page, site: Site) -> None:
    """Until its button is pressed."""
    await page.add_init_script(LISTEN)
    await page.goto(f"{site.url}/?token=made-up-token-of-a-test")
    speaker = page.locator("#speaker")
    await expect(speaker).to_have_attribute("aria-pressed", "true")
    site.stage.show(Reply(1, ()).saying("こんにちは！", clip=heard(30)), finished=True)
    await is_loud(page)
    await speaker.click()
    await is_silent(page)
    await expect(speaker).to_have_attribute("aria-pressed", "false")
