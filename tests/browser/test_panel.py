"""The panel of a real show: what it tells, and what its switches do."""

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Literal

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from bot import translation
from bot.obs.options import ObsOptions
from bot.translation import tr
from bot.voice.options import Engine, VoiceOptions
from tests.standins.obs import ObsStandIn
from tests.standins.ollama import Gate, OllamaStandIn, Thinking, Wants
from tests.standins.voicevox import SpeechStandIn
from tests.support.access import barriers
from tests.support.show import TOKEN, Viewer, on_air

_NUMBER = """
  const all = [...document.querySelectorAll("a, button, input, select, summary, [tabindex='0']")];
"""
_FOCUSED = f"""() => {{
  {_NUMBER}
  const here = document.activeElement;
  if (here === document.body) return null;
  const {{ outlineStyle, boxShadow }} = getComputedStyle(here);
  const outline = outlineStyle === "none" ? boxShadow : outlineStyle;
  return {{ number: all.indexOf(here), outline, what: here.outerHTML }};
}}"""
_CLICKABLE = f"""() => {{
  {_NUMBER}
  // Of the choices of one group a keyboard comes to the chosen one; arrows lead to the others.
  return [...all.keys()].filter((i) => all[i].checkVisibility() && !all[i].matches("[type=radio]"));
}}"""
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.slow]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def ollama() -> AsyncIterator[OllamaStandIn]:
    """An Ollama for all tests here."""
    async with OllamaStandIn() as ollama:
        yield ollama


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def viewer(
    tmp_path_factory: pytest.TempPathFactory, ollama: OllamaStandIn
) -> AsyncIterator[Viewer]:
    """One show for all of them, which has greeted."""
    database = tmp_path_factory.mktemp("panel") / "history.db"
    async with on_air(ollama.host, database, speaker="wren") as viewer:
        await viewer.until("reply.finished")
        yield viewer


async def open_panel(page: Page, viewer: Viewer) -> None:
    """Open it as the streamer does, once nobody waits, and until it knows how the show is."""
    await viewer.ask("POST", "/api/commands", json={"command": "clear"})
    await page.goto(f"{viewer.address}/?token={TOKEN}")
    await expect(page.locator("#status")).to_have_text(tr("On air"))


async def test_what_was_looked_up(page: Page, viewer: Viewer, ollama: OllamaStandIn) -> None:
    """Each tool has a switch, by mouse and by keyboard; what was done, and for whom, is there."""
    ollama.will(Wants("calculate", {"code": "4800 * 17 / 100"}))
    ollama.will_say("That is 816 yen.")
    await open_panel(page, viewer)
    await viewer.post("what is 17 % of 4,800 yen?", "aki")
    call = page.locator(".tool-call").first
    await expect(call).to_contain_text('calculate(code="4800 * 17 / 100") → 816')
    await expect(call).to_contain_text("aki")
    switch = page.get_by_role("button", name="calculate", exact=True)
    await expect(switch).to_have_attribute("aria-pressed", "true")
    await switch.click()
    await expect(switch).to_have_attribute("aria-pressed", "false")
    await expect(page.locator("#answer")).to_contain_text("off: calculate.")
    await switch.focus()
    await page.keyboard.press("Enter")
    await expect(switch).to_have_attribute("aria-pressed", "true")
    await expect(switch).to_be_focused()
    await expect(page.locator("#orders .order-typed").first).to_have_text("!tool calculate on")


async def test_who_is_next_and_why(page: Page, viewer: Viewer, ollama: OllamaStandIn) -> None:
    """In their order, below whoever is being answered; the thinking is there, and private."""
    gate = Gate()
    ollama.will(Thinking("SECRET: greet aki."), "Here I am. ", "So", gate, " it is.")
    await open_panel(page, viewer)
    await viewer.post("hello?", "aki")
    await gate.reached()
    await viewer.post("nice weather", "bo")
    await viewer.post("Wren, what is that light?", "mika")
    await expect(page.locator("#answering .entry-name")).to_have_text(["aki"])
    names = page.locator("#queue .entry-name")
    await expect(names).to_have_text(["mika", "bo"])
    why = page.locator("#queue .waiting-why").first
    await expect(why).to_have_text("named · first words · question")
    thoughts = page.locator("#thought")
    await expect(thoughts).to_be_hidden()
    await page.get_by_text("Thoughts: for your eyes only").click()
    await expect(thoughts).to_have_text("SECRET: greet aki.")
    overlay = await page.context.new_page()
    await overlay.goto(f"{viewer.address}/overlay")
    await expect(overlay.locator(".sentence").first).to_have_text("Here I am.")
    assert "SECRET" not in await overlay.content()
    await overlay.close()
    gate.release()


