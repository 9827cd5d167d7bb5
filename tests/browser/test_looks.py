"""The overlay looks as its address says, and the page on which that is chosen shows it."""

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.async_api import Browser, Page, expect

from tests.support.site import Site, comment, reply

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.slow]

SENTENCES = ("わぁ、太郎さん、ありがとうございます!", "今日のボス戦はね、実は三回目の挑戦なんだ。")
WIDE, UPRIGHT = (1280, 720), (1080, 1920)


async def look(page: Page, site: Site, asked: str, size: tuple[int, int] = WIDE) -> None:
    """Open the overlay with an address, and have something said."""
    await page.set_viewport_size({"width": size[0], "height": size[1]})
    await page.goto(f"{site.url}/overlay{asked}")
    site.stage.show(reply(2, comment("太郎", "がんばって!"), sentences=SENTENCES), finished=True)
    await expect(page.locator(".sentence").last).to_have_text(SENTENCES[-1])
    await page.evaluate("Promise.all(document.getAnimations().map((motion) => motion.finished))")


@pytest.mark.parametrize("size", [WIDE, UPRIGHT])
@pytest.mark.parametrize(
    ("place", "third"),
    [
        *(("top-left", (0, 0)), ("top", (1, 0)), ("top-right", (2, 0))),
        *(("left", (0, 1)), ("center", (1, 1)), ("right", (2, 1))),
        *(("bottom-left", (0, 2)), ("bottom", (1, 2)), ("bottom-right", (2, 2))),
    ],
)
async def test_it_stands_where_it_is_to(
    page: Page, site: Site, size: tuple[int, int], place: str, third: tuple[int, int]
) -> None:
    """In nine places, in a wide frame and in an upright one, and never beyond it."""
    await look(page, site, f"?place={place}&width=40", size)
    box = await page.locator(".talk").bounding_box()
    assert box
    width, height = size
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    assert (int(3 * middle[0] / width), int(3 * middle[1] / height)) == third
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    assert box["y"] >= 0
    assert box["y"] + box["height"] <= height


async def test_an_upright_frame_is_filled(page: Page, site: Site) -> None:
    """Nobody has to say so: on a phone, what suits a wide frame would be too small to read."""
    await look(page, site, "", UPRIGHT)
    box = await page.locator(".talk").bounding_box()
    assert box
    assert box["width"] == pytest.approx(0.92 * 1080, abs=2)
    text = page.locator(".bubble-text")
    assert await text.evaluate("e => parseFloat(getComputedStyle(e).fontSize)") > 40


async def test_size_width_colours_and_font(page: Page, site: Site) -> None:
    """As they are asked for."""
    colours = "accent=%23009688&paper=%23102030&ink=%23e0fff0&opacity=50"
    await look(page, site, f"?size=150&width=50&font=Serif&{colours}")
    box = await page.locator(".talk").bounding_box()
    assert box
    assert box["width"] == pytest.approx(640, abs=2)
    bubble = page.locator(".bubble")
    await expect(bubble).to_have_css("color", "rgb(224, 255, 240)")
    await expect(bubble).to_have_css("border-top-color", "rgb(0, 150, 136)")
    paper = await bubble.evaluate("e => getComputedStyle(e).backgroundImage")
    assert "rgba(16, 32, 48, 0.5)" in paper
    font = await page.locator(".talk").evaluate("e => getComputedStyle(e).fontFamily")
    assert font.startswith(("Serif", '"Serif"'))
    size = await page.locator(".stage").evaluate("e => parseFloat(getComputedStyle(e).fontSize)")
    assert size == pytest.approx(1.5 * 0.023 * 1280, abs=0.1)


