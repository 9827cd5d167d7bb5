"""What a page keeps in memory, in a real Chromium."""

import asyncio

from playwright.async_api import CDPSession, Page

_REST_S = 1.0


async def session(page: Page) -> CDPSession:
    """Return a session that measures; it is not begun anew for each, which would take memory."""
    chromium = await page.context.new_cdp_session(page)
    await chromium.send("Performance.enable")
    return chromium


async def heap(chromium: CDPSession) -> float:
    """Return the bytes that a page's scripts hold, once the rubbish is taken out."""
    await asyncio.sleep(_REST_S)
    await chromium.send("HeapProfiler.collectGarbage")
    told = await chromium.send("Performance.getMetrics")
    [size] = [one["value"] for one in told["metrics"] if one["name"] == "JSHeapUsedSize"]
    return float(size)
