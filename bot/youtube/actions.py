"""YouTube's raw live-chat actions, and what they bring: JSON in, never an error out.

YouTube documents none of this. The shapes are those of the ``actions`` in the answers of
``youtubei/v1/live_chat/get_live_chat``, which its own chat page asks for. An action adds an item
to the chat, replaces one, or takes one away; an item is one *renderer*, named after what it shows.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

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
from bot.youtube.ids import canonical_id
from bot.youtube.money import parse_money
from bot.youtube.resources import parse_resource

_MEMBER = "liveChatMembershipItemRenderer"
_GIFTED = "liveChatSponsorshipsGiftPurchaseAnnouncementRenderer"
_RECEIVED = "liveChatSponsorshipsGiftRedemptionAnnouncementRenderer"
_PLACEHOLDER = "liveChatPlaceholderItemRenderer"
_RESOURCE = "youtube#liveChatMessage"

_TEXTS: Mapping[str, tuple[str, ...]] = {
    "liveChatTextMessageRenderer": ("message",),
    "liveChatPaidMessageRenderer": ("message",),
    "liveChatPaidStickerRenderer": ("sticker",),
    # "Member for 6 months", the tier (or "Welcome to …" for a new one), and the member's words.
    _MEMBER: ("headerPrimaryText", "headerSubtext", "message"),
    _GIFTED: ("primaryText",),
    _RECEIVED: ("message",),
}
"""The renderers that are comments, and where each keeps its text.

Others show again what is here already (a ticker, a banner), or are YouTube's own words.
"""

COMMENT_KINDS = frozenset(_TEXTS)
"""The kinds that ``parse`` should understand: None for one of these means that YouTube changed."""

_BADGES = {"OWNER": Role.BROADCASTER, "MODERATOR": Role.MODERATOR}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_GROUPED = re.compile(r"[0-9][0-9.,]{0,12}")
_NUMBER = re.compile(r"\d{1,6}")


def parse(raw: object, *, at: datetime = _EPOCH) -> Comment | Retraction | None:
    """Return what an action of the page, or a resource of the Data API, brings; None for nothing.

    The page's way to show its own moderators what was deleted (``mark…AsDeleted``) and its way to
    take it off everybody's screen (``remove…``) both mean that it no longer stands. A placeholder
    in its place means that it is held for review.

    Args:
        raw: the action or the resource.
        at: when that happened of which YouTube does not tell when.
    """
    match raw:
        case {"replaceChatItemAction": {"targetItemId": str(comment_id), "replacementItem": item}}:
            if comment_id and isinstance(item, dict) and _PLACEHOLDER in item:
                held = canonical_id(comment_id)
                return Retraction(Platform.YOUTUBE, comment_id=held, is_final=False)
        case {"addChatItemAction": {"item": {"giftMessageViewModel": dict(gift)}}}:
            return _jewels(gift, at)
        case {"kind": str(name)} if name == _RESOURCE:
            return parse_resource(raw)
        case {"markChatItemAsDeletedAction": {"targetItemId": str(comment_id)}} | {
            "removeChatItemAction": {"targetItemId": str(comment_id)}
        } if comment_id:
            return Retraction(Platform.YOUTUBE, comment_id=canonical_id(comment_id))
        case {"markChatItemsByAuthorAsDeletedAction": {"externalChannelId": str(author_id)}} | {
            "removeChatItemByAuthorAction": {"externalChannelId": str(author_id)}
        } if author_id:
            return Retraction(Platform.YOUTUBE, author_id=author_id)
    return _comment(kind(raw), _item(raw))


def _comment(name: str, item: dict[str, Any]) -> Comment | None:
    renderer = item.get(name)
    if name not in COMMENT_KINDS or not isinstance(renderer, dict):
        return None
    match renderer:
        # Who bought gifts is named in a header of its own.
        case {"header": {"liveChatSponsorshipsHeaderRenderer": dict(header)}}:
            renderer = header | renderer
    author = _author(renderer)
    at = _moment(renderer.get("timestampUsec"))
    match renderer:
        case {"id": str(comment_id)} if comment_id and author and at:
            texts = (plain(renderer.get(field)) for field in _TEXTS[name])
            return Comment(
                platform=Platform.YOUTUBE,
                id=canonical_id(comment_id),
                author=author,
                text=" · ".join(filter(None, texts)),
                at=at,
                paid=parse_money(plain(renderer.get("purchaseAmountText"))),
                membership=_membership(name, renderer),
                emotes=_emotes(renderer.get("message")),
            )
    return None


def _jewels(gift: dict[str, Any], at: datetime) -> Comment | None:
    """Return a gift that was paid for in jewels.

    It names neither channel nor time. A handle is as good as an id; the sum is the last number in
    ``sent Heart for 50 Jewels``, and some gifts tell none.
    """
    match gift:
        case {"id": str(id_), "authorName": {"content": str(name)}, "text": {"content": str(text)}}:
            handle = name.strip()
            if not (id_ and handle):
                return None
            numbers = _GROUPED.findall(text)
            return Comment(
                platform=Platform.YOUTUBE,
                id=canonical_id(id_),
                author=Author(handle, handle),
                text=text,
                at=at,
                paid=Money(Decimal(re.sub(r"\D", "", numbers[-1])), "JEWELS") if numbers else None,
            )
    return None


def _membership(name: str, renderer: dict[str, Any]) -> Membership | None:
    """Return what an item announces; of members, only a milestone has a primary text."""
    if name == _GIFTED:
        return Membership(Occasion.GIFTED, gifts=_number(renderer.get("primaryText")))
    if name == _RECEIVED:
        return Membership(Occasion.RECEIVED)
    if name == _MEMBER:
        milestone = renderer.get("headerPrimaryText")
        if plain(milestone):
            return Membership(Occasion.RENEWED, months=_number(milestone))
        return Membership(Occasion.NEW)
    return None


def _number(node: object) -> int:
    """Return the number that a text tells, 0 where it tells none.

    YouTube puts it into a run of its own; the name of a channel may have numbers in it, too.
    """
    match node:
        case {"runs": list(runs)}:
            alone = [text for run in runs if _NUMBER.fullmatch(text := _run(run).strip())]
            if alone:
                return int(alone[0])
    found = _NUMBER.search(plain(node))
    return int(found.group()) if found else 0


def kind(raw: object) -> str:
    """Name what it is, for the log: an item's renderer, or the action, or the resource's type."""
    match raw:
        case {"kind": str(name), "snippet": {"type": str(event)}} if name == _RESOURCE:
            return event
    names = _item(raw) or (raw if isinstance(raw, dict) else {})
    endings = ("Renderer", "ViewModel", "Action", "Command")
    return next((name for name in names if name.endswith(endings)), "unknown")


def _item(action: object) -> dict[str, Any]:
    """Return the item that an action brings to the chat, empty where it brings none."""
    match action:
        case {"addChatItemAction": {"item": dict(item)}}:
            return item
        # A comment held for review stands in the chat as a placeholder until it is approved.
        case {"replaceChatItemAction": {"replacementItem": dict(item)}}:
            return item
    return {}


def _author(renderer: dict[str, Any]) -> Author | None:
    """Return who wrote it; the name is empty where YouTube shows none."""
    match renderer:
        case {"authorExternalChannelId": str(channel)} if channel:
            given = renderer.get("authorBadges")
            badges = given if isinstance(given, list) else []
            return Author(
                channel,
                plain(renderer.get("authorName")),
                frozenset(filter(None, map(_role, badges))),
                badge_pictures=tuple(filter(None, map(_badge, badges))),
                avatar=_address(renderer.get("authorPhoto")),
            )
    return None


def _role(badge: object) -> Role | None:
    match badge:
        case {"liveChatAuthorBadgeRenderer": {"icon": {"iconType": str(icon)}}}:
            return _BADGES.get(icon)
        # Only the pictures that a channel draws for its own members are custom.
        case {"liveChatAuthorBadgeRenderer": {"customThumbnail": _}}:
            return Role.MEMBER
    return None


def _badge(badge: object) -> Picture | None:
    match badge:
        case {"liveChatAuthorBadgeRenderer": {"customThumbnail": picture, **about}}:
            address = _address(picture)
            return Picture(str(about.get("tooltip", "")), address) if address else None
    return None


def _address(picture: object) -> str:
    """Return where the largest of a picture's sizes is; they come from small to large."""
    match picture:
        case {"thumbnails": [*_, {"url": str(address)}]}:
            return address
    return ""


