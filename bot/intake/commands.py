"""The words a moderator can type. Pure."""

from dataclasses import dataclass
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
    THINK = "think"
    """Reason longer or shorter before speaking: low, medium or high."""


COMMANDS = {command.value: command for command in Command}
"""The command for each word."""


@dataclass(frozen=True, slots=True)
class Order:
    """A word that was typed after the prefix, and the rest of the line.

    ``word`` need not be a command of ours.
    """

    word: str
    rest: str

    @property
    def command(self) -> Command | None:
        """The command that is meant; None where it is some other bot's."""
        return COMMANDS.get(self.word)


def parse(text: str, prefix: str) -> Order | None:
    """Return what a cleaned text orders; the word in small letters.

    ``!Think  high`` gives ``think`` and ``high``; ``!!! wow`` and ordinary text give None. Words
    that are no command of ours belong to some other bot, and are not for the character either.
    """
    match = regex.match(regex.escape(prefix) + r"([\p{L}_][\p{L}\p{N}_-]*)(.*)", text, regex.DOTALL)
    return Order(match[1].casefold(), match[2].strip()) if match else None
