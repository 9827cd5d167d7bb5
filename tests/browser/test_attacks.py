"""What strangers write is text in a real browser, whatever it looks like."""

from dataclasses import replace

import pytest
from playwright.async_api import Dialog, Page, expect

from bot.chat import Author
from tests.attacks import tables
from tests.browser.test_pages import open_chat
from tests.support.site import Site, comment, reply

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.slow]

_BUILT = (
    "script, img, svg:not(.platform-icon > svg), iframe, object, embed, style, link, a, form,"
    " video, audio, template"
)
"""What would be on the page if one of the texts had become more than text."""


async def _built(page: Page, within: str) -> int:
    return await page.locator(within).locator(_BUILT).count()


async def test_nothing_is_more_than_text(page: Page, site: Site) -> None:
    """As a name, as a comment, as a sentence and as a reason, on the overlay and the panel."""
    dialogs: list[str] = []

    async def dismiss(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        await dialog.dismiss()

    page.on("dialog", dismiss)
    await open_chat(page, site)
    for number, text in enumerate(tables.markup(), 2):
        hostile = replace(comment("x", text), id=f"x{number}", author=Author("UC-x", text))
        site.backstage.hear(hostile)
        site.backstage.withhold(replace(hostile, id=f"w{number}"), (text,))
        site.backstage.upcoming(text)
        site.stage.show(reply(number, hostile), finished=False)
        site.stage.show(reply(number, hostile, sentences=[text]), finished=True)
        await expect(page.locator("#stage .sentence")).to_have_text(text)
        await expect(page.locator("#stage .answered-text")).to_have_text(text)
    assert await _built(page, "#log") == 0
    assert await _built(page, "#stage") == 0
    assert dialogs == []
