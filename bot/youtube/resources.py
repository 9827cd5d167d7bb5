"""The Data API's live-chat resources, and the comments in them: JSON in, never an error out.

https://developers.google.com/youtube/v3/live/docs/liveChatMessages#resource describes them.
"""

import re
from datetime import UTC, datetime
from decimal import Decimal

from bot.chat import Author, Comment, Membership, Money, Occasion, Platform, Retraction, Role
from bot.youtube.ids import canonical_id
from bot.youtube.money import parse_money

_Json = dict[object, object]

_DETAILS = {
    "textMessageEvent": "textMessageDetails",
    "superChatEvent": "superChatDetails",
    "superStickerEvent": "superStickerDetails",
    "newSponsorEvent": "newSponsorDetails",
    "memberMilestoneChatEvent": "memberMilestoneChatDetails",
    "membershipGiftingEvent": "membershipGiftingDetails",
    "giftEvent": "giftDetails",
    "giftMembershipReceivedEvent": "giftMembershipReceivedDetails",
}
"""The types of resources that are comments, and where each keeps what is its own."""

_ROLES = {
    "isChatOwner": Role.BROADCASTER,
    "isChatModerator": Role.MODERATOR,
    "isChatSponsor": Role.MEMBER,
}
_MICROS = re.compile(r"[0-9]{1,20}")
_MOST = 10**6
"""No count of months or gifts is larger."""


def parse_resource(resource: object) -> Comment | Retraction | None:
    """Return what a ``liveChatMessage`` brings, None where it brings nothing to the chat."""
    match resource:
        case {"snippet": {"type": str(kind), **snippet}, **rest} if kind in _DETAILS:
            return _comment(kind, snippet, rest)
        case {"id": str(gone), "snippet": {"type": "tombstone"}} if gone:
            return Retraction(Platform.YOUTUBE, comment_id=canonical_id(gone))
        case {"snippet": {"type": "messageDeletedEvent", "messageDeletedDetails": details}}:
            return _retraction(details, "deletedMessageId")
        case {"snippet": {"type": "messageRetractedEvent", "messageRetractedDetails": details}}:
            return _retraction(details, "retractedMessageId")
        case {
            "snippet": {
                "type": "userBannedEvent",
                "userBannedDetails": {"bannedUserDetails": {"channelId": str(channel)}},
            }
        } if channel:
            return Retraction(Platform.YOUTUBE, author_id=channel)
    return None


def _retraction(details: object, key: str) -> Retraction | None:
    comment_id = _text(details, key)
    return Retraction(Platform.YOUTUBE, comment_id=canonical_id(comment_id)) if comment_id else None


def _comment(kind: str, snippet: _Json, resource: _Json) -> Comment | None:
    comment_id = _text(resource, "id")
    author = _author(snippet, resource.get("authorDetails"))
    at = _moment(_text(snippet, "publishedAt"))
    if not comment_id or author is None or at is None:
        return None
    details = snippet.get(_DETAILS[kind])
    return Comment(
        platform=Platform.YOUTUBE,
        id=canonical_id(comment_id),
        author=author,
        text=_words(details) or _text(snippet, "displayMessage"),
        at=at,
        paid=_money(details),
        membership=_membership(kind, details),
    )


def _author(snippet: _Json, details: object) -> Author | None:
    """Return who wrote it; the name is empty where YouTube gives none."""
    channel = _text(details, "channelId") or _text(snippet, "authorChannelId")
    if not channel:
        return None
    roles = frozenset(
        role
        for key, role in _ROLES.items()
        if isinstance(details, dict) and details.get(key) is True
    )
    avatar = _text(details, "profileImageUrl")
    return Author(channel, _text(details, "displayName"), roles, avatar=avatar)


def _words(details: object) -> str:
    """Return what its author wrote, or what the sticker that was sent shows."""
    match details:
        case {"messageText": str(text)} | {"userComment": str(text)}:
            return text
        case {"superStickerMetadata": {"altText": str(text)}}:
            return text
    return ""


def _money(details: object) -> Money | None:
    """Return what was paid: millionths of a currency's unit, or else as it is shown."""
    match details:
        case {"amountMicros": str() | int() as micros, "currency": str(currency)} if (
            currency and _MICROS.fullmatch(str(micros))
        ):
            amount = Decimal(str(micros)).scaleb(-6)
            return Money(_shortest(amount), currency)
        case {"jewelsCount": _}:
            jewels = _count(details, "jewelsCount")
            return Money(Decimal(jewels), "JEWELS") if jewels else None
    return parse_money(_text(details, "amountDisplayString"))


def _shortest(amount: Decimal) -> Decimal:
    """Return the same amount as people write it: 500, 5.50."""
    for unit in (Decimal(1), Decimal("0.01"), Decimal("0.001")):
        if amount == (short := amount.quantize(unit)):
            return short
    return amount


def _membership(kind: str, details: object) -> Membership | None:
    match kind:
        case "newSponsorEvent":
            # A member who moves to a dearer level is not new.
            upgraded = isinstance(details, dict) and details.get("isUpgrade") is True
            return Membership(Occasion.RENEWED if upgraded else Occasion.NEW)
        case "memberMilestoneChatEvent":
            return Membership(Occasion.RENEWED, months=_count(details, "memberMonth"))
        case "membershipGiftingEvent":
            return Membership(Occasion.GIFTED, gifts=_count(details, "giftMembershipsCount"))
        case "giftMembershipReceivedEvent":
            return Membership(Occasion.RECEIVED)
    return None


def _count(details: object, key: str) -> int:
    """Return a number that may come as text, 0 where it is none."""
    value = details.get(key) if isinstance(details, dict) else None
    number = str(value)
    if isinstance(value, str | int) and re.fullmatch(r"[0-9]{1,7}", number):
        return min(_MOST, int(number))
    return 0


def _moment(text: str) -> datetime | None:
    """Return a time in ISO 8601, with or without a fraction of seconds."""
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def _text(holder: object, key: str) -> str:
    value = holder.get(key) if isinstance(holder, dict) else None
    return value if isinstance(value, str) else ""
