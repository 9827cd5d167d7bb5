"""What the overlay page costs: in a real Chromium, with the bot's own web server.

Painted means painted: the page is asked after the frame in which a sentence was laid out. A day is
as many replies as fit into twelve hours at one in ten seconds, sent as fast as the page takes them.
"""

import asyncio
import os
import time
from dataclasses import replace

from playwright.async_api import Page, async_playwright

from benchmarks.heap import heap, session
from benchmarks.row import Row, percentile
from bot.files import shipped
from tests.support.site import Site, comment, open_site, reply

_CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
_PAINTS = 60
_PAINTED_MS = 50.0
_DAY = 12 * 360
_LONGEST_MS = 50.0
_GROWTH = 1.25
_WARM = 200
_PAGES_KB = 200.0
_SENTENCES = (
    "わぁ、太郎さん、ありがとうございます!",
    "今日のボス戦はね、実は三回目の挑戦なんだ。",
    "応援してね。",
)
_BREATH_S = 0.06
_PAGES = sorted(shipped("overlays").rglob("*.*"))
_WATCH = """
  window.tasks = [];
  new PerformanceObserver((list) => {
    for (const one of list.getEntries()) tasks.push(one.duration);
  }).observe({ type: "longtask", buffered: true });
  window.painted = (text) => new Promise((resolve) => {
    const look = () => {
      const newest = document.querySelector(".sentence:last-child");
      if (newest?.textContent !== text) return void requestAnimationFrame(look);
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => resolve(performance.timeOrigin + performance.now());
      port2.postMessage("");
    };
    look();
  });
"""


async def measure() -> list[Row]:
    """Have an overlay show one reply after the other."""
    async with open_site() as site, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=_CHROMIUM, args=["--no-sandbox"])
        page = await browser.new_page(viewport={"width": 1920, "height": 1080})
        await page.add_init_script(_WATCH)
        await page.goto(f"{site.url}/overlay")
        await page.locator("#theme-style").wait_for(state="attached")
        painted, sent = await _paint(page, site)
        before, after, longest = await _day(page, site)
        await browser.close()
    size = sum(path.stat().st_size for path in _PAGES)
    return [
        Row(
            "sentence sent to the page → painted (95 %)",
            *(percentile(painted, 95), "the frame after it was sent", percentile(sent, 95)),
            _PAINTED_MS,
        ),
        Row(
            f"longest task of the page in {_DAY:,} replies",
            *(longest, "Chromium's own limit of a long task", 50.0, _LONGEST_MS),
        ),
        Row(
            f"memory of the page after {_DAY:,} replies",
            *(after / 1000, f"after {_WARM} replies", before / 1000, _GROWTH * before / 1000),
            unit="kB",
        ),
        Row("all pages, scripts, styles and themes", size / 1000, "–", 0, _PAGES_KB, unit="kB"),
    ]


async def _paint(page: Page, site: Site) -> tuple[list[float], list[float]]:
    """Return how many milliseconds sentences took to be painted, and a frame by itself."""
    painted, frames = [], []
    for number in range(2, 2 + _PAINTS):
        text = f"{_SENTENCES[1]}{number}"
        waiting = page.evaluate_handle("text => ({ at: painted(text) })", text)
        handle = await waiting
        sent = time.time()
        site.stage.show(reply(number, comment("taro"), sentences=[text]), finished=False)
        at = await page.evaluate("async (one) => await one.at", handle)
        painted.append(at - 1000 * sent)
        frames.append(
            await page.evaluate(
                "async () => { const at = performance.now();"
                " await new Promise((done) => requestAnimationFrame(done));"
                " return performance.now() - at; }"
            )
        )
    return painted, frames


async def _day(page: Page, site: Site) -> tuple[float, float, float]:
    """Return the bytes that the page takes after a while and after a day, and its longest task."""
    chromium = await session(page)
    early = 0.0
    for number in range(100, 100 + _DAY):
        viewer = comment(f"viewer {number}", f"comment {number}")
        for count in range(len(_SENTENCES) + 1):
            shown = reply(number, viewer, sentences=_SENTENCES[:count])
            finished = count == len(_SENTENCES)
            site.stage.show(replace(shown, mood=("", "joy")[number % 2]), finished=finished)
        if number % 10 == 0:
            # The feed cuts off who does not keep up. Nothing is asked of the page meanwhile: what
            # looks into it would take memory there, too.
            await asyncio.sleep(_BREATH_S)
        if number == 100 + _WARM:
            early = await heap(chromium)
            await page.evaluate("tasks.length = 0")  # taking the rubbish out was one
    longest = max(await page.evaluate("tasks"), default=0.0)
    return early, await heap(chromium), longest
