"""The file that names MCP servers, and what may be wrong with it."""

import json
from pathlib import Path
from typing import Any

import pytest

from bot.errors import MisconfiguredError
from bot.mcp.servers import read_servers


def written(path: Path, value: Any) -> Path:
    """Write a file."""
    file = path / "mcp.json"
    file.write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")
    return file


def test_both_kinds(tmp_path: Path) -> None:
    """A program and an address, as other programs write them; what those know besides is left."""
    path = written(
        tmp_path,
        {
            "mcpServers": {
                "weather": {
                    "command": "uvx",
                    "args": ["weather-mcp"],
                    "env": {"KEY": "a-secret"},
                    "disabled": False,
                },
                "home": {
                    "type": "http",
                    "url": "http://127.0.0.1:8000/mcp",
                    "headers": {"Authorization": "Bearer b-secret", "X": "y"},
                },
            },
            "inputs": [],
        },
    )
    servers = read_servers(path)
    assert list(servers) == ["weather", "home"]
    assert servers["weather"].args == ("weather-mcp",)
    assert servers["weather"].secrets == ("a-secret",)
    assert servers["home"].secrets == ("Bearer b-secret",)


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ('{"mcpServers": {', "is no JSON: line 1, column 17"),
        ({}, "has a mistake: mcpServers: is missing"),
        ({"mcpServers": {"a": {}}}, r"mcpServers\.a: .*a command or a url is wanted"),
        ({"mcpServers": {"a": {"command": "x", "url": "y"}}}, "a command or a url is wanted"),
        ({"mcpServers": {"a b": {"command": "x"}}}, "has a mistake: mcpServers.a b"),
        ({"mcpServers": {"a": {"command": "x", "args": "y"}}}, r"mcpServers\.a\.args"),
    ],
)
def test_mistakes(tmp_path: Path, value: Any, told: str) -> None:
    """Each is named with its place, and nothing of what it holds."""
    with pytest.raises(MisconfiguredError, match=told):
        read_servers(written(tmp_path, value))


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    """Not there, or in another encoding."""
    with pytest.raises(
        MisconfiguredError, match=r"There is no file .*mcp\.json, which MCP_SERVERS"
    ):
        read_servers(tmp_path / "mcp.json")
    (tmp_path / "mcp.json").write_bytes('{"é": 1}'.encode("latin-1"))
    with pytest.raises(MisconfiguredError, match="save it as UTF-8"):
        read_servers(tmp_path / "mcp.json")
