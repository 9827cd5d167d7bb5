"""A tool of the streamer's own: one that an MCP server has."""

import logging
from collections.abc import Mapping
from typing import Any

import regex
from mcp_types import Tool as Told

from bot.chat import Comment
from bot.errors import BotError
from bot.llm.message import Function
from bot.mcp.connection import Connection, text_of
from bot.mcp.options import McpOptions
from bot.tools.tool import Limits, Tool, ToolError, cut

log = logging.getLogger(__name__)

_STRANGE = regex.compile(r"[^A-Za-z0-9_-]+")
_LONGEST_NAME = 64
_LONGEST_DESCRIPTION = 300


class Remote(Tool):
    """Has a server do it.

    Args:
        connection: to the server.
        told: what the server tells of the tool.
        options: how long and how often it may be used.
    """

    def __init__(self, connection: Connection, told: Told, options: McpOptions) -> None:
        self._connection = connection
        self._name = told.name
        description = cut(told.description or "", _LONGEST_DESCRIPTION)
        self.function = Function(
            name_of(connection.name, told.name), description, dict(told.input_schema)
        )
        self.seconds = options.seconds
        self.limits = Limits(options.hourly, options.viewer_hourly)

    async def use(self, arguments: Mapping[str, Any], asked: tuple[Comment, ...]) -> str:
        """See ``Tool``."""
        del asked
        try:
            result = await self._connection.call(self._name, arguments)
        except BotError as error:
            log.warning("%s", error)
            raise ToolError("it does not work now") from None
        text = text_of(result)
        if result.is_error:
            raise ToolError(text or "it says no")
        return text or "done"


def name_of(server: str, tool: str) -> str:
    """Return what the model and moderators call a tool; a model takes no other signs."""
    return _STRANGE.sub("_", f"{server}_{tool}")[:_LONGEST_NAME]
