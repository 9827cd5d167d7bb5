"""The words that every part shares: who wrote what, and what was answered."""

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import NewType

from bot.translation import tr, tr_noop


class Platform(StrEnum):
    """Where a comment was written."""

    TWITCH = "twitch"
    YOUTUBE = "youtube"
    LOCAL = "local"

    @property
    def label(self) -> str:
        """What the streamer reads."""
        return tr(_LABELS[self])


_LABELS = {
    Platform.TWITCH: "Twitch",
    Platform.YOUTUBE: "YouTube",
    Platform.LOCAL: tr_noop("the panel"),
}

CommentKey = NewType("CommentKey", tuple[Platform, str])
"""Platform and message id: what no two comments share."""
ViewerKey = NewType("ViewerKey", tuple[Platform, str])
"""Platform and author's id; never a name, which anybody can take."""


class Role(StrEnum):
    """What the platform itself says of an author; never derived from a name or a text."""

    BROADCASTER = "broadcaster"
    MODERATOR = "moderator"
    MEMBER = "member"
    """A paying member on YouTube, a subscriber on Twitch."""


@dataclass(frozen=True, slots=True)
class Picture:
    """What a platform shows in place of a word: an emote's name, or a badge's."""

    word: str
    address: str


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote a comment. A *viewer* is platform + ``id``, never ``name``."""

    id: str
    name: str
    roles: frozenset[Role] = frozenset()
    badges: tuple[str, ...] = ()
    """What the platform shows beside the name, in its own words: ``vip``, say."""
    colour: str = ""
    """In which the platform shows the name, as ``#rrggbb``; empty where it does not say."""
    badge_pictures: tuple[Picture, ...] = ()
    """Of those badges of which the platform tells what they look like."""
    avatar: str = ""
    """The address of the picture that the author has chosen; empty where it does not say."""

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


class Occasion(StrEnum):
    """What a membership (a subscription on Twitch) is announced for."""

    NEW = "new"
    RENEWED = "renewed"
    GIFTED = "gifted"
    """Bought for others; the author is who paid."""
    RECEIVED = "received"
    """The author got it from somebody, and wrote nothing."""


@dataclass(frozen=True, slots=True)
class Membership:
    """That a comment announces a membership.

    ``months`` is how long the author has been a member, ``gifts`` how many were bought for others;
    each is 0 where the platform does not say. ``recipient`` is the name of whom a single one was
    bought for, likewise empty.
    """

    occasion: Occasion
    months: int = 0
    gifts: int = 0
    recipient: str = ""


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
    membership: Membership | None = None
    channel: str = ""
    """The platform's id of the channel whose chat this is, empty where there is but one."""
    origin: str = ""
    """In a chat that channels share, the id of the other channel that it was written in."""
    reply_to: str = ""
    """The id of the comment that this one replies to."""
    mentions: tuple[str, ...] = ()
    """The names of those whom the platform says that it mentions."""
    emotes: tuple[Picture, ...] = ()
    """What the words in it look like that are emotes."""

    @property
    def key(self) -> CommentKey:
        """What no two comments share."""
        return CommentKey((self.platform, self.id))

    @property
    def viewer(self) -> ViewerKey:
        """Who wrote it."""
        return ViewerKey((self.platform, self.author.id))

    @property
    def is_paid(self) -> bool:
        """Whether it came with money: such a comment is never shed."""
        bought = self.membership and self.membership.occasion is not Occasion.RECEIVED
        return bool(self.paid or bought)


@dataclass(frozen=True, slots=True)
class Remark:
    """What is to be answered as one: a comment, or the same one from several viewers.

    ``comments`` is never empty; the oldest is first.
    """

    comments: tuple[Comment, ...]

    @property
    def first(self) -> Comment:
        """The one that stands for all."""
        return self.comments[0]


@dataclass(frozen=True, slots=True)
class Retraction:
    """That what was written no longer stands: deleted, or its author timed out or banned.

    It is about one comment where ``comment_id`` is given, about all that a viewer has written where
    ``author_id`` is, and else about the whole chat of the channel.
    """

    platform: Platform
    channel: str = ""
    """As in ``Comment``; empty means wherever on the platform it was written."""
    comment_id: str = ""
    author_id: str = ""
    is_final: bool = True
    """Not where a comment is held for review: approved, it comes again under the same id."""

    def covers(self, comment: Comment) -> bool:
        """Return whether a comment, heard before this, is taken back by it."""
        return (
            comment.platform is self.platform
            and self.channel in ("", comment.channel)
            and self.comment_id in ("", comment.id)
            and self.author_id in ("", comment.author.id)
        )


@dataclass(frozen=True, slots=True)
class Mora:
    """A beat of Japanese speech: from when to when it is heard, in seconds, and its vowel.

    ``vowel`` is a, i, u, e or o; N where it is ん; empty where the mouth is shut.
    """

    begin: float
    end: float
    vowel: str


@dataclass(frozen=True, slots=True)
class Clip:
    """The sound of a sentence, or of a clause of it: a WAV, and how long it is in seconds.

    ``morae`` are its beats, where the engine tells them.
    """

    sound: bytes
    seconds: float
    morae: tuple[Mora, ...] = ()


@dataclass(frozen=True, slots=True)
class Reply:
    """What the character said, sentence by sentence, and whom it answered.

    ``answers`` is empty where the character speaks of itself: the greeting, say. ``mood`` is one of
    the persona's moods, or empty. ``clips`` are the sounds of each sentence, one after another.
    """

    id: int
    answers: tuple[Comment, ...]
    sentences: tuple[str, ...] = ()
    mood: str = ""
    clips: tuple[tuple[Clip, ...], ...] = ()

    def saying(self, sentence: str, mood: str = "", clip: Clip | None = None) -> "Reply":
        """Return the reply with one more sentence, and the mood that it changes to, if any."""
        return replace(
            self,
            sentences=(*self.sentences, sentence),
            mood=mood or self.mood,
            clips=(*self.clips, (clip,) if clip else ()),
        )

    def heard_since(self, before: "Reply | None") -> list[tuple[int, int, Clip]]:
        """Return what is heard of it that was not before, with its sentence and its place there.

        Args:
            before: what was shown last, of this reply or of another one.
        """
        told = before.clips if before and before.id == self.id else ()
        return [
            (sentence, place, clip)
            for sentence, clips in enumerate(self.clips)
            for place, clip in enumerate(clips)
            if sentence >= len(told) or place >= len(told[sentence])
        ]

    def sounding(self, clip: Clip) -> "Reply":
        """Return the reply with one more sound of its last sentence."""
        *before, last = self.clips
        return replace(self, clips=(*before, (*last, clip)))


@dataclass(frozen=True, slots=True)
class Exchange:
    """What is over: the user message byte for byte as it was sent, and what was said to it."""

    asked: str
    reply: str
    answers: tuple[Comment, ...] = ()
