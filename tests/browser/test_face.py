"""The character's face in a real browser."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from bot.chat import Clip, Reply
from bot.voice.wave_file import clip
from tests.standins.voicevox import tone
from tests.support.ear import LISTEN, until
from tests.support.site import Site, comment, open_site

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.slow]


def heard(seconds: float) -> Clip:
    """Return a sentence's sound."""
    return clip(tone(seconds), "a tone")


@pytest_asyncio.fixture(loop_scope="session")
async def site() -> AsyncIterator[Site]:
    """Serve the pages."""
    async with open_site() as site:
        yield site


@pytest_asyncio.fixture(loop_scope="session")
async def face(page: Page, site: Site) -> Page:
    """Open the page of the face; nothing blinks by chance."""
    return await opened(page, f"{site.url}/avatar")


async def opened(page: Page, address: str) -> Page:
    """Open a page that shows the face."""
    await page.emulate_media(reduced_motion="reduce")
    await page.add_init_script(LISTEN)
    await page.goto(address)
    await shows(page, "face.svg")
    return page


async def shows(page: Page, picture: str) -> None:
    """Wait until a picture is seen."""
    await expect(page.locator("#face")).to_have_attribute("data-picture", picture)
    await expect(page.locator(".face-picture.is-shown")).to_have_count(1)


async def test_the_mouth_follows_the_voice(face: Page, site: Site) -> None:
    """Open where it is loud, and shut when it is over; in the mood of the sentence."""
    reply = Reply(1, ()).saying("やったね！", "joy", heard(2.5))
    site.stage.show(reply, finished=True)
    await shows(face, "joy-talk.svg")
    await shows(face, "joy.svg")
    site.stage.clear()
    await shows(face, "face.svg")


async def test_it_stands_beside_the_words(page: Page, site: Site) -> None:
    """On the overlay, where its address says so, and nothing lies over it."""
    overlay = await opened(page, f"{site.url}/overlay?face=right")
    site.stage.show(Reply(1, ()).saying("やったね！", "joy", heard(2.5)), finished=True)
    await shows(overlay, "joy-talk.svg")
    boxes = [await overlay.locator(one).bounding_box() for one in (".talk", "#face")]
    words, face = (box for box in boxes if box)
    assert words["x"] + words["width"] <= face["x"] + 1


async def test_without_a_voice_it_follows_the_text(face: Page, site: Site) -> None:
    """For as long as that is read."""
    site.stage.show(
        Reply(1, ()).saying("今日はもうおしまいなんよ、さみしいけど、またきてな。", "sad"),
        finished=True,
    )
    await shows(face, "sad-talk.svg")
    await shows(face, "sad.svg")


async def test_it_sleeps_while_the_show_is_paused(face: Page, site: Site) -> None:
    """And is silent at once."""
    site.stage.show(Reply(1, ()).saying("長い話。", "joy", heard(30)), finished=True)
    await shows(face, "joy-talk.svg")
    site.stage.announce(paused=True)
    await shows(face, "sleep.svg")
    site.stage.announce(paused=False)
    site.stage.clear()
    await shows(face, "face.svg")


async def test_it_looks_to_who_is_answered(face: Page, site: Site) -> None:
    """Whose comment stands beside it."""
    host = face.locator("#face")
    site.stage.show(Reply(1, (comment("taro"),)), finished=False)
    await expect(host).to_have_attribute("data-looks", "comments")
    site.stage.show(Reply(2, ()), finished=False)
    await expect(host).to_have_attribute("data-looks", "ahead")


async def test_it_blinks_and_breathes(page: Page, site: Site) -> None:
    """Where nobody wants it still."""
    await page.emulate_media(reduced_motion="no-preference")
    await page.goto(f"{site.url}/avatar")
    await until(page, "document.querySelector('#face').dataset.picture === 'face-blink.svg'")
    await shows(page, "face.svg")
    animation = "getComputedStyle(document.querySelector('.face-head')).animationName"
    assert await page.evaluate(animation) == "breathe"
    await page.emulate_media(reduced_motion="reduce")
    assert await page.evaluate(animation) == "none"


async def test_the_page_of_the_face_is_silent(page: Page, site: Site) -> None:
    """The overlay is heard: it would be twice."""
    await page.add_init_script(LISTEN)
    await page.goto(f"{site.url}/avatar")
    await shows(page, "face.svg")
    site.stage.show(Reply(1, ()).saying("はい。", clip=heard(5)), finished=True)
    await shows(page, "face-talk.svg")
    assert await page.evaluate("loudness()") == 0


async def test_no_face_where_none_is_wanted(page: Page, site: Site) -> None:
    """The overlay is words alone until its address says otherwise."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await page.goto(f"{site.url}/overlay")
    site.stage.show(Reply(1, ()).saying("はい。"), finished=True)
    await expect(page.locator(".sentence")).to_have_text("はい。")
    assert not any("/faces/" in url for url in asked)
