"""The overlay in a real browser, as OBS would show it, driven by a stage without a model."""

import struct
import zlib
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Page, ViewportSize, expect
from yarl import URL

from bot.chat import Membership, Money, Occasion, Platform
from bot.tools.poll import Count
from tests.support.site import NOW, Site, comment, open_site, reply

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.slow]

SENTENCES = (
    "わぁ、太郎さん、ありがとうございます!",
    "今日のボス戦はね、実は三回目の挑戦なんだ。",
    "でも今回は、きっと勝てるはず🌸",
)
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)><b>fat</b>&lt;"


@pytest_asyncio.fixture(loop_scope="session")
async def overlay(page: Page, site: Site) -> Page:
    """Open the overlay on a clock that stands still until the test moves it."""
    return await open_overlay(page, site)


async def open_overlay(page: Page, site: Site) -> Page:
    """Open the overlay, and return when it is connected."""
    site.stage.show(reply(1), finished=False)
    await page.clock.install(time=NOW)
    await page.goto(f"{site.url}/overlay")
    await page.clock.pause_at(NOW + timedelta(minutes=1))
    await expect(page.locator(".thinking")).to_be_visible()
    return page


async def test_thinking_then_sentence_by_sentence(overlay: Page, site: Site) -> None:
    """Viewers see whom the character answers while it thinks, and then each sentence."""
    taro = comment("太郎", "ボス戦がんばって!", Money(Decimal(500), "JPY"))
    site.stage.show(reply(2, taro), finished=False)
    await expect(overlay.locator(".card-name")).to_have_text("太郎")
    await expect(overlay.locator(".card-text")).to_have_text("ボス戦がんばって!")
    await expect(overlay.locator(".card-sum")).to_have_text("￥500")
    await expect(overlay.locator(".thinking")).to_be_visible()
    await expect(overlay.locator(".sentence")).to_have_count(0)
    for count in range(1, len(SENTENCES) + 1):
        site.stage.show(reply(2, taro, sentences=SENTENCES[:count]), finished=False)
        await expect(overlay.locator(".sentence")).to_have_text(SENTENCES[:count])
        await expect(overlay.locator(".thinking")).to_have_count(0)
    await expect(overlay.locator(".bubble-text")).to_have_text("".join(SENTENCES))
    await expect(overlay.locator(".bubble-name")).to_have_text("牡丹")
    await expect(overlay.locator("#stage")).to_have_attribute("lang", "ja")


async def test_many_answered_comments_are_counted(overlay: Page, site: Site) -> None:
    """Of five comments three are shown, the paid ones first, and the others are a number."""
    answers = [
        comment("太郎"),
        comment("hanako", "Go!", Money(Decimal("5.00"), "EUR")),
        comment("さくら", "ビッツ", Money(Decimal(1000), "BITS")),
        comment("x"),
        comment("y"),
    ]
    site.stage.show(reply(2, *answers), finished=False)
    await expect(overlay.locator(".card-name")).to_have_text(["hanako", "さくら"])
    await expect(overlay.locator(".answered-name")).to_have_text(["太郎"])
    await expect(overlay.locator(".answered-more")).to_have_text("+2")
    await expect(overlay.locator(".card-sum")).to_have_text(["€5", "1,000 bits"])


async def test_what_was_paid_for_is_a_card(overlay: Page, site: Site) -> None:
    """In the colour of its sum, with all that was written; a gift says how many it is."""
    long = "いつも楽しく見てます！今日の配信も最高でした。" * 8
    answers = [
        comment("太郎", long, Money(Decimal(10000), "JPY")),
        replace(comment("hanako", ""), membership=Membership(Occasion.GIFTED, gifts=50)),
        replace(comment("さくら", "おめでとう"), membership=Membership(Occasion.RENEWED, 12)),
    ]
    site.stage.show(reply(2, *answers, sentences=["ありがとう!"]), finished=False)
    cards = overlay.locator(".answered-card")
    await expect(cards).to_have_count(3)
    sums = ["￥10,000", "メンバーシップギフト50個", "メンバー歴12か月"]
    await expect(overlay.locator(".card-sum")).to_have_text(sums)
    await expect(overlay.locator(".card-text")).to_have_text([long, "おめでとう"])
    tiers = await cards.evaluate_all("cards => cards.map(card => card.dataset.tier)")
    assert tiers == ["7", "member", "member"]
    # Nothing of a card is cut off.
    assert await cards.evaluate_all("all => all.every(one => one.scrollHeight <= one.clientHeight)")


