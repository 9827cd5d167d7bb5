"""What YouTube's own chat page and its answers hold: the chat, and how to go on with it. Pure.

Nobody documents it.
"""

import logging
from dataclasses import dataclass
from typing import Any

from yt_dlp import YoutubeDL
from yt_dlp.extractor.youtube import YoutubeIE
from yt_dlp.utils import YoutubeDLError

from bot.errors import MisconfiguredError, UnavailableError
from bot.translation import tr
from bot.youtube.actions import plain
from bot.youtube.readers.wire import interval, unreadable

_log = logging.getLogger(f"{__name__}.yt_dlp")
_log.setLevel(logging.CRITICAL)  # it asks people to report what we put into words


@dataclass(frozen=True)
class Part:
    """What one answer brings, and what to ask for after ``interval`` seconds."""

    actions: list[object]
    continuation: str
    interval: float


def read_page(html: str, video: str, *, known: bool) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what the chat's page tells every request to bring along, and the chat it begins with.

    yt-dlp finds both in the page, since it is mended within days whenever YouTube moves them.

    Raises:
        UnavailableError: it is not the page that we know.
        MisconfiguredError: there is a page, but no chat on it.
    """
    with YoutubeDL({"logger": _log, "cachedir": False}, auto_init=False) as downloader:
        finder = YoutubeIE(downloader)
        try:
            config = finder.extract_ytcfg(video, html)
            data = finder.extract_yt_initial_data(video, html, fatal=False)
        except YoutubeDLError as error:
            raise unreadable(type(error).__name__) from error
    match data, config:
        case (
            {"contents": {"liveChatRenderer": dict(chat)}},
            {"INNERTUBE_CONTEXT": dict(context)},
        ):
            return context, chat
        case {"contents": {"messageRenderer": {"text": text}}}, _:
            told = plain(text) or tr("nothing")
            if known:
                raise UnavailableError(
                    tr("In place of its live chat, YouTube says: {told}", told=told)
                )
            raise MisconfiguredError(
                tr(
                    "YOUTUBE_VIDEO: where the live chat of {video} should be, YouTube says:"
                    " {told} Turn its chat on, open to everybody, or set YOUTUBE_VIDEO to"
                    " another stream.",
                    video=video,
                    told=told,
                )
            )
    raise unreadable(tr("no chat on its page"))


def all_comments(chat: dict[str, Any]) -> str:
    """Return the way to all comments where the page shows a choice of them, else nothing.

    The page's menu has two entries, "Top chat" and "Live chat"; only the second leaves none out.
    """
    match chat:
        case {
            "header": {
                "liveChatHeaderRenderer": {
                    "viewSelector": {
                        "sortFilterSubMenuRenderer": {"subMenuItems": [_, dict(entry)]}
                    }
                }
            }
        } if entry.get("selected") is not True:
            match entry.get("continuation"):
                case {"reloadContinuationData": {"continuation": str(continuation)}}:
                    return continuation
    return ""


def following_part(answer: dict[str, Any]) -> Part | None:
    """Return what an answer brings; None where the chat has ended.

    Raises:
        UnavailableError: it is none that we know.
    """
    match answer:
        case {"continuationContents": {"liveChatContinuation": dict(chat)}}:
            return part_of(chat)
        case {"error": _} | {"responseContext": {"errors": _}} | {"continuationContents": _}:
            raise unreadable(tr("an error in place of the chat"))
    return None


def part_of(chat: dict[str, Any]) -> Part | None:
    """Return what there is of the chat; None where it is a recording.

    Raises:
        UnavailableError: it does not say how to go on.
    """
    if chat.get("isReplay") is True:
        return None
    actions = chat.get("actions")
    match chat.get("continuations"):
        case [{"liveChatReplayContinuationData": _} | {"playerSeekContinuationData": _}, *_]:
            return None
        case [
            {"invalidationContinuationData": dict(following)}
            | {"timedContinuationData": dict(following)}
            | {"reloadContinuationData": dict(following)},
            *_,
        ] if isinstance(continuation := following.get("continuation"), str):
            return Part(
                actions if isinstance(actions, list) else [],
                continuation,
                interval(_seconds(following.get("timeoutMs"))),
            )
    raise unreadable(tr("no way to go on"))


def _seconds(milliseconds: object) -> float | None:
    return min(milliseconds, 1e6) / 1000 if isinstance(milliseconds, int | float) else None
