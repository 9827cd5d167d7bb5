"""YouTube's Data API on loopback: one video and its chat, and its bad days on command.

The shapes are those of https://developers.google.com/youtube/v3/live/docs/liveChatMessages and of
Google's error model.
"""

import asyncio
from dataclasses import dataclass, field
from enum import Enum
from types import TracebackType
from typing import Any, Self

import httpx
from aiohttp import web

from tests.standins.serving import serve

JSON = dict[str, Any]
KEY = "AIza-made-up-key-of-a-test"
VIDEO = "dQw4w9WgXcQ"
CHAT = "Cg0KC2RRdzR3OVdnWGNR"


class Refusal(Enum):
    """Google's errors: the status, the old reason and, where there is one, the new."""

    QUOTA = 403, "quotaExceeded", ""
    QUOTA_AS_RATE = 429, "rateLimitExceeded", "RATE_LIMIT_EXCEEDED"
    """A day's quota, told as a rate: ``Queries per day``."""
    RATE = 403, "rateLimitExceeded", ""
    ENDED = 403, "liveChatEnded", ""
    DISABLED = 403, "liveChatDisabled", ""
    FORBIDDEN = 403, "forbidden", ""
    NOT_FOUND = 404, "liveChatNotFound", ""
    BAD_KEY = 400, "badRequest", "API_KEY_INVALID"
    BLOCKED_KEY = 403, "forbidden", "API_KEY_SERVICE_BLOCKED"
    NOT_ENABLED = 403, "accessNotConfigured", "SERVICE_DISABLED"
    BACKEND = 500, "backendError", ""
    PAGE_TOKEN = 400, "pageTokenInvalid", ""


class Fault(Enum):
    """Answers that are none of the API's: the status and the body."""

    UNAVAILABLE = 503, "<html>Service Unavailable</html>"
    TOO_MANY = 429, "<html>Too many</html>"
    HTML = 200, "<html>Log in to the hotel's network</html>"
    REDIRECT = 302, "<html>Moved</html>"
    LIST = 200, "[]"
    EMPTY = 200, ""
    DEEP = 200, "[" * 100_000
    CUT = 200, '{"items": ['
    """The connection is closed in the middle of the answer."""
    SILENT = 200, " "
    """The request is taken, and answered only when the stand-in closes."""


@dataclass
class YouTubeApi:
    """Serves one video with its chat at ``transport``, whatever host is asked for.

    Every answer holds what was written since the page that was asked for.
    """

    details: JSON | None = field(default_factory=lambda: {"activeLiveChatId": CHAT})
    """The video's ``liveStreamingDetails``; None for a video that was never live."""
    polling: object = 5000
    tokens: bool = True
    """Whether an answer tells which page follows."""
    videos_fault: Refusal | Fault | None = None
    chat_fault: Refusal | Fault | None = None
    offline: bool = False
    items: list[object] = field(default_factory=list)
    units: int = 0
    """What all calls have cost."""
    calls: list[JSON] = field(default_factory=list)
    """The parameters of each call for messages."""

    async def __aenter__(self) -> Self:
        self._closing = asyncio.Event()
        self._asked = asyncio.Condition()
        app = web.Application()
        app.router.add_get("/youtube/v3/videos", self._videos)
        app.router.add_get("/youtube/v3/liveChat/messages", self._messages)
        self._runner = await serve(app)
        self.transport: httpx.AsyncBaseTransport = _Detour(self._runner.addresses[0][1])
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._closing.set()
        await self._runner.cleanup()

    async def asked(self) -> None:
        """Wait until something has been asked for."""
        async with asyncio.timeout(30), self._asked:
            await self._asked.wait_for(lambda: self.units)

    async def _count(self, request: web.Request, units: int) -> None:
        assert request.headers["X-Goog-Api-Key"] == KEY
        assert KEY not in str(request.url)
        async with self._asked:
            self.units += units
            self._asked.notify_all()

    async def _videos(self, request: web.Request) -> web.StreamResponse:
        await self._count(request, 1)
        if self.videos_fault:
            return await self._fail(request, self.videos_fault)
        assert request.query["part"] == "snippet,liveStreamingDetails"
        if request.query["id"] != VIDEO:
            return web.json_response({"kind": "youtube#videoListResponse", "items": []})
        video: JSON = {"id": VIDEO, "snippet": {"title": "配信"}}
        if self.details is not None:
            video["liveStreamingDetails"] = self.details
        return web.json_response({"kind": "youtube#videoListResponse", "items": [video]})

    async def _messages(self, request: web.Request) -> web.StreamResponse:
        await self._count(request, 5)
        self.calls.append(dict(request.query))
        if self.chat_fault:
            return await self._fail(request, self.chat_fault)
        assert request.query["liveChatId"] == CHAT
        seen = int(request.query.get("pageToken", "0"))
        answer: JSON = {
            "kind": "youtube#liveChatMessageListResponse",
            "pollingIntervalMillis": self.polling,
            "items": self.items[seen:],
        }
        if self.tokens:
            answer["nextPageToken"] = str(len(self.items))
        if self.offline:
            answer["offlineAt"] = "2026-01-02T03:04:05Z"
        return web.json_response(answer)

    async def _fail(self, request: web.Request, fault: Refusal | Fault) -> web.StreamResponse:
        if isinstance(fault, Refusal):
            return _refusal(fault)
        if fault is Fault.SILENT:
            await self._closing.wait()
        status, body = fault.value
        response = web.Response(status=status, text=body)
        if fault is Fault.REDIRECT:
            response.headers["Location"] = "https://example.com/"
        if fault is Fault.CUT:
            response.content_length = 1000
            await response.prepare(request)
            assert request.transport
            request.transport.close()
        return response


class _Detour(httpx.AsyncHTTPTransport):
    """Sends every request to the stand-in instead, each over a connection of its own."""

    def __init__(self, port: int) -> None:
        super().__init__()
        self._port = port

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        assert request.url.scheme == "https"
        assert request.url.host == "www.googleapis.com"
        request.url = request.url.copy_with(scheme="http", host="127.0.0.1", port=self._port)
        return await super().handle_async_request(request)


def _refusal(refusal: Refusal) -> web.Response:
    status, old, new = refusal.value
    message = f"Quota exceeded for quota metric 'Queries' and limit 'Queries per day' ({old})."
    if refusal is not Refusal.QUOTA_AS_RATE:
        message = f"The request was refused: {old}."
    error: JSON = {
        "code": status,
        "message": message,
        "errors": [{"message": message, "domain": "youtube", "reason": old}],
    }
    if new:
        info = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": new}
        error["details"] = [info]
    return web.json_response({"error": error}, status=status)


def resource(kind: str, resource_id: str = "LCC.1", **details: Any) -> JSON:
    """Return a resource of a type, by a viewer; ``details`` are its own."""
    own = {
        "messageDeletedEvent": "messageDeletedDetails",
        "messageRetractedEvent": "messageRetractedDetails",
    }.get(kind, kind.removesuffix("Event") + "Details")
    return {
        "kind": "youtube#liveChatMessage",
        "id": resource_id,
        "snippet": {
            "type": kind,
            "liveChatId": CHAT,
            "authorChannelId": "UC-viewer",
            "publishedAt": "2026-01-02T03:04:05.678901+00:00",
            "hasDisplayContent": True,
            "displayMessage": "shown",
            own: details,
        },
        "authorDetails": {
            "channelId": "UC-viewer",
            "displayName": "@viewer",
            "isVerified": False,
            "isChatOwner": False,
            "isChatSponsor": False,
            "isChatModerator": False,
        },
    }
