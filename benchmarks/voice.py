"""The voice and the face: how soon it is heard, without gaps, how fast it is silent; what it costs.

The voice in the box speaks in a real Chromium, through the bot's own narrator and web server.
"""

import asyncio
import os
import statistics
import time
from itertools import pairwise
from typing import Any

import psutil
from playwright.async_api import Page, async_playwright

from benchmarks.row import Row, percentile
from bot import persona as personas
from bot.chat import Clip, Reply
from bot.clock import SystemClock
from bot.voice.box import Box
from bot.voice.narrator import Narrator, places
from bot.voice.spoken_form import clauses, spoken
from tests.support.ear import LISTEN, is_loud
from tests.support.site import Site, open_site

_CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
_SWITCHES = ["--no-sandbox", "--autoplay-policy=no-user-gesture-required"]
_REPLIES = 8
_SENTENCES = (
    "わぁ、太郎さん、ありがとうございます！",
    "今日のボス戦はね、実は三回目の挑戦なんだ。",
    "応援してくれたら、うち、がんばれる気がするよ。",
)
_GAP_MS = 150.0
_SILENT_MS = 100.0
_OVERHEAD, _OVERHEAD_MS = 1.05, 50.0
_FACE = 5.0
_FRAMES = """
  () => new Promise((done) => {
    const end = performance.now() + 5000;
    const frame = () => performance.now() < end ? requestAnimationFrame(frame) : done();
    frame();
  })
"""
_SILENCE = """
  () => new Promise((done) => {
    const look = () => {
      if (loudness() < 0.0001) done(performance.timeOrigin + performance.now());
      else setTimeout(look, 2);
    };
    look();
  })
"""


async def measure() -> list[Row]:
    """Have replies said aloud, and one of them cut."""
    async with open_site() as site, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=_CHROMIUM, args=_SWITCHES)
        context = await browser.new_context()
        page = await context.new_page()
        await page.add_init_script(LISTEN)
        await page.goto(f"{site.url}/overlay")
        await site.stage.feed.joined()
        said = [await _say(page, site, number) for number in range(2, 2 + _REPLIES)]
        shares = [await _share(page, site) for _ in range(3)]
        silences = [await _cut(page, site, number) for number in range(100, 100 + _REPLIES)]
        await browser.close()
    first = percentile([one["first"] for one in said], 50)
    engine = percentile([one["engine"] for one in said], 50)
    whole = percentile([one["whole"] for one in said], 50)
    overlay, face = (statistics.median(each) for each in zip(*shares, strict=True))
    gaps = [gap for one in said for gap in one["gaps"]]
    return [
        Row(
            "first sentence written → first sound (median)",
            *(first, "played after the whole reply", whole, _OVERHEAD * engine + _OVERHEAD_MS),
        ),
        Row("longest gap between two clauses or sentences", max(gaps), "–", 0, _GAP_MS),
        Row(
            "share of a core for a face that speaks, without a graphics card (median of three)",
            *(face, "the overlay that says the same", overlay, overlay + _FACE),
            unit="%",
        ),
        Row(
            "moderator's word at the bot → silence at the page (95 %)",
            *(percentile(silences, 95), "–", 0, _SILENT_MS),
        ),
    ]


async def _say(page: Page, site: Site, number: int) -> dict[str, Any]:
    """Say a reply as a show does; return what it took, in milliseconds."""
    persona = personas.load("botan")
    narrator = Narrator(lambda _: Box(), persona, clock=SystemClock())
    await narrator.prepare()
    alone, whole = await _alone(persona)
    await page.evaluate("begun.length = 0")
    reply, ahead = Reply(number, ()), places()
    written = time.time()
    coming = [
        narrator.begin(text, among=ahead, hurried=text is _SENTENCES[0]) for text in _SENTENCES
    ]
    for text, narration in zip(_SENTENCES, coming, strict=True):
        reply = reply.saying(text, clip=await narration.clip())
        site.stage.show(reply, finished=False)
        while rest := await narration.clip():
            reply = reply.sounding(rest)
            site.stage.show(reply, finished=False)
        await asyncio.sleep(sum(clip.seconds for clip in reply.clips[-1]))
    begun = await page.evaluate("begun")
    gaps = [1000 * (after - begin - long) for (begin, long, _), (after, _, _) in pairwise(begun)]
    return {
        "first": begun[0][2] - 1000 * written,
        "engine": 1000 * alone,
        "whole": 1000 * whole,
        "gaps": gaps,
    }


async def _share(page: Page, site: Site) -> tuple[float, float]:
    """Return what the overlay costs that is heard, and what the face costs that speaks besides."""
    other = await page.context.new_page()
    clip = await Box().speak("あ" * 80, personas.load("botan").manner(""))
    shares = []
    for number, path in ((98, "/overlay"), (99, "/avatar")):
        site.stage.clear()
        await page.goto("about:blank")
        await other.goto(f"{site.url}{path}")
        await other.locator("#theme-style, [data-picture='face.svg']").wait_for(state="attached")
        site.stage.show(Reply(number, ()).saying("あー", "joy", clip), finished=True)
        shares.append(await _busy(other))
    await other.close()
    await page.goto(f"{site.url}/overlay")
    return shares[0], shares[1]


async def _busy(page: Page) -> float:
    """Return the share of a core that Chromium takes while each frame is drawn, in hundredths."""
    await asyncio.sleep(1)
    programs = [
        one
        for one in psutil.process_iter(["name"])
        if "chrom" in one.info["name"] and "crashpad" not in one.info["name"]
    ]
    before, began = sum(map(_seconds, programs)), time.perf_counter()
    await page.evaluate(_FRAMES)
    return 100 * (sum(map(_seconds, programs)) - before) / (time.perf_counter() - began)


def _seconds(program: psutil.Process) -> float:
    times = program.cpu_times()
    return float(times.user + times.system)


async def _alone(persona: personas.Persona) -> tuple[float, float]:
    """Return the seconds in which the engine makes the first clause, and all of the reply."""
    box, began = Box(), time.perf_counter()
    await box.speak(clauses(spoken(_SENTENCES[0], "ja"))[0], persona.manner(""))
    first, began = time.perf_counter() - began, time.perf_counter()
    for text in _SENTENCES:
        await box.speak(spoken(text, "ja"), persona.manner(""))
    return first, time.perf_counter() - began


async def _cut(page: Page, site: Site, number: int) -> float:
    """Return in how many milliseconds a long sentence falls silent."""
    clip: Clip = await Box().speak("あ" * 200, personas.load("botan").manner(""))
    site.stage.show(Reply(number, ()).saying("あー", clip=clip), finished=True)
    await is_loud(page)
    silent = asyncio.create_task(page.evaluate(_SILENCE))
    await asyncio.sleep(0.3)
    cut = time.time()
    site.stage.clear()
    return float(await silent) - 1000 * cut
