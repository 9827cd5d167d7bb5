"""What this machine can carry: its memory, its graphics cards, and the model that fits."""

import asyncio
import os
import shutil
import sys
from collections.abc import Sequence

_GIGABYTE = 1e9
_FITS = (("gpt-oss:120b", 72.0), ("gpt-oss:20b", 14.0), ("gemma3:4b", 5.0))
"""Models, and the gigabytes that each wants with a context of 8,192 tokens: the size of its file,
as https://ollama.com/library tells it, and some for what it remembers."""
_LIMIT = 5.0


def memory() -> float | None:
    """Return the gigabytes of memory that this machine has; None where it does not say."""
    if sys.platform == "win32":
        return _windows_memory()
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / _GIGABYTE
    except (ValueError, OSError):
        return None


if sys.platform == "win32":
    import ctypes

    def _windows_memory() -> float | None:
        """Ask Windows, by ``GetPhysicallyInstalledSystemMemory``."""
        kilobytes = ctypes.c_ulonglong()
        told = ctypes.windll.kernel32.GetPhysicallyInstalledSystemMemory(ctypes.byref(kilobytes))
        return kilobytes.value * 1024 / _GIGABYTE if told else None


async def cards() -> list[tuple[str, float]]:
    """Return NVIDIA's graphics cards, by name and gigabytes; of others nothing is told."""
    program = shutil.which("nvidia-smi")
    if program is None:
        return []
    query = ("--query-gpu=name,memory.total", "--format=csv,noheader,nounits")
    try:
        async with asyncio.timeout(_LIMIT):
            process = await asyncio.create_subprocess_exec(
                program, *query, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
            )
            told, _ = await process.communicate()
    except (OSError, TimeoutError):
        return []
    return read_cards(told.decode(errors="replace"))


def read_cards(told: str) -> list[tuple[str, float]]:
    """Read what ``nvidia-smi`` prints: a name and its mebibytes in each line. Pure."""
    found = []
    for line in told.splitlines():
        name, comma, size = line.rpartition(",")
        if comma and size.strip().isdigit():
            found.append((name.strip(), int(size) * 2**20 / _GIGABYTE))
    return found


def fitting(memory_gb: float | None, found: Sequence[tuple[str, float]]) -> str:
    """Return the largest model that fits: the cards where there are some, or else the memory. Pure.

    On a Mac the memory is the card's as well.
    """
    room = sum(size for _, size in found) or memory_gb or 0.0
    return next((model for model, wanted in _FITS if wanted <= room), "")
