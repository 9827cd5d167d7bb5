"""Where the files are that come with the bot: beside the package in a checkout, in it elsewhere."""

from pathlib import Path

_PACKAGE = Path(__file__).parent


def shipped(folder: str) -> Path:
    """Return the path of ``personas`` or ``overlays``."""
    installed = _PACKAGE / folder
    return installed if installed.is_dir() else _PACKAGE.parent / folder
