"""The pages that people use can be used by everybody: axe finds nothing, in light and in dark."""

from typing import Literal

import pytest
from playwright.async_api import Page

from tests.support.access import barriers
from tests.support.site import TOKEN, Site, comment, reply

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.slow]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/start", f"/?token={TOKEN}", "/overlay/edit", "/overlay"])
async def test_everybody_can_use_it(
    page: Page, site: Site, path: str, scheme: Literal["light", "dark"]
) -> None:
    """Contrast, names of controls, order of headings, and the other rules of WCAG that it knows."""
    await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    await page.goto(f"{site.url}{path}")
    answered = comment("太郎", "がんばって!")
    site.backstage.hear(answered)
    site.stage.show(reply(2, answered, sentences=["こんにちは!", "元気だよ。"]), finished=True)
    await page.locator("h1, .sentence").first.wait_for()
    assert await barriers(page) == []
