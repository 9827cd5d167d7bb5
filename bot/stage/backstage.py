"""Backstage: what the streamer may see and viewers never do."""

from typing import Protocol

from bot.chat import Comment, Retraction


class Backstage(Protocol):
    """A place where only the streamer looks. All methods return at once and cannot fail."""

    def comment(self, comment: Comment) -> None:
        """Take note of a comment that came in."""
        ...

    def retraction(self, retraction: Retraction) -> None:
        """Take note that comments were taken back."""
        ...

    def thinking(self, text: str) -> None:
        """Take note of a piece of the model's reasoning."""
        ...

    def filtered(self, comment: Comment, why: str) -> None:
        """Take note of a comment that will not be answered, and in a few words why."""
        ...

    def withheld(self, sentence: str, why: str) -> None:
        """Take note of a sentence that viewers do not get to see, and in a few words why."""
        ...
