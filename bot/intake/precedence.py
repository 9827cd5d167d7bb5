"""Which of those who paid is answered first: by what they paid, and fairly. Pure."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime

from bot.chat import Comment, ViewerKey
from bot.intake.worth import worth

_FAIRNESS = 4.0
"""What each payment of a viewer who has had a turn, or has one before it, is divided by."""
_PATIENCE = 60.0
"""Seconds in which what was paid doubles its weight, so that nobody waits for ever."""
_LONGEST = 20
"""Doublings up to which that goes."""


def precedence(
    comments: Iterable[Comment], now: datetime, turns: Callable[[ViewerKey], int]
) -> list[Comment]:
    """Return paid comments in the order in which they are to be answered.

    The larger sum goes first. It counts twice as much for each minute that it has waited. Of
    several by one viewer each counts a quarter of the one before: nobody fills the first places.

    Args:
        comments: that wait.
        now: the time by which they have waited.
        turns: how many answers a viewer has just had.
    """
    weights = {comment.key: _weight(comment, now) for comment in comments}
    order = sorted(comments, key=lambda one: (-weights[one.key], one.at))
    taken = Counter[ViewerKey]()
    for comment in order:
        earlier = turns(comment.viewer) + taken[comment.viewer]
        taken[comment.viewer] += 1
        weights[comment.key] /= _FAIRNESS**earlier
    return sorted(order, key=lambda one: -weights[one.key])


def _weight(comment: Comment, now: datetime) -> float:
    waited = max(0.0, (now - comment.at).total_seconds())
    doubled: float = 2.0 ** min(_LONGEST, waited / _PATIENCE)
    return worth(comment) * doubled
