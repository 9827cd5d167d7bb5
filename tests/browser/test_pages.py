"""The start page and the panel in a real browser, on a stage without a model."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, Route, expect
from yarl import URL

from bot.app.figures import COLUMNS
from bot.chat import Author, Membership, Money, Occasion, Platform, Retraction, Role
from bot.tools.poll import Count
from bot.web.options import WebOptions
from tests.support.site import TOKEN, Site, comment, open_site, reply

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.slow]

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)><b>fat</b>&lt;"
SIGNED_OUT = "This page is not signed in."


async def open_chat(page: Page, site: Site) -> None:
    """Open the panel as the streamer does, and return when both feeds have answered."""
    await page.goto(f"{site.url}/?token={TOKEN}")
    await expect(page.locator("#status")).to_have_text("On air")
    site.backstage.feed.publish("note", {"text": "Hello backstage", "level": "info"})
    await expect(page.get_by_text("Hello backstage")).to_be_visible()


async def test_a_comment_is_sent_as_whom_it_says(page: Page, site: Site) -> None:
    """What is typed arrives with name and role, and the line is free for the next one."""
    await open_chat(page, site)
    assert page.url == f"{site.url}{site.desk}/"
    await page.get_by_label("Name").fill("花子")
    await page.get_by_label("Role").select_option("Moderator")
    line = page.get_by_label("Comment", exact=True)
    await line.fill("こんばんは🌸")
    await line.press("Enter")
    await expect(line).to_have_value("")
    await expect(line).to_be_focused()
    (posted,) = site.received
    assert posted.platform is Platform.LOCAL
    assert posted.author == Author("花子", "花子", frozenset({Role.MODERATOR}))
    assert posted.text == "こんばんは🌸"


async def test_commands_are_explained(page: Page, site: Site) -> None:
    """A viewer is told before sending one that it will do nothing."""
    await open_chat(page, site)
    hint = page.get_by_text("Only a moderator or the broadcaster can give commands.")
    await page.get_by_label("Comment", exact=True).fill("!pause")
    await expect(hint).to_be_visible()
    await page.get_by_label("Role").select_option("Broadcaster")
    await expect(hint).to_be_hidden()
    assert site.received == []


async def test_a_deleted_comment_loses_its_words(page: Page, site: Site) -> None:
    """One that was deleted, and all of a viewer who was timed out; the others stay."""
    await open_chat(page, site)
    for author, text in (("aki", "やあ"), ("bo", "vile"), ("aki", "元気?"), ("bo", "viler")):
        site.backstage.hear(comment(author, text))
    texts = page.locator(".log .entry-text")
    await expect(texts).to_have_text(["やあ", "vile", "元気?", "viler"])
    bo = comment("bo", "vile")
    site.backstage.retract(Retraction(bo.platform, comment_id=bo.id))
    gone = "deleted by a moderator"
    await expect(texts).to_have_text(["やあ", gone, "元気?", "viler"])
    site.backstage.retract(Retraction(bo.platform, author_id=bo.author.id))
    await expect(texts).to_have_text(["やあ", gone, "元気?", gone])
    await expect(page.locator(".log")).not_to_contain_text("vile")


async def test_a_reply_stands_below_what_it_answers(page: Page, site: Site) -> None:
    """Also where its beginning was told first: what was paid is written down before it is told."""
    await open_chat(page, site)
    asked = comment("aki", "やあ", Money(Decimal(500), "JPY"))
    site.stage.show(reply(1, asked), finished=False)
    await expect(page.locator(".log .entry-reply")).to_have_count(1)
    for one in (asked, comment("bo", "later")):
        site.backstage.hear(one)
    names = page.locator(".log .entry-name")
    await expect(names).to_have_text(["aki", "牡丹", "bo"])


async def test_what_is_delayed_is_shown_to_the_streamer(page: Page, site: Site) -> None:
    """In time to stop it."""
    await open_chat(page, site)
    site.backstage.upcoming("I will say this.")
    await expect(page.locator(".note").last).to_have_text("In a moment: I will say this.")


async def test_a_comment_that_waits_is_let_in(page: Page, site: Site) -> None:
    """With a button beside it; once it is in, or was deleted, there is none any more."""
    await open_chat(page, site)
    waiting = [
        replace(comment("newcomer", f"hello {number}"), id=f"h{number}") for number in (1, 2)
    ]
    for one in waiting:
        site.backstage.hold(one)
    buttons = page.get_by_role("button", name="Let in")
    await expect(buttons).to_have_count(2)
    async with page.expect_response("**/api/commands"):
        await buttons.first.click()
    site.backstage.hear(waiting[0])
    await expect(buttons).to_have_count(1)
    site.backstage.retract(Retraction(waiting[1].platform, comment_id="h2"))
    await expect(buttons).to_have_count(0)
    assert site.orders == ["ok h1"]


async def test_what_is_withheld_is_let_through(page: Page, site: Site) -> None:
    """By the streamer, who sees it as it was written; what was paid for was thanked already."""
    await open_chat(page, site)
    judged = replace(comment("aki", "damn, that was close"), id="w1")
    paid = replace(comment("bo", "damn", Money(Decimal(500), "JPY")), id="w2")
    for one in (judged, paid):
        site.backstage.withhold(one, ("it holds a word of the blocklist",))
    button = page.get_by_role("button", name="Let it through")
    await expect(button).to_have_count(1)
    async with page.expect_response("**/api/commands"):
        await button.click()
    site.backstage.hear(judged)
    await expect(button).to_have_count(0)
    await expect(page.locator(".entry.is-withheld .entry-text")).to_have_text(["damn"])
    assert site.orders == ["ok w1"]
    named = replace(comment("call 090-1234-5678", "good evening"), id="w3")
    site.backstage.withhold(named, ("the name holds a phone number",))
    site.backstage.hear(replace(named, author=replace(named.author, name="somebody")))
    texts = page.locator(".entry.is-withheld .entry-text")
    await expect(texts).to_have_text(["damn", "good evening"])
    await expect(button).to_have_count(0)


async def test_what_viewers_do_not_see_is_marked(page: Page, site: Site) -> None:
    """The streamer reads it, and why; where it comes again as it may be shown, it stays so."""
    await open_chat(page, site)
    vile = replace(comment("troll", "something vile"), id="v1")
    site.backstage.withhold(vile, ("it holds what the blocklist has as vile",))
    site.backstage.hear(replace(vile, text=""))
    entry = page.locator(".entry.is-withheld")
    await expect(entry).to_have_count(1)
    await expect(entry.locator(".entry-text")).to_have_text("something vile")
    await expect(entry.locator(".entry-why")).to_have_text(
        "not shown to viewers: it holds what the blocklist has as vile"
    )


async def test_the_log_shows_comments_and_replies(page: Page, site: Site) -> None:
    """Comments, what was paid, and the reply as it grows; one that was cut off is marked."""
    await open_chat(page, site)
    aki = comment("aki", "やあ", Money(Decimal(500), "JPY"))
    site.backstage.hear(aki)
    site.backstage.hear(aki)
    entry = page.locator(".log .entry:not(.entry-reply)")
    await expect(entry).to_have_count(1)
    await expect(entry.locator(".entry-text")).to_have_text("やあ")
    await expect(entry.locator(".paid")).to_have_text("¥500")
    spoken = page.locator(".log .entry-reply")
    site.stage.show(reply(1, aki, sentences=["こんばんは。"]), finished=False)
    await expect(spoken.locator(".entry-text")).to_have_text("こんばんは。 …")
    site.stage.show(reply(1, aki, sentences=["こんばんは。", "元気?"]), finished=True)
    await expect(spoken.locator(".entry-text")).to_have_text("こんばんは。元気?")
    await expect(spoken.locator(".entry-whom")).to_have_text("to aki")
    await expect(page.locator("#stage .sentence")).to_have_count(2)
    site.stage.clear()
    await expect(page.locator("#stage > *")).to_have_count(0)
    site.stage.show(reply(2, aki, sentences=["Well."]), finished=False)
    site.stage.clear()
    await expect(spoken.locator(".entry-text")).to_have_text(["こんばんは。元気?", "Well. —"])
    await expect(spoken.locator(".entry-cleared")).to_have_text(["taken off the screen"])


async def test_a_busy_chat_leaves_the_page_small(page: Page, site: Site) -> None:
    """Of 4,200 comments and notes the last 4,000 stay, and are counted; the last is in sight."""
    await open_chat(page, site)
    for number in range(2100):
        site.backstage.hear(comment("aki", f"comment {number}"))
        site.backstage.feed.publish("note", {"text": f"note {number}", "level": "info"})
        if number % 50 == 0:  # The feed cuts off who does not keep up.
            await expect(page.get_by_text(f"note {number}", exact=True)).to_be_in_viewport()
    await expect(page.get_by_text("note 2099", exact=True)).to_be_in_viewport()
    assert await page.locator("#log > *").count() == 4000
    await expect(page.locator("#gone")).to_have_text("201 earlier ones are not here any more")


async def test_the_preview_looks_like_the_overlay(page: Page, site: Site) -> None:
    """What the log calls the same has its own looks there."""
    await open_chat(page, site)
    aki = comment("aki")
    aki = replace(aki, author=replace(aki.author, roles=frozenset({Role.MEMBER})))
    site.stage.show(reply(1, aki, sentences=["Hi!"]), finished=True)
    role = page.locator("#stage .role")
    look = "one => [getComputedStyle(one).color, getComputedStyle(one).fontWeight]"
    here = await role.evaluate(look)
    await page.goto(f"{site.url}/overlay")
    assert here == await role.evaluate(look)


async def test_markup_is_text(page: Page, site: Site) -> None:
    """Whatever is written is shown letter by letter in log and preview, and stays text."""
    await open_chat(page, site)
    site.backstage.hear(comment(HOSTILE, HOSTILE))
    site.backstage.feed.publish("note", {"text": HOSTILE, "level": "info"})
    site.stage.show(reply(1, comment(HOSTILE, HOSTILE), sentences=[HOSTILE]), finished=True)
    for part in ("#log .entry-text", "#log .entry:not(.entry-reply) .entry-name", "#log .note"):
        await expect(page.locator(part).last).to_have_text(HOSTILE)
    await expect(page.locator("#stage .sentence")).to_have_text(HOSTILE)
    await expect(page.locator("main, #stage").locator("script, img, b")).to_have_count(0)


@pytest.mark.parametrize("address", ["/chat", "/?token=wrong", "/?token="])
async def test_without_the_token_the_page_says_so(page: Page, site: Site, address: str) -> None:
    """Nobody sits before an empty page: it says where the right address stands."""
    await page.goto(site.url + address)
    await expect(page.locator("#signed-out")).to_contain_text(SIGNED_OUT)
    await expect(page.locator("#status")).to_have_text("Connected")
    assert "token" not in page.url
    await page.get_by_label("Comment", exact=True).fill("hi")
    await page.get_by_role("button", name="Send").click()
    await expect(page.locator("#failure")).to_contain_text(SIGNED_OUT)
    await expect(page.get_by_label("Comment", exact=True)).to_have_value("hi")
    assert site.received == []


async def test_the_cookie_of_an_earlier_run_is_not_silence(page: Page) -> None:
    """A page that stays open while the bot starts anew, under a new token, says what to do.

    Once that was done, in another tab say, the first page goes on by itself.
    """
    hint = page.locator("#signed-out")
    await page.clock.install()
    async with open_site() as site:
        await open_chat(page, site)
        await expect(hint).to_be_hidden()
    async with open_site(port=URL(site.url).port or 0, token="of-the-next-run") as again:
        await expect(hint).to_contain_text(SIGNED_OUT)
        await page.reload()
        await expect(hint).to_contain_text(SIGNED_OUT)
        await expect(page.locator("#status")).to_have_text("Connected")
        async with await page.context.new_page() as tab:
            await tab.goto(f"{again.url}/?token=of-the-next-run")
        await page.clock.fast_forward(3_000)
        await expect(hint).to_be_hidden()


async def test_a_refusal_is_shown_and_nothing_is_lost(page: Page) -> None:
    """The bot's own words appear, what was typed stays, and the next try can succeed."""
    async with open_site(listening=False) as site:
        await open_chat(page, site)
        line = page.get_by_label("Comment", exact=True)
        await line.fill("hi")
        await line.press("Enter")
        await expect(page.locator("#failure")).to_have_text("The show has not begun yet.")
        await expect(line).to_have_value("hi")
    await line.press("Enter")
    await expect(page.locator("#failure")).to_contain_text("Check that it is running")
    async with open_site(port=URL(site.url).port or 0) as again:
        await line.press("Enter")
        await expect(line).to_have_value("")
        await expect(page.locator("#failure")).to_be_hidden()
        assert [posted.text for posted in again.received] == ["hi"]


