"""The words that every part shares: who wrote what, and what was answered."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum


class Platform(StrEnum):
    """Where a comment was written."""

    TWITCH = "twitch"
    YOUTUBE = "youtube"
    LOCAL = "local"


class Role(StrEnum):
    """What the platform itself says of an author; never derived from a name or a text."""

    BROADCASTER = "broadcaster"
    MODERATOR = "moderator"
    MEMBER = "member"
    """A paying member on YouTube, a subscriber on Twitch."""


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote a comment. A *viewer* is platform + ``id``, never ``name``."""

    id: str
    name: str
    roles: frozenset[Role] = frozenset()

    @property
    def may_moderate(self) -> bool:
        """Whether the platform says that commands may be taken from this author."""
        return not self.roles.isdisjoint({Role.BROADCASTER, Role.MODERATOR})


@dataclass(frozen=True, slots=True)
class Money:
    """What was paid with a comment.

    ``currency`` is an ISO 4217 code, or ``BITS`` for Twitch's bits. Where a platform shows only a
    sign that several currencies share (``$``), it is the sign as it was shown.
    """

    amount: Decimal
    currency: str

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"


@dataclass(frozen=True, slots=True)
class Comment:
    """One message of the chat, in the platform's own words.

    ``text`` holds emotes as words and is as the viewer sent it: the intake cleans it.
    """

    platform: Platform
    id: str
    author: Author
    text: str
    at: datetime
    paid: Money | None = None

    @property
    def key(self) -> tuple[Platform, str]:
        """What no two comments share."""
        return (self.platform, self.id)


@dataclass(frozen=True, slots=True)
class Reply:
    """What the character said, sentence by sentence, and whom it answered.

    ``answers`` is empty where the character speaks of itself: the greeting, say.
    """

    id: int
    answers: tuple[Comment, ...]
    sentences: tuple[str, ...] = ()

    def saying(self, sentence: str) -> "Reply":
        """Return the reply with one more sentence."""
        return Reply(self.id, self.answers, (*self.sentences, sentence))
