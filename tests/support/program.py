"""The program itself, started by the tests as people start it."""

import asyncio
import os
import sys
from collections.abc import Mapping
from pathlib import Path

_PATIENCE = 30.0


async def start(
    folder: Path, arguments: list[str], settings: Mapping[str, str], *, typed: bool = False
) -> asyncio.subprocess.Process:
    """Start the program with a home of its own; ``typed`` lets the test write its input."""
    home = {
        name: str(folder) for name in ("HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME")
    }
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", *arguments),
        cwd=folder,
        env={**os.environ, **home, "COLUMNS": "200", **settings},
        stdin=asyncio.subprocess.PIPE if typed else asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )


async def until(
    process: asyncio.subprocess.Process,
    beginning: str,
    encoding: str = "utf-8",
    *,
    within: float = _PATIENCE,
) -> str:
    """Return the first line that the program prints with this beginning."""
    assert process.stdout
    printed = ""
    async with asyncio.timeout(within):
        async for raw in process.stdout:
            line = raw.decode(encoding)
            printed += line
            if line.startswith(beginning):
                return line.strip()
    raise AssertionError(printed)