async def test_the_log_survives_a_reload(page: Page, site: Site) -> None:
    """Comments, replies and notes come again in their order, once, and what was deleted not."""
    await open_chat(page, site)
    site.backstage.hear(comment("aki", "first"))
    site.backstage.hear(comment("taro", "vile"))
    said = reply(1, comment("aki", "first"), sentences=["Hello, Aki!"])
    for stage in (site.stage, site.backstage):
        stage.show(replace(said, sentences=()), finished=False)
        stage.show(said, finished=True)
    await expect(page.get_by_text("Hello, Aki!").last).to_be_visible()
    site.backstage.hear(comment("aki", "second"))
    site.backstage.retract(Retraction(Platform.YOUTUBE, author_id="taro"))
    lines = page.locator("#log .entry-text, #log .note")
    before = ["Hello backstage", "first", "deleted by a moderator", "Hello, Aki!", "second"]
    await expect(lines).to_have_text(before)
    await page.reload()
    await expect(page.locator("#status")).to_have_text("On air")
    after = ["first", "Hello, Aki!", "second"]
    await expect(lines).to_have_text(after)
    site.backstage.hear(comment("aki", "third"))
    await expect(lines).to_have_text([*after, "third"])


async def test_a_tip_is_tried_from_the_page(page: Page, site: Site) -> None:
    """What stands beside the comment goes along with it."""
    await open_chat(page, site)
    for choice, text in (("¥10,000", "take this"), ("5 memberships given", "for all")):
        await page.get_by_label("With").select_option(choice)
        line = page.get_by_label("Comment", exact=True)
        await line.fill(text)
        await line.press("Enter")
        await expect(line).to_have_value("")
    paid, gifted = site.received
    assert paid.paid == Money(Decimal(10000), "JPY")
    assert gifted.membership == Membership(Occasion.GIFTED, gifts=5)


