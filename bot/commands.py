"""The words a moderator can type. Pure."""

from enum import StrEnum

import regex


class Command(StrEnum):
    """What a moderator may order; the value is the word that is typed after the prefix."""

    PAUSE = "pause"
    """Fall silent at once, and stay so."""
    RESUME = "resume"
    """Speak again."""
    SKIP = "skip"
    """Stop this reply and go on with the next."""
    CLEAR = "clear"
    """Blank the screen and forget the comments that wait."""
    STATUS = "status"
    """Say, to the streamer only, how things are."""


COMMANDS = {command.value: command for command in Command}
"""The command for each word."""


def word(text: str, prefix: str) -> str | None:
    """Return the command-like word at the start of a cleaned text, in small letters.

    ``!pause now`` gives ``pause``; ``!!! wow`` and ordinary text give None. Words that are no
    command of ours belong to some other bot, and are not for the character either.
    """
    match = regex.match(regex.escape(prefix) + r"([\p{L}_][\p{L}\p{N}_-]*)", text)
    return match[1].casefold() if match else None
