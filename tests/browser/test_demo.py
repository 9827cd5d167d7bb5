"""The real demo, as a person meets it: the program, its small model, and both pages."""

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import BrowserContext, Page, expect

from bot import persona as personas
from bot.settings import keys
from tests.support.ear import LISTEN, is_loud, is_silent

pytestmark = [
    pytest.mark.slow,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM to send"),
]

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)> hello"


@dataclass
class Demo:
    """A running ``vtuber-bot demo``, and what it printed."""

    home: Path
    process: asyncio.subprocess.Process
    lines: list[str]
    reading: "asyncio.Task[None]"

    def address(self, name: str) -> str:
        """Return an address that was printed."""
        (line,) = [line for line in self.lines if line.startswith(name)]
        found = re.search(r"http://\S+", line)
        assert found
        return found[0]

    async def end(self) -> int:
        """Send SIGTERM, and return the exit code."""
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(30):
            await self.reading
            return await self.process.wait()


@asynccontextmanager
async def running_demo(home: Path) -> AsyncIterator[Demo]:
    """Run the program as after its installation, with a home of its own and without Ollama."""
    own = {key: str(home / key) for key in ("HOME", "XDG_DATA_HOME", "XDG_STATE_HOME")}
    others = {key: value for key, value in os.environ.items() if key.upper() not in keys()}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "bot", "demo", "--port", "0", "--no-open"),
        cwd=home,
        env={**others, **own, "OLLAMA_HOST": "http://127.0.0.1:9", "PYTHONUTF8": "1"},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    assert process.stdout
    on_air = asyncio.Event()
    lines: list[str] = []

    async def read(output: asyncio.StreamReader) -> None:
        async for line in output:
            lines.append(line.decode().rstrip())
            if lines[-1].startswith("On air"):
                on_air.set()

    demo = Demo(home, process, lines, asyncio.create_task(read(process.stdout)))
    try:
        begun = asyncio.create_task(on_air.wait())
        await asyncio.wait({begun, demo.reading}, timeout=60, return_when="FIRST_COMPLETED")
        assert begun.done(), lines
        yield demo
    finally:
        begun.cancel()
        await demo.end()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def demo(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Demo]:
    """Start the demo once for all tests of this file."""
    async with running_demo(tmp_path_factory.mktemp("demo")) as demo:
        yield demo


@dataclass
class Chat:
    """The panel, used as a person does."""

    page: Page

    async def write(self, text: str, *, author: str = "taro", role: str = "Viewer") -> None:
        """Fill in the form and press Enter; return once the bot has taken it."""
        await self.page.get_by_label("Name").fill(author)
        await self.page.get_by_label("Role").select_option(role)
        line = self.page.get_by_label("Comment", exact=True)
        await line.fill(text)
        await line.press("Enter")
        await expect(line).to_have_value("")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def overlay(context: BrowserContext, demo: Demo) -> Page:
    """Open the overlay at the address that was printed."""
    page = await context.new_page()
    await page.add_init_script(LISTEN)
    await page.goto(demo.address("Overlay"))
    await expect(page.locator("#stage")).to_have_attribute("lang", "en")
    return page


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def panel(context: BrowserContext, demo: Demo) -> Page:
    """Open the panel at the address that was printed."""
    page = await context.new_page()
    await page.goto(demo.address("Panel"))
    return page


@pytest_asyncio.fixture(loop_scope="session")
async def chat(panel: Page, overlay: Page) -> Chat:
    """Sit before the panel of a show in which nothing goes on."""
    chat = Chat(panel)
    await chat.write("!clear", role="Moderator")
    await expect(overlay.locator("#stage > *")).to_have_count(0)
    return chat


async def watch(overlay: Page) -> None:
    """Note from now on, at every change, whom viewers see answered and in which sentences."""
    await overlay.evaluate(
        """() => {
          const texts = (part) => [...stage.querySelectorAll(part)].map((node) => node.textContent);
          window.seen = [];
          new MutationObserver(() => {
            seen.push({names: texts(".answered-name"), sentences: texts(".sentence")});
          }).observe(stage, {childList: true, subtree: true});
        }"""
    )