async def test_for_whom_a_gift_is(overlay: Page, site: Site) -> None:
    """Where it is a single one, and the platform tells."""
    given = Membership(Occasion.GIFTED, gifts=1, recipient="猫")
    site.stage.show(reply(2, replace(comment("leo", ""), membership=given)), finished=False)
    await expect(overlay.locator(".card-sum")).to_have_text("猫さんへメンバーシップギフト")


async def test_the_panel_is_no_platform_on_stage(overlay: Page, site: Site) -> None:
    """What is written there for a rehearsal looks as it will look."""
    local = replace(comment("taro", "hi"), platform=Platform.LOCAL)
    site.stage.show(reply(2, local, comment("aki", "hi")), finished=False)
    await expect(overlay.locator(".answered-name")).to_have_text(["taro", "aki"])
    await expect(overlay.locator(".platform-icon")).to_have_text(["YouTube"])


async def test_names_have_their_own_colours(overlay: Page, site: Site) -> None:
    """That of the platform, made so light that it can be read; else always the same one."""
    colours = {"#ff7f50": "", "#000080": "", "": "", "red": ""}
    for number, colour in enumerate(colours, 2):
        viewer = comment("taro")
        author = replace(viewer.author, colour=colour)
        site.stage.show(reply(number, replace(viewer, author=author)), finished=False)
        await expect(overlay.locator(".answered-name")).to_have_text("taro")
        name = overlay.locator(".answered-name")
        colours[colour] = await name.evaluate("e => getComputedStyle(e).color")
        site.stage.clear()
    assert colours["#ff7f50"] == "rgb(255, 127, 80)"
    assert colours["#000080"] != "rgb(0, 0, 128)"
    assert colours[""] == colours["red"]
    assert len(set(colours.values())) == 3


async def test_only_cleared_hides(overlay: Page, site: Site) -> None:
    """However long ago a reply was finished, it stays until the bot says that it has been read."""
    site.stage.show(reply(2, sentences=SENTENCES), finished=True)
    await expect(overlay.locator(".sentence")).to_have_text(SENTENCES)
    await overlay.evaluate(
        """() => {
          window.entrances = 0;
          new MutationObserver(() => { window.entrances += 1; }).observe(stage, {childList: true});
        }"""
    )
    await overlay.clock.fast_forward(600_000)
    site.stage.announce(paused=False)
    site.stage.clear()
    await expect(overlay.locator("#stage > *")).to_have_count(0)
    assert await overlay.evaluate("window.entrances") == 1


async def test_a_new_reply_takes_the_place_of_the_old(overlay: Page, site: Site) -> None:
    """Only one reply is ever seen."""
    site.stage.show(reply(2, comment("a"), sentences=SENTENCES), finished=True)
    await expect(overlay.locator(".sentence")).to_have_text(SENTENCES)
    site.stage.show(reply(3, comment("b"), sentences=["次。"]), finished=False)
    await expect(overlay.locator(".answered-name")).to_have_text(["b"])
    await expect(overlay.locator(".sentence")).to_have_text(["次。"])


