"""The file that names MCP servers, as Claude Desktop, VS Code and others have it.

``{"mcpServers": {"weather": {"command": "uvx", "args": ["weather-mcp"]}}}`` starts a program and
speaks with it by its input and output; ``{"url": "http://127.0.0.1:8000/mcp"}`` asks a server.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from bot.errors import MisconfiguredError
from bot.faults import in_words
from bot.translation import tr

_SHORTEST_SECRET = 6
_Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{1,30}$")]


class Server(BaseModel):
    """How one is reached: a program that is started, or an address.

    Attributes:
        command: the program, and
        args: what it is started with;
        env: what it finds in its environment besides the usual;
        cwd: the folder that it works in.
        url: where it is asked, by streamable HTTP, and
        headers: what it is told with each request, a key say.
    """

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)

    command: str = ""
    args: tuple[str, ...] = ()
    env: Mapping[str, str] = {}
    cwd: Path | None = None
    url: str = ""
    headers: Mapping[str, str] = {}

    @property
    def secrets(self) -> tuple[str, ...]:
        """What nobody is to read out: keys are among what it is told."""
        given = (*self.env.values(), *self.headers.values())
        return tuple(one for one in given if len(one) >= _SHORTEST_SECRET)

    @model_validator(mode="after")
    def _is_one(self) -> "Server":
        if bool(self.command) is bool(self.url):
            raise ValueError(tr("a command or a url is wanted"))
        return self


class _File(BaseModel):
    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)

    servers: dict[_Name, Server] = Field(alias="mcpServers")


def read_servers(path: Path) -> Mapping[str, Server]:
    """Return the servers in a file, by name.

    Raises:
        MisconfiguredError: it is not there, or has a mistake; the text says where.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
        return _File.model_validate(json.loads(text)).servers
    except FileNotFoundError:
        raise MisconfiguredError(
            tr("There is no file {path}, which MCP_SERVERS names.", path=path.absolute())
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise MisconfiguredError(
            tr(
                "The file {path} of MCP_SERVERS cannot be read ({kind}): save it as UTF-8.",
                path=path.absolute(),
                kind=type(error).__name__,
            )
        ) from None
    except json.JSONDecodeError as error:
        raise MisconfiguredError(
            tr(
                "The file {path} of MCP_SERVERS is no JSON: line {line}, column {column}.",
                path=path.absolute(),
                line=error.lineno,
                column=error.colno,
            )
        ) from None
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False)[0]
        raise MisconfiguredError(
            tr(
                "The file {path} of MCP_SERVERS has a mistake: {where}: {fault}.",
                path=path.absolute(),
                where=".".join(map(str, fault["loc"])),
                fault=in_words(fault),
            )
        ) from None
