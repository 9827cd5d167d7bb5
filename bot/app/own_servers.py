"""The streamer's own tools: the MCP servers that the settings name, reached before a show."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.clock import Clock, time_limit
from bot.errors import MisconfiguredError, UnavailableError
from bot.llm.message import Function
from bot.mcp.options import McpOptions
from bot.mcp.servers import Server, read_servers
from bot.safety.injection import is_attempt
from bot.text import clean
from bot.tools.options import listed
from bot.tools.tool import Tool
from bot.translation import tr

if TYPE_CHECKING:
    from bot.mcp.remote import Remote

log = logging.getLogger(__name__)

_PATIENCE = 20.0
"""Seconds that a server has to be there: a program may have to be fetched first."""


@dataclass(frozen=True, slots=True)
class Reached:
    """What became of one server: its tools, or why there are none."""

    name: str
    tools: "tuple[Remote, ...]" = ()
    why_not: str = ""


def servers_of(options: McpOptions) -> Mapping[str, Server]:
    """Return the servers that the settings name.

    Raises:
        MisconfiguredError: their file cannot be used.
    """
    return read_servers(options.servers) if options.servers else {}


def secrets_of(options: McpOptions) -> Iterator[str]:
    """Yield what of the servers' file nobody is to read out.

    Raises:
        MisconfiguredError: it cannot be used.
    """
    for server in servers_of(options).values():
        yield from server.secrets


@asynccontextmanager
async def reached(options: McpOptions, clock: Clock) -> AsyncIterator[list[Reached]]:
    """Reach all servers at the same time, and give what became of each; let go of them at last.

    Raises:
        MisconfiguredError: their file cannot be used, or a package is missing.
    """
    servers = servers_of(options)
    if not servers:
        yield []
        return
    try:
        from bot.mcp.connection import Connection  # noqa: PLC0415  an extra of its own
        from bot.mcp.remote import Remote  # noqa: PLC0415
    except ImportError:
        raise MisconfiguredError(
            tr("MCP_SERVERS needs one more package: run with `uv run --extra mcp vtuber-bot run`.")
        ) from None
    log.info(tr("Waiting for the MCP servers: {names}.", names=", ".join(servers)))
    connections = [Connection(name, server) for name, server in servers.items()]

    async def reach(connection: Connection) -> Reached:
        try:
            async with time_limit(clock, _PATIENCE):
                told = await connection.open()
        except UnavailableError as error:
            return Reached(connection.name, why_not=str(error))
        except TimeoutError:
            why = tr(
                "The MCP server {name} has not answered within {seconds:.0f} s.",
                name=connection.name,
                seconds=_PATIENCE,
            )
            return Reached(connection.name, why_not=why)
        return Reached(connection.name, tuple(Remote(connection, one, options) for one in told))

    try:
        yield await asyncio.gather(*map(reach, connections))
    finally:
        for connection in connections:
            await connection.close()


def chosen(found: Sequence[Reached], options: McpOptions) -> list[Tool]:
    """Return the tools that are allowed of those that there are, and tell what is not as it seems.

    What a server tells of a tool stands at the head of the prompt, outside of any fence: one that
    gives orders there is left out.
    """
    tools = {tool.function.name: tool for server in found for tool in server.tools}
    wanted = listed(options.allowed)
    for warning in _warnings(found, tools, wanted):
        log.warning("%s", warning)
    return [tool for name in wanted if (tool := tools.get(name)) and not _orders(tool.function)]


def _warnings(
    found: Iterable[Reached], tools: Mapping[str, Tool], wanted: Sequence[str]
) -> Iterator[str]:
    for server in found:
        if why := server.why_not:
            yield tr("{why} The character does without its tools in this show.", why=why)
    names = ", ".join(tools) or tr("none")
    if tools and not wanted:
        yield tr(
            "MCP_ALLOWED names no tool, so the character uses none; there are {names}.",
            names=names,
        )
    for name in wanted:
        if name not in tools:
            yield tr(
                "MCP_ALLOWED names {name}, which is not there; there are {names}.",
                name=name,
                names=names,
            )
        elif _orders(tools[name].function):
            yield tr(
                "The tool {name} is left out: what its server tells of it gives the model orders.",
                name=name,
            )


def _orders(function: Function) -> bool:
    """Return whether what is told of a tool tries to take the model over."""
    told = f"{function.description} {json.dumps(function.parameters, ensure_ascii=False)}"
    return is_attempt(told) or is_attempt(clean(told, len(told)))