@pytest.mark.parametrize("longest", ["長い話" * 66, "a long story " * 15], ids=["ja", "en"])
async def test_the_newest_sentence_is_seen_whole(overlay: Page, site: Site, longest: str) -> None:
    """The longest that is ever said fits, after others, with all of its lines."""
    sentences = [*SENTENCES, longest]
    site.stage.show(reply(2, comment("a"), sentences=sentences), finished=False)
    await expect(overlay.locator(".sentence").last).to_have_text(longest.strip())
    await overlay.evaluate("Promise.all(document.getAnimations().map((motion) => motion.finished))")
    above, below = await overlay.evaluate(
        """() => {
          const page = document.querySelector(".bubble-page").getBoundingClientRect();
          const newest = document.querySelector(".sentence:last-child").getBoundingClientRect();
          return [newest.top - page.top, page.bottom - newest.bottom];
        }"""
    )
    assert above >= 0
    assert below >= 0
    talk = await overlay.locator(".talk").bounding_box()
    assert talk
    assert talk["y"] > 0


async def test_a_long_reply_is_paged(overlay: Page, site: Site) -> None:
    """What has no room below the last sentences begins a new page, and is seen from its top."""
    seen = list[list[str]]()
    sentences = [f"{number}つ目。{SENTENCES[1] * 2}" for number in range(6)]
    for count in range(1, 7):
        site.stage.show(reply(2, sentences=sentences[:count]), finished=count == 6)
        await expect(overlay.locator(".sentence").last).to_have_text(sentences[count - 1])
        seen.append(await overlay.locator(".sentence").all_inner_texts())
    assert seen[0] == sentences[:1]
    assert seen[-1][-1] == sentences[-1]
    pages = [one for one, after in pairwise([*seen, [""]]) if after[0] != one[0]]
    assert [sentence for one in pages for sentence in one] == sentences
    assert len(pages) > 1
    assert all(len(one) > 1 for one in pages)


async def test_the_mood_changes_the_look(overlay: Page, site: Site) -> None:
    """Also for a page that connects later; a mood that no theme knows changes nothing."""
    bubble = overlay.locator(".bubble")
    colours = list[str]()
    for mood in ("", "joy", "sad", "unheard-of"):
        number = 10 + len(colours)
        site.stage.show(reply(number), finished=False)
        text = f"はい、{number}。"
        site.stage.show(replace(reply(number, sentences=[text]), mood=mood), finished=False)
        await expect(overlay.locator(".sentence")).to_have_text(text)
        await expect(overlay.locator(".talk")).to_have_attribute("data-mood", mood)
        colours.append(await bubble.evaluate("e => getComputedStyle(e).borderTopColor"))
    assert colours[0] == colours[3]
    assert len(set(colours)) == 3
    site.stage.show(replace(reply(20, sentences=["はい。"]), mood="joy"), finished=False)
    await overlay.reload()
    await expect(overlay.locator(".talk")).to_have_attribute("data-mood", "joy")


async def test_cleared_blanks_at_once(overlay: Page, site: Site) -> None:
    """A moderator's word needs no time to pass, and a late sentence stays away."""
    site.stage.show(reply(2, comment("a"), sentences=SENTENCES), finished=False)
    await expect(overlay.locator(".sentence")).to_have_text(SENTENCES)
    site.stage.clear()
    await expect(overlay.locator("#stage > *")).to_have_count(0)
    site.stage.feed.publish("reply.sentence", {"id": 2, "position": 3, "text": "遅い。"})
    site.stage.show(reply(3), finished=False)
    await expect(overlay.locator(".thinking")).to_be_visible()
    await expect(overlay.locator(".sentence")).to_have_count(0)


