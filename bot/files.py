"""Files: where those are that come with the bot, and those that nobody else may read.

What comes with it lies beside the package in a checkout, in it elsewhere. Owners are known on
some systems only.
"""

import os
import tempfile
import time
from contextlib import suppress
from pathlib import Path

_PACKAGE = Path(__file__).parent
_OTHERS = 0o077
_PAUSES = (0.01, 0.03, 0.1, 0.3)
"""Seconds between attempts to replace a file that somebody has open."""


def private_folder(path: Path) -> None:
    """Make a folder that only its owner may look into; one that is there stays as it is.

    Raises:
        OSError: it cannot be made.
    """
    path.mkdir(mode=0o700, parents=True, exist_ok=True)


def private_file(path: Path) -> None:
    """Make a file that only its owner may read, or make the one that is there such a file.

    Raises:
        OSError: it cannot be made.
    """
    if not path.exists():
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))
    elif is_open_to_others(path):
        with suppress(OSError):  # it is somebody else's, who lets us write in it
            path.chmod(path.stat().st_mode & ~_OTHERS)


def replace_private(path: Path, content: bytes) -> None:
    """Put a file in place of the one that is there, if any; a crash leaves one of them whole.

    Raises:
        OSError: it cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    # mkstemp makes a file that only its owner may read, on systems that know of owners.
    number, name = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}.")
    try:
        with os.fdopen(number, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        _replace(Path(name), path)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise


def _replace(new: Path, path: Path) -> None:
    """Put one file in place of another, also where somebody is just looking into that.

    On Windows a scanner that has it open, for a moment mostly, keeps everybody else from it.
    """
    for pause in _PAUSES:
        try:
            new.replace(path)
        except PermissionError:
            time.sleep(pause)
        else:
            return
    new.replace(path)


def is_open_to_others(path: Path) -> bool:
    """Return whether others on the machine may read a file. On Windows the folder decides."""
    return os.name != "nt" and bool(path.stat().st_mode & _OTHERS)


def shipped(folder: str) -> Path:
    """Return the path of ``personas`` or ``overlays``."""
    installed = _PACKAGE / folder
    return installed if installed.is_dir() else _PACKAGE.parent / folder
