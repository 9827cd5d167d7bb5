"""The conversation as the model is told it: what was said, and notes on what came before. Pure.

It only grows, until it is folded: then its beginning goes in one large step, because each time the
model has to read anew all that follows. What a fold leaves is told in one message, since servers
take their time for each one: about 16 ms of tokenising an exchange were measured.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from bot.chat import Comment, Exchange, Retraction
from bot.text import tokens

SOURCES_LIMIT = 10_000
"""Comments up to which notes can name what they were made from."""

_FULL = 0.75
"""The share of its room at which a history is worth to be summed up, if there is time."""
_CROWDED = 0.9
"""The share at which the oldest go, noted down or not."""
_KEPT = 0.1
"""The share that the newest exchanges may take which stay word for word beside their notes: it is
small, because all of it has to be read anew."""
_KEPT_UNNOTED = 0.3
"""The same, where there are no notes on the others."""
_MANY = 24
"""Exchanges in messages of their own that are worth to be put together."""

Told: TypeAlias = tuple[Exchange, ...]


@dataclass(frozen=True, slots=True)
class Notes:
    """A summary of exchanges that the model is told no more, and the comments in them."""

    text: str = ""
    sources: tuple[Comment, ...] = ()


class History:
    """The exchanges of a conversation, oldest first, after the notes on those that are gone.

    Attributes:
        notes: what stands for the exchanges that are gone.
        earlier: exchanges that are told together, in one message with the notes.
        exchanges: those after them, each told as it was.
        changes: how often something else happened to it than that it grew.
    """

    def __init__(self) -> None:
        self.notes = Notes()
        self.earlier: Told = ()
        self.exchanges: list[Exchange] = []
        self.changes = 0

    def __len__(self) -> int:
        """Return how many exchanges there are."""
        return len(self.earlier) + len(self.exchanges)

    @property
    def all(self) -> Told:
        """Every exchange, oldest first."""
        return (*self.earlier, *self.exchanges)

    def add(self, exchange: Exchange) -> None:
        """Let it grow."""
        self.exchanges.append(exchange)

    def recall(self, exchanges: Sequence[Exchange], room: int) -> None:
        """Begin with what an earlier run has said, as far as there is room for it.

        As long as that is all of it, a server that has read it before knows it again.
        """
        kept = newest(exchanges, room * _KEPT_UNNOTED)
        if len(kept) == len(exchanges):
            self.exchanges = list(kept)
        else:
            self._keep(kept)

    def put_right(self, told: Exchange, said: Exchange) -> None:
        """Put one exchange in the place of another, unless that is gone."""
        if said != told and told in self.all:
            self.earlier = tuple(said if one == told else one for one in self.earlier)
            self.exchanges = [said if one == told else one for one in self.exchanges]
            self.changes += 1

    def retract(self, retraction: Retraction) -> None:
        """Leave out what answers a comment that was taken back.

        Notes into which such a comment may have gone are left out as a whole.
        """

        def stands(exchange: Exchange) -> bool:
            return not any(map(retraction.covers, exchange.answers))

        noted = any(map(retraction.covers, self.notes.sources))
        if noted:
            self.notes = Notes()
        if noted or not all(map(stands, self.all)):
            self.earlier = tuple(filter(stands, self.earlier))
            self.exchanges = list(filter(stands, self.exchanges))
            self.changes += 1

    def give_way(self, room: int) -> None:
        """Where it takes more than ``room`` tokens, let the oldest go until it takes half."""
        if self.size > room:
            self._keep(newest(self.all, room // 2 - self._noted))

    def is_full(self, room: int) -> bool:
        """Return whether it is worth to be summed up."""
        return self.size > room * _FULL

    def is_crowded(self, room: int) -> bool:
        """Return whether the oldest must go, noted down or not."""
        return self.size > room * _CROWDED

    @property
    def is_scattered(self) -> bool:
        """Whether so many exchanges are told each by itself that they are worth to be joined."""
        return len(self.exchanges) >= _MANY

    def folded(self, room: int, noted: tuple[Notes, int] | None) -> tuple[Notes, Told]:
        """Return what would be left of it after a fold: notes, and what is told in one message.

        Args:
            room: tokens that it may take.
            noted: notes that are to take the place of what was said, and of older notes, and on how
                many of its exchanges they were made. The newest stay word for word all the same.
        """
        if noted:
            notes, count = noted
            # Notes that could not be taken back with what they were made from are not kept.
            fit = notes if len(notes.sources) <= SOURCES_LIMIT else Notes()
            return fit, max(newest(self.all, room * _KEPT), self.all[count:], key=len)
        if self.is_crowded(room):
            return self.notes, newest(self.all, room * _KEPT_UNNOTED)
        return self.notes, self.all

    def fold(self, notes: Notes, told: Told) -> None:
        """Become notes, and what is told in one message with them."""
        self.notes = notes
        self._keep(told)

    def sources(self) -> tuple[Comment, ...]:
        """Return all the comments that went into what the model is told."""
        answered = (comment for exchange in self.all for comment in exchange.answers)
        return (*self.notes.sources, *(replace(comment, text="") for comment in answered))

    @property
    def size(self) -> int:
        """About how many tokens it takes."""
        return self._noted + size(self.all)

    @property
    def _noted(self) -> int:
        return tokens(self.notes.text) if self.notes.text else 0

    def _keep(self, exchanges: Sequence[Exchange]) -> None:
        self.earlier, self.exchanges = tuple(exchanges), []
        self.changes += 1


def newest(exchanges: Sequence[Exchange], room: float) -> Told:
    """Return the newest exchanges, as many as have room."""
    first = len(exchanges)
    for exchange in reversed(exchanges):
        room -= size([exchange])
        if room < 0:
            break
        first -= 1
    return tuple(exchanges[first:])


def size(exchanges: Iterable[Exchange]) -> int:
    """Return about how many tokens exchanges take."""
    return sum(tokens(one.asked) + tokens(one.reply) for one in exchanges)
