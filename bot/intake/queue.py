"""The waiting room: who wants to be answered, what says the same, and who is next."""

import math
from collections import Counter, OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from operator import attrgetter

from bot.chat import Comment, Platform, Remark, Retraction
from bot.clock import Clock
from bot.intake.ranking import Rank, Reason, asks, form, is_bare, naming, rank, weight
from bot.intake.viewers import Viewer, Viewers, viewer_of
from bot.writing.prompt import tokens

WAITING_LIMIT = 200
"""Unpaid comments that wait at most; those that rank last make room."""
REMARK_LIMIT = 20
"""Viewers whose comments are answered as one, at most."""
SHELF_LIFE = 120.0
"""Seconds after which nobody expects an answer any more, unless it was paid for."""


@dataclass(frozen=True, slots=True)
class _Entry:
    comment: Comment
    form: str
    reasons: frozenset[Reason]
    """Those that time does not change."""
    expires: float


@dataclass(slots=True)
class _Pile:
    """What is answered as one, and its rank as it was when last looked at."""

    entries: list[_Entry]
    rank: Rank
    order: tuple[float, float] = (0.0, 0.0)
    """The score, and then the time of the newest comment: the highest comes first."""

    @property
    def remark(self) -> Remark:
        return Remark(tuple(sorted((one.comment for one in self.entries), key=attrgetter("at"))))


