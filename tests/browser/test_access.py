"""The pages that people use can be used by everybody: axe finds nothing, in light and in dark."""

from typing import Literal

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

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
    found = await Axe().run(page)
    told = [
        f"{one['id']}: {node['target']} {node['failureSummary']}"
        for one in found.response["violations"]
        for node in one["nodes"]
    ]
    assert told == []
