"""What the character does when nobody writes: goes on, finds another topic, and then rests."""

import math
import random

from bot.persona import Lines, Persona

_REST = 6
"""How many times as long as the first silences the later ones are."""


class Idle:
    """The ladder of a chat that is silent: the same topic, a new one, and after a rest another.

    Args:
        persona: whose topics there are; None where the character is not to speak by itself.
    """

    def __init__(self, persona: Persona | None, chance: random.Random) -> None:
        self._quiet = persona.quiet_seconds if persona else 0
        self._topics = Lines(persona.topics, chance) if persona and persona.topics else None
        self._rung = 1  # there is no topic yet to go on with

    @property
    def seconds(self) -> float:
        """How long nobody has to have written before the next step."""
        if not self._quiet:
            return math.inf
        return self._quiet if self._rung < 2 else self._quiet * _REST  # noqa: PLR2004  the third

    def topic(self) -> str | None:
        """Take the next step: return a new topic, or None to go on with what it was talking of."""
        self._rung += 1
        return self._topics.next() if self._topics and self._rung > 1 else None

    def break_off(self) -> None:
        """Begin anew: somebody has written."""
        self._rung = 0
