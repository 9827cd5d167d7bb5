"""A YouTube on loopback: as much of it as a live chat takes, and its bad days on command."""

import asyncio
import itertools
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from types import TracebackType
from typing import Any, Self

import httpx
from aiohttp import web

Action = dict[str, Any]

_EMBED = r'<script>{"config":"{\"channelId\":\"%s\"}"}</script>'
_WATCH = '<script>{"channelId":"%s"}</script>'
_CHANNEL = "UC" + "s" * 22


class Fault(Enum):
    """What goes wrong while it is set: the status and the body of every answer."""

    FORBIDDEN = 403, '{"error": {"code": 403}}'
    RATE_LIMITED = 429, "<html>Too many</html>"
    BROKEN = 500, '{"error": {"code": 500}}'
    EMPTY = 200, ""
    HTML = 200, "<html>Hello</html>"
    NOT_OBJECT = 200, "[]"
    STRANGE = 200, '{"continuationContents": {"liveChatContinuation": {}}}'
    UNKNOWN_VIDEO = 200, '{"responseContext": {"errors": {"error": []}}}'
    NO_VIDEO = 200, "<html>This video is not available</html>"
    CONSENT = 302, "<html>Before you continue</html>"
    """A redirect to the page that asks for consent to cookies."""
    SILENT = 503, ""
    """The request is taken, and answered only when the stand-in closes."""


@dataclass(frozen=True)
class Writer:
    """Who writes; a badge is ``OWNER``, ``MODERATOR``, ``VERIFIED`` or ``MEMBER``."""

    channel: str = "UC-viewer"
    name: str = "@viewer"
    badges: tuple[str, ...] = ()


VIEWER = Writer()


class YouTubeStandIn:
    """Serves the chat of one video at ``transport``, whatever host is asked for.

    A chat is live until ``end`` or ``end_recorded``. Each connection gets all that was ever
    written, first, and then what is new.
    """

    def __init__(self, video: str = "standin-vid", *, interval: float = 0.01) -> None:
        """Serve ``video``; ``interval`` is in seconds, what it tells to wait between requests."""
        self.video = video
        self.interval = interval
        self.pages: Fault | None = None
        """What is wrong with the pages that a connection begins with."""
        self.chat: Fault | None = None
        """What is wrong with the answers of the chat."""
        self.requests = 0
        """How often the chat was asked."""
        self._actions: list[Action] = []
        self._live = True
        self._recorded = False
        self._ids = itertools.count(1)
        self._asked = asyncio.Condition()
        self._closing = asyncio.Event()

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_get("/embed/{video}", self._embed)
        app.router.add_get("/watch", self._watch)
        app.router.add_post("/youtubei/v1/live_chat/get_live_chat", self._get_live_chat)
        app.router.add_post("/youtubei/v1/live_chat/get_live_chat_replay", self._get_replay)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.port: int = self._runner.addresses[0][1]
        self.transport: httpx.BaseTransport = _Detour(self.port)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._closing.set()
        await self._runner.cleanup()

    def add(self, *actions: Action) -> None:
        """Put raw actions into the chat."""
        self._actions.extend(actions)

    def write(self, text: str, **fields: Any) -> str:
        """Put a message into the chat, and return its id; for ``fields`` see ``message``."""
        comment_id = f"c{next(self._ids)}"
        self.add(message(comment_id, text, **fields))
        return comment_id

    def end(self) -> None:
        """End the stream, and leave no recording of its chat."""
        self._live = False

    def end_recorded(self) -> None:
        """End the stream; all that was written can be watched again."""
        self._live, self._recorded = False, True

    async def asked(self, times: int) -> None:
        """Wait until the chat has been asked so many times more."""
        async with asyncio.timeout(10), self._asked:
            wanted = self.requests + times
            await self._asked.wait_for(lambda: self.requests >= wanted)

    async def _embed(self, request: web.Request) -> web.StreamResponse:
        return await self._page(_EMBED, request.match_info["video"])

    async def _watch(self, request: web.Request) -> web.StreamResponse:
        return await self._page(_WATCH, request.query["v"])

    async def _page(self, page: str, video: str) -> web.StreamResponse:
        if self.pages:
            return await self._fail(self.pages)
        if video != self.video:
            return await self._fail(Fault.NO_VIDEO)
        return web.Response(text=page % _CHANNEL, content_type="text/html")

    async def _get_live_chat(self, request: web.Request) -> web.StreamResponse:
        async with self._asked:
            self.requests += 1
            self._asked.notify_all()
        if self.chat:
            return await self._fail(self.chat)
        if not self._live:
            return web.json_response({"responseContext": {}})
        # A connection's first continuation is one that pytchat made up.
        seen = (await request.json())["continuation"].removeprefix("seen-")
        new = self._actions[int(seen) if seen.isdecimal() else 0 :]
        follow = {
            "timedContinuationData": {
                "timeoutMs": self.interval * 1000,
                "continuation": f"seen-{len(self._actions)}",
            }
        }
        return _chat(follow, new)

    async def _get_replay(self, _request: web.Request) -> web.StreamResponse:
        if self.chat:
            return await self._fail(self.chat)
        if not self._recorded:
            return web.json_response({"responseContext": {}})
        replayed: list[Action] = [
            {"replayChatItemAction": {"actions": [action], "videoOffsetTimeMsec": str(offset)}}
            for offset, action in enumerate(self._actions)
        ]
        follow = {"liveChatReplayContinuationData": {"continuation": "replay", "timeoutMs": 10}}
        return _chat(follow, replayed)

    async def _fail(self, fault: Fault) -> web.StreamResponse:
        if fault is Fault.SILENT:
            await self._closing.wait()
        status, body = fault.value
        response = web.Response(
            status=status,
            text=body,
            content_type="text/html" if body.startswith("<") else "application/json",
        )
        if fault is Fault.CONSENT:
            response.headers["Location"] = "https://consent.youtube.com/m?continue=watch"
        return response