class Waiting:
    """Comments that wait, ranked by the rules of ``bot.intake.ranking``.

    Paid ones come first, are never shed and never expire. Of the others, those that say the same
    wait as one, and of equal ones the newest comes first.

    Args:
        names: what the character is called.
        counts: where what is lost is counted: ``shed``, ``stale``, ``said again``.
    """

    def __init__(self, *, names: Iterable[str], clock: Clock, counts: Counter[str]) -> None:
        self._named = naming(names)
        self._clock = clock
        self._counts = counts
        self._viewers = Viewers()
        self._paid: dict[tuple[Platform, str], _Pile] = {}
        self._unpaid: dict[str, _Pile] = {}
        """By the form that the comments of each have in common."""
        self._count = 0
        """Of unpaid comments."""
        self._next_expiry = math.inf
        self._taken: OrderedDict[tuple[Platform, str], _Entry] = OrderedDict()
        """What was handed out last, should it be put back."""

    def __len__(self) -> int:
        """Return how many comments wait."""
        self._expire()
        return len(self._paid) + self._count

    def know(self, viewers: Iterable[Viewer]) -> None:
        """Count these viewers as having written in earlier shows."""
        self._viewers.know(viewers)

    def add(self, comment: Comment) -> None:
        """Let a cleaned comment wait."""
        entry = self._entry(comment)
        heard = self._viewers.hear(viewer_of(comment), entry.form, self._clock.monotonic())
        self._keep(replace(entry, reasons=entry.reasons | heard))

    def put_back(self, comments: Iterable[Comment]) -> None:
        """Let comments that were taken wait again; their shelf life has not stood still."""
        for comment in comments:
            known = comment.key in self._taken
            self._keep(self._taken.pop(comment.key) if known else self._entry(comment))

    def answered(self, comments: Iterable[Comment]) -> None:
        """Note that the character has answered these: their writers let others go first."""
        for comment in comments:
            self._viewers.answered(viewer_of(comment), self._clock.monotonic())

    def drop(self) -> int:
        """Forget all that wait, but for the paid; return how many that were."""
        dropped, self._count = self._count, 0
        self._unpaid.clear()
        return dropped

    def retract(self, retraction: Retraction) -> int:
        """Forget all that is taken back, paid or not; return how many that were."""
        piles = [*self._paid.values(), *self._unpaid.values()]
        covered = [one for pile in piles for one in pile.entries if retraction.covers(one.comment)]
        for entry in covered:
            self._remove(entry)
        return len(covered)

    def ranked(self) -> list[tuple[Remark, Rank]]:
        """Return all that waits, with its rank as it is now; what is answered first is first."""
        return [(pile.remark, pile.rank) for pile in self._ranked()]

    def take(self, size: int, budget: int) -> tuple[Remark, ...]:
        """Take the ``size`` remarks that rank first, as far as ``budget`` tokens reach.

        The first is always taken, if there is one. They come in the order of writing.
        """
        taken = list[Remark]()
        for pile in self._ranked():
            remark = pile.remark
            budget -= tokens(remark.first.author.name) + tokens(remark.first.text)
            if taken and (len(taken) >= size or budget < 0):
                break
            taken.append(remark)
            self._hand_out(pile)
        return tuple(sorted(taken, key=lambda remark: remark.first.at))

    def _ranked(self) -> list[_Pile]:
        self._expire()
        for pile in self._unpaid.values():
            self._weigh(pile)
        return [
            *sorted(self._paid.values(), key=lambda pile: _paid_order(pile.remark.first)),
            *sorted(self._unpaid.values(), key=attrgetter("order"), reverse=True),
        ]

    def _entry(self, comment: Comment) -> _Entry:
        text = comment.text
        if comment.is_paid:
            return _Entry(comment, form(text), frozenset({Reason.PAID}), math.inf)
        rules = {
            Reason.NAMED: bool(self._named.search(text))
            or any(map(self._named.fullmatch, comment.mentions)),
            Reason.QUESTION: asks(self._named.sub(" ", text)),
            Reason.BARE: is_bare(text),
        }
        reasons = frozenset(reason for reason, holds in rules.items() if holds)
        return _Entry(comment, form(text), reasons, self._clock.monotonic() + SHELF_LIFE)

    def _keep(self, entry: _Entry) -> None:
        if entry.comment.is_paid:
            self._paid[entry.comment.key] = _Pile([entry], rank(entry.reasons))
            return
        self._expire()
        pile = self._unpaid.setdefault(entry.form, _Pile([], rank(())))
        viewer = viewer_of(entry.comment)
        if any(viewer_of(one.comment) == viewer for one in pile.entries):
            self._counts["said again"] += 1
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
            one.reasons | self._viewers.standing(viewer_of(one.comment), one.form, now)
            for one in pile.entries
        )
        pile.rank = rank(max(reasons, key=weight), len(pile.entries))
        newest = max(one.comment.at for one in pile.entries)
        pile.order = (pile.rank.score, newest.timestamp())

    def _shed(self, pile: _Pile) -> None:
        """Let the oldest of a pile make room."""
        self._remove(min(pile.entries, key=lambda one: one.comment.at))
        self._counts["shed"] += 1

    def _expire(self) -> None:
        now = self._clock.monotonic()
        if now >= self._next_expiry:
            entries = [entry for pile in self._unpaid.values() for entry in pile.entries]
            for entry in entries:
                if entry.expires <= now:
                    self._remove(entry)
                    self._counts["stale"] += 1
            left = (entry.expires for entry in entries if entry.expires > now)
            self._next_expiry = min(left, default=math.inf)

    def _hand_out(self, pile: _Pile) -> None:
        first = pile.entries[0]
        if first.comment.is_paid:
            del self._paid[first.comment.key]
        else:
            del self._unpaid[first.form]
            self._count -= len(pile.entries)
        self._taken.update((entry.comment.key, entry) for entry in pile.entries)
        while len(self._taken) > WAITING_LIMIT:
            self._taken.popitem(last=False)

    def _remove(self, entry: _Entry) -> None:
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


def _paid_order(comment: Comment) -> tuple[int, str, float, float]:
    """Sort by the second of writing; in the same second, by the amount.

    Amounts are compared only where the currency is the same: of several currencies one stands
    before the other by its name, and what was bought without an amount (a membership) stands first.
    """
    at = comment.at.timestamp()
    if comment.paid is None:
        return (int(at), "", 0.0, at)
    return (int(at), comment.paid.currency, -float(comment.paid.amount), at)
