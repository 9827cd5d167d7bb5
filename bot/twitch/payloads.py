"""The shapes of Twitch's chat events: what we use of them, and no more.

TwitchIO's own models lose an event in which any key is missing.
"""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

Id = Annotated[str, StringConstraints(min_length=1)]
Count = Annotated[int, Field(ge=0, le=1_000_000_000)]


class Model(BaseModel):
    """What is null counts as left out: Twitch sends null for many a list that has nothing in it."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)

    @model_validator(mode="before")
    @classmethod
    def _leave_out(cls, values: object) -> object:
        if not isinstance(values, dict):
            return values
        return {key: value for key, value in values.items() if value is not None}


class Badge(Model):
    """One badge beside a name."""

    set_id: str
    id: str = ""


class User(Model):
    """Somebody who is mentioned."""

    user_name: str


class Emote(Model):
    """An emote, by its id."""

    id: Annotated[str, StringConstraints(pattern=r"^\w+$")]


class Fragment(Model):
    """A piece of a text: plain, a mention or an emote."""

    text: str = ""
    mention: User | None = None
    emote: Emote | None = None


class Message(Model):
    """A text, whole and in pieces."""

    text: str
    fragments: tuple[Fragment, ...] = ()


class Cheer(Model):
    """Bits that came with a comment."""

    bits: Count


class Parent(Model):
    """The comment that is replied to."""

    parent_message_id: str


class InChannel(Model):
    """What happened in one channel's chat."""

    broadcaster_user_id: Id


class Written(InChannel):
    """What somebody wrote, or is announced with."""

    message_id: Id
    chatter_user_id: Id | None = None
    chatter_user_name: str | None = None
    source_broadcaster_user_id: str | None = None
    badges: tuple[Badge, ...] = ()
    color: str | None = None
    message: Message


class ChatMessage(Written):
    """A comment."""

    chatter_user_id: Id
    chatter_user_login: str = ""
    cheer: Cheer | None = None
    reply: Parent | None = None


class Resub(Model):
    """A subscription that goes on."""

    cumulative_months: Count = 0


class SubGift(Model):
    """A subscription that was bought for one person."""

    recipient_user_id: Id
    recipient_user_name: str | None = None
    community_gift_id: str | None = None


class CommunitySubGift(Model):
    """Subscriptions that were bought for whoever is there."""

    total: Count = 0


class Amount(Model):
    """A sum: a whole number, and where its point stands."""

    value: Count
    decimal_place: Annotated[int, Field(ge=0, le=6)] = 0
    currency: Annotated[str, StringConstraints(pattern="^[A-Z]{3}$")]


class Donation(Model):
    """What was given to a charity."""

    amount: Amount


class NoticeMessage(Message):
    """The words of a notice, which may have none."""

    text: str = ""


class Notice(Written):
    """An announcement in the chat, of whatever type."""

    message: NoticeMessage = NoticeMessage()
    notice_type: str
    resub: Resub | None = None
    sub_gift: SubGift | None = None
    community_sub_gift: CommunitySubGift | None = None
    charity_donation: Donation | None = None


class Deleted(InChannel):
    """A comment that was deleted."""

    message_id: Id


class Silenced(InChannel):
    """Somebody who was timed out or banned."""

    target_user_id: Id
