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


def chat_event(
    text: str,
    *,
    author: Account = VIEWER,
    badges: Iterable[str] = (),
    emotes: Iterable[str] = (),
    bits: int = 0,
    written_in: Account | None = None,
    source_badges: Iterable[str] = (),
) -> dict[str, Any]:
    """Return the event of a comment in :data:`BROADCASTER`'s channel.

    Args:
        text: what was written, emotes by their names.
        author: who wrote it.
        badges: the sets of the author's badges in this channel: ``moderator``, say.
        emotes: which words of the text are emotes.
        bits: what was cheered with it.
        written_in: the other channel of a shared chat in which it was written.
        source_badges: the author's badges in that other channel.
    """
    return {
        **_user(BROADCASTER, "broadcaster_user"),
        **_user(author, "chatter_user"),
        **_user(written_in, "source_broadcaster_user"),
        "message_id": secrets.token_hex(16),
        "source_message_id": secrets.token_hex(16) if written_in else None,
        "is_source_only": False if written_in else None,
        "message": {"text": text, "fragments": _fragments(text, frozenset(emotes))},
        "color": "#1E90FF",
        "badges": _badges(badges),
        "source_badges": _badges(source_badges) if written_in else None,
        "message_type": "text",
        "cheer": {"bits": bits} if bits else None,
        "reply": None,
        "channel_points_custom_reward_id": None,
        "channel_points_animation_id": None,
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


def _fragments(text: str, emotes: frozenset[str]) -> list[dict[str, Any]]:
    return [
        {
            "type": "emote" if word in emotes else "text",
            "text": word,
            "cheermote": None,
            "emote": {"id": "25", "emote_set_id": "0", "owner_id": "0", "format": ["static"]}
            if word in emotes
            else None,
            "mention": None,
        }
        for word in re.split(r"(\s+)", text)
    ]
