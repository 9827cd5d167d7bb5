"""A YouTube live chat as a browser reads it: from the chat's own page on, along its continuations.

Nobody documents it. Each answer holds what to ask for next; ``youtubei/v1/live_chat/get_live_chat``
is where.
"""

import logging
from collections.abc import AsyncGenerator, Awaitable
from dataclasses import dataclass
from typing import Any, Final

import httpx
from yt_dlp import YoutubeDL
from yt_dlp.extractor.youtube import YoutubeIE
from yt_dlp.utils import YoutubeDLError

from bot.clock import Clock
from bot.errors import MisconfiguredError, UnavailableError
from bot.youtube.actions import plain
from bot.youtube.readers.wire import (
    PATIENCE,
    check,
    content,
    interval,
    unreachable,
    unreadable,
    within,
)

_log = logging.getLogger(f"{__name__}.yt_dlp")
_log.setLevel(logging.CRITICAL)  # it asks people to report what we put into words

_PAGE = "https://www.youtube.com/live_chat"
_CHAT = "https://www.youtube.com/youtubei/v1/live_chat/get_live_chat"
_HEADERS = {
    "User-Agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/142.0.0.0 Safari/537.36",
    "Accept-Language": "en-US,en;q=0.9",
    "Origin": "https://www.youtube.com",
}
_COOKIES = {"SOCS": "CAI"}
"""The answer to YouTube's page about cookies, without which some countries see nothing else."""


class PageReader:
    """Reads a live chat through its own page, without a key."""

    name: Final = "page"
    about: Final = "listening through YouTube's page"

    def __init__(self, *, clock: Clock, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._clock = clock
        self._transport = transport

    async def read(self, video: str, *, known: bool) -> AsyncGenerator[list[object]]:
        """Yield the raw actions of each answer; see ``Reader``."""
        async with httpx.AsyncClient(
            transport=self._transport, timeout=PATIENCE, headers=_HEADERS, cookies=_COOKIES
        ) as client:
            shown = await self._ask(client.get(_PAGE, params={"is_popout": "1", "v": video}))
            context, chat = _page(shown.text, video, known=known)
            continuation = _all_comments(chat)
            part = None if continuation else _part(chat)
            while continuation or part:
                if part:
                    yield part.actions
                    await self._clock.sleep(part.interval)
                    continuation = part.continuation
                asked = {"context": context, "continuation": continuation}
                answer = await self._ask(client.post(_CHAT, json=asked))
                continuation, part = "", _following(content(answer))

    async def _ask(self, answer: Awaitable[httpx.Response]) -> httpx.Response:
        try:
            response = await within(self._clock, PATIENCE, answer)
        except httpx.HTTPError as error:
            raise unreachable(error) from error
        check(response)
        return response


@dataclass(frozen=True)
class _Part:
    """What one answer brings, and what to ask for after ``interval`` seconds."""

    actions: list[object]
    continuation: str
    interval: float


def _page(html: str, video: str, *, known: bool) -> tuple[dict[str, Any], dict[str, Any]]:
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
            told = plain(text) or "nothing"
            if known:
                raise UnavailableError(f"In place of its live chat, YouTube says: {told}")
            raise MisconfiguredError(
                f"YOUTUBE_VIDEO: where the live chat of {video} should be, YouTube says: {told} "
                "Turn its chat on, open to everybody, or set YOUTUBE_VIDEO to another stream."
            )
    raise unreadable("no chat on its page")


def _all_comments(chat: dict[str, Any]) -> str:
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


def _following(answer: dict[str, Any]) -> _Part | None:
    """Return what an answer brings; None where the chat has ended.

    Raises:
        UnavailableError: it is none that we know.
    """
    match answer:
        case {"continuationContents": {"liveChatContinuation": dict(chat)}}:
            return _part(chat)
        case {"error": _} | {"responseContext": {"errors": _}} | {"continuationContents": _}:
            raise unreadable("an error in place of the chat")
    return None


def _part(chat: dict[str, Any]) -> _Part | None:
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
            return _Part(
                actions if isinstance(actions, list) else [],
                continuation,
                interval(_seconds(following.get("timeoutMs"))),
            )
    raise unreadable("no way to go on")


def _seconds(milliseconds: object) -> float | None:
    return min(milliseconds, 1e6) / 1000 if isinstance(milliseconds, int | float) else None
