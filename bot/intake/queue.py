"""The queue: who wants to be answered, who is next, and who is owed an answer."""

import asyncio
import math
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from itertools import chain
from operator import attrgetter

from bot.chat import Comment, CommentKey, Remark, Retraction, ViewerKey
from bot.clock import Clock
from bot.intake.batch import Batch, End, Entry
from bot.intake.precedence import precedence
from bot.intake.ranking import Rank, Reason, asks, form, is_bare, naming, rank, weight
from bot.intake.viewers import Viewers
from bot.intake.worth import SMALL, worth
from bot.persona import Persona
from bot.text import tokens

WAITING_LIMIT = 200
"""Unpaid comments that wait at most; those that rank last make room."""
REMARK_LIMIT = 20
"""Viewers whose comments are answered as one, at most."""
SHELF_LIFE = 120.0
"""Seconds after which nobody expects an answer any more, unless it was paid for."""


@dataclass(slots=True)
class _Pile:
    """What is answered as one, and its rank as it was when last looked at."""

    entries: list[Entry]
    rank: Rank
    order: tuple[float, float] = (0.0, 0.0)
    """The score, and then the time of the newest comment: the highest comes first."""

    @property
    def remark(self) -> Remark:
        return Remark(tuple(sorted((one.comment for one in self.entries), key=attrgetter("at"))))


