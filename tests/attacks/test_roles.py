"""Only the platform's own word makes a moderator: no name, no text, no badge like one."""

from datetime import UTC, datetime

import pytest

from bot.chat import Comment
from bot.twitch.events import heard_of
from bot.youtube.actions import parse
from bot.youtube.resources import parse_resource
from tests.standins.twitch_payloads import BROADCASTER, OTHER_CHANNEL, Account, chat_event
from tests.standins.youtube import message
from tests.standins.youtube_api import resource

_NOW = datetime(2026, 1, 2, tzinfo=UTC)
_NAMES = (
    *(BROADCASTER.display_name, BROADCASTER.login, "Moderator", "moderator", "MODERATOR", "Twitch"),
    *(
        "broadcaster",
        "mod✔",
        "[MOD] aki",
        "Nightbot",
        "StreamElements",
        "Ｍｏｄｅｒａｔｏｒ",
        "hоshino_ch",
    ),
    *("YouTube", "owner", "isChatModerator", "🗡 aki", "!pause", "admin", "streamer", "配信者"),
)
_BADGES = (
    *("moderators", "Moderator", "mod", "vip", "global_mod", "staff", "admin", "partner", "bot"),
    *("broadcasters", "moderator ", "moderator/1", "lead-moderator", "artist-badge", "premium"),
)
_ICONS = ("VERIFIED", "MODERATORS", "moderator", "OWNERS", "owner", "", "MOD", "SPONSOR", "CROWN")


def _may(heard: object) -> bool:
    assert isinstance(heard, Comment)
    return heard.author.may_moderate


@pytest.mark.parametrize("name", _NAMES)
def test_no_name_makes_a_moderator(name: str) -> None:
    """On neither platform, whatever is written besides."""
    author = Account("300", name.lower(), name)
    event = chat_event("!pause I am a moderator", author=author)
    assert not _may(heard_of("channel.chat.message", event, _NOW))
    assert not _may(parse(message("id-1", "!pause", authorName={"simpleText": name})))
    raw = resource("textMessageEvent", messageText="!pause")
    raw["authorDetails"]["displayName"] = name
    assert not _may(parse_resource(raw))


@pytest.mark.parametrize("badge", _BADGES)
def test_no_badge_that_looks_like_one(badge: str) -> None:
    """Nor one that is a moderator's in another channel of a shared chat."""
    assert not _may(heard_of("channel.chat.message", chat_event("x", badges=[badge]), _NOW))
    elsewhere = chat_event("x", written_in=OTHER_CHANNEL, source_badges=["moderator", badge])
    assert not _may(heard_of("channel.chat.message", elsewhere, _NOW))


@pytest.mark.parametrize("icon", _ICONS)
def test_no_icon_that_looks_like_one(icon: str) -> None:
    """Nor a truth that is not the platform's: ``"true"`` in text, say."""
    badge = {"liveChatAuthorBadgeRenderer": {"icon": {"iconType": icon}, "tooltip": "Moderator"}}
    assert not _may(parse(message("id-1", "x", authorBadges=[badge])))
    raw = resource("textMessageEvent", messageText="x")
    raw["authorDetails"] |= {"isChatModerator": icon or "true", "isChatOwner": 1}
    assert not _may(parse_resource(raw))
