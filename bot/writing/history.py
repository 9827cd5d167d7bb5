"""The conversation as the model is told it: what was said, and notes on what came before. Pure.

It only grows, until it is folded: then its beginning goes in one large step, because each time the
model has to read anew all that follows.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.chat import Comment, Retraction
from bot.writing import prompt
from bot.writing.prompt import Exchange

SOURCES_LIMIT = 10_000
"""Comments up to which notes can name what they were made from."""

_FULL = 0.6
"""The share of its room at which a history is worth to be summed up, if there is time."""
_KEPT = 0.3
"""The share of its room that the newest turns may take which are not summed up."""


@dataclass(frozen=True, slots=True)
class Notes:
    """A summary of turns that the model is told no more, and the comments that they answered."""

    text: str = ""
    sources: tuple[Comment, ...] = ()


class History:
    """The turns of a conversation, oldest first, after the notes on those that are gone."""

    def __init__(self) -> None:
        self.turns: list[Exchange] = []
        self.notes = Notes()
        self.changes = 0
        """How often something else happened to it than that it grew."""

    def add(self, turn: Exchange) -> None:
        """Let it grow."""
        self.turns.append(turn)

    def forget(self, retraction: Retraction) -> None:
        """Leave out what answers a comment that was taken back.

        Notes into which such a comment may have gone are left out as a whole.
        """
        kept = [turn for turn in self.turns if not any(map(retraction.covers, turn.answers))]
        noted = any(map(retraction.covers, self.notes.sources))
        if noted:
            self.notes = Notes()
        if noted or len(kept) < len(self.turns):
            self.turns = kept
            self.changes += 1

    def give_way(self, room: int) -> None:
        """Where it takes more than ``room`` tokens let the oldest turns go, until it takes half."""
        kept = fold(self.turns, room - self._noted)
        if len(kept) < len(self.turns):
            self.turns = kept
            self.changes += 1

    def older(self, room: int) -> list[Exchange]:
        """Return the turns that are to be summed up; none as long as there is room enough."""
        if self.size <= room * _FULL:
            return []
        return self.turns[: len(self.turns) - len(_newest(self.turns, room * _KEPT))]

    def settle(self, text: str, count: int) -> None:
        """Put notes in the place of the oldest ``count`` turns and of the notes before."""
        answered = (comment for turn in self.turns[:count] for comment in turn.answers)
        sources = (*self.notes.sources, *(replace(comment, text="") for comment in answered))
        self.turns = self.turns[count:]
        # Notes that could not be taken back with what they were made from are not kept.
        self.notes = Notes(text, sources) if len(sources) <= SOURCES_LIMIT else Notes()
        self.changes += 1

    @property
    def size(self) -> int:
        """About how many tokens it takes."""
        return self._noted + sum(map(_size, self.turns))

    @property
    def _noted(self) -> int:
        return prompt.tokens(self.notes.text) if self.notes.text else 0


def fold(turns: Sequence[Exchange], room: int) -> list[Exchange]:
    """Return the newest turns of those that have outgrown ``room`` tokens, or else all of them.

    What goes is a large step, down to half the room, so that it happens rarely.
    """
    return list(turns) if sum(map(_size, turns)) <= room else _newest(turns, room // 2)


def _newest(turns: Sequence[Exchange], room: float) -> list[Exchange]:
    """Return the newest turns, as many as have room."""
    first = len(turns)
    for turn in reversed(turns):
        room -= _size(turn)
        if room < 0:
            break
        first -= 1
    return list(turns[first:])


def _size(turn: Exchange) -> int:
    return prompt.tokens(turn.asked) + prompt.tokens(turn.said)
