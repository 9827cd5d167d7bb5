"""The tools that settings bring, and what is missing where they do not."""

import sys
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from bot.app.hands import acting, demand, search_engine, searching
from bot.avatar.options import VtsOptions
from bot.errors import MisconfiguredError
from bot.search.options import Engine, SearchOptions
from bot.settings import Settings
from bot.tools.options import ToolsOptions
from tests.standins.ollama import OllamaStandIn
from tests.support.clock import FakeClock
from tests.support.judging import judge
from tests.support.rehearsal import MIKA, rehearsal


def names(**sections: Any) -> list[str]:
    """Return the names of the tools that settings bring."""
    settings = Settings.model_construct(**sections)
    clock = FakeClock()
    demand(settings)
    tools = searching(settings, language="en", judge=judge(clock=clock), clock=clock)
    tools += acting(settings, press)
    return [tool.function.name for tool in tools]


@pytest.mark.parametrize(
    ("options", "label"),
    [
        (SearchOptions(engine=Engine.SEARXNG), "SearXNG"),
        (SearchOptions(engine=Engine.DDGS), "ddgs"),
        (SearchOptions(engine=Engine.OLLAMA, key=SecretStr("k")), "Ollama"),
    ],
)
async def test_who_searches(options: SearchOptions, label: str) -> None:
    """Whom the settings name."""
    engine = search_engine(options, "ja")
    assert engine
    assert engine.label == label
    await engine.close()
    assert names(search=options) == ["web_search", "read_page"]


def test_nobody_searches() -> None:
    """By default; a tool that is asked for by name is then missed."""
    assert names() == []
    with pytest.raises(MisconfiguredError, match="names web_search, which needs SEARCH_ENGINE"):
        names(tools=ToolsOptions(allowed="time, web_search"))


def test_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key, and a package."""
    with pytest.raises(MisconfiguredError, match="needs SEARCH_KEY"):
        search_engine(SearchOptions(engine=Engine.OLLAMA), "en")
    monkeypatch.setitem(sys.modules, "ddgs", None)
    with pytest.raises(MisconfiguredError, match="uv run --extra search"):
        search_engine(SearchOptions(engine=Engine.DDGS), "en")


def test_sites_in_words() -> None:
    """A wrong one is told as what it is."""
    with pytest.raises(ValidationError, match="nowhere is no site; write it like"):
        SearchOptions(never="nowhere")


async def press(hotkey: str) -> None:
    """Do what a hotkey does."""
    assert hotkey


def test_what_is_done_elsewhere() -> None:
    """What the settings list; a gesture only where there is an avatar."""
    listed = ToolsOptions(scenes="Game, Chat", sources="Clock", sounds="Horn")
    assert names(tools=listed) == ["show_scene", "show_source", "play_sound"]
    waving = ToolsOptions(gestures="Wave", allowed="gesture, time")
    assert names(tools=waving, vts=VtsOptions(enabled=True)) == ["gesture"]
    with pytest.raises(MisconfiguredError, match="set VTS_ENABLED=yes"):
        names(tools=waving)
    with pytest.raises(MisconfiguredError, match="names play_sound, which needs TOOLS_SOUNDS"):
        names(tools=ToolsOptions(allowed="play_sound"))
    with pytest.raises(MisconfiguredError, match="names hold_poll, which needs TOOLS_POLLS"):
        names(tools=ToolsOptions(allowed="hold_poll"))
    clock = Settings.model_construct(tools=waving, vts=VtsOptions(enabled=True))
    assert acting(clock, None) == [], "a demo has no avatar"


async def test_a_persona_chooses(
    tmp_path: Path, ollama: OllamaStandIn, caplog: pytest.LogCaptureFixture
) -> None:
    """Of those that are allowed; one that is not there is told, and another persona has others."""
    chooser = MIKA.model_copy(update={"tools": ("time", "roll_dice", "rocket")})
    path = tmp_path / "history.db"
    async with rehearsal(path, ollama, persona=chooser, allowed=("time", "calculate")) as show:
        assert list(show.show.toolbox.states) == ["time"]
        ollama.will_say("Good evening.")
        show.write("good evening")
        await show.board.shows("Good evening.")
        (told,) = ollama.requests[-1]["tools"]
        assert told["function"]["name"] == "time"
        assert "wants the tool rocket, which is not there" in caplog.text
        show.show.toolbox.play(MIKA)
        assert list(show.show.toolbox.states) == ["calculate", "time"]
