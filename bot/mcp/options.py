"""What can be set of the streamer's own tools."""

from pathlib import Path

from pydantic import Field

from bot.options import Options, Text


class McpOptions(Options):
    """``MCP_…``: the streamer's own tools, from MCP servers.

    Attributes:
        servers: the file that names the servers, in the form that other programs know as
            ``mcpServers``.
        allowed: which of their tools the character may use, with commas: the server's name, a low
            line, and the tool's name, as in ``weather_forecast``.
        seconds: how long one may take.
        hourly: how often each may be used in an hour.
        viewer_hourly: of these for the same viewer.
    """

    servers: Path | None = None
    allowed: Text = ""
    seconds: float = Field(default=5, ge=0.5, le=60)
    hourly: int = Field(default=60, ge=1, le=10_000)
    viewer_hourly: int = Field(default=10, ge=1, le=10_000)
