"""Real MCP servers, as programs and by HTTP: what they have, what they do, and their deaths."""

import asyncio
import logging
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from mcp_types import CallToolResult, ImageContent, TextContent

from bot.app.own_servers import Reached, chosen, reached
from bot.clock import SystemClock
from bot.errors import MisconfiguredError, UnavailableError
from bot.mcp.connection import Connection, text_of
from bot.mcp.options import McpOptions
from bot.mcp.remote import Remote
from bot.mcp.servers import Server
from bot.tools.tool import ToolError
from tests.mcp.test_servers import written
from tests.support.hurry import Hurry
from tests.support.obs import free_port

ROOT = Path(__file__).parents[2]
SERVER = ("-m", "tests.standins.mcp_server")
OPTIONS = McpOptions()


def program(*arguments: str, **env: str) -> dict[str, Any]:
    """Return how the test's own server is started."""
    return {"command": sys.executable, "args": [*SERVER, *arguments], "cwd": str(ROOT), "env": env}


@asynccontextmanager
async def opened(server: Mapping[str, Any]) -> AsyncIterator[dict[str, Remote]]:
    """Reach a server; give its tools, by the names that they have there."""
    connection = Connection("weather", Server.model_validate(server))
    try:
        told = await connection.open()
        yield {one.name: Remote(connection, one, OPTIONS) for one in told}
    finally:
        await connection.close()


async def use(tool: Remote, **arguments: Any) -> str:
    """Have it used."""
    return await tool.use(arguments, ())


@pytest.mark.slow
async def test_a_program() -> None:
    """Its tools, what they come to, and what they say no to; it ends with the show."""
    async with opened(program(UNIT="Celsius")) as tools:
        forecast = tools["forecast"]
        assert forecast.function.name == "weather_forecast"
        assert forecast.function.description == "Tell the weather of a city."
        assert forecast.function.parameters["required"] == ["city"]
        assert await use(forecast, city="Tokyo") == "Tokyo: sun for 1 days, Celsius"
        with pytest.raises(ToolError, match="city"):
            await use(forecast)
        with pytest.raises(ToolError, match="Error executing tool fail"):
            await use(tools["fail"], city="Atlantis")
        assert '"degrees": 21' in await use(tools["structured"])
        strange = tools["over there/now"]
        assert strange.function.name == "weather_over_there_now"
        assert await use(strange) == "done"


@pytest.mark.slow
async def test_a_program_that_dies(caplog: pytest.LogCaptureFixture) -> None:
    """The call that it died of is not sent again; the next one starts it anew."""
    async with opened(program()) as tools:
        with pytest.raises(ToolError, match="it does not work now"):
            await use(tools["die"])
        assert "The MCP server weather does not do die" in caplog.text
        assert await use(tools["forecast"], city="Oslo") == "Oslo: sun for 1 days, no unit"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("server", "told"),
    [
        (program("--broken", WEATHER_KEY="k-123456"), "is not there: the key … is not good"),
        ({"command": "/nowhere/weather-mcp"}, "is not there: .*No such file"),
        ({"url": "http://127.0.0.1:9/mcp"}, "is not there: "),
    ],
)
async def test_one_that_is_not_there(server: Mapping[str, Any], told: str) -> None:
    """With what it said last, and without its keys."""
    with pytest.raises(UnavailableError, match=f"The MCP server weather {told}"):
        async with opened(server):
            pass


@asynccontextmanager
async def serving(port: int) -> AsyncIterator[None]:
    """Serve by HTTP."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, *SERVER, "--http", str(port)), cwd=ROOT, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        yield
    finally:
        process.kill()
        await process.wait()


async def answers(connection: Connection) -> None:
    """Wait until a server has started."""
    async with asyncio.timeout(60):
        while True:
            try:
                await connection.open()
            except UnavailableError:
                continue
            return


@pytest.mark.slow
async def test_a_server_by_http() -> None:
    """Also after it was gone for a while."""
    port = free_port()
    url, headers = f"http://127.0.0.1:{port}/mcp", {"X-Key": "a-secret"}
    connection = Connection("home", Server(url=url, headers=headers))
    async with serving(port):
        await answers(connection)
        assert (await connection.call("forecast", {"city": "Rome"})).is_error is False
    with pytest.raises(UnavailableError):
        await connection.call("forecast", {"city": "Rome"})
    async with serving(port):
        await answers(connection)
        assert (await connection.call("forecast", {"city": "Rome"})).is_error is False
    await connection.close()


@pytest.mark.slow
async def test_those_of_the_settings(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """What may be used of them; what is not there, and what gives the model orders, is told."""
    caplog.set_level(logging.INFO)
    path = written(
        tmp_path, {"mcpServers": {"w": program(), "gone": {"command": "/nowhere/weather"}}}
    )
    options = McpOptions(
        servers=path,
        allowed="w_forecast, w_poisoned, w_sly, w_snow",
        hourly=9,
        viewer_hourly=2,
        seconds=3,
    )
    async with reached(options, SystemClock()) as found:
        assert [one.name for one in found] == ["w", "gone"]
        (forecast,) = chosen(found, options)
        assert forecast.function.name == "w_forecast"
        assert (forecast.limits.hourly, forecast.limits.viewer_hourly) == (9, 2)
        assert forecast.seconds == 3
        assert "The MCP server gone is not there" in caplog.text
        assert "The tool w_poisoned is left out" in caplog.text
        assert "The tool w_sly is left out" in caplog.text
        assert "MCP_ALLOWED names w_snow, which is not there; there are w_forecast, " in caplog.text
        assert chosen(found, McpOptions(servers=path)) == []
        assert "MCP_ALLOWED names no tool, so the character uses none" in caplog.text


async def test_a_server_that_hangs(tmp_path: Path) -> None:
    """The show does not wait for it for ever."""
    hangs = {"command": sys.executable, "args": ["-c", "import time; time.sleep(600)"]}
    options = McpOptions(servers=written(tmp_path, {"mcpServers": {"slow": hangs}}))
    async with reached(options, Hurry()) as found:
        assert found == [
            Reached("slow", why_not="The MCP server slow has not answered within 20 s.")
        ]


async def test_no_server() -> None:
    """Nothing is wanted, and nothing done."""
    async with reached(McpOptions(), Hurry()) as found:
        assert found == []


async def test_the_package_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is an extra of its own."""
    monkeypatch.setitem(sys.modules, "bot.mcp.connection", None)
    options = McpOptions(servers=written(tmp_path, {"mcpServers": {"w": program()}}))
    with pytest.raises(MisconfiguredError, match="uv run --extra mcp"):
        async with reached(options, Hurry()):
            pass


def test_what_is_told_of_a_result() -> None:
    """Texts, or else data; of a picture nothing."""
    picture = ImageContent(type="image", data="", mime_type="image/png")
    words = TextContent(type="text", text="Sun.")
    assert text_of(CallToolResult(content=[picture, words, words])) == "Sun.\nSun."
    assert text_of(CallToolResult(content=[picture])) == ""
    assert text_of(CallToolResult(content=[], structured_content={"a": "ü"})) == '{"a": "ü"}'
