"""Each theme, in each frame and language: all is inside, and nothing lies over anything."""

from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from bot.chat import Membership, Money, Occasion, Platform, Reply
from tests.support.site import Site, comment, open_site, reply

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.slow]

FRAMES = [(1920, 1080), (1280, 720), (1080, 1920)]
THEMES = ["bubble", "caption", "strip"]
JAPANESE = ("わぁ、太郎さん、ありがとうございます!", "今日のボス戦はね、実は三回目の挑戦なんだ。")
ENGLISH = ("Thank you so much, Taro!", "This is my third try at the boss tonight, wish me luck.")


def scenes(language: str) -> dict[str, Reply]:
    """Return what may have to be shown."""
    sentences = JAPANESE if language == "ja" else ENGLISH
    text = "がんばって!応援してるよ" if language == "ja" else "Good luck, we are all with you"
    free = comment("太郎" if language == "ja" else "Taro", text)
    paid = replace(comment("mika", text * 4), paid=Money(Decimal(50_000), "JPY"))
    gifts = replace(comment("aki", ""), membership=Membership(Occasion.GIFTED, gifts=50))
    emotes = replace(comment("leo", "Kappa Kappa :_yay: 🎉🎉"), platform=Platform.TWITCH)
    return {
        "short": reply(2, free, sentences=sentences[:1]),
        "long": reply(3, free, emotes, sentences=sentences * 4),
        "paid": reply(4, paid, free, sentences=sentences),
        "gifts": reply(5, gifts, sentences=sentences[:1]),
        "emotes": reply(6, emotes, sentences=sentences),
        "thinking": reply(7, free),
    }


@pytest_asyncio.fixture(loop_scope="session")
async def watched(page: Page, site: Site) -> AsyncIterator[tuple[Page, Site]]:
    """An overlay, of which an error would be known."""
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page, site
    assert errors == []


@pytest.mark.parametrize("frame", FRAMES, ids=lambda frame: f"{frame[0]}x{frame[1]}")
@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("language", ["ja", "en"])
async def test_everything_is_inside_and_read(
    watched: tuple[Page, Site], theme: str, language: str, frame: tuple[int, int]
) -> None:
    """Short and long, paid, gifts and emotes, and while the character thinks."""
    page, site = watched
    await page.emulate_media(reduced_motion="reduce")
    await page.set_viewport_size({"width": frame[0], "height": frame[1]})
    await page.goto(f"{site.url}/overlay?theme={theme}&language={language}")
    for name, shown in scenes(language).items():
        site.stage.show(replace(shown, sentences=()), finished=False)
        if shown.sentences:
            site.stage.show(shown, finished=True)
            await expect(page.locator(".sentence").last).to_have_text(shown.sentences[-1])
        else:
            await expect(page.locator(".thinking")).to_be_visible()
        outside = await page.evaluate(
            """() => [...document.querySelectorAll("#stage .talk, #stage .talk > *, .sentence")]
              .filter((node) => {
                const {left, top, right, bottom} = node.getBoundingClientRect();
                return left < -1 || top < -1 || right > innerWidth + 1 || bottom > innerHeight + 1;
              }).map((node) => node.className)"""
        )
        assert outside == [], name
        overlaps = await page.evaluate(
            """() => {
              const [list, words] = [".answered", "[data-part=page]"].map((one) =>
                document.querySelector(one)?.getBoundingClientRect());
              if (!list || !words) return false;
              return list.bottom > words.top + 1 && list.top < words.bottom;
            }"""
        )
        assert not overlaps, name


async def test_one_of_ones_own(page: Page, tmp_path: Path) -> None:
    """Its elements are filled; where it is broken the default is there, and the editor says why."""
    theme = tmp_path / "mine"
    theme.mkdir()
    (theme / "theme.toml").write_text('title = "Mine"\nplace = "top-left"\ncomments = 0\n')
    (theme / "theme.html").write_text('<b data-part="page"><i data-part="text"></i></b>')
    (theme / "theme.css").write_text(
        ".stage { --talk-ink: #00ff00; } i { color: var(--talk-ink); }"
    )
    async with open_site(themes=[tmp_path]) as site:
        await page.goto(f"{site.url}/overlay?theme=mine")
        site.stage.show(reply(2, comment("taro"), sentences=["Hello."]), finished=True)
        await expect(page.locator("b > i > .sentence")).to_have_text("Hello.")
        await expect(page.locator("i")).to_have_css("color", "rgb(0, 255, 0)")
        await expect(page.locator("#stage")).to_have_attribute("data-place", "top-left")
        await expect(page.locator(".answered-comment")).to_have_count(0)
        (theme / "theme.html").write_text("<script>")
        await page.reload()
        await expect(page.locator(".bubble .sentence")).to_have_text("Hello.")
        await page.goto(f"{site.url}/overlay/edit?theme=mine")
        await expect(page.locator("#problem")).to_contain_text("has a <script>")
        await expect(page.get_by_label("Theme")).to_have_value("bubble")


async def test_one_is_chosen_in_the_editor(page: Page, site: Site) -> None:
    """It is seen at once, with its own place and colours; what is chosen then is added."""
    await page.goto(f"{site.url}/overlay/edit")
    address = page.locator("#address")
    await page.get_by_label("Theme").select_option("strip")
    await expect(page.locator(".stage .strip")).to_be_visible()
    await expect(address).to_have_text(f"{site.url}/overlay?theme=strip")
    await expect(page.get_by_label("bottom-left", exact=True)).to_be_checked()
    await page.get_by_label("top-right", exact=True).check()
    await expect(address).to_have_text(f"{site.url}/overlay?theme=strip&place=top-right")
    await page.get_by_label("Theme").select_option("bubble")
    given = page.locator(".stage .card-sum").last
    await expect(given).to_have_text("5 memberships given")
    await page.get_by_label("Language").select_option("ja")
    await expect(given).to_have_text("メンバーシップギフト5個")
    await expect(page.locator(".stage")).to_have_attribute("lang", "en")
    await page.get_by_label("Theme").select_option("strip")
    await page.get_by_label("Mood").select_option("joy")
    await expect(page.locator(".stage .talk")).to_have_attribute("data-mood", "joy")
    await page.reload()
    await expect(page.locator(".stage .strip")).to_be_visible()
    await page.get_by_label("Theme").select_option("bubble")
    await expect(address).to_have_text(f"{site.url}/overlay")
