"""The log: short lines for the streamer in the terminal, everything in a file of bounded size."""

import logging
from logging.handlers import RotatingFileHandler

from platformdirs import user_log_path
from rich.console import Console
from rich.logging import RichHandler

_FILE_BYTES = 2_000_000
_FILES = 3


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
        path.parent.mkdir(parents=True, exist_ok=True)
        file = RotatingFileHandler(
            path, maxBytes=_FILE_BYTES, backupCount=_FILES, encoding="utf-8", errors="replace"
        )
    except OSError as error:
        ours.warning("No log file: %s cannot be written (%s).", path, error.strerror)
        return
    file.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    ours.addHandler(file)
    logging.getLogger().addHandler(file)