class _Detour(httpx.BaseTransport):
    """Sends every request to the stand-in instead. Stays open: connections share it."""

    def __init__(self, port: int) -> None:
        self._port = port

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url.copy_with(scheme="http", host="127.0.0.1", port=self._port)
        detour = httpx.Request(
            request.method,
            url,
            headers={**request.headers, "connection": "close"},
            content=request.read(),
            extensions=request.extensions,
        )
        with httpx.HTTPTransport() as wire:
            response = wire.handle_request(detour)
            response.read()
        return response


def _chat(follow: Action, actions: list[Action]) -> web.StreamResponse:
    chat: Action = {"continuations": [follow]}
    if actions:
        chat["actions"] = actions
    return web.json_response({"continuationContents": {"liveChatContinuation": chat}})


def message(
    comment_id: str,
    *runs: str | Action,
    amount: str | None = None,
    renderer: str | None = None,
    by: Writer = VIEWER,
    at: datetime | None = None,
    **fields: Any,
) -> Action:
    """Return the action of a message: a super chat's with an ``amount``, else a plain one's.

    ``renderer`` makes it another kind of item, and ``fields`` are added to it as they are. It was
    written now, or ``at``.
    """
    written = at or datetime.now(UTC)
    item: Action = {
        "id": comment_id,
        "timestampUsec": f"{written.timestamp() * 1_000_000:.0f}",
        "authorExternalChannelId": by.channel,
        "authorName": {"simpleText": by.name},
        "authorBadges": [{"liveChatAuthorBadgeRenderer": _badge(badge)} for badge in by.badges],
        "message": {"runs": [{"text": run} if isinstance(run, str) else run for run in runs]},
    } | fields
    if amount is not None:
        item["purchaseAmountText"] = {"simpleText": amount}
    plain = "liveChatTextMessageRenderer" if amount is None else "liveChatPaidMessageRenderer"
    return {
        "clickTrackingParams": "abc",
        "addChatItemAction": {"item": {renderer or plain: item}, "clientId": "def"},
    }


def _badge(badge: str) -> Action:
    if badge == "MEMBER":
        return {"customThumbnail": {"thumbnails": []}, "tooltip": "Member (6 months)"}
    return {"icon": {"iconType": badge}, "tooltip": badge.capitalize()}
