"""How the program starts: its language, its terminal, and what people are told of a failure."""

import asyncio
import os
import shlex
import sys
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from dotenv import dotenv_values

from bot import translation

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from rich.console import Console

    from bot.app.ending import Ending
    from bot.settings import Settings

_LANGUAGE = "BOT_LANGUAGE"


def prepare(command: Any) -> None:
    """Have the terminal take all that is said, and have it said in the streamer's language."""
    _forgive(sys.stdout, sys.stderr)
    translation.use(_language(), started=started())
    _translate(command)


def _forgive(*streams: TextIO) -> None:
    """Write a question mark for what a stream has no letter for, in place of failing.

    Output that goes into a file has the code page of its machine, cp1252 or cp932 on Windows, which
    has no place for another language's names.
    """
    for stream in streams:
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")


def started() -> str:
    """Return what people type to start the program, where it is more than its name.

    ``uv run`` and ``uvx`` set UV: https://docs.astral.sh/uv/reference/environment/#uv.
    """
    if not os.environ.get("UV"):
        return ""
    from bot import box  # noqa: PLC0415

    wheel = box.wheel()
    return f"uvx --from {shlex.quote(wheel)} vtuber-bot" if wheel else "uv run vtuber-bot"


def _language() -> translation.Language:
    """Return what BOT_LANGUAGE names, or what the machine speaks.

    It is wanted before the settings are read: also what is wrong with them is told in it.
    """
    name = os.environ.get(_LANGUAGE) or _in_file(Path(".env"))
    named = next((one for one in translation.LANGUAGES if one == name), None)
    return named or translation.of_system()


def _in_file(path: Path) -> str:
    try:
        return dotenv_values(path, encoding="utf-8-sig").get(_LANGUAGE) or ""
    except (OSError, UnicodeDecodeError):  # The settings tell that.
        return ""


def _translate(command: Any) -> None:
    """Put what ``--help`` tells of a command, and of those below it, into the language."""
    for told in (command, *command.params):
        if text := getattr(told, "help", None):
            told.help = translation.tr(text)
    for below in getattr(command, "commands", {}).values():
        _translate(below)


def look(database: Path | None, command: "Callable[[Path, Console], None]") -> None:
    """Do something with the history, and tell people what stood in the way."""
    from rich.console import Console  # noqa: PLC0415

    from bot import settings  # noqa: PLC0415
    from bot.app.folders import history_path  # noqa: PLC0415
    from bot.errors import BotError  # noqa: PLC0415

    console = Console()
    try:
        command(database or history_path(settings.load()), console)
    except BotError as error:
        console.print(str(error), style="bold red", markup=False, soft_wrap=True)
        sys.exit(1)


def run(
    command: "Callable[[Settings, Console], Coroutine[Any, Any, None]]",
    ending: "Ending | None" = None,
    *,
    to_errors: bool = False,
    is_quiet: bool = False,
) -> None:
    """Run a command to its end or to a signal, and tell people what stopped it.

    Args:
        command: what is done, with the settings and the terminal.
        ending: how it ends after a Ctrl+C, if not at once.
        to_errors: whether people are told on stderr, since stdout is for programs.
        is_quiet: whether the log stays out of the terminal.
    """
    from rich.console import Console  # noqa: PLC0415

    from bot import box, settings  # noqa: PLC0415
    from bot.app import log  # noqa: PLC0415
    from bot.app.ending import until_stopped  # noqa: PLC0415
    from bot.errors import BotError  # noqa: PLC0415

    console = Console(stderr=to_errors)
    log.set_up(console, is_quiet=is_quiet)
    try:
        asyncio.run(until_stopped(command(settings.load(), console), ending))
    except BotError as error:
        is_missing = isinstance(error, box.BoxMissingError)
        if is_missing and (ended := box.run_with_it()) is not None:
            sys.exit(ended)
        console.print(str(error), style="bold red", markup=False, soft_wrap=True)
        sys.exit(1)
    except (asyncio.CancelledError, KeyboardInterrupt):
        console.print(translation.tr("Stopped."))