async def test_a_fault_and_its_end(page: Page, viewer: Viewer, ollama: OllamaStandIn) -> None:
    """In words, with what to do; and it is seen when it is over."""
    await open_panel(page, viewer)
    model = page.locator(".part", has_text="gpt-oss:120b")
    await expect(model).to_have_attribute("data-level", "well")
    top = page.locator("#status")
    await ollama.go_away()
    try:
        await expect(top).to_have_text("On air, but without gpt-oss:120b")
        await expect(model).to_have_attribute("data-level", "ill")
        await expect(model).to_contain_text("Ollama does not answer")
    finally:
        await ollama.come_back()  # The other tests here have the same one.
    await expect(top).to_have_text("On air")
    await expect(model).to_have_attribute("data-level", "well")


async def test_neighbours_that_go_and_come_back(
    page: Page, ollama: OllamaStandIn, tmp_path: Path
) -> None:
    """OBS and the voice: each is told in words, and so is its return."""
    obs, speech = ObsStandIn(), SpeechStandIn()
    async with AsyncExitStack() as obs_runs, AsyncExitStack() as voice_runs:
        port = await obs_runs.enter_async_context(obs.serving())
        address = await voice_runs.enter_async_context(speech.serving())
        wanted = ObsOptions(port=port, create_source=True, source="Reply")
        voice = VoiceOptions(engine=Engine.VOICEVOX, url=address)
        async with on_air(
            *(ollama.host, tmp_path / "history.db"), obs=wanted, voice=voice, speaker="wren"
        ) as viewer:
            await page.goto(f"{viewer.address}/?token={TOKEN}")
            top = page.locator("#status")
            await expect(top).to_have_text("On air")
            await voice_runs.aclose()
            await expect(top).to_have_text("On air, but without Voice")
            await obs_runs.aclose()
            await expect(top).to_have_text("On air, but without OBS, Voice")
            parts = page.locator(".part[data-level=ill] .part-state")
            told = ["OBS at .* has closed|OBS is not running", "VOICEVOX does not answer at"]
            await expect(parts).to_have_text([re.compile(one) for one in told])
            await voice_runs.enter_async_context(speech.serving(int(address.rpartition(":")[2])))
            await expect(top).to_have_text("On air, but without OBS")
            await obs_runs.enter_async_context(obs.serving(port))
            await expect(top).to_have_text("On air")


async def test_one_key_each(page: Page, viewer: Viewer, ollama: OllamaStandIn) -> None:
    """Pause blanks the overlay, and is undone; what is typed on is typed on; ? tells all."""
    ollama.will("Here I am, and I stay for a good long while. ", "I do.")
    await open_panel(page, viewer)
    overlay = await page.context.new_page()
    await overlay.goto(f"{viewer.address}/overlay")
    await viewer.post("hello?", "aki")
    await expect(overlay.locator(".sentence").first).to_contain_text("Here I am")
    await page.keyboard.press("p")
    await expect(overlay.locator(".sentence")).to_have_count(0)
    await expect(page.locator("#status")).to_have_text("Paused by panel")
    await expect(page.locator("#pause")).to_have_text("Go on")
    await expect(page.locator("#answer")).to_contain_text("the show is paused")
    await page.keyboard.press("p")
    await expect(page.locator("#status")).to_have_text("On air")
    await page.keyboard.press("y")
    line = page.get_by_label("Command", exact=True)
    await expect(line).to_be_focused()
    await expect(line).to_have_value("say ")
    await page.keyboard.type("Mind the step.")
    await page.keyboard.press("Enter")
    await expect(overlay.locator(".sentence").last).to_have_text("Mind the step.")
    await expect(line).to_have_value("")
    await page.keyboard.type("p")
    await expect(line).to_have_value("p")
    await page.keyboard.press("Escape")
    await page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Keys")
    await expect(keys).to_be_visible()
    await expect(keys.locator("kbd")).to_have_text([*"pscaytmed123"])
    await page.keyboard.press("p")
    await page.keyboard.press("?")
    await expect(keys).to_be_hidden()
    await expect(page.locator("#status")).to_have_text("On air")
    await overlay.close()


