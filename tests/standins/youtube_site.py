"""YouTube's watch pages and channels' live pages on loopback, as far as yt-dlp reads them."""

import asyncio
import json
from dataclasses import dataclass, field
from enum import Enum
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from aiohttp import web
from yt_dlp import YoutubeDL
from yt_dlp.networking import Request
from yt_dlp.networking.exceptions import HTTPError

from tests.standins.serving import serve

JSON = dict[str, Any]


class State(Enum):
    """How a video is: what its page's ``videoDetails`` hold, and what YouTube says of it."""

    LIVE = {"isLive": True, "isLiveContent": True}, "OK", ""
    UPCOMING = (
        {"isUpcoming": True, "isLiveContent": True},
        "LIVE_STREAM_OFFLINE",
        "This live event will begin in a few moments.",
    )
    PREMIERE = (
        {"isUpcoming": True, "isLiveContent": False},
        "LIVE_STREAM_OFFLINE",
        "Premieres in 12 minutes",
    )
    POST_LIVE = {"isLiveContent": True, "isPostLiveDvr": True}, "OK", ""
    WAS_LIVE = {"isLiveContent": True, "lengthSeconds": "3600"}, "OK", ""
    OFFLINE = (
        {"isLiveContent": True},
        "LIVE_STREAM_OFFLINE",
        "This live stream recording is not available.",
    )
    NOT_LIVE = {"isLiveContent": False, "lengthSeconds": "60"}, "OK", ""
    PRIVATE = None, "LOGIN_REQUIRED", "Private video"
    REMOVED = None, "ERROR", "This video has been removed by the uploader"
    UNKNOWN = None, "ERROR", "Video unavailable"
    BOT_CHECK = None, "LOGIN_REQUIRED", "Sign in to confirm you’re not a bot"
    MEMBERS = None, "UNPLAYABLE", "Join this channel to get access to members-only content"


class Fault(Enum):
    """What goes wrong while it is set: the status and the body of every answer."""

    RATE_LIMITED = 429, "<html>Too many</html>"
    FORBIDDEN = 403, "<html>No</html>"
    BROKEN = 500, "<html>Oh</html>"
    UNAVAILABLE = 503, "<html>Not now</html>"
    EMPTY = 200, ""
    HTML = 200, "<html>Hello</html>"
    STRANGE = 200, "<script>var ytInitialData = [7];var ytInitialPlayerResponse = {};</script>"
    CONSENT = 302, "<html>Before you continue</html>"
    SILENT = 0, ""
    """The request is taken, and answered only when the stand-in closes."""


@dataclass
class Video:
    """A video; ``begins`` is when it was planned to be live, in ISO 8601."""

    state: State
    begins: str = ""


@dataclass
class YouTubeSite:
    """Serves videos by id and channels by path; a channel's value is the video of its live page."""

    videos: dict[str, Video] = field(default_factory=dict)
    channels: dict[str, str | None] = field(default_factory=dict)
    fault: Fault | None = None
    requests: list[str] = field(default_factory=list)
    """What was asked for, in order."""

    async def __aenter__(self) -> Self:
        self._closing = asyncio.Event()
        self._asked = asyncio.Condition()
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._answer)
        self._runner = await serve(app)
        port: int = self._runner.addresses[0][1]

        class Detour(YoutubeDL):  # type: ignore[misc]  # it ships no types
            """yt-dlp, asking the stand-in whatever host it means."""

            def __init__(self, *args: Any, **kwargs: Any) -> None:
                super().__init__(*args, **kwargs)
                self.refusals: list[HTTPError] = []

            def urlopen(self, req: Any) -> Any:
                req = req if isinstance(req, Request) else Request(req)
                url = urlsplit(req.url)
                req.url = url._replace(scheme="http", netloc=f"127.0.0.1:{port}").geturl()
                try:
                    return super().urlopen(req)
                except HTTPError as error:
                    self.refusals.append(error)
                    raise

            def close(self) -> None:
                """Close also what yt-dlp leaves to the garbage collector."""
                for error in self.refusals:
                    error.close()
                super().close()

        self.transport = Detour
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
            await self._asked.wait_for(lambda: self.requests)

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        path = request.match_info["path"]
        async with self._asked:
            self.requests.append(path)
            self._asked.notify_all()
        if self.fault:
            return await self._fail(self.fault)
        if request.method == "POST":
            error = {"code": 404, "message": "Requested entity was not found."}
            return web.json_response({"error": error}, status=404)
        if path == "watch":
            return _watch(request.query["v"], self.videos.get(request.query["v"]))
        channel = path.removesuffix("/live")
        if channel not in self.channels:
            return web.Response(status=404, text="<html>404</html>", content_type="text/html")
        return _page(ytInitialData=_live_page(channel, self.channels[channel]))

    async def _fail(self, fault: Fault) -> web.StreamResponse:
        if fault is Fault.SILENT:
            await self._closing.wait()
            return web.Response()
        status, body = fault.value
        response = web.Response(status=status, text=body, content_type="text/html")
        if fault is Fault.CONSENT:
            response.headers["Location"] = "/m?continue=watch"
        return response


def _page(**variables: JSON) -> web.Response:
    scripts = "".join(
        f"<script>var {name} = {json.dumps(value)};</script>" for name, value in variables.items()
    )
    return web.Response(text=f"<html>{scripts}</html>", content_type="text/html")


def _live_page(channel: str, video: str | None) -> JSON:
    if video:
        endpoint = {"watchEndpoint": {"videoId": video}}
        return {"contents": {"twoColumnWatchNextResults": {}}, "currentVideoEndpoint": endpoint}
    url = {"commandMetadata": {"webCommandMetadata": {"url": f"/{channel}/featured"}}}
    tab = {"tabRenderer": {"selected": True, "title": "Home", "endpoint": url}}
    return {"contents": {"twoColumnBrowseResultsRenderer": {"tabs": [tab]}}}


def _watch(video_id: str, video: Video | None) -> web.Response:
    details, status, reason = (video.state if video else State.UNKNOWN).value
    playability: JSON = {"status": status}
    if reason:
        playability["reason"] = reason
    player: JSON = {"playabilityStatus": playability}
    if details is not None:
        player["videoDetails"] = {"videoId": video_id, "title": "配信", **details}
        renderer: JSON = {"title": {"simpleText": "配信"}}
        if video and video.begins:
            renderer["liveBroadcastDetails"] = {"startTimestamp": video.begins}
        player["microformat"] = {"playerMicroformatRenderer": renderer}
    data: JSON = {"contents": {"twoColumnWatchNextResults": {}}}
    return _page(ytInitialPlayerResponse=player, ytInitialData=data)
