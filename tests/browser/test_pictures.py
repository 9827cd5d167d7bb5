"""Viewers as they are known in chat, with badges and emotes; and what is paid can be heard."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.async_api import Page, Route, expect

from bot.chat import Author, Membership, Money, Occasion, Picture, Role
from bot.web.options import WebOptions
from bot.web.pictures import HOSTS, Pictures
from tests.support.site import Site, comment, open_site, reply

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.slow]

CDN = re.compile("|".join(map(re.escape, HOSTS)))
PICTURE = "<svg xmlns='http://www.w3.org/2000/svg' width='28' height='28'><circle r='28'/></svg>"
KAPPA = Picture("Kappa", f"https://{HOSTS[0]}/emoticons/v2/25/default/dark/2.0")
YAY = Picture(":_yay:", f"https://{HOSTS[1]}/yay")
BADGE = Picture("Member (1 year)", f"https://{HOSTS[1]}/badge")
TARO = Author(
    "taro",
    "taro",
    frozenset({Role.MEMBER}),
    badge_pictures=(BADGE,),
    avatar=f"https://{HOSTS[2]}/taro",
)
WRITTEN = replace(
    comment("taro", "Kappa Kappas Kappa:_yay:、:_yay: Kappa"), author=TARO, emotes=(KAPPA, YAY)
)


@asynccontextmanager
async def showing(
    page: Page, pictures: Pictures, *, are_there: bool = True
) -> AsyncIterator[tuple[Site, list[str]]]:
    """Open the overlay; give what it asked the network for."""
    asked: list[str] = []

    async def answer(route: Route) -> None:
        asked.append(route.request.url)
        if are_there:
            await route.fulfill(content_type="image/svg+xml", body=PICTURE)
        else:
            await route.abort()

    await page.route(CDN, answer)
    async with open_site(options=WebOptions(pictures=pictures)) as site:
        await page.goto(f"{site.url}/overlay")
        site.stage.show(reply(1, WRITTEN), finished=False)
        await expect(page.locator(".answered-name")).to_have_text("taro")
        yield site, asked


async def test_pictures_of_the_platform(page: Page) -> None:
    """Emotes where they stand alone, and badges; no avatar."""
    async with showing(page, Pictures.PLATFORM):
        await expect(page.locator(".emote img")).to_have_count(4)
        await expect(page.locator(".badge img")).to_have_attribute("alt", "Member (1 year)")
        await expect(page.locator(".avatar")).to_have_count(0)
        await expect(page.locator(".role")).to_have_count(0)
        await expect(page.locator(".answered-text")).to_have_text(" Kappas Kappa、 ")


async def test_avatars_only_if_that_is_said(page: Page) -> None:
    """They are pictures that nobody has judged."""
    async with showing(page, Pictures.ALL):
        await expect(page.locator(".avatar img")).to_be_visible()


async def test_words_by_itself(page: Page) -> None:
    """Nothing is asked of the network."""
    async with showing(page, Pictures.NONE) as (_, asked):
        await expect(page.locator(".answered-text")).to_have_text(WRITTEN.text)
        await expect(page.locator(".role")).to_have_text("メンバー")
        await expect(page.locator("img")).to_have_count(0)
        assert asked == []


async def test_no_picture_is_ever_broken(page: Page) -> None:
    """What does not come stays a word."""
    async with showing(page, Pictures.ALL, are_there=False) as (_, asked):
        await expect(page.locator(".answered-text")).to_have_text(WRITTEN.text)
        await expect(page.locator(".answered-name")).to_be_visible()
        await expect(page.locator("img")).to_have_count(0)
        assert len(asked) > 3


async def test_nothing_is_loaded_from_elsewhere(page: Page) -> None:
    """The page itself refuses what the bot should never have told it."""
    async with showing(page, Pictures.ALL) as (site, _):
        async with page.expect_console_message(lambda one: "img-src" in one.text):
            await page.evaluate("new Image().src = 'https://example.com/x.png'")
        assert site.url


@pytest.mark.parametrize(("asked", "heard"), [("", 2), ("?volume=0", 0)])
async def test_what_is_paid_is_heard_once(
    page: Page, tmp_path: Path, asked: str, heard: int
) -> None:
    """When it comes, not where it is shown again; by a file of the streamer's own."""
    chime = tmp_path / "chime.ogg"
    chime.write_bytes(b"OggS")
    await page.add_init_script(
        "window.played = [];"
        "HTMLMediaElement.prototype.play = async function () { played.push(this.src) }"
    )
    paid = comment("mika", paid=Money(Decimal(500), "JPY"))
    member = replace(comment("aki"), membership=Membership(Occasion.NEW))
    async with open_site(options=WebOptions(sound=chime), sound=True) as site:
        await page.goto(f"{site.url}/overlay{asked}")
        for number, answered in enumerate([comment("taro"), paid, member]):
            site.stage.show(reply(number, answered), finished=False)
            await expect(page.locator(".answered")).to_contain_text(answered.author.name)
            site.stage.show(reply(number, answered, sentences=["やあ。"]), finished=True)
            await expect(page.locator(".sentence")).to_have_text("やあ。")
        assert await page.evaluate("played") == [f"{site.url}/sound"] * heard
        await page.reload()
        await expect(page.locator(".sentence")).to_have_text("やあ。")
        assert await page.evaluate("played") == []
