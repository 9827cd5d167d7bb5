"""Backstage: what the streamer may see and viewers never do."""

from typing import Protocol

from bot.chat import Comment


class Backstage(Protocol):
    """A place where only the streamer looks. Both methods return at once and cannot fail."""

    def comment(self, comment: Comment) -> None:
        """Take note of a comment that came in."""
        ...

    def thinking(self, text: str) -> None:
        """Take note of a piece of the model's reasoning."""
        ...
