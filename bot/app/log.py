"""The log: short lines for the streamer in the terminal, everything in a file of bounded size."""

import logging
import sys
from logging.handlers import RotatingFileHandler

from platformdirs import user_log_path
from rich.console import Console
from rich.logging import RichHandler

from bot.files import private_file, private_folder
from bot.translation import tr

log = logging.getLogger(__name__)

_FILE_BYTES = 2_000_000
_FILES = 3


class _LogFile(RotatingFileHandler):
    """A file that may become full or unwritable; the terminal says so once, until it can be again.

    ``logging`` itself would print a traceback for each line.
    """

    _is_failing = _failed = False

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


def set_up(console: Console) -> None:
    """Send the bot's own lines to the terminal and to a file.

    Where the file cannot be written the terminal says so, and is all there is.
    """
    terminal = RichHandler(
        console=console, show_path=False, omit_repeated_times=False, log_time_format="%H:%M:%S"
    )
    terminal.setLevel(logging.INFO)
    ours = logging.getLogger("bot")
    ours.setLevel(logging.DEBUG)
    ours.propagate = False
    ours.handlers = [terminal]
    # What libraries say in passing is theirs; what they warn of belongs into the file.
    path = user_log_path("vtuber-bot", appauthor=False) / "vtuber-bot.log"
    try:
        private_folder(path.parent)
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
