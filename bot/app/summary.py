"""A stream in numbers and names, from what the history holds of it. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from bot.app.spread import Spread
from bot.storage.archive import Event, Exchange, Fault, PastStream, Presence

_REACTION = timedelta(seconds=30)
"""How long after an answer a comment counts as a reaction to it."""
_BEST = 5
_REGULARS = 10
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Best:
    """An exchange, and how many comments followed within half a minute."""

    exchange: Exchange
    reactions: int


@dataclass(frozen=True, slots=True)
class Summary:
    """A stream.

    Attributes:
        stream: which.
        length: from its beginning to its end, or to what happened last.
        comments: how many of each minute,
        replies: and how many.
        viewers: how many wrote.
        newcomers: those who had not written before, and
        regulars: some of those who had, who wrote most first.
        answered: comments that were.
        waited: seconds from a comment to its answer.
        paid: what was paid for, first what was not thanked.
        sums: of each currency.
        best: the exchanges that most was written after.
        orders: what moderators did.
        faults: what did not work.
        failed: replies to which the model gave nothing.
        cut: replies that were cut.
    """

    stream: PastStream
    length: timedelta
    comments: Sequence[int]
    replies: Sequence[int]
    viewers: int
    newcomers: Sequence[Presence]
    regulars: Sequence[Presence]
    answered: int
    waited: Spread
    paid: Sequence[Event]
    sums: dict[str, Decimal]
    best: Sequence[Best]
    orders: Sequence[Event]
    faults: Sequence[Fault]
    failed: int
    cut: int


def summarise(
    stream: PastStream,
    events: Iterable[Event],
    exchanges: Sequence[Exchange],
    present: Sequence[Presence],
    faults: Sequence[Fault],
) -> Summary:
    """Return a stream in numbers and names."""
    events = list(events)
    written = [one for one in events if one.kind == "comment" and not one.retracted]
    end = stream.ended_at or max((one.at for one in events), default=stream.started_at)
    replies = {one.reply: one for one in exchanges}
    paid = [one for one in written if one.thanks]
    outcomes = Counter(one.outcome for one in replies.values())
    return Summary(
        stream=stream,
        length=end - stream.started_at,
        comments=_by_minute(stream.started_at, end, (one.at for one in written)),
        replies=_by_minute(stream.started_at, end, (one.answered_at for one in replies.values())),
        viewers=len(present),
        newcomers=[one for one in present if one.is_new],
        regulars=[one for one in present if not one.is_new][:_REGULARS],
        answered=len(exchanges),
        waited=Spread.of([(one.answered_at - one.written_at).total_seconds() for one in exchanges]),
        paid=sorted(paid, key=lambda one: (one.thanks == "thanked", one.at)),
        sums=sums_of(paid),
        best=_best(replies.values(), written),
        orders=[one for one in events if one.kind == "order"],
        faults=faults,
        failed=outcomes["failed"],
        cut=outcomes["cut"],
    )


def _by_minute(begin: datetime, end: datetime, times: Iterable[datetime]) -> list[int]:
    count = max(0, (end - begin) // _MINUTE) + 1
    minutes = [0] * count
    for at in times:
        minutes[min(count - 1, max(0, (at - begin) // _MINUTE))] += 1
    return minutes


def sums_of(paid: Iterable[Event]) -> dict[str, Decimal]:
    """Return what was paid, by currency."""
    sums = defaultdict[str, Decimal](Decimal)
    for one in paid:
        amount, _, currency = one.paid.partition(" ")
        if amount:
            sums[currency] += Decimal(amount)
    return dict(sorted(sums.items()))


def _best(replies: Iterable[Exchange], written: Sequence[Event]) -> list[Best]:
    found = [
        Best(one, sum(one.ended_at < other.at <= one.ended_at + _REACTION for other in written))
        for one in replies
        if one.outcome == "finished"
    ]
    found.sort(key=lambda best: best.reactions, reverse=True)
    return [best for best in found if best.reactions][:_BEST]
