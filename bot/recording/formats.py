"""The forms in which programs keep a chat: one entry of a file in, comments out. Pure.

Ours are the lines of ``/api/backstage`` and those of ``vtuber-bot history export``. The others:

- pytchat's ``json()``: https://github.com/taizan-hokuto/pytchat/wiki/PytchatCore
- chat-downloader: https://chat-downloader.readthedocs.io/en/latest/items.html
- yt-dlp's ``live_chat.json``: an action of YouTube's chat page, and when in the video it came
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from pydantic import AwareDatetime, BaseModel

from bot.chat import Author, Comment, Money, Platform, Role
from bot.translation import tr
from bot.youtube.actions import parse

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ROLES = {
    "owner": Role.BROADCASTER,
    "broadcaster": Role.BROADCASTER,
    "moderator": Role.MODERATOR,
    "member": Role.MEMBER,
    "subscriber": Role.MEMBER,
}


@dataclass(frozen=True, slots=True)
class Recorded:
    """A comment as it was recorded.

    ``at`` is when it was written, of which only the differences count; None where it is not told.
    """

    comment: Comment
    at: datetime | None


class _Line(BaseModel):
    """One of ours. Only ``author``, as a name alone or in full, and ``text`` must be there."""

    author: Author | str
    text: str
    platform: Platform = Platform.LOCAL
    id: str = ""
    paid: Money | None = None
    at: AwareDatetime | None = None


def read(entry: Any) -> Iterator[Recorded]:
    """Yield what an entry holds: none where it is another thing of the same program's.

    Raises:
        ValueError: it is of no form that is known, or has a mistake; pydantic's where it is ours.
    """
    match entry:
        case [_, *_]:
            for one in entry:
                yield from read(one)
        case {"replayChatItemAction": {"actions": list(actions)}}:
            yield from _of_ytdlp(entry, actions)
        case {"message_id": _, "author": dict(author)} | {
            "message_type": _,
            "author": dict(author),
        }:
            yield _of_chat_downloader(entry, author)
        case {"author": {"channelId": str(_)}, "message": str(_)}:
            yield _of_pytchat(entry)
        case {"kind": str(kind), "who": str(_), "text": str(_)}:
            if kind == "comment":
                yield _of_export(entry)
        case dict():
            yield _ours(_Line.model_validate(entry))
        case _:
            raise ValueError(tr("it is no object"))


def _ours(line: _Line) -> Recorded:
    author = Author(line.author, line.author) if isinstance(line.author, str) else line.author
    at = line.at or _EPOCH
    comment = Comment(line.platform, line.id, author, line.text, at, line.paid)
    return Recorded(comment, line.at)


def _of_export(entry: dict[str, Any]) -> Recorded:
    who, at = entry["who"], datetime.fromisoformat(entry["at"])
    paid = _money(*reversed(str(entry.get("paid") or "").rpartition(" ")[::2]))
    comment = Comment(Platform(entry["platform"]), "", Author(who, who), entry["text"], at, paid)
    return Recorded(comment, at)


def _of_pytchat(entry: dict[str, Any]) -> Recorded:
    author = entry["author"]
    roles = {
        "isChatOwner": Role.BROADCASTER,
        "isChatModerator": Role.MODERATOR,
        "isChatSponsor": Role.MEMBER,
    }
    held = frozenset(role for sign, role in roles.items() if author.get(sign))
    at = _EPOCH + timedelta(milliseconds=float(entry.get("timestamp") or 0))
    comment = Comment(
        Platform.YOUTUBE,
        str(entry.get("id", "")),
        Author(author["channelId"], str(author.get("name", "")), held),
        entry["message"],
        at,
        _money(str(entry.get("currency") or ""), str(entry.get("amountValue") or "")),
    )
    return Recorded(comment, at)


def _of_chat_downloader(entry: dict[str, Any], author: dict[str, Any]) -> Recorded:
    titles = [str(badge.get("title", "")).lower() for badge in author.get("badges") or ()]
    held = frozenset(role for word, role in _ROLES.items() if any(word in one for one in titles))
    money = entry.get("money") or {}
    seconds = entry.get("time_in_seconds")
    at = _EPOCH + (
        timedelta(seconds=float(seconds))
        if seconds is not None
        else timedelta(microseconds=float(entry.get("timestamp") or 0))
    )
    name = str(author.get("display_name") or author.get("name") or "")
    comment = Comment(
        # Only Twitch's messages name the channel that they were written in.
        Platform.TWITCH if "channel_id" in entry else Platform.YOUTUBE,
        str(entry.get("message_id", "")),
        Author(str(author.get("id") or name), name, held),
        str(entry.get("message") or ""),
        at,
        _money(str(money.get("currency") or ""), str(money.get("amount") or "")),
    )
    return Recorded(comment, at)


def _of_ytdlp(entry: dict[str, Any], actions: list[object]) -> Iterator[Recorded]:
    inner = entry["replayChatItemAction"]
    offset = inner.get("videoOffsetTimeMsec") or entry.get("videoOffsetTimeMsec") or 0
    at = _EPOCH + timedelta(milliseconds=float(offset))
    for action in actions:
        heard = parse(action, at=at)
        if isinstance(heard, Comment):
            yield Recorded(heard, at)


def _money(currency: str, amount: str) -> Money | None:
    try:
        value = Decimal(amount)
    except InvalidOperation:
        return None
    return Money(value, currency) if value and currency else None
