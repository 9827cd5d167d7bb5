"""The page that reports on a stream, in a real browser."""

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import Browser

from tests.app.test_report import reported, stream
from tests.support.access import barriers

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.slow]


async def test_the_page_in_a_browser(browser: Browser, tmp_path: Path) -> None:
    """It needs nothing else, everybody can read it, and it fits a phone."""
    path = tmp_path / "history.db"
    await stream(path)
    await asyncio.to_thread(reported, path)
    context = await browser.new_context(viewport={"width": 390, "height": 844}, offline=True)
    page = await context.new_page()
    await page.goto(path.with_name("report.html").as_uri())
    assert await page.title() == await page.locator("h1").text_content()
    await page.screenshot(path=tmp_path / "report.png", full_page=True)
    assert await page.evaluate("document.documentElement.scrollWidth") == 390
    assert await barriers(page) == []
    await context.close()