async def test_what_moderators_did_and_the_way_back(page: Page, viewer: Viewer) -> None:
    """The last first, also after a reload; the way back is a command like others."""
    await open_panel(page, viewer)
    await viewer.post("hello", "aki")
    await viewer.post("!ban-topic natto", "mod", ["moderator"])
    orders = page.locator("#orders > li")
    first = orders.first
    await expect(first.locator(".entry-name")).to_have_text("mod")
    await expect(first.locator(".order-typed")).to_have_text("!ban-topic natto")
    await expect(first).to_contain_text("natto is banned")
    await page.reload()
    await first.get_by_role("button", name="Undo").click()
    await expect(page.locator("#answer")).to_have_text("natto is allowed again.")
    await expect(first).to_contain_text("natto is allowed again.")
    await viewer.post("!skip", "mod", ["moderator"])
    await expect(first).to_contain_text("the reply is skipped")
    await expect(first.get_by_role("button")).to_have_count(0)


async def test_the_keyboard_alone(page: Page, viewer: Viewer) -> None:
    """Tab comes to all that can be clicked, and each shows that it is there."""
    await open_panel(page, viewer)
    await viewer.post("call 090-1234-5678", "bo")
    await expect(page.get_by_role("button", name="Let it through").last).to_be_visible()
    await page.locator("body").focus()
    reached = list[str]()
    while True:
        await page.keyboard.press("Tab")
        here = await page.evaluate(_FOCUSED)
        if not here or here["number"] in reached:
            break
        assert here["outline"] != "none", here
        reached.append(here["number"])
    wanted = await page.evaluate(_CLICKABLE)
    assert set(wanted) <= set(reached)
    await page.get_by_role("button", name="Let it through").last.focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("#queue .entry-name, #answering .entry-name").last).to_have_text("bo")
    await page.get_by_role("button", name="On a phone").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_be_hidden()


async def test_a_command_that_is_none(page: Page, viewer: Viewer) -> None:
    """It is told, and stays to be put right."""
    await open_panel(page, viewer)
    line = page.get_by_label("Command", exact=True)
    await line.fill("dance")
    await line.press("Enter")
    await expect(page.locator("#answer")).to_contain_text("!dance is no command")


@pytest.mark.parametrize("language", translation.LANGUAGES)
@pytest.mark.parametrize("size", [(1440, 900), (390, 844), (300, 700)])
async def test_everywhere(
    *,
    browser: Browser,
    viewer: Viewer,
    tmp_path: Path,
    size: tuple[int, int],
    language: translation.Language,
    request: pytest.FixtureRequest,
) -> None:
    """At a desk, on a phone, in a dock of OBS, in both colours and languages: all can use it."""
    width, height = size
    if language == "ja":
        request.getfixturevalue("japanese")
    async with await browser.new_context(viewport={"width": width, "height": height}) as context:
        page = await context.new_page()
        await open_panel(page, viewer)
        await viewer.post("x" * 300, "a" * 60)
        await expect(page.locator("#queue .waiting, #answering .waiting").first).to_be_visible()
        for scheme in SCHEMES:
            await page.emulate_media(color_scheme=scheme)
            await page.screenshot(path=tmp_path / f"{scheme}.png", full_page=True)
            assert await page.evaluate("document.documentElement.scrollWidth") == width
            assert await barriers(page) == []
        big = await page.locator("#pause").bounding_box()
        assert big
        assert big["height"] >= 44


@pytest.mark.usefixtures("japanese")
async def test_it_speaks_japanese(page: Page, viewer: Viewer) -> None:
    """Also what the bot itself says: how its parts are, what became of a command."""
    await page.goto(f"{viewer.address}/?token={TOKEN}")
    await expect(page.locator("#status")).to_have_text("配信中")
    await page.locator("#pause").click()
    await expect(page.locator("#status")).to_have_text("panelさんが一時停止中")
    await page.locator("#pause").click()
    await expect(page.locator("#status")).to_have_text("配信中")
    titles = await page.locator("#keys dd").all_text_contents()
    assert len(titles) == 12
    assert [title for title in titles if title.isascii()] == []
    await viewer.post("だれかいますか?")
    await expect(page.locator("#queue .waiting-why, #answering .waiting").first).to_be_visible()
    states = await page.locator("#health .part-state").all_text_contents()
    assert "記録しています。" in states
    assert [state for state in states if state.isascii()] == []