async def test_a_comment_is_answered_sentence_by_sentence(chat: Chat, overlay: Page) -> None:
    """The small model's own words appear one sentence after the other, and on the panel too."""
    await watch(overlay)
    await chat.write("Tell me about Brahms.", author="hana")
    spoken = chat.page.locator(".entry-reply").last
    await expect(spoken.locator(".entry-whom")).to_have_text("to hana")
    await expect(spoken.locator(".entry-text")).not_to_have_text(re.compile("…$"))
    whole = await spoken.locator(".entry-text").text_content()
    assert whole
    last = (await overlay.locator(".sentence").last.text_content()) or ""
    assert whole.endswith(last)
    seen: list[dict[str, Any]] = await overlay.evaluate("seen")
    assert seen[0] == {"names": ["hana"], "sentences": []}
    steps = [step["sentences"] for step in seen]
    changes = [(before, after) for before, after in pairwise(steps) if after != before]
    said = [after[-1] for _, after in changes]
    assert " ".join(said) == whole
    # What has no room left begins a new page.
    assert all(after in ([*before, after[-1]], [after[-1]]) for before, after in changes)
    wren = personas.load("wren", ())
    assert not {*said} & {*wren.unable, *wren.greeting}
    await expect(chat.page.locator(".entry-text", has_text="Tell me about")).to_have_count(1)


async def test_the_voice_is_heard_and_silenced(chat: Chat, overlay: Page) -> None:
    """That of the box, really: energy where speech is, and none after the moderator's word."""
    await chat.write("Tell me a long story.", author="hana")
    await is_loud(overlay)
    await expect(overlay.locator(".sentence").first).to_be_visible()
    await chat.write("!pause", author="mio", role="Moderator")
    await is_silent(overlay)
    await chat.write("!resume", author="mio", role="Moderator")
    await expect(chat.page.locator("#speaker")).to_have_attribute("aria-pressed", "true")


async def test_a_viewer_cannot_pause(chat: Chat, overlay: Page) -> None:
    """The word alone does nothing: the next comment is answered as ever."""
    await chat.write("!pause", author="hana")
    await chat.write("What do you see from your window?", author="hana")
    await expect(overlay.locator(".answered-name")).to_have_text("hana")
    await expect(overlay.locator(".sentence").first).to_be_visible()
    await expect(chat.page.locator("#status")).to_have_text("On air")


async def test_a_moderator_pauses_and_resumes(chat: Chat, overlay: Page) -> None:
    """The screen is blank and stays so until the moderator's next word."""
    await chat.write("Do you like tea?", author="hana")
    await expect(overlay.locator(".talk")).to_have_count(1)
    await chat.write("!pause", author="mio", role="Moderator")
    await expect(overlay.locator("#stage > *")).to_have_count(0)
    await expect(chat.page.locator("#status")).to_have_text("Paused by mio")
    await watch(overlay)
    await chat.write("Are you there?", author="hana")
    await chat.write("!status", author="mio", role="Moderator")
    await expect(chat.page.get_by_text("mio: Paused by mio: 1 waiting")).to_be_visible()
    assert await overlay.evaluate("seen") == []
    await chat.write("!resume", author="mio", role="Moderator")
    await expect(overlay.locator(".answered-text")).to_have_text("Are you there?")
    await expect(overlay.locator(".sentence").first).to_be_visible()
    await expect(chat.page.locator("#status")).to_have_text("On air")


async def test_markup_in_a_comment_is_text(chat: Chat, overlay: Page) -> None:
    """What a viewer types is shown as typed on both pages, and nothing of it runs."""
    await chat.write(HOSTILE, author="<b>hana</b>")
    await expect(overlay.locator(".answered-text")).to_have_text(HOSTILE)
    await expect(overlay.locator(".answered-name")).to_have_text("<b>hana</b>")
    await expect(overlay.locator(".sentence").first).to_be_visible()
    entry = chat.page.locator(".log .entry:not(.entry-reply)").last
    await expect(entry.locator(".entry-text")).to_have_text(HOSTILE)
    for place in (overlay.locator("body"), chat.page.locator("main, .watch")):
        await expect(place.locator("script, img:not(.face-picture), b")).to_have_count(0)


async def test_sigterm_ends_the_show(chat: Chat, overlay: Page, demo: Demo) -> None:
    """Asked to end, the program clears the screen, says so and leaves with 0; its log is clean."""
    await chat.write("Good night!", author="hana")
    await expect(overlay.locator(".sentence").first).to_be_visible()
    assert await demo.end() == 0
    await expect(overlay.locator("#stage > *")).to_have_count(0)
    assert "The show is over; the screen is clear." in demo.lines
    assert not any("memory" in line for line in demo.lines), "what is in the box ends with it"
    why = next(line for line in demo.lines if line.startswith("Why so"))
    assert "Ollama does not answer" in why
    token = demo.address("Panel").partition("token=")[2]
    (log,) = demo.home.rglob("vtuber-bot.log")
    for text in (log.read_text(encoding="utf-8"), "\n".join(demo.lines)):
        assert "Traceback" not in text
        assert "ERROR" not in text
    assert token not in log.read_text(encoding="utf-8")