async def test_a_phone_is_invited(page: Page, site: Site) -> None:
    """With a picture for its camera where it can come, and else with what to do."""
    await open_chat(page, site)
    await page.get_by_role("button", name="On a phone").click()
    invitation = page.get_by_role("dialog", name="The panel on a phone")
    await expect(invitation).to_contain_text("Put WEB_HOST=0.0.0.0 and a WEB_TOKEN")
    await expect(invitation.get_by_role("img")).to_be_hidden()
    await invitation.get_by_role("button", name="Close").click()
    async with open_site(options=WebOptions(host="0.0.0.0")) as public:  # noqa: S104
        await open_chat(page, public)
        await page.get_by_role("button", name="On a phone").click()
        picture = invitation.get_by_role("img", name="QR")
        await expect(picture).to_be_visible()
        assert await picture.evaluate("(one) => one.decode().then(() => one.naturalWidth)") > 100
        await page.keyboard.press("Escape")
        await expect(picture).to_have_count(0)


async def test_the_figures_are_drawn(page: Page, site: Site) -> None:
    """A chart for each, over the stream, with its last value in words; counts by the minute."""
    samples = [[3, 1, 0, 0, number, 5 * number, None, 8.5, 0.9] for number in range(30)]
    told = {"every": 10, "began": 1.8e9, "columns": COLUMNS, "first": 0, "samples": samples}

    async def answer(route: Route) -> None:
        since = int(URL(route.request.url).query["since"])
        await route.fulfill(json={**told, "first": since, "samples": samples[since:]})

    await page.route("**/api/figures*", answer)
    await open_chat(page, site)
    await expect(page.locator(".chart-title")).to_have_text(
        [
            "Comments and answers a minute: 18 · 6",
            "Seconds to first words: –",
            "Tokens a second: 8.5",
            "Waiting, and the age of the oldest in seconds: 29 · 145",
            "Prompt reused, in percent: 90",
            "Shed and withheld a minute: 0 · 0",
        ]
    )
    chart = page.get_by_role("img", name="Tokens a second: 8.5").locator("canvas")
    drawn = (
        "(one) => one.getContext('2d').getImageData(0, 0, one.width, one.height).data.some(Boolean)"
    )
    assert await chart.evaluate(drawn)
    await page.unroute("**/api/figures*")