async def test_a_server_that_comes_back_is_caught_up_with(page: Page) -> None:
    """What stood there hides while the bot is gone, and is there once and whole afterwards."""
    stage = page.locator("#stage")
    async with open_site() as site:
        await open_overlay(page, site)
        site.stage.show(reply(2, comment("a"), sentences=SENTENCES[:2]), finished=False)
        await expect(page.locator(".sentence")).to_have_text(SENTENCES[:2])
        first = await page.locator(".sentence").first.element_handle()
    # The browser tries again after a second, and in vain: so it has noticed the loss before.
    await page.wait_for_event("requestfailed")
    await page.clock.fast_forward(3_900)
    await expect(stage).to_have_css("visibility", "visible")
    await page.clock.fast_forward(200)
    await expect(stage).to_have_css("visibility", "hidden")
    async with open_site(port=URL(site.url).port or 0) as again:
        again.stage.show(reply(2, comment("a"), sentences=SENTENCES), finished=False)
        await expect(page.locator(".sentence")).to_have_text(SENTENCES)
        await expect(page.locator(".talk")).to_have_count(1)
        await expect(stage).to_have_css("visibility", "visible")
        assert await first.evaluate("sentence => sentence.isConnected")


async def test_a_thousand_events_leave_the_page_small(overlay: Page, site: Site) -> None:
    """After 200 replies of three sentences and one of 200, the page holds only what is seen."""
    for number in range(2, 202):
        site.stage.show(reply(number, comment(f"viewer {number}")), finished=False)
        for count in range(1, 4):
            site.stage.show(
                reply(number, comment(f"viewer {number}"), sentences=SENTENCES[:count]),
                finished=count == 3,
            )
        if number % 20 == 0:  # The feed cuts off who does not keep up.
            await expect(overlay.locator(".answered-name")).to_have_text(f"viewer {number}")
    await expect(overlay.locator(".answered-name")).to_have_text("viewer 201")
    assert await overlay.locator("#stage *").count() < 20
    endless = [f"{SENTENCES[count % 3]}{count}" for count in range(200)]
    site.stage.show(reply(300, sentences=endless), finished=False)
    await expect(overlay.locator(".sentence").last).to_have_text(endless[-1])
    await expect(overlay.locator(".sentence").last).to_be_in_viewport(ratio=1)
    assert await overlay.locator("#stage *").count() < 60


async def test_markup_is_text(overlay: Page, site: Site) -> None:
    """Whatever viewers or the model write is shown letter by letter, and never becomes a part."""
    site.stage.show(reply(2, comment(HOSTILE, HOSTILE), sentences=[HOSTILE]), finished=False)
    for part in (".answered-name", ".answered-text", ".sentence"):
        await expect(overlay.locator(part)).to_have_text(HOSTILE)
    await expect(overlay.locator("#stage").locator("script, img, b")).to_have_count(0)


