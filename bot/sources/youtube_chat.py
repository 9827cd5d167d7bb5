"""YouTube's raw live-chat actions, and the comments in them: JSON in, never an error out.

YouTube documents none of this. The shapes are those of the ``actions`` in the answers of
``youtubei/v1/live_chat/get_live_chat``, which its own chat page asks for. An action adds an item
to the chat, replaces one, or takes one away; an item is one *renderer*, named after what it shows.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.chat import Author, Comment, Platform, Role
from bot.money import parse_money

_TEXTS: Mapping[str, tuple[str, ...]] = {
    "liveChatTextMessageRenderer": ("message",),
    "liveChatPaidMessageRenderer": ("message",),
    "liveChatPaidStickerRenderer": ("sticker",),
    # "Member for 6 months", the tier (or "Welcome to …" for a new one), and the member's words.
    "liveChatMembershipItemRenderer": ("headerPrimaryText", "headerSubtext", "message"),
    # Said of the buyer. Who receives one is told in …RedemptionAnnouncement…, once for each of
    # what may be fifty people, who wrote nothing.
    "liveChatSponsorshipsGiftPurchaseAnnouncementRenderer": ("primaryText",),
}
"""The renderers that are comments, and where each keeps its text."""

COMMENT_KINDS = frozenset(_TEXTS)
"""The kinds that ``parse`` should understand: None for one of these means that YouTube changed."""

_BADGES = {"OWNER": Role.BROADCASTER, "MODERATOR": Role.MODERATOR}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def parse(action: object) -> Comment | None:
    """Return the comment that an action brings, None where it brings none."""
    name = kind(action)
    renderer = _item(action).get(name)
    if name not in COMMENT_KINDS or not isinstance(renderer, dict):
        return None
    match renderer:
        case {"header": {"liveChatSponsorshipsHeaderRenderer": dict(header)}}:
            renderer = header | renderer
    author = _author(renderer)
    at = _moment(renderer.get("timestampUsec"))
    match renderer:
        case {"id": str(comment_id)} if comment_id and author and at:
            texts = (_text(renderer.get(field)) for field in _TEXTS[name])
            return Comment(
                platform=Platform.YOUTUBE,
                id=comment_id,
                author=author,
                text=" · ".join(filter(None, texts)),
                at=at,
                paid=parse_money(_text(renderer.get("purchaseAmountText"))),
            )
    return None


def kind(action: object) -> str:
    """Name what an action is, for the log: its item's renderer, or else the action itself."""
    names = _item(action) or (action if isinstance(action, dict) else {})
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
            badges = renderer.get("authorBadges")
            roles = map(_role, badges if isinstance(badges, list) else [])
            name = _text(renderer.get("authorName"))
            return Author(channel, name, frozenset(role for role in roles if role))
    return None


def _role(badge: object) -> Role | None:
    match badge:
        case {"liveChatAuthorBadgeRenderer": {"icon": {"iconType": str(icon)}}}:
            return _BADGES.get(icon)
        # Only the pictures that a channel draws for its own members are custom.
        case {"liveChatAuthorBadgeRenderer": {"customThumbnail": _}}:
            return Role.MEMBER
    return None


def _text(node: object) -> str:
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
            label = _text(emoji.get("image"))
            return label and f":{label}:"
        case {"emoji": {"emojiId": str(character)}}:
            return character
    return ""


def _moment(microseconds: object) -> datetime | None:
    """Return the time that YouTube gives in *micro*seconds since 1970, as a string or a number."""
    if not isinstance(microseconds, str | int):
        return None
    try:
        return _EPOCH + timedelta(microseconds=int(microseconds))
    except (ValueError, OverflowError):
        return None
