"""A batch is a lease on comments: whoever took it from the queue owes them an answer."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from itertools import chain

from bot.chat import Comment, Remark
from bot.intake.ranking import Reason


@dataclass(frozen=True, slots=True)
class Entry:
    """A comment, and what the queue knows of it.

    Attributes:
        form: what it has in common with others that say the same.
        reasons: why it stands where it does, as far as time does not change that.
        expires: when nobody expects an answer any more, on the clock's ``monotonic``.
        was_fruitless: whether the model has given nothing to it before.
    """

    comment: Comment
    form: str
    reasons: frozenset[Reason]
    expires: float
    was_fruitless: bool = False


class End(Enum):
    """How a lease ends."""

    ANSWERED = auto()
    """Something was said to its comments."""
    GIVEN_BACK = auto()
    """Nobody answers them now: they wait again."""
    WITHDRAWN = auto()
    """Nobody is to answer them: a moderator skipped or deleted them."""


class Batch:
    """Comments that are to be answered together. It ends once; later ends do nothing.

    Args:
        remarks: what was taken, in the order of writing.
        entries: the same, one by one.
        ended: lets the queue know, with the entries that are to wait again.

    Attributes:
        end: how it has ended, or None while an answer is owed.
    """

    def __init__(
        self,
        remarks: tuple[Remark, ...],
        entries: tuple[Entry, ...],
        ended: Callable[["Batch", tuple[Entry, ...]], None],
    ) -> None:
        self.remarks = remarks
        self.entries = entries
        self.end: End | None = None
        self._ended = ended

    @property
    def comments(self) -> tuple[Comment, ...]:
        """All of its comments, in the order of writing."""
        return tuple(chain.from_iterable(remark.comments for remark in self.remarks))

    def answer(self) -> None:
        """End it: something was said."""
        self._finish(End.ANSWERED)

    def give_back(self, *, only_paid: bool = False) -> None:
        """End it: its comments wait again, or of them only those that were paid for."""
        back = (entry for entry in self.entries if entry.comment.is_paid or not only_paid)
        self._finish(End.GIVEN_BACK, *back)

    def withdraw(self, *others: Entry) -> None:
        """End it: nothing is to be said to its comments, but for ``others``, who wait again."""
        self._finish(End.WITHDRAWN, *others)

    def _finish(self, end: End, *waiting: Entry) -> None:
        if self.end is None:
            self.end = end
            self._ended(self, waiting)
