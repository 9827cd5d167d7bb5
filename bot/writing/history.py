"""The conversation as the model is told it: what was said, and notes on what came before. Pure.

It only grows, until it is folded: then its beginning goes in one large step, because each time the
model has to read anew all that follows.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.chat import Comment, Exchange, Retraction
from bot.text import tokens

SOURCES_LIMIT = 10_000
"""Comments up to which notes can name what they were made from."""

_FULL = 0.6
"""The share of its room at which a history is worth to be summed up, if there is time."""
_KEPT = 0.3
"""The share of its room that the newest exchanges may take which are not summed up."""


@dataclass(frozen=True, slots=True)
class Notes:
    """A summary of exchanges that the model is told no more, and the comments in them."""

    text: str = ""
    sources: tuple[Comment, ...] = ()


class History:
    """The exchanges of a conversation, oldest first, after the notes on those that are gone."""

    def __init__(self) -> None:
        self.exchanges: list[Exchange] = []
        self.notes = Notes()
        self.changes = 0
        """How often something else happened to it than that it grew."""

    def add(self, exchange: Exchange) -> None:
        """Let it grow."""
        self.exchanges.append(exchange)

    def put_right(self, told: Exchange, said: Exchange) -> None:
        """Put one exchange in the place of another, unless that is gone."""
        if said != told and told in self.exchanges:
            self.exchanges = [said if one is told else one for one in self.exchanges]
            self.changes += 1

    def retract(self, retraction: Retraction) -> None:
        """Leave out what answers a comment that was taken back.

        Notes into which such a comment may have gone are left out as a whole.
        """
        kept = [
            exchange
            for exchange in self.exchanges
            if not any(map(retraction.covers, exchange.answers))
        ]
        noted = any(map(retraction.covers, self.notes.sources))
        if noted:
            self.notes = Notes()
        if noted or len(kept) < len(self.exchanges):
            self.exchanges = kept
            self.changes += 1

    def give_way(self, room: int) -> None:
        """Where it takes more than ``room`` tokens, let the oldest go until it takes half."""
        kept = fold(self.exchanges, room - self._noted)
        if len(kept) < len(self.exchanges):
            self.exchanges = kept
            self.changes += 1

    def older(self, room: int) -> list[Exchange]:
        """Return the exchanges that are to be summed up; none as long as there is room enough."""
        if self.size <= room * _FULL:
            return []
        return self.exchanges[: len(self.exchanges) - len(_newest(self.exchanges, room * _KEPT))]

    def settle(self, text: str, count: int) -> None:
        """Put notes in the place of the oldest ``count`` exchanges and of the notes before."""
        answered = (comment for exchange in self.exchanges[:count] for comment in exchange.answers)
        sources = (*self.notes.sources, *(replace(comment, text="") for comment in answered))
        self.exchanges = self.exchanges[count:]
        # Notes that could not be taken back with what they were made from are not kept.
        self.notes = Notes(text, sources) if len(sources) <= SOURCES_LIMIT else Notes()
        self.changes += 1

    @property
    def size(self) -> int:
        """About how many tokens it takes."""
        return self._noted + sum(map(_size, self.exchanges))

    @property
    def _noted(self) -> int:
        return tokens(self.notes.text) if self.notes.text else 0


def fold(exchanges: Sequence[Exchange], room: int) -> list[Exchange]:
    """Return the newest exchanges of those that have outgrown ``room`` tokens, or else all of them.

    What goes is a large step, down to half the room, so that it happens rarely.
    """
    return list(exchanges) if sum(map(_size, exchanges)) <= room else _newest(exchanges, room // 2)


def _newest(exchanges: Sequence[Exchange], room: float) -> list[Exchange]:
    """Return the newest exchanges, as many as have room."""
    first = len(exchanges)
    for exchange in reversed(exchanges):
        room -= _size(exchange)
        if room < 0:
            break
        first -= 1
    return list(exchanges[first:])


def _size(exchange: Exchange) -> int:
    return tokens(exchange.asked) + tokens(exchange.reply)
