"""A whole show with tools that settings bring: from an MCP server, and from the web."""

from pathlib import Path

import pytest

from bot import persona as personas
from bot.app.judging import judge_of
from bot.mcp.options import McpOptions
from bot.safety.term_files import TermFiles
from bot.search.engine import Hit
from bot.search.options import Engine, SearchOptions
from bot.settings import Settings
from bot.tools.options import ToolsOptions
from tests.mcp.test_connection import program
from tests.mcp.test_servers import written
from tests.standins.ollama import OllamaStandIn, Wants
from tests.standins.search import SearchStandIn
from tests.support.clock import FakeClock
from tests.support.show import on_air


@pytest.mark.slow
async def test_an_mcp_server_and_the_web(tmp_path: Path, ollama: OllamaStandIn) -> None:
    """Both are asked, judged and told; a program that was started ends with the show."""
    web = SearchStandIn()
    web.hits = [Hit("Tokyo", "https://weather.test/", "Sun all day in Tokyo.")]
    servers = written(tmp_path, {"mcpServers": {"w": program(UNIT="Celsius")}})
    mcp = McpOptions(servers=servers, allowed="w_forecast")
    async with web.serving() as url:
        search = SearchOptions(engine=Engine.SEARXNG, url=url)
        async with on_air(
            *(ollama.host, tmp_path / "history.db"),
            speaker="wren",
            tools=ToolsOptions(allowed="web_search"),
            search=search,
            mcp=mcp,
        ) as viewer:
            await viewer.until("reply.finished")
            ollama.requests.clear()
            ollama.will(
                Wants("w_forecast", {"city": "Tokyo"}), Wants("web_search", {"query": "tokyo sun"})
            )
            ollama.will_say("Sun in Tokyo, all day long.")
            await viewer.post("what is the weather in tokyo?", "aki")
            await viewer.until("reply.finished", 2)
            first, second = ollama.requests
            names = [one["function"]["name"] for one in first["tools"]]
            assert names == ["web_search", "w_forecast"]
            told = second["messages"][-1]["content"]
            assert "Tokyo: sun for 1 days, Celsius" in told
            assert "1. Tokyo: Sun all day in Tokyo." in told
            _, status = await viewer.ask("GET", "/api/status")
            assert set(status["tools"]["on"]) == {"web_search", "w_forecast"}


def test_its_keys_are_secrets(tmp_path: Path) -> None:
    """What the file tells a server no viewer may see."""
    servers = written(tmp_path, {"mcpServers": {"w": program(KEY="hush-hush-42")}})
    settings = Settings.model_construct(mcp=McpOptions(servers=servers))
    persona = personas.load("wren")
    judge = judge_of(settings, persona, TermFiles(tmp_path / "none.txt"), FakeClock())
    assert judge.text("the key is hush-hush-42") == "a secret of the settings"
