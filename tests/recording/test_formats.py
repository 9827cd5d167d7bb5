"""Chats as other programs have kept them, in the shapes that their documentation gives."""

import asyncio
import json
import logging
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bot.chat import Money, Platform, Role
from bot.recording.formats import Recorded, read
from bot.recording.source import RecordedSource
from tests.support.clock import FakeClock

_TEXT = {
    "liveChatTextMessageRenderer": {
        "message": {"runs": [{"text": "こんばんは"}]},
        "authorName": {"simpleText": "太郎"},
        "id": "ChwKGkNKV2s",
        "timestampUsec": "1700000000000000",
        "authorExternalChannelId": "UCabc",
    }
}


def one(entry: Any) -> Recorded:
    """Return the one comment of an entry."""
    [recorded] = read(entry)
    return recorded


def test_ytdlp() -> None:
    """An action of the chat page, and when in the video it came; what is no comment is none."""
    action = {"addChatItemAction": {"item": _TEXT, "clientId": "x"}}
    recorded = one({"replayChatItemAction": {"actions": [action], "videoOffsetTimeMsec": "90500"}})
    assert (recorded.comment.author.name, recorded.comment.text) == ("太郎", "こんばんは")
    assert recorded.at
    assert recorded.at.timestamp() == 90.5
    banner: dict[str, Any] = {"addBannerToLiveChatCommand": {"bannerRenderer": {}}}
    assert not list(read({"replayChatItemAction": {"actions": [banner]}}))


def test_pytchat() -> None:
    """With roles and sums, as its ``json()`` has them; it may give a list for each time it asks."""
    entry = {
        "author": {
            "badgeUrl": "",
            "channelId": "UCmod",
            "isChatModerator": True,
            "isChatOwner": False,
            "isChatSponsor": True,
            "name": "みか",
        },
        "type": "superChat",
        "id": "abc",
        "timestamp": 1700000001500,
        "elapsedTime": "0:01",
        "message": "がんばって",
        "amountValue": 500.0,
        "currency": "¥",
    }
    recorded, again = read([entry, entry])
    assert recorded == again
    comment = recorded.comment
    assert comment.author.roles == {Role.MODERATOR, Role.MEMBER}
    assert comment.paid == Money(Decimal("500.0"), "¥")
    assert comment.platform is Platform.YOUTUBE
    assert recorded.at
    assert recorded.at.timestamp() == 1700000001.5


def test_chat_downloader() -> None:
    """With the second of the video where it has one; Twitch's name their channel."""
    entry = {
        "message_id": "m1",
        "message_type": "paid_message",
        "message": "nice",
        "timestamp": 1700000000000000,
        "time_in_seconds": 12.5,
        "author": {"id": "UC1", "name": "aki", "badges": [{"title": "Moderator"}]},
        "money": {"amount": 5.0, "currency": "USD", "text": "$5.00"},
    }
    recorded = one(entry)
    assert recorded.comment.author.roles == {Role.MODERATOR}
    assert recorded.comment.paid == Money(Decimal("5.0"), "USD")
    assert recorded.at
    assert recorded.at.timestamp() == 12.5
    del entry["time_in_seconds"], entry["money"]
    recorded = one({**entry, "channel_id": "123", "message": None})
    assert (recorded.comment.platform, recorded.comment.text) == (Platform.TWITCH, "")
    assert recorded.at
    assert recorded.at.timestamp() == 1700000000


def test_our_export() -> None:
    """What viewers wrote, and nothing of what was said to them."""
    line = {"at": "2026-01-02T03:04:05+00:00", "platform": "twitch", "who": "aki", "text": "hi"}
    line |= {"paid": "500 JPY"}
    recorded = one({**line, "kind": "comment"})
    assert recorded.comment.author.name == "aki"
    assert recorded.comment.paid == Money(Decimal(500), "JPY")
    assert not list(read({**line, "kind": "sentence"}))


async def test_a_list_in_a_file_and_what_is_broken_in_it(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The first three that are no comments are told, and all are counted."""
    caplog.set_level(logging.WARNING)
    path = tmp_path / "chat.json"
    good = {"author": "aki", "text": "hi"}
    entries = [good, 1, {"author": "mika"}, {"message_id": "x", "author": {"id": 5}}, 2, 3, good]
    path.write_text(json.dumps(entries, indent=1), encoding="utf-8")
    source, heard = RecordedSource(path, clock=FakeClock()), list[object]()
    await source.listen(heard.append)
    assert len(heard) == 1 + 3, "one sign of life, and those that can be read"
    assert source.skipped == 4
    assert len(caplog.messages) == 4
    assert caplog.messages[-1] == f"4 entries of {path} are no comments and were skipped."


async def test_it_can_be_played_faster(tmp_path: Path) -> None:
    """Four times as fast, say."""
    path = tmp_path / "chat.jsonl"
    at = "2026-01-02T03:04:{:02}+00:00"
    lines = [{"author": "aki", "text": str(n), "at": at.format(8 * n)} for n in range(3)]
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    clock = FakeClock()
    began, times = clock.monotonic(), list[float]()
    source = RecordedSource(path, clock=clock, speed=4)
    listening = asyncio.create_task(
        source.listen(lambda _: times.append(clock.monotonic() - began))
    )
    await clock.advance(60)
    await listening
    assert times[1:] == [0, 2, 4]
