"""What Twitch's chat events mean. Pure.

Twitch describes them at
https://dev.twitch.tv/docs/eventsub/eventsub-reference/#channel-chat-message-event and after it.
"""

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Protocol

from bot.chat import (
    Author,
    Comment,
    Membership,
    Money,
    Occasion,
    Picture,
    Platform,
    Retraction,
    Role,
)
from bot.twitch.payloads import (
    ChatMessage,
    CommunitySubGift,
    Deleted,
    Donation,
    InChannel,
    Notice,
    Resub,
    Silenced,
    SubGift,
    Written,
)

_ROLES = {
    "broadcaster": Role.BROADCASTER,
    "moderator": Role.MODERATOR,
    "lead_moderator": Role.MODERATOR,
    "subscriber": Role.MEMBER,
    "founder": Role.MEMBER,
}
_EMOTE = "https://static-cdn.jtvnw.net/emoticons/v2/{}/default/dark/2.0"
_ACTION = re.compile("\x01ACTION (.*?)\x01?", re.DOTALL)
_ADDRESSED = re.compile(r"^@\S+\s+")
_NOBODY = Author("274598607", "An anonymous viewer")
"""Twitch's own account for those who give without a name."""


KINDS = (
    "channel.chat.message",
    "channel.chat.message_delete",
    "channel.chat.clear_user_messages",
    "channel.chat.clear",
    "channel.chat.notification",
)
"""The types of events that are understood; each needs the scope to read chat and no other."""


class BadgePictures(Protocol):
    """Knows what badges look like."""

    def picture(self, channel: str, set_id: str, version: str) -> Picture | None:
        """Return what a badge looks like in a channel, if that is known."""
        ...


def heard_of(
    kind: str, event: object, at: datetime, badges: BadgePictures | None = None
) -> Comment | Retraction | None:
    """Return what an event says, or None where that is nothing for us: a raid, say.

    Args:
        kind: the type of the event, one of :data:`KINDS`.
        event: as it came.
        at: when Twitch sent it.
        badges: knows what they look like, where that is wanted.

    Raises:
        pydantic.ValidationError: it lacks what it takes.
    """
    twitch = Platform.TWITCH
    match kind:
        case "channel.chat.message":
            return _comment(ChatMessage.model_validate(event), at, badges)
        case "channel.chat.notification":
            return _notice(Notice.model_validate(event), at, badges)
        case "channel.chat.message_delete":
            deleted = Deleted.model_validate(event)
            channel = deleted.broadcaster_user_id
            return Retraction(twitch, channel, comment_id=deleted.message_id)
        case "channel.chat.clear_user_messages":
            silenced = Silenced.model_validate(event)
            channel = silenced.broadcaster_user_id
            return Retraction(twitch, channel, author_id=silenced.target_user_id)
        case "channel.chat.clear":
            return Retraction(twitch, InChannel.model_validate(event).broadcaster_user_id)
    return None


def sent_at(metadata: object, now: datetime) -> datetime:
    """Return when a message was sent; where it does not say so legibly, now."""
    try:
        sent = datetime.fromisoformat(metadata["message_timestamp"])  # type: ignore[index]
        return sent.astimezone(UTC) if sent.tzinfo else sent.replace(tzinfo=UTC)
    except (KeyError, TypeError, ValueError, OverflowError):
        return now


def _comment(event: ChatMessage, at: datetime, badges: BadgePictures | None) -> Comment:
    name = event.chatter_user_name or event.chatter_user_login or event.chatter_user_id
    return Comment(
        platform=Platform.TWITCH,
        id=event.message_id,
        author=_author(event, event.chatter_user_id, name, badges),
        text=_words(event),
        at=at,
        paid=Money(Decimal(event.cheer.bits), "BITS") if event.cheer and event.cheer.bits else None,
        channel=event.broadcaster_user_id,
        origin=_origin(event),
        reply_to=event.reply.parent_message_id if event.reply else "",
        mentions=_mentions(event),
        emotes=_emotes(event),
    )


def _notice(event: Notice, at: datetime, badges: BadgePictures | None) -> Comment | None:
    """Return the comment in which something is announced: a subscription, say.

    Of the notices that mean nothing to us (a raid, a watch streak) the author's own words are a
    comment, because Twitch sends them nowhere else; without such, None.

    Of many that are given at once Twitch tells all together, for which the giver is thanked, and
    then each by itself, which is the recipient's.
    """
    author = _NOBODY
    if event.chatter_user_id:
        name = event.chatter_user_name or event.chatter_user_id
        author = _author(event, event.chatter_user_id, name, badges)
    text = event.message.text
    membership: Membership | None = None
    paid: Money | None = None
    match event:
        case Notice(notice_type="sub"):
            membership = Membership(Occasion.NEW)
        case Notice(notice_type="resub", resub=Resub() as resub):
            membership = Membership(Occasion.RENEWED, months=resub.cumulative_months)
        case Notice(
            notice_type="community_sub_gift", community_sub_gift=CommunitySubGift() as all_
        ):
            membership = Membership(Occasion.GIFTED, gifts=all_.total)
        case Notice(notice_type="sub_gift", sub_gift=SubGift(community_gift_id=None | "") as gift):
            recipient = gift.recipient_user_name or ""
            membership = Membership(Occasion.GIFTED, gifts=1, recipient=recipient)
        case Notice(notice_type="sub_gift", sub_gift=SubGift() as gift):
            membership = Membership(Occasion.RECEIVED)
            name = gift.recipient_user_name or gift.recipient_user_id
            author = Author(gift.recipient_user_id, name, frozenset({Role.MEMBER}))
            text = ""
        case Notice(notice_type="charity_donation", charity_donation=Donation(amount=amount)):
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
        emotes=_emotes(event),
    )


def _words(event: ChatMessage) -> str:
    """Return what was written, without what is not the author's.

    ``/me waves`` comes as CTCP, the way of IRC: https://modern.ircdocs.horse/ctcp#action. A
    reply begins with the name that it replies to, which Twitch has put there.
    """
    text = event.message.text
    if action := _ACTION.fullmatch(text):
        text = action[1]
    return _ADDRESSED.sub("", text, count=1) if event.reply else text


def _author(event: Written, id_: str, name: str, badges: BadgePictures | None) -> Author:
    """Return who wrote it, with the roles of our channel.

    In a shared chat (several channels showing one chat) ``badges`` are those that the author has in
    our channel; those of the channel it was written in are ``source_badges`` and count for nothing.
    """
    words = tuple(badge.set_id for badge in event.badges)
    roles = frozenset(_ROLES[word] for word in words if word in _ROLES)
    channel = event.broadcaster_user_id
    found = (badges.picture(channel, badge.set_id, badge.id) for badge in event.badges if badges)
    return Author(id_, name, roles, words, event.color or "", tuple(filter(None, found)))


def _origin(event: Written) -> str:
    origin = event.source_broadcaster_user_id or ""
    return "" if origin == event.broadcaster_user_id else origin


def _mentions(event: Written) -> tuple[str, ...]:
    fragments = event.message.fragments
    return tuple(fragment.mention.user_name for fragment in fragments if fragment.mention)


def _emotes(event: Written) -> tuple[Picture, ...]:
    """Return what its emotes look like; the address is made as Twitch says.

    https://dev.twitch.tv/docs/chat/send-receive-messages/#getting-emotes-for-chat-messages
    """
    found = {
        fragment.text: Picture(fragment.text, _EMOTE.format(fragment.emote.id))
        for fragment in event.message.fragments
        if fragment.emote
    }
    return tuple(found.values())
