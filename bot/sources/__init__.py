"""The sources: where comments come from. Each platform's package brings one of its own."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from bot.chat import Comment, Retraction


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """A sign of life: the platform is heard, though perhaps nobody wrote.

    ``about`` tells the streamer how, in a few words that can stand after the source's name:
    ``listening``, say. Within ``within`` seconds, the source promises, the next one or something
    written will come; a source that has broken its promise is started again. ``live`` is whether
    the stream is on, where the platform has told: None leaves what was known before.
    """

    about: str
    within: float
    live: bool | None = None


Heard: TypeAlias = Comment | Retraction
"""What a show wants to know of a chat."""
Receive: TypeAlias = Callable[[Heard | Heartbeat], None]
"""Takes what a source has at once and cannot fail. Call it on the event loop's own thread."""


class Source(Protocol):
    """Somewhere comments come from."""

    @property
    def label(self) -> str:
        """What people call it: Twitch, say."""
        ...

    async def listen(self, receive: Receive) -> None:
        """Hand all that is new to ``receive`` until the stream is over, then return.

        Cancelling it closes its connections.

        Raises:
            UnavailableError: it must be started again later.
            MisconfiguredError: it cannot work until a person mends what the text names.
        """
        ...
