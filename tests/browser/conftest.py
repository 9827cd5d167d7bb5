"""One real Chromium for all tests of this folder, and a fresh profile for each module."""

import os
import shutil
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Dialog, Page, async_playwright, expect

from tests.support.site import Site, open_site

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",  # as OBS starts its own
]
_PATIENCE_MS = 20_000
"""Only a failing test waits so long: the machine may be busy with others."""


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Start Chromium."""
    if not shutil.which(CHROMIUM):
        pytest.skip(
            f"{CHROMIUM} is not there: apt-get install chromium fonts-noto-cjk, or set CHROMIUM"
        )
    expect.set_options(timeout=_PATIENCE_MS)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def context(browser: Browser) -> AsyncIterator[BrowserContext]:
    """Open a profile for a module, in which no script may fail and no dialog may open."""
    accidents: list[str] = []

    async def dismiss(dialog: Dialog) -> None:
        accidents.append(f"A dialog opened: {dialog.message}")
        await dialog.dismiss()

    context = await browser.new_context(locale="en-US", viewport={"width": 1280, "height": 720})
    context.set_default_timeout(_PATIENCE_MS)
    context.on("weberror", lambda error: accidents.append(str(error.error)))
    context.on("dialog", dismiss)
    yield context
    await context.close()
    assert not accidents


@pytest_asyncio.fixture(loop_scope="session")
async def page(context: BrowserContext) -> AsyncIterator[Page]:
    """Open a page that knows nothing of any earlier one."""
    await context.clear_cookies()
    async with await context.new_page() as page:
        yield page


@pytest_asyncio.fixture(loop_scope="session")
async def site() -> AsyncIterator[Site]:
    """Serve the pages, with a stage that the test leads itself."""
    async with open_site() as site:
        yield site
