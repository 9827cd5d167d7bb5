"""The log: short lines for the streamer in the terminal, everything in a file of bounded size."""

import logging
import sys
from contextlib import suppress
from logging.handlers import RotatingFileHandler
from pathlib import Path

from filelock import FileLock, Timeout
from platformdirs import user_log_path
from rich.console import Console
from rich.logging import RichHandler

from bot.files import private_file, private_folder
from bot.translation import tr

log = logging.getLogger(__name__)

_FILE_BYTES = 2_000_000
_FILES = 3
_PROGRAMS = 10
"""So many may run at a time, each with a log of its own."""
_locks: list[FileLock] = []
"""Held until the program ends."""


class _LogFile(RotatingFileHandler):
    """A file that may become full or unwritable; the terminal says so once, until it can be again.

    ``logging`` itself would print a traceback for each line.
    """

    _is_failing = _failed = False

    def doRollover(self) -> None:  # noqa: N802  its name in logging
        """Begin another file; where this one is held open by a reader, go on in it for a while.

        Windows lets nobody rename a file that somebody has open.
        """
        try:
            super().doRollover()
        except OSError:
            self.maxBytes += _FILE_BYTES
            self.stream = self._open()
        else:
            self.maxBytes = _FILE_BYTES

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line, if it can be written."""
        self._failed = False
        super().emit(record)
        self._is_failing = self._failed

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  its name in logging
        """Say once that a line could not be written."""
        error = sys.exc_info()[1]
        if not isinstance(error, OSError):
            super().handleError(record)
            return
        if not self._is_failing:
            self._is_failing = True
            log.error(
                tr(
                    "The log file {path} cannot be written ({why}): for now, what"
                    " stands in the terminal is all there is.",
                    path=self.baseFilename,
                    why=error.strerror,
                ),
            )
        self._failed = True


def _own(path: Path) -> Path:
    """Return the file that this program alone writes in: two would take turns in renaming it.

    Raises:
        OSError: the folder cannot be written in.
    """
    names = (path, *(path.with_stem(f"{path.stem}-{number}") for number in range(2, _PROGRAMS)))
    for own in names:
        lock = FileLock(own.with_suffix(".lock"), timeout=0, mode=0o600)
        with suppress(Timeout):
            lock.acquire()
            _locks.append(lock)
            return own
    return path


def set_up(console: Console, *, is_quiet: bool = False) -> None:
    """Send the bot's own lines to the terminal and to a file.

    Where the file cannot be written the terminal says so, and is all there is.

    Args:
        console: that.
        is_quiet: whether the terminal gets none of them, because a command tells all by itself.
    """
    terminal = RichHandler(
        console=console, show_path=False, omit_repeated_times=False, log_time_format="%H:%M:%S"
    )
    terminal.setLevel(logging.CRITICAL if is_quiet else logging.INFO)
    ours = logging.getLogger("bot")
    ours.setLevel(logging.DEBUG)
    ours.propagate = False
    ours.handlers = [terminal]
    # What libraries say in passing is theirs; what they warn of belongs into the file.
    path = user_log_path("vtuber-bot", appauthor=False) / "vtuber-bot.log"
    try:
        private_folder(path.parent)
        path = _own(path)
        private_file(path)
        file = _LogFile(
            path, maxBytes=_FILE_BYTES, backupCount=_FILES, encoding="utf-8", errors="replace"
        )
    except OSError as error:
        ours.warning(
            tr("No log file: {path} cannot be written ({why}).", path=path, why=error.strerror)
        )
        return
    file.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    ours.addHandler(file)
    logging.getLogger().addHandler(file)
