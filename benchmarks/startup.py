"""How long ``vtuber-bot --help`` takes."""

import asyncio
import subprocess
import sys
import time

from benchmarks.row import Row, p95_ms

_ROUNDS = 15
_LIMIT_MS = 500.0


async def measure() -> list[Row]:
    """Start the command and a bare Python in turns, each in a process of its own."""
    shown, bare = [], []
    for _ in range(_ROUNDS):
        shown.append(await asyncio.to_thread(_seconds, "-m", "bot", "--help"))
        bare.append(await asyncio.to_thread(_seconds, "-c", "pass"))
    return [Row("vtuber-bot --help", p95_ms(shown), "python -c pass", p95_ms(bare), _LIMIT_MS)]


def _seconds(*arguments: str) -> float:
    began = time.perf_counter()
    subprocess.run(  # noqa: S603  our own interpreter
        [sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL
    )
    return time.perf_counter() - began
