"""What Twitch's chat events mean. Pure.

Twitch describes them at
https://dev.twitch.tv/docs/eventsub/eventsub-reference/#channel-chat-message-event and after it.
Only what we use is asked for: TwitchIO's own models lose an event in which any key is missing.
"""

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from bot.chat import Author, Comment, Membership, Money, Occasion, Platform, Retraction, Role

_Id = Annotated[str, StringConstraints(min_length=1)]
_Count = Annotated[int, Field(ge=0, le=1_000_000_000)]

_ROLES = {
    "broadcaster": Role.BROADCASTER,
    "moderator": Role.MODERATOR,
    "lead_moderator": Role.MODERATOR,
    "subscriber": Role.MEMBER,
    "founder": Role.MEMBER,
}
_ACTION = re.compile("\x01ACTION (.*?)\x01?", re.DOTALL)
_ADDRESSED = re.compile(r"^@\S+\s+")
_NOBODY = Author("274598607", "An anonymous viewer")
"""Twitch's own account for those who give without a name."""


class _Model(BaseModel):
    """What is null counts as left out: Twitch sends null for many a list that has nothing in it."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)

    @model_validator(mode="before")
    @classmethod
    def _leave_out(cls, values: object) -> object:
        if not isinstance(values, dict):
            return values
        return {key: value for key, value in values.items() if value is not None}


class _Badge(_Model):
    set_id: str


class _User(_Model):
    user_name: str


class _Fragment(_Model):
    mention: _User | None = None


class _Message(_Model):
    text: str
    fragments: tuple[_Fragment, ...] = ()


class _Cheer(_Model):
    bits: _Count


class _Parent(_Model):
    parent_message_id: str


class _InChannel(_Model):
    broadcaster_user_id: _Id


class _Written(_InChannel):
    message_id: _Id
    chatter_user_id: _Id | None = None
    chatter_user_name: str | None = None
    source_broadcaster_user_id: str | None = None
    badges: tuple[_Badge, ...] = ()
    color: str | None = None
    message: _Message


class _ChatMessage(_Written):
    chatter_user_id: _Id
    chatter_user_login: str = ""
    cheer: _Cheer | None = None
    reply: _Parent | None = None


class _Resub(_Model):
    cumulative_months: _Count = 0


class _SubGift(_Model):
    recipient_user_id: _Id
    recipient_user_name: str | None = None
    community_gift_id: str | None = None


class _CommunitySubGift(_Model):
    total: _Count = 0


class _Amount(_Model):
    value: _Count
    decimal_place: Annotated[int, Field(ge=0, le=6)] = 0
    currency: Annotated[str, StringConstraints(pattern="^[A-Z]{3}$")]


class _Donation(_Model):
    amount: _Amount


class _NoticeMessage(_Message):
    text: str = ""


class _Notice(_Written):
    message: _NoticeMessage = _NoticeMessage()
    notice_type: str
    resub: _Resub | None = None
    sub_gift: _SubGift | None = None
    community_sub_gift: _CommunitySubGift | None = None
    charity_donation: _Donation | None = None


class _Deleted(_InChannel):
    message_id: _Id


class _Silenced(_InChannel):
    target_user_id: _Id


KINDS = (
    "channel.chat.message",
    "channel.chat.message_delete",
    "channel.chat.clear_user_messages",
    "channel.chat.clear",
    "channel.chat.notification",
)
"""The types of events that are understood; each needs the scope to read chat and no other."""


def heard_of(kind: str, event: object, at: datetime) -> Comment | Retraction | None:
    """Return what an event says, or None where that is nothing for us: a raid, say.

    Args:
        kind: the type of the event, one of :data:`KINDS`.
        event: as it came.
        at: when Twitch sent it.

    Raises:
        pydantic.ValidationError: it lacks what it takes.
    """
    twitch = Platform.TWITCH
    match kind:
        case "channel.chat.message":
            return _comment(_ChatMessage.model_validate(event), at)
        case "channel.chat.notification":
            return _notice(_Notice.model_validate(event), at)
        case "channel.chat.message_delete":
            deleted = _Deleted.model_validate(event)
            channel = deleted.broadcaster_user_id
            return Retraction(twitch, channel, comment_id=deleted.message_id)
        case "channel.chat.clear_user_messages":
            silenced = _Silenced.model_validate(event)
            channel = silenced.broadcaster_user_id
            return Retraction(twitch, channel, author_id=silenced.target_user_id)
        case "channel.chat.clear":
            return Retraction(twitch, _InChannel.model_validate(event).broadcaster_user_id)
    return None


def sent_at(metadata: object, now: datetime) -> datetime:
    """Return when a message was sent; where it does not say so legibly, now."""
    try:
        sent = datetime.fromisoformat(metadata["message_timestamp"])  # type: ignore[index]
        return sent.astimezone(UTC) if sent.tzinfo else sent.replace(tzinfo=UTC)
    except (KeyError, TypeError, ValueError, OverflowError):
        return now


def _comment(event: _ChatMessage, at: datetime) -> Comment:
    name = event.chatter_user_name or event.chatter_user_login or event.chatter_user_id
    return Comment(
        platform=Platform.TWITCH,
        id=event.message_id,
        author=_author(event, event.chatter_user_id, name),
        text=_words(event),
        at=at,
        paid=Money(Decimal(event.cheer.bits), "BITS") if event.cheer and event.cheer.bits else None,
        channel=event.broadcaster_user_id,
        origin=_origin(event),
        reply_to=event.reply.parent_message_id if event.reply else "",
        mentions=_mentions(event),
    )


def _notice(event: _Notice, at: datetime) -> Comment | None:
    """Return the comment in which something is announced: a subscription, say.

    Of the notices that mean nothing to us (a raid, a watch streak) the author's own words are a
    comment, because Twitch sends them nowhere else; without such, None.

    Of many that are given at once Twitch tells all together, for which the giver is thanked, and
    then each by itself, which is the recipient's.
    """
    author = _NOBODY
    if event.chatter_user_id:
        name = event.chatter_user_name or event.chatter_user_id
        author = _author(event, event.chatter_user_id, name)
    text = event.message.text
    membership: Membership | None = None
    paid: Money | None = None
    match event:
        case _Notice(notice_type="sub"):
            membership = Membership(Occasion.NEW)
        case _Notice(notice_type="resub", resub=_Resub() as resub):
            membership = Membership(Occasion.RENEWED, months=resub.cumulative_months)
        case _Notice(
            notice_type="community_sub_gift", community_sub_gift=_CommunitySubGift() as all_
        ):
            membership = Membership(Occasion.GIFTED, gifts=all_.total)
        case _Notice(notice_type="sub_gift", sub_gift=_SubGift(community_gift_id=None | "")):
            membership = Membership(Occasion.GIFTED, gifts=1)
        case _Notice(notice_type="sub_gift", sub_gift=_SubGift() as gift):
            membership = Membership(Occasion.RECEIVED)
            name = gift.recipient_user_name or gift.recipient_user_id
            author = Author(gift.recipient_user_id, name, frozenset({Role.MEMBER}))
            text = ""
        case _Notice(notice_type="charity_donation", charity_donation=_Donation(amount=amount)):
            paid = Money(Decimal(amount.value).scaleb(-amount.decimal_place), amount.currency)
        case _ if not text.strip():
            return None
    return Comment(
        platform=Platform.TWITCH,
        id=event.message_id,
        author=author,
        text=text,
        at=at,
        paid=paid,
        membership=membership,
        channel=event.broadcaster_user_id,
        origin=_origin(event),
        mentions=_mentions(event),
    )


def _words(event: _ChatMessage) -> str:
    """Return what was written, without what is not the author's.

    ``/me waves`` comes as CTCP, the way of IRC: https://modern.ircdocs.horse/ctcp#action. A
    reply begins with the name that it replies to, which Twitch has put there.
    """
    text = event.message.text
    if action := _ACTION.fullmatch(text):
        text = action[1]
    return _ADDRESSED.sub("", text, count=1) if event.reply else text


def _author(event: _Written, id_: str, name: str) -> Author:
    """Return who wrote it, with the roles of our channel.

    In a shared chat (several channels showing one chat) ``badges`` are those that the author has in
    our channel; those of the channel it was written in are ``source_badges`` and count for nothing.
    """
    badges = tuple(badge.set_id for badge in event.badges)
    roles = frozenset(_ROLES[name] for name in badges if name in _ROLES)
    return Author(id_, name, roles, badges, event.color or "")


def _origin(event: _Written) -> str:
    origin = event.source_broadcaster_user_id or ""
    return "" if origin == event.broadcaster_user_id else origin


def _mentions(event: _Written) -> tuple[str, ...]:
    fragments = event.message.fragments
    return tuple(fragment.mention.user_name for fragment in fragments if fragment.mention)
