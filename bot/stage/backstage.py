"""Backstage: what the streamer may see and viewers never do."""

from typing import Protocol

from bot.chat import Comment, Retraction


class Backstage(Protocol):
    """A place where only the streamer looks. All methods return at once and cannot fail."""

    def hear(self, comment: Comment) -> None:
        """Take note of a comment that came in."""
        ...

    def hold(self, comment: Comment) -> None:
        """Take note of a comment that waits for a moderator's approval."""
        ...

    def withhold(self, comment: Comment, reasons: tuple[str, ...]) -> None:
        """Take note of a comment that is not shown as it was written, and why."""
        ...

    def retract(self, retraction: Retraction) -> None:
        """Take note that comments were taken back."""
        ...

    def obeyed(self, order: Comment, outcome: str, undo: str) -> None:
        """Take note of what a moderator ordered.

        Args:
            order: the comment in which it was typed.
            outcome: what was done, in words for people.
            undo: the command that undoes it, without its prefix; empty where none does.
        """
        ...

    def upcoming(self, sentence: str) -> None:
        """Take note of a sentence that viewers are to see in a moment, if nobody stops it."""
        ...

    def thinking(self, text: str) -> None:
        """Take note of a piece of the model's reasoning."""
        ...


class Nowhere:
    """A backstage where nobody looks, for those who take note of little of it."""

    def hear(self, comment: Comment) -> None:
        """Take no note."""

    def hold(self, comment: Comment) -> None:
        """Take no note."""

    def withhold(self, comment: Comment, reasons: tuple[str, ...]) -> None:
        """Take no note."""

    def retract(self, retraction: Retraction) -> None:
        """Take no note."""

    def obeyed(self, order: Comment, outcome: str, undo: str) -> None:
        """Take no note."""

    def upcoming(self, sentence: str) -> None:
        """Take no note."""

    def thinking(self, text: str) -> None:
        """Take no note."""
