"""The disk that the history is on."""

import shutil
from pathlib import Path

from bot.translation import tr

_GIGABYTE = 1e9
_LITTLE = 1.0
"""Gigabytes below which a long stream may fill it."""


def look(folder: Path) -> tuple[bool, str]:
    """Return whether there is room, and how much, in words for the streamer.

    Args:
        folder: that the history is kept in.
    """
    try:
        size = shutil.disk_usage(folder).free / _GIGABYTE
    except OSError as error:
        return False, tr("It cannot be looked at ({why}).", why=error.strerror)
    if size < _LITTLE:
        return False, tr("{size:.1f} GB free where the history is kept: make room.", size=size)
    return True, tr("{size:.1f} GB free.", size=size)
