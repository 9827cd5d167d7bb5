"""What Twitch's messages look like: people, sessions, and what someone wrote.

The shapes are those of https://dev.twitch.tv/docs/eventsub/websocket-reference/ and
https://dev.twitch.tv/docs/eventsub/eventsub-reference/#channel-chat-message-event. TwitchIO loses
an event in which a key is missing, so all are there.
"""

import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

CREATED_AT = "2020-02-02T02:02:02Z"


@dataclass(frozen=True)
class Account:
    """Someone on Twitch."""

    id: str
    login: str
    display_name: str


BROADCASTER = Account("100", "hoshino_ch", "星野ちゃん")
READER = Account("200", "hoshino_bot", "Hoshino_Bot")
VIEWER = Account("300", "mika", "Mika")
OTHER_CHANNEL = Account("900", "guest_ch", "Guest_Ch")

_NOTICES = (
    *("sub", "resub", "sub_gift", "community_sub_gift", "gift_paid_upgrade", "prime_paid_upgrade"),
    *("raid", "unraid", "pay_it_forward", "announcement", "bits_badge_tier", "charity_donation"),
    *("watch_streak", "modiversary", "shared_chat_sub", "shared_chat_resub"),
    *("shared_chat_sub_gift", "shared_chat_community_sub_gift", "shared_chat_raid"),
)


def chat_event(
    text: str,
    *,
    channel: Account = BROADCASTER,
    author: Account = VIEWER,
    badges: Iterable[str] = (),
    emotes: Iterable[str] = (),
    mentions: Iterable[Account] = (),
    bits: int = 0,
    reply_to: str | None = None,
    written_in: Account | None = None,
    source_badges: Iterable[str] = (),
) -> dict[str, Any]:
    """Return the event of a comment in a channel.

    Args:
        text: what was written, emotes by their names.
        channel: whose chat it is seen in.
        author: who wrote it.
        badges: the sets of the author's badges in this channel: ``moderator``, say.
        emotes: which words of the text are emotes.
        mentions: who is mentioned in the text, by an ``@`` and the name that is displayed.
        bits: what was cheered with it.
        reply_to: the id of the comment that it replies to.
        written_in: the other channel of a shared chat in which it was written.
        source_badges: the author's badges in that other channel.
    """
    return {
        **_user(channel, "broadcaster_user"),
        **_user(author, "chatter_user"),
        **_user(written_in, "source_broadcaster_user"),
        "message_id": secrets.token_hex(16),
        "source_message_id": secrets.token_hex(16) if written_in else None,
        "is_source_only": False if written_in else None,
        "message": {
            "text": text,
            "fragments": _fragments(text, frozenset(emotes), tuple(mentions)),
        },
        "color": "#1E90FF",
        "badges": _badges(badges),
        "source_badges": _badges(source_badges) if written_in else None,
        "message_type": "text",
        "cheer": {"bits": bits} if bits else None,
        "reply": _reply(reply_to) if reply_to else None,
        "channel_points_custom_reward_id": None,
        "channel_points_animation_id": None,
    }


def notice_event(
    notice: str,
    about: dict[str, Any] | None = None,
    *,
    text: str = "",
    author: Account | None = VIEWER,
    badges: Iterable[str] = (),
) -> dict[str, Any]:
    """Return the event of a notice in :data:`BROADCASTER`'s chat.

    Args:
        notice: its type: ``resub``, say.
        about: what the type has of its own.
        text: what the viewer wrote with it.
        author: whose notice it is; None is an anonymous one.
        badges: as for a comment.
    """
    return {
        **_user(BROADCASTER, "broadcaster_user"),
        **_user(author, "chatter_user"),
        **_user(None, "source_broadcaster_user"),
        "chatter_is_anonymous": author is None,
        "color": "",
        "badges": _badges(badges),
        "system_message": "Something happened.",
        "message_id": secrets.token_hex(16),
        "message": {"text": text, "fragments": _fragments(text, frozenset(), ())},
        "notice_type": notice,
        **dict.fromkeys(_NOTICES),
        notice: about,
    }


def badge_set(name: str, channel: str) -> dict[str, Any]:
    """Return what Helix tells of a badge, everybody's or a channel's own."""
    address = f"https://static-cdn.jtvnw.net/badges/v1/{channel or 'global'}-{name}"
    version = {"id": "1", "title": name.upper(), "description": name, "click_action": None}
    sizes = {f"image_url_{size}x": f"{address}/{size}" for size in (1, 2, 4)}
    return {"set_id": name, "versions": [{**version, **sizes}]}


def removal_event(
    channel: Account = BROADCASTER, *, message_id: str = "", target: Account | None = None
) -> dict[str, Any]:
    """Return the event of a deleted message, of a silenced viewer, or of a cleared chat."""
    return {
        **_user(channel, "broadcaster_user"),
        **(_user(target, "target_user") if target else {}),
        **({"message_id": message_id} if message_id else {}),
    }


def session_payload(id_: str, status: str, reconnect_url: str | None = None) -> dict[str, Any]:
    """Return the payload that speaks of a session: a welcome, or a request to move."""
    return {
        "session": {
            "id": id_,
            "status": status,
            "connected_at": CREATED_AT,
            "keepalive_timeout_seconds": 10 if reconnect_url is None else None,
            "reconnect_url": reconnect_url,
            "recovery_url": None,
        }
    }


def profile(account: Account) -> dict[str, Any]:
    """Return what Helix says of a user."""
    return {
        "id": account.id,
        "login": account.login,
        "display_name": account.display_name,
        "type": "",
        "broadcaster_type": "",
        "description": "",
        "profile_image_url": "",
        "offline_image_url": "",
        "view_count": 0,
        "created_at": CREATED_AT,
    }


def _user(account: Account | None, prefix: str) -> dict[str, str | None]:
    return {
        f"{prefix}_id": account.id if account else None,
        f"{prefix}_login": account.login if account else None,
        f"{prefix}_name": account.display_name if account else None,
    }


def _badges(sets: Iterable[str]) -> list[dict[str, str]]:
    return [{"set_id": name, "id": "1", "info": ""} for name in sets]


def _reply(parent: str) -> dict[str, str]:
    return {
        "parent_message_id": parent,
        "parent_message_body": "what was said before",
        **{f"parent_{key}": value or "" for key, value in _user(VIEWER, "user").items()},
        "thread_message_id": parent,
        **{f"thread_{key}": value or "" for key, value in _user(VIEWER, "user").items()},
    }


def _fragments(
    text: str, emotes: frozenset[str], mentions: tuple[Account, ...]
) -> list[dict[str, Any]]:
    called = {f"@{account.display_name}": account for account in mentions}
    emote = {"id": "25", "emote_set_id": "0", "owner_id": "0", "format": ["static"]}
    return [
        {
            "type": "emote" if word in emotes else "mention" if word in called else "text",
            "text": word,
            "cheermote": None,
            "emote": emote if word in emotes else None,
            "mention": _user(called[word], "user") if word in called else None,
        }
        for word in re.split(r"(\s+)", text)
    ]