async def test_what_is_not_wanted_is_not_shown(page: Page, site: Site) -> None:
    """Neither the comments, nor an empty bubble while the character thinks."""
    await look(page, site, "?comments=no&thinking=no")
    await expect(page.locator(".answered")).to_be_hidden()
    await expect(page.locator(".bubble")).to_be_visible()
    site.stage.show(reply(3, comment("太郎")), finished=False)
    await expect(page.locator(".thinking")).to_have_count(1)
    await expect(page.locator(".talk")).to_be_hidden()
    site.stage.show(reply(3, comment("太郎"), sentences=["はい!"]), finished=False)
    await expect(page.locator(".sentence")).to_be_visible()


@pytest.mark.parametrize(
    "asked",
    [
        "?place=nowhere&size=9999&width=-5&accent=red&paper=%23fff&opacity=x&comments=perhaps",
        "?font=%22%3B%7D%20body%7Bdisplay%3Anone%7D&ink=url(http://evil.example)",
        "?__proto__=1&constructor=2&unknown=3",
    ],
)
async def test_what_is_asked_for_wrongly_changes_nothing(
    page: Page, site: Site, asked: str
) -> None:
    """The overlay never shows an error, and nothing but a look can be asked for."""
    await look(page, site, asked)
    assert await page.locator(".stage").get_attribute("style") in (None, "")
    assert await page.locator(".stage").get_attribute("data-place") == "bottom"


async def test_a_look_is_chosen_and_copied(page: Page, site: Site) -> None:
    """What is chosen is seen at once, and stands in the address; as it was, it is short again."""
    await page.set_viewport_size({"width": 1280, "height": 900})
    await page.goto(f"{site.url}/overlay/edit")
    address = page.locator("#address")
    await expect(address).to_have_text(f"{site.url}/overlay")
    await page.get_by_label("top-right", exact=True).check()
    await page.get_by_label("Size", exact=True).fill("150")
    await page.get_by_label("Width", exact=True).fill("40")
    await page.get_by_label("Colour", exact=True).fill("#009688")
    await page.get_by_label("Show the comments that are answered").uncheck()
    chosen = parse_qs(urlsplit(await address.inner_text()).query)
    assert chosen == {
        "place": ["top-right"],
        "size": ["150"],
        "width": ["40"],
        "accent": ["#009688"],
        "comments": ["no"],
    }
    await expect(page.locator(".stage .answered")).to_be_hidden()
    await expect(page.locator(".stage")).to_have_attribute("data-place", "top-right")
    await page.reload()
    await expect(page.get_by_label("Size", exact=True)).to_have_value("150")
    await page.get_by_label("While thinking").check()
    await expect(page.locator(".stage .thinking")).to_be_visible()
    await page.get_by_label("Upright, for phones").check()
    box = await page.locator("#scene").bounding_box()
    assert box
    assert box["height"] > 1.7 * box["width"]
    await page.get_by_role("button", name="As it was").click()
    await expect(address).to_have_text(f"{site.url}/overlay")


async def test_it_is_seen_over_a_picture_of_ones_own(
    page: Page, site: Site, tmp_path: Path
) -> None:
    """Which stays in the browser."""
    await page.goto(f"{site.url}/overlay/edit")
    path = tmp_path / "game.png"
    await page.screenshot(path=path)
    await page.locator("#picture").set_input_files(path)
    background = await page.locator("#scene").evaluate("e => e.style.background")
    assert "blob:" in background


@pytest.mark.usefixtures("japanese")
async def test_the_page_speaks_japanese(browser: Browser, site: Site, tmp_path: Path) -> None:
    """No phrase is left in English, and all fits a narrow window."""
    async with await browser.new_context(viewport={"width": 400, "height": 900}) as context:
        page = await context.new_page()
        await page.goto(f"{site.url}/overlay/edit")
        await expect(page.locator("html")).to_have_attribute("lang", "ja")
        phrases = await page.locator("[data-say]").all_text_contents()
        assert len(phrases) > 15
        assert [phrase for phrase in phrases if phrase.isascii()] == []
        await page.screenshot(path=tmp_path / "page.png", full_page=True)
        assert await page.evaluate("document.documentElement.scrollWidth") == 400