def _emotes(node: object) -> tuple[Picture, ...]:
    """Return what the channel's own emoji in a text look like; others are characters."""
    match node:
        case {"runs": list(runs)}:
            found = dict[str, Picture]()
            for run in runs:
                match run:
                    case {"emoji": {"isCustomEmoji": True, "image": picture}} if word := _run(run):
                        found[word] = Picture(word, _address(picture))
            return tuple(found.values())
    return ()


def plain(node: object) -> str:
    """Return what a node of text shows: plain, in runs, or as a picture's description."""
    match node:
        case {"simpleText": str(text)}:
            return text
        case {"runs": list(runs)}:
            return "".join(map(_run, runs))
        case {"accessibility": {"accessibilityData": {"label": str(label)}}}:
            return label
    return ""


def _run(run: object) -> str:
    match run:
        case {"text": str(text)}:
            return text
        case {"emoji": {"isCustomEmoji": True, "shortcuts": [str(shortcut), *_]}}:
            return shortcut
        # A channel's own emoji has no character: its id is a path that means nothing to people.
        case {"emoji": {"isCustomEmoji": True, **emoji}}:
            label = plain(emoji.get("image"))
            return label and f":{label}:"
        case {"emoji": {"emojiId": str(character)}}:
            return character
    return ""


def _moment(microseconds: object) -> datetime | None:
    """Return the time that YouTube gives in *micro*seconds since 1970, as a string or a number."""
    if not isinstance(microseconds, str | int):
        return None
    try:
        moment = _EPOCH + timedelta(microseconds=int(microseconds))
    except (ValueError, OverflowError):
        return None
    return moment if moment >= _EPOCH else None
