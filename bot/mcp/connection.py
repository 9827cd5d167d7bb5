"""A connection to one MCP server, by the protocol's own client: https://modelcontextprotocol.io."""

import asyncio
import json
import logging
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import IO, Any, TypeAlias

import httpx2
from mcp import Client, MCPError, StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client
from mcp_types import CallToolResult, TextContent, Tool

from bot.errors import UnavailableError
from bot.mcp.servers import Server
from bot.tasks import cancel_and_wait
from bot.translation import tr

# Tracebacks, for programmers; what matters of them is raised.
logging.getLogger("mcp").setLevel(logging.CRITICAL)

_PAGES = 20
"""Pages of a list of tools that are read."""
_NOTHING = (None, {"result": None})
_ERRORS = 2000
"""Bytes of what a program complains of that are looked at."""

_Held: TypeAlias = tuple[Client, list[Tool]]
"""A client, and the tools of its server."""


class Connection:
    """Held by a task of its own, as the client wants to be left by whoever has entered it.

    Args:
        name: of the server.
        server: how it is reached.
    """

    def __init__(self, name: str, server: Server) -> None:
        self.name = name
        self._server = server
        self._client: Client | None = None
        self._task: asyncio.Task[None] | None = None

    async def open(self) -> list[Tool]:
        """Reach the server, and return the tools that it has.

        Raises:
            UnavailableError: it is not there, or does not speak the protocol.
        """
        _, tools = await self._opened()
        return tools

    async def _opened(self) -> "_Held":
        await cancel_and_wait(self._task)
        ready: asyncio.Future[_Held] = asyncio.get_running_loop().create_future()
        self._task = asyncio.create_task(self._hold(ready))
        try:
            return await ready
        except asyncio.CancelledError:
            await self.close()
            raise

    async def call(self, tool: str, arguments: Mapping[str, Any]) -> CallToolResult:
        """Have a tool used, once; a server that was gone meanwhile is reached again before.

        Raises:
            UnavailableError: it does not answer, or says no.
        """
        client = await self._live()
        try:
            return await client.call_tool(tool, dict(arguments))
        except (MCPError, ValueError, RuntimeError) as error:
            raise UnavailableError(
                tr(
                    "The MCP server {name} does not do {tool}: {why}",
                    name=self.name,
                    tool=tool,
                    why=_first(error),
                )
            ) from error

    async def _live(self) -> Client:
        """Return the client of a server that answers.

        What is asked first has no effect: a call may have been done where nothing comes back.
        """
        if self._client:
            try:
                await self._client.list_tools(cache_mode="refresh")
            except MCPError:
                pass
            else:
                return self._client
        client, _ = await self._opened()
        return client

    async def close(self) -> None:
        """Let go of the server; a program that was started is ended."""
        await cancel_and_wait(self._task)

    async def _hold(self, ready: "asyncio.Future[_Held]") -> None:
        with tempfile.TemporaryFile() as complaints:
            try:
                async with self._reached(complaints) as client:
                    tools = await _listed(client)
                    self._client = client
                    ready.set_result((client, tools))
                    await asyncio.Event().wait()
            except Exception as error:  # noqa: BLE001  whatever it is, the show goes on without it
                if not ready.done():
                    ready.set_exception(self._not_there(error, complaints))
            finally:
                self._client = None

    @asynccontextmanager
    async def _reached(self, complaints: IO[bytes]) -> AsyncIterator[Client]:
        server = self._server
        if server.command:
            wanted = StdioServerParameters(
                command=server.command,
                args=list(server.args),
                env=dict(server.env),
                cwd=server.cwd,
            )
            errors: Any = complaints  # whose number alone is wanted
            async with Client(stdio_client(wanted, errors)) as client:
                yield client
        else:
            async with (
                httpx2.AsyncClient(headers=dict(server.headers)) as http,
                Client(streamable_http_client(server.url, http_client=http)) as client,
            ):
                yield client

    def _not_there(self, error: Exception, complaints: IO[bytes]) -> UnavailableError:
        size = complaints.seek(0, 2)
        complaints.seek(max(0, size - _ERRORS))
        lines = complaints.read().decode("utf-8", "replace").split("\n")
        last = next((line.strip() for line in reversed(lines) if line.strip()), "")
        why = last or _first(error)
        for secret in self._server.secrets:
            why = why.replace(secret, "…")
        return UnavailableError(
            tr("The MCP server {name} is not there: {why}", name=self.name, why=why)
        )


def text_of(result: CallToolResult) -> str:
    """Return what a tool has answered, a line for each part; of pictures and sounds nothing."""
    told = [part.text for part in result.content if isinstance(part, TextContent)]
    data = result.structured_content
    if not told and data not in _NOTHING:
        told = [json.dumps(data, ensure_ascii=False)]
    return "\n".join(told)


async def _listed(client: Client) -> list[Tool]:
    tools, cursor = list[Tool](), None
    for _ in range(_PAGES):
        page = await client.list_tools(cursor=cursor)
        tools += page.tools
        cursor = page.next_cursor
        if cursor is None:
            break
    return tools


def _first(error: BaseException) -> str:
    """Return what an error says, or the first of a group of them."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return str(error) or type(error).__name__