class CommentQueue:
    """Comments that wait, ranked by the rules of ``bot.intake.ranking``, and those on lease.

    Paid ones are never shed and never expire. They come first, by ``bot.intake.precedence``; but
    very small sums rank as if the character was named. Of the others, those that say the same wait
    as one, and of equal ones the newest comes first.

    Attributes:
        counts: what became of the comments, in words: ``heard``, ``shed``, ``stale``, and so on.

    Args:
        names: what the character is called.
    """

    def __init__(self, *, names: Iterable[str], clock: Clock) -> None:
        self.counts: Counter[str] = Counter()
        self._named = naming(names)
        self._clock = clock
        self._viewers = Viewers()
        self._paid: dict[CommentKey, _Pile] = {}
        self._unpaid: dict[str, _Pile] = {}
        """By the form that the comments of each have in common."""
        self._count = 0
        """Of unpaid comments."""
        self._next_expiry = math.inf
        self._leased = set[Batch]()
        self._arrived = asyncio.Event()

    def __len__(self) -> int:
        """Return how many comments wait."""
        self._expire()
        return len(self._paid) + self._count

    def play(self, persona: Persona) -> None:
        """Rank what is written from now on by another character's names."""
        self._named = naming(persona.names)

    def know(self, viewers: Iterable[ViewerKey]) -> None:
        """Count these viewers as having written in earlier shows."""
        self._viewers.know(viewers)

    def knows(self, viewer: ViewerKey) -> bool:
        """Return whether a viewer has had a comment here, in this show or an earlier one."""
        return viewer in self._viewers

    def add(self, comment: Comment) -> None:
        """Let a cleaned comment wait."""
        entry = self._entry(comment)
        reasons = self._viewers.hear(comment.viewer, entry.form, self._clock.monotonic())
        self._keep(replace(entry, reasons=entry.reasons | reasons))

    def restore(self, comments: Iterable[Comment]) -> None:
        """Let comments wait again to which an answer is still owed: nobody new has written."""
        for comment in comments:
            self._keep(self._entry(comment))

    async def arrived(self) -> None:
        """Return as soon as there is something to answer."""
        while not len(self):
            self._arrived.clear()
            await self._arrived.wait()

    def owes(self, comment: Comment) -> bool:
        """Return whether a paid comment waits, or is on lease."""
        return comment.key in self._paid or any(comment in batch.comments for batch in self._leased)

    def drop_unpaid(self) -> None:
        """Forget all that wait, but for the paid."""
        self.counts["dropped"] += self._count
        self._count = 0
        self._unpaid.clear()

    def reconsider(self, fit: Callable[[Comment], Comment | None]) -> None:
        """Keep of all that waits what is fit now; None is for what is not.

        What was paid for has to stay, as ``fit`` returns it.
        """
        for pile in (*self._paid.values(), *self._unpaid.values()):
            for entry in tuple(pile.entries):
                comment = fit(entry.comment)
                if comment == entry.comment:
                    continue
                self._remove(entry)
                if comment:
                    self._keep(replace(entry, comment=comment, form=form(comment.text)))
                else:
                    self.counts["withheld"] += 1

    def retract(self, retraction: Retraction) -> None:
        """Forget all that is taken back, paid or not, also what is on lease.

        Such a lease is withdrawn; whoever else was to be answered by it waits again.
        """
        waiting = chain.from_iterable(
            pile.entries for pile in (*self._paid.values(), *self._unpaid.values())
        )
        covered = [entry for entry in waiting if retraction.covers(entry.comment)]
        for entry in covered:
            self._remove(entry)
        self.counts["retracted"] += len(covered)
        for batch in tuple(self._leased):
            others = [one for one in batch.entries if not retraction.covers(one.comment)]
            if len(others) < len(batch.entries):
                batch.withdraw(*others)

    def ranked(self) -> list[tuple[Remark, Rank]]:
        """Return all that waits, with its rank as it is now; what is answered first is first."""
        return [(pile.remark, pile.rank) for pile in self._ranked()]

    def take(self, size: int, budget: int) -> Batch:
        """Lease the ``size`` remarks that rank first, as far as ``budget`` tokens reach.

        The first is always taken, if there is one. They come in the order of writing.
        """
        taken = list[_Pile]()
        for pile in self._ranked():
            first = pile.remark.first
            budget -= tokens(first.author.name) + tokens(first.text)
            if taken and (len(taken) >= size or budget < 0):
                break
            taken.append(pile)
        remarks = sorted((pile.remark for pile in taken), key=lambda remark: remark.first.at)
        entries = chain.from_iterable(pile.entries for pile in taken)
        batch = Batch(tuple(remarks), tuple(entries), self._end)
        self._leased.add(batch)
        for pile in taken:
            self._hand_out(pile)
        return batch

    def fail(self, batch: Batch) -> tuple[Comment, ...]:
        """End a lease to which the model gave nothing that could be said, or be left standing.

        Those who paid wait again, but not a third time: they are returned.
        """
        batch.withdraw()
        again = [one for one in batch.entries if one.comment.is_paid and not one.was_fruitless]
        for entry in again:
            self._keep(replace(entry, was_fruitless=True))
        return tuple(entry.comment for entry in again)

    def _end(self, batch: Batch, waiting: tuple[Entry, ...]) -> None:
        self._leased.remove(batch)
        if batch.end is End.ANSWERED:
            for entry in batch.entries:
                self._viewers.answered(entry.comment.viewer, self._clock.monotonic())
        if batch.end is End.GIVEN_BACK:
            self.counts["dropped"] += len(batch.entries) - len(waiting)
        for entry in waiting:
            self._keep(entry)

    def _ranked(self) -> list[_Pile]:
        self._expire()
        tips = [pile for pile in self._paid.values() if Reason.TIP in pile.entries[0].reasons]
        for pile in (*self._unpaid.values(), *tips):
            self._weigh(pile)
        paid = (
            pile.remark.first
            for pile in self._paid.values()
            if Reason.PAID in pile.entries[0].reasons
        )
        first = precedence(tuple(paid), self._clock.now(), self._turns)
        return [
            *(self._paid[comment.key] for comment in first),
            *sorted([*self._unpaid.values(), *tips], key=attrgetter("order"), reverse=True),
        ]

    def _turns(self, viewer: ViewerKey) -> int:
        """Return how many answers a viewer has just had."""
        standing = self._viewers.standing(viewer, "", self._clock.monotonic())
        return int(Reason.JUST_ANSWERED in standing)

    def _entry(self, comment: Comment) -> Entry:
        text = comment.text
        if comment.is_paid:
            reason = Reason.TIP if worth(comment) < SMALL else Reason.PAID
            return Entry(comment, form(text), frozenset({reason}), math.inf)
        rules = {
            Reason.NAMED: bool(self._named.search(text))
            or any(map(self._named.fullmatch, comment.mentions)),
            Reason.QUESTION: asks(self._named.sub(" ", text)),
            Reason.BARE: is_bare(text),
        }
        reasons = frozenset(reason for reason, holds in rules.items() if holds)
        return Entry(comment, form(text), reasons, self._clock.monotonic() + SHELF_LIFE)

    def _keep(self, entry: Entry) -> None:
        self._arrived.set()
        if entry.comment.is_paid:
            self._paid[entry.comment.key] = _Pile([entry], rank(entry.reasons))
            return
        self._expire()
        pile = self._unpaid.setdefault(entry.form, _Pile([], rank(())))
        viewer = entry.comment.viewer
        if any(one.comment.viewer == viewer for one in pile.entries):
            self.counts["said again"] += 1
            return
        pile.entries.append(entry)
        self._count += 1
        self._next_expiry = min(self._next_expiry, entry.expires)
        if len(pile.entries) > REMARK_LIMIT:
            self._shed(pile)
            return
        self._weigh(pile)
        if self._count > WAITING_LIMIT:
            self._shed(min(self._unpaid.values(), key=attrgetter("order")))

    def _weigh(self, pile: _Pile) -> None:
        """Rank a pile by the best of its comments and by how many they are."""
        now = self._clock.monotonic()
        reasons = (
            one.reasons | self._viewers.standing(one.comment.viewer, one.form, now)
            for one in pile.entries
        )
        pile.rank = rank(max(reasons, key=weight), len(pile.entries))
        newest = max(one.comment.at for one in pile.entries)
        pile.order = (pile.rank.score, newest.timestamp())

    def _shed(self, pile: _Pile) -> None:
        """Let the oldest of a pile make room."""
        self._remove(min(pile.entries, key=lambda one: one.comment.at))
        self.counts["shed"] += 1

    def _expire(self) -> None:
        now = self._clock.monotonic()
        if now >= self._next_expiry:
            entries = [entry for pile in self._unpaid.values() for entry in pile.entries]
            for entry in entries:
                if entry.expires <= now:
                    self._remove(entry)
                    self.counts["stale"] += 1
            left = (entry.expires for entry in entries if entry.expires > now)
            self._next_expiry = min(left, default=math.inf)

    def _hand_out(self, pile: _Pile) -> None:
        first = pile.entries[0]
        if first.comment.is_paid:
            del self._paid[first.comment.key]
        else:
            del self._unpaid[first.form]
            self._count -= len(pile.entries)

    def _remove(self, entry: Entry) -> None:
        if entry.comment.is_paid:
            del self._paid[entry.comment.key]
            return
        pile = self._unpaid[entry.form]
        pile.entries = [one for one in pile.entries if one is not entry]
        self._count -= 1
        if pile.entries:
            self._weigh(pile)
        else:
            del self._unpaid[entry.form]