@pytest.mark.parametrize("height", [720, 1080])
async def test_it_fits_the_frame_and_lets_the_game_through(
    overlay: Page, site: Site, tmp_path: Path, height: int
) -> None:
    """At both sizes of 16:9 the bubble has the same share of the frame; the rest is transparent."""
    size: ViewportSize = {"width": height * 16 // 9, "height": height}
    await overlay.set_viewport_size(size)
    answers = [comment(f"視聴者{number}", "長いコメント" * 20) for number in range(5)]
    site.stage.show(reply(2, *answers, sentences=SENTENCES * 3), finished=False)
    await expect(overlay.locator(".sentence").last).to_have_text(SENTENCES[-1])
    await overlay.evaluate("Promise.all(document.getAnimations().map((motion) => motion.finished))")
    box = await overlay.locator(".talk").bounding_box()
    assert box
    assert box["width"] == pytest.approx(0.7245 * size["width"], abs=2)
    assert box["y"] > height / 4
    assert box["y"] + box["height"] < height
    await expect(overlay.locator(".sentence").last).to_be_in_viewport(ratio=1)

    path = tmp_path / f"overlay-{height}.png"
    assert first_pixel(await overlay.screenshot(path=path, omit_background=True))[3] == 0
    # The words stand on paper that no game shines through: such a picture needs no alpha.
    paper = await overlay.locator(".bubble-text").screenshot(omit_background=True)
    assert paper[24:26] == b"\x08\x02"


def first_pixel(png: bytes) -> bytes:
    """Return red, green, blue and alpha of the corner at the top left."""
    assert png[24:26] == b"\x08\x06"  # eight bits each, with alpha
    data, at = b"", 8
    while at < len(png):
        length, kind = struct.unpack_from(">I4s", png, at)
        if kind == b"IDAT":
            data += png[at + 8 : at + 8 + length]
        at += 12 + length
    return zlib.decompress(data)[1:5]  # No filter of PNG changes a pixel without neighbours.


async def test_it_takes_the_custom_css_of_obs(overlay: Page, site: Site) -> None:
    """A style that is put into the page, as OBS does with "Custom CSS", takes effect."""
    site.stage.show(reply(2, sentences=SENTENCES), finished=False)
    await overlay.evaluate(
        """() => {
          const style = document.createElement("style");
          style.innerHTML = ".bubble { color: rgb(1, 2, 3); }";
          document.querySelector("head").appendChild(style);
        }"""
    )
    await expect(overlay.locator(".bubble")).to_have_css("color", "rgb(1, 2, 3)")


@pytest.mark.parametrize(("language", "words"), [("en", "looking it up…"), ("ja", "調べています…")])
async def test_something_is_looked_up(page: Page, site: Site, language: str, words: str) -> None:
    """Viewers are told so while they wait, in the language of the page, and no longer."""
    await page.goto(f"{site.url}/overlay?language={language}")
    site.stage.show(reply(1, comment("aki", "4,800円の17%は?")), finished=False)
    dots = page.locator(".thinking")
    await expect(dots).to_be_visible()
    site.stage.look(on=True)
    await expect(dots).to_have_attribute("data-looking", words)
    shown = await dots.evaluate("node => getComputedStyle(node, '::after').content")
    assert words in shown
    site.stage.look(on=False)
    await expect(dots).to_have_attribute("data-looking", "")


@pytest.mark.parametrize(
    ("language", "hint"),
    [("en", "Write the number in the chat"), ("ja", "チャットに番号を書いてください")],
)
async def test_a_poll(page: Page, site: Site, language: str, hint: str) -> None:
    """What is asked and how it stands, as text; gone when it is over, or paused."""
    await page.goto(f"{site.url}/overlay?language={language}")
    box = page.locator("#poll")
    await expect(box).to_be_hidden()
    site.stage.count(Count("<b>Tea?</b>", ("green", "black"), (0, 0)))
    await expect(box.locator(".poll-question")).to_have_text("<b>Tea?</b>")
    await expect(box.locator(".poll-hint")).to_have_text(hint)
    first = await box.locator("li").first.element_handle()
    site.stage.count(Count("<b>Tea?</b>", ("green", "black"), (3, 12)))
    await expect(box.locator(".poll-votes")).to_have_text(["3", "12"])
    assert await first.evaluate("node => node.isConnected"), "it is not drawn anew for a vote"
    site.stage.announce(paused=True)
    await expect(box).to_be_hidden()
    site.stage.announce(paused=False)
    await expect(box).to_be_visible()
    await page.reload()
    await expect(box.locator(".poll-votes")).to_have_text(["3", "12"])
    site.stage.count(None)
    await expect(box).to_be_hidden()


async def test_a_poll_stands_across_from_the_words(page: Page, site: Site) -> None:
    """Where these are at the top, it is below."""
    site.stage.count(Count("Tea?", ("green", "black"), (0, 0)))
    site.stage.show(reply(1, sentences=SENTENCES), finished=True)
    for place in ("bottom", "top-left", "top"):
        await page.goto(f"{site.url}/overlay?place={place}")
        await expect(page.locator(".sentence").first).to_be_visible()
        box = await page.locator("#poll").bounding_box()
        talk = await page.locator(".talk").bounding_box()
        assert box
        assert talk
        assert box["y"] + box["height"] <= talk["y"] or talk["y"] + talk["height"] <= box["y"]