async def test_the_start_page_leads_in(page: Page, site: Site) -> None:
    """Whoever has signed in once is not asked again, by whatever way they come."""
    await open_chat(page, site)
    await page.goto(f"{site.url}/start")
    await page.get_by_role("link", name="Open the panel").click()
    await expect(page.locator("#status")).to_have_text("On air")
    await expect(page.locator("#signed-out")).to_be_hidden()


async def test_the_start_page_leads_on(page: Page, site: Site) -> None:
    """It gives the overlay's address as OBS needs it, and the way to the panel."""
    await page.goto(f"{site.url}/start")
    await expect(page.locator("#address")).to_have_text(f"{site.url}/overlay")
    await page.get_by_role("link", name="Open the panel").click()
    await expect(page.locator("#status")).to_have_text("Connected")


@pytest.mark.parametrize("path", ["/start", "/"])
@pytest.mark.usefixtures("japanese")
async def test_the_pages_speak_japanese(
    browser: Browser, site: Site, tmp_path: Path, path: str
) -> None:
    """As the bot does: no phrase is left in English, and all fits a narrow window."""
    async with await browser.new_context(viewport={"width": 400, "height": 800}) as context:
        page = await context.new_page()
        await page.goto(f"{site.url}{path}?token={TOKEN}")
        await expect(page.locator("html")).to_have_attribute("lang", "ja")
        phrases = await page.locator("[data-say]:not(#persona):not(#status)").all_text_contents()
        assert len(phrases) > 5
        assert [phrase for phrase in phrases if phrase.isascii()] == []
        await page.screenshot(path=tmp_path / "page.png", full_page=True)
        assert await page.evaluate("document.documentElement.scrollWidth") == 400


async def test_only_own_styles_apply(page: Page, site: Site) -> None:
    """What holds for the overlay, for the sake of OBS, does not hold where there is a token."""
    await open_chat(page, site)
    await page.evaluate(
        """() => {
          const style = document.createElement("style");
          style.innerHTML = "#status { color: rgb(1, 2, 3) !important; }";
          document.head.append(style);
        }"""
    )
    await expect(page.locator("#status")).not_to_have_css("color", "rgb(1, 2, 3)")


async def test_a_poll_is_seen_there_too(page: Page, site: Site) -> None:
    """Within what viewers see, and gone while they see nothing."""
    await open_chat(page, site)
    site.stage.count(Count("Tea?", ("green", "black"), (3, 12)))
    box = page.locator("#scene .poll")
    await expect(box.locator(".poll-votes")).to_have_text(["3", "12"])
    site.stage.announce(paused=True)
    await expect(box).to_be_hidden()
