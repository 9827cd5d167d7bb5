"""The cast: who speaks, and all that has to know of it."""

from collections.abc import Callable
from typing import Protocol

import regex

from bot.errors import MisconfiguredError
from bot.persona import Persona
from bot.translation import tr

_NAME = regex.compile(r"[\p{L}\p{N}_-]{1,60}")


class Player(Protocol):
    """Has something to do with who speaks."""

    def play(self, persona: Persona) -> None:
        """Go on as another character.

        Raises:
            MisconfiguredError: that character cannot be played; all is as before.
        """
        ...


class Cast:
    """Has one character on at a time.

    Args:
        on: who speaks first.
        load: returns the character of a name, or raises ``MisconfiguredError``.

    Attributes:
        on: who speaks.
        players: all that has to know; the first is the one that may refuse.
    """

    def __init__(self, on: Persona, load: Callable[[str], Persona]) -> None:
        self.on = on
        self.players: list[Player] = []
        self._load = load

    def bring_on(self, name: str) -> Persona:
        """Have another character go on, of those that lie in the folders.

        Raises:
            MisconfiguredError: there is none of that name, its file has a mistake, or it cannot be
                played.
        """
        if not _NAME.fullmatch(name):
            raise MisconfiguredError(tr("A character has one word as its name, that of its file."))
        persona = self._load(name)
        for player in self.players:
            player.play(persona)
        self.on = persona
        return persona
