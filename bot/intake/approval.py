"""Approval: comments that nobody sees before a moderator has said so, or unless one does."""

from collections.abc import Callable
from enum import StrEnum

from bot.chat import Comment, CommentKey, Retraction, ViewerKey
from bot.recent import Recent

PENDING_LIMIT = 200
"""Unpaid comments that wait at most; the oldest make room."""


class Approve(StrEnum):
    """Whose comments wait for a moderator."""

    NOBODY = "off"
    NEWCOMERS = "newcomers"
    """Viewers of whom no comment was let in yet, in this show or an earlier one."""
    EVERYBODY = "all"


class Approval:
    """Keeps what waits for a moderator.

    Args:
        whose: comments wait.
        knows: whether a comment of a viewer's was let in before.
        keep: takes note of what waits.
    """

    def __init__(
        self,
        whose: Approve,
        knows: Callable[[ViewerKey], bool],
        keep: Callable[[Comment], None] = lambda _: None,
    ) -> None:
        self._whose = whose
        self._knows = knows
        self._keep = keep
        self._paid: dict[CommentKey, Comment] = {}
        self._unpaid: Recent[CommentKey, Comment] = Recent(PENDING_LIMIT)
        self._withheld: Recent[CommentKey, Comment] = Recent(PENDING_LIMIT)
        self._released: list[Comment] = []

    def holds(self, comment: Comment) -> bool:
        """Keep a judged comment, if it has to wait, and return whether it has."""
        waits = self._whose is Approve.EVERYBODY or (
            self._whose is Approve.NEWCOMERS and not self._knows(comment.viewer)
        )
        if not waits or comment.author.may_moderate:
            return False
        self._keep(comment)
        (self._paid if comment.is_paid else self._unpaid)[comment.key] = comment
        return True

    def withhold(self, comment: Comment) -> None:
        """Keep a comment that the judge does not let in, for a moderator who knows better."""
        self._withheld[comment.key] = comment

    def approve(self, wanted: str = "") -> int:
        """Let go on what waits: all, or what has this id, or whose author this name.

        Of what is withheld only that goes on which has this id.

        Returns:
            How many comments that is.
        """
        name = wanted.removeprefix("@").casefold()
        found = [
            comment
            for comment in self._waiting()
            if not wanted or comment.id == wanted or comment.author.name.casefold() == name
        ]
        found += [one for one in self._kept_back() if one.id == wanted]
        for comment in found:
            self._let_go(comment)
        self._released += found
        return len(found)

    def released(self) -> list[Comment]:
        """Return what was approved since this was last asked."""
        released, self._released = self._released, []
        return released

    def retract(self, retraction: Retraction) -> None:
        """Forget what is taken back."""
        for comment in (*self._waiting(), *self._kept_back()):
            if retraction.covers(comment):
                self._let_go(comment)

    def _let_go(self, comment: Comment) -> None:
        self._paid.pop(comment.key, None)
        self._unpaid.discard(comment.key)
        self._withheld.discard(comment.key)

    def _waiting(self) -> list[Comment]:
        return [*self._paid.values(), *_values(self._unpaid)]

    def _kept_back(self) -> list[Comment]:
        return _values(self._withheld)


def _values(comments: Recent[CommentKey, Comment]) -> list[Comment]:
    return [one for key in comments if (one := comments.get(key, None))]
