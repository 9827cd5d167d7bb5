"""The panel under a flood, and open all day, in a real Chromium."""

import asyncio
import os
import re
import time

from playwright.async_api import Browser, Page, async_playwright

from benchmarks.heap import heap, session
from benchmarks.row import Row, percentile
from tests.support.site import TOKEN, Site, comment, open_site

_CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
_CALM, _FLOOD = 10, 1000
"""Comments a second."""
_CALM_S, _FLOOD_S = 10.0, 60.0
_TURN = 0.02
_LONGEST_MS = 100.0
_COUNTED = 0.99
"""Share of the comments that the panel must show or count."""
_HOUR = 3600
"""Comments of an hour in which somebody writes every second."""
_EARLY, _LATE = 2, 10
_DAYS_RATE = 1000
_MOST_GROWN = 1.1
_WATCH = """
  window.tasks = [];
  new PerformanceObserver((list) => {
    for (const one of list.getEntries()) tasks.push(one.duration);
  }).observe({ type: "longtask", buffered: true });
"""
_CLICK = """
  () => new Promise((done) => {
    const begin = performance.now();
    document.getElementById("health-title").click();
    requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - begin)));
  })
"""


async def measure() -> list[Row]:
    """Have viewers write, a few and then a flood of them."""
    async with open_site() as site, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=_CHROMIUM, args=["--no-sandbox"])
        page = await browser.new_page(viewport={"width": 1440, "height": 900})
        await page.add_init_script(_WATCH)
        await page.goto(f"{site.url}/?token={TOKEN}")
        await site.backstage.feed.joined()
        calm = await _write(page, site, _CALM, _CALM_S)
        flood = await _write(page, site, _FLOOD, _FLOOD_S)
        gone = await page.locator("#gone").text_content() or ""
        here = await page.locator("#log > *").count()
        early, late = await _hours(browser, site)
        await browser.close()
    counted = here + int(re.sub(r"\D", "", gone))
    written = _CALM * _CALM_S + _FLOOD * _FLOOD_S
    assert counted >= _COUNTED * written, f"of {written:.0f} the panel knows {counted}"
    return [
        Row(
            f"panel: longest task at {_FLOOD:,} comments a second for a minute",
            *(flood[0], f"at {_CALM} a second", calm[0], _LONGEST_MS),
        ),
        Row(
            "panel: a click → painted meanwhile (95 %)",
            *(flood[1], f"at {_CALM} a second", calm[1], _LONGEST_MS),
        ),
        Row(
            f"panel: memory after {_LATE} hours of a comment a second",
            *(late / 1024, f"after {_EARLY} hours", early / 1024, _MOST_GROWN * early / 1024, "kB"),
        ),
    ]


async def _hours(browser: Browser, site: Site) -> tuple[float, float]:
    """Return the bytes that a panel takes after two hours and after ten, which pass quickly."""
    page = await browser.new_page(viewport={"width": 1440, "height": 900})
    await page.goto(f"{site.url}/?token={TOKEN}")
    await page.locator("#log .entry").first.wait_for()
    chromium = await session(page)
    taken = []
    for hour in range(1, _LATE + 1):
        for number in range(_HOUR):
            text = f"comment {number} of hour {hour}"
            site.backstage.hear(comment(f"viewer {number % 500}", text))
            if number % (_DAYS_RATE * _TURN) == 0:
                await asyncio.sleep(_TURN)
        if hour in {_EARLY, _LATE}:
            await page.locator("#log .entry-text").last.filter(has_text=text).wait_for()
            taken.append(await heap(chromium))
    return taken[0], taken[1]


async def _write(page: Page, site: Site, rate: int, seconds: float) -> tuple[float, float]:
    """Return the longest task in milliseconds, 0 where none was long, and how long clicks took."""
    await page.evaluate("tasks.length = 0")
    clicks, number, began = list[float](), 0, time.perf_counter()
    asked = began
    while (passed := time.perf_counter() - began) < seconds:
        while number < rate * passed:
            number += 1
            site.backstage.hear(comment(f"viewer {number}", f"comment {number} of many, at {rate}"))
        if time.perf_counter() - asked > 1:
            clicks.append(float(await page.evaluate(_CLICK)))
            asked = time.perf_counter()
        await asyncio.sleep(_TURN)
    return max(await page.evaluate("tasks"), default=0.0), percentile(clicks, 95)
