"""The sources: one module a platform, its library in, comments out."""

from collections.abc import Callable
from typing import Protocol, TypeAlias

from bot.chat import Comment

Receive: TypeAlias = Callable[[Comment], None]
"""Takes a comment at once and cannot fail. Call it on the event loop's own thread."""


class Source(Protocol):
    """Somewhere comments come from."""

    @property
    def name(self) -> str:
        """What people call it in the log: ``twitch``, say."""
        ...

    async def listen(self, receive: Receive) -> None:
        """Hand every new comment to ``receive`` until the stream is over, then return.

        Cancelling it closes its connections.

        Raises:
            UnavailableError: it must be started again later.
            MisconfiguredError: it cannot work until a person mends what the text names.
        """
        ...
