"""A YouTube as far as a live chat takes: its pages, its answers, and its bad days on command.

It answers in memory, so that hours of it pass in no time; only the page that says whether the
stream is live is served on loopback, since yt-dlp reads it with a client of its own.
"""

import asyncio
import itertools
import json
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from types import TracebackType
from typing import Any, Self

import httpx

from bot.clock import Clock
from bot.youtube.readers import Reader
from bot.youtube.readers.page import PageReader
from bot.youtube.readers.pytchat import PytchatReader, Thread
from bot.youtube.source import YouTubeSource
from bot.youtube.stream import StreamFinder
from tests.standins.youtube_site import State, Video, YouTubeSite
from tests.support.clock import FakeClock

Action = dict[str, Any]

_CHANNEL = "UC" + "s" * 22
_EMBED = rf'<script>{{"config":"{{\"channelId\":\"{_CHANNEL}\"}}"}}</script>'
_WATCH = f'<script>{{"channelId":"{_CHANNEL}"}}</script>'
_HTML = {"content-type": "text/html; charset=utf-8"}
_JSON = {"content-type": "application/json"}
_NONE: dict[str, str] = {}
_CONSENT = _HTML | {"location": "https://consent.youtube.com/m?continue=watch"}
_DISABLED = (
    '<script>ytcfg.set({"INNERTUBE_CONTEXT": {"client": {}}});</script>'
    '<script>window["ytInitialData"] = {"contents": {"messageRenderer": {"text": {"runs": '
    '[{"text": "Chat is disabled for this live stream."}]}}}};</script>'
)


_RECENT = 100
"""How many actions a new connection gets that were before it, at most."""


class Fault(Enum):
    """What goes wrong while it is set: the status, the headers and the body of every answer."""

    FORBIDDEN = 403, _JSON, '{"error": {"code": 403}}'
    NOT_FOUND = 404, _HTML, "<html>Nothing here</html>"
    RATE_LIMITED = 429, _HTML, "<html>Too many</html>"
    RATE_LIMITED_FOR = 429, _HTML | {"retry-after": "15"}, "<html>Too many</html>"
    BROKEN = 500, _JSON, '{"error": {"code": 500}}'
    OVERLOADED = 503, _HTML, "<html>Later</html>"
    EMPTY = 200, _JSON, ""
    HTML = 200, _HTML, "<html>Hello</html>"
    NOT_OBJECT = 200, _JSON, "[]"
    DEEP = 200, _JSON, "[" * 100_000
    STRANGE = 200, _JSON, '{"continuationContents": {"liveChatContinuation": {}}}'
    STRANGER = 200, _JSON, '{"continuationContents": {"liveChatContinuation": [7]}}'
    UNKNOWN_VIDEO = 200, _JSON, '{"responseContext": {"errors": {"error": []}}}'
    ENDED = 200, _JSON, '{"responseContext": {}}'
    """The chat says that the stream is over, which it is not."""
    NO_VIDEO = 200, _HTML, "<html>This video is not available</html>"
    DISABLED = 200, _HTML, _DISABLED
    CONSENT = 302, _CONSENT, "<html>Before you continue</html>"
    CUT = 0, _NONE, "cut"
    """The line is cut in mid-answer."""
    REFUSED = 0, _NONE, "refused"
    SILENT = 0, _NONE, "silent"
    """The request is taken, and never answered."""
    DRY = 0, _NONE, "dry"
    """A connection that is open answers with nothing for ever; a new one works."""


@dataclass(frozen=True)
class Writer:
    """Who writes; a badge is ``OWNER``, ``MODERATOR``, ``VERIFIED`` or ``MEMBER``."""

    channel: str = "UC-viewer"
    name: str = "@viewer"
    badges: tuple[str, ...] = ()


VIEWER = Writer()


class YouTubeStandIn:
    """Serves the chat of one video, whatever host is asked for.

    A chat is live until ``end`` or ``end_recorded``. Each connection gets all that was ever
    written, first, and then what is new.

    Attributes:
        interval: in seconds, what it tells to wait between requests.
        offers_choice: whether the chat's page shows a choice of the comments, with a menu.
        requests: what was asked for, in order.
    """

    def __init__(
        self,
        video: str = "standin-vid",
        *,
        interval: float = 0.01,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.video = video
        self.interval = interval
        self.offers_choice = False
        self.requests: list[str] = []
        self.site = YouTubeSite(videos={video: Video(State.LIVE)})
        self.transport: httpx.BaseTransport = _Transport(self)
        self.async_transport: httpx.AsyncBaseTransport = _AsyncTransport(self)
        self.closing = threading.Event()
        self.stuck: set[threading.Thread] = set()
        self._faults: dict[tuple[str, str], Fault] = {}
        self._now = now
        self._actions: list[Action] = []
        self._live = True
        self._recorded = False
        self._ids = itertools.count(1)

    async def __aenter__(self) -> Self:
        await self.site.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.closing.set()
        for thread in threading.enumerate():
            if isinstance(thread, Thread):
                await asyncio.to_thread(thread.join, 10)
        await self.site.__aexit__(kind, error, traceback)

    def source(
        self,
        clock: Clock,
        readers: Sequence[str] = ("pytchat", "page"),
        *,
        wanted: str = "",
        also: Sequence[Reader] = (),
    ) -> YouTubeSource:
        """Return a source that listens to this chat through the real readers of these names.

        It is looked for in ``wanted`` where that is given, else by its id; ``also`` are tried last.
        """
        pytchat = PytchatReader(clock=clock, transport=self.transport)
        page = PageReader(clock=clock, transport=self.async_transport)
        ways = [reader for reader in (pytchat, page) if reader.name in readers]
        finder = StreamFinder(wanted or self.video, clock=clock, transport=self.site.transport)
        return YouTubeSource(finder, [*ways, *also], clock=clock)

    def add(self, *actions: Action) -> None:
        """Put raw actions into the chat."""
        self._actions.extend(actions)

    def write(self, text: str, **fields: Any) -> str:
        """Put a message into the chat, and return its id; for ``fields`` see ``message``."""
        comment_id = f"c{next(self._ids)}"
        self.add(message(comment_id, text, **{"at": self._now()} | fields))
        return comment_id

    def break_(self, fault: Fault, part: str = "everything", *readers: str) -> None:
        """Let requests fail from now on.

        Args:
            fault: how.
            part: the ``pages`` that a connection begins with, the ``chat``, or ``everything``.
            readers: whose requests; everybody's where none are named.
        """
        for reader in readers or ("pytchat", "page"):
            for each in ("pages", "chat") if part == "everything" else (part,):
                self._faults[reader, each] = fault

    def mend(self) -> None:
        """Let nothing fail any more."""
        self._faults.clear()

    def end(self) -> None:
        """End the stream, and leave no recording of its chat."""
        self._live = False
        self.site.videos[self.video].state = State.WAS_LIVE

    def end_recorded(self) -> None:
        """End the stream; all that was written can be watched again."""
        self.end()
        self._recorded = True

    def begin(self, video: str, channel: str) -> None:
        """Begin the next stream of a channel, with a chat of its own."""
        self.video = video
        self.site.videos[video] = Video(State.LIVE)
        self.site.channels[channel] = video
        self._actions = []
        self._live, self._recorded = True, False

    async def elapse(self, clock: FakeClock, seconds: float) -> None:
        """Let time pass in small steps, none of them while a thread of a reader is at work."""
        step = 0.5
        for _ in range(round(seconds / step)):
            await self._settle()
            await clock.advance(step)
        await self._settle()
        await clock.advance(0)

    async def _settle(self) -> None:
        while busy := [thread for thread in threading.enumerate() if self._is_busy(thread)]:
            if isinstance(thread := busy[0], Thread):
                await asyncio.to_thread(thread.idle.wait, 0.01)
            else:
                await asyncio.to_thread(thread.join, 0.01)

    def _is_busy(self, thread: threading.Thread) -> bool:
        if isinstance(thread, Thread):
            return not thread.idle.is_set() and thread not in self.stuck
        return thread.name == "youtube-stream"

    def answer(self, request: httpx.Request) -> httpx.Response | None:
        """Return the answer to a request, None for one that is never answered."""
        path = request.url.path
        self.requests.append(path)
        asked = "" if request.method == "GET" else json.loads(request.content)["continuation"]
        reader = "page" if path == "/live_chat" or asked.startswith("page-") else "pytchat"
        fault = self._faults.get((reader, "chat" if request.method == "POST" else "pages"))
        seen = int(number) if (number := asked.rpartition("-")[2]).isdecimal() else 0
        if asked.endswith("-dry") or (fault is Fault.DRY and seen):
            return _chat(self._follow(reader, "dry"), [])
        if fault and fault is not Fault.DRY:
            return _failed(fault, request)
        if request.method == "GET":
            return self._page(path, request.url)
        if path.endswith("_replay"):
            return self._replay()
        if not self._live:
            return httpx.Response(200, json={"responseContext": {}})
        first = seen - 1 if seen else len(self._actions) - _RECENT
        return _chat(self._follow(reader), self._actions[max(first, 0) :])

    def _follow(self, reader: str, seen: str = "") -> Action:
        """Return what to ask for next; its number is one more than how much has been seen."""
        seen = seen or str(len(self._actions) + 1)
        return {
            "timedContinuationData": {
                "timeoutMs": self.interval * 1000,
                "continuation": f"{reader}-{seen}",
            }
        }

    def _page(self, path: str, url: httpx.URL) -> httpx.Response:
        video = url.params.get("v") or path.rpartition("/")[2]
        if video != self.video:
            return httpx.Response(200, html="<html>This video is not available</html>")
        if path == "/live_chat":
            return httpx.Response(200, html=self._chat_page())
        return httpx.Response(200, html=_EMBED if path.startswith("/embed/") else _WATCH)

    def _chat_page(self) -> str:
        chat: Action = {"continuations": [self._follow("page")], "actions": self._actions}
        if not self._live:
            replay = {"liveChatReplayContinuationData": {"continuation": "replay"}}
            chat |= {"continuations": [replay], "isReplay": True}
        if self.offers_choice:
            chat["actions"] = self._actions[::2]
            chat["header"] = {"liveChatHeaderRenderer": {"viewSelector": _MENU}}
        config = {"INNERTUBE_CONTEXT": {"client": {"clientName": "WEB", "hl": "en"}}}
        data = {"contents": {"liveChatRenderer": chat}}
        if not self._live and not self._recorded:
            nothing = {"text": {"runs": [{"text": "Live chat replay is not available."}]}}
            data = {"contents": {"messageRenderer": nothing}}
        return (
            f"<html><script>ytcfg.set({json.dumps(config)});</script>"
            f'<script>window["ytInitialData"] = {json.dumps(data)};</script></html>'
        )

    def _replay(self) -> httpx.Response:
        if not self._recorded:
            return httpx.Response(200, json={"responseContext": {}})
        replayed: list[Action] = [
            {"replayChatItemAction": {"actions": [action], "videoOffsetTimeMsec": str(offset)}}
            for offset, action in enumerate(self._actions)
        ]
        follow = {"liveChatReplayContinuationData": {"continuation": "replay", "timeoutMs": 10}}
        return _chat(follow, replayed)


_MENU: Action = {
    "sortFilterSubMenuRenderer": {
        "subMenuItems": [
            {
                "title": "Top chat",
                "selected": True,
                "continuation": {"reloadContinuationData": {"continuation": "page-top"}},
            },
            {
                "title": "Live chat",
                "selected": False,
                "continuation": {"reloadContinuationData": {"continuation": "page-all"}},
            },
        ]
    }
}


class _Transport(httpx.BaseTransport):
    def __init__(self, youtube: YouTubeStandIn) -> None:
        self._youtube = youtube

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if answer := self._youtube.answer(request):
            return answer
        self._youtube.stuck.add(threading.current_thread())
        self._youtube.closing.wait()
        raise httpx.ReadTimeout("never answered", request=request)


class _AsyncTransport(httpx.AsyncBaseTransport):
    def __init__(self, youtube: YouTubeStandIn) -> None:
        self._youtube = youtube

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if answer := self._youtube.answer(request):
            return answer
        await asyncio.get_running_loop().create_future()
        raise AssertionError


def _failed(fault: Fault, request: httpx.Request) -> httpx.Response | None:
    match fault:
        case Fault.SILENT:
            return None
        case Fault.REFUSED:
            raise httpx.ConnectError("refused", request=request)
        case Fault.CUT:
            raise httpx.RemoteProtocolError("cut", request=request)
    status, headers, body = fault.value
    return httpx.Response(status, headers=headers, text=body)


def _chat(follow: Action, actions: list[Action]) -> httpx.Response:
    chat: Action = {"continuations": [follow]}
    if actions:
        chat["actions"] = actions
    return httpx.Response(200, json={"continuationContents": {"liveChatContinuation": chat}})


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


def deletion(comment_id: str) -> Action:
    """Return the action by which a comment is deleted."""
    gone = {"runs": [{"text": "[message deleted]"}]}
    return {
        "markChatItemAsDeletedAction": {"deletedStateMessage": gone, "targetItemId": comment_id}
    }


def _badge(badge: str) -> Action:
    if badge == "MEMBER":
        sizes = [{"url": f"https://yt3.ggpht.com/badge=s{size}-c-k"} for size in (16, 32)]
        return {"customThumbnail": {"thumbnails": sizes}, "tooltip": "Member (6 months)"}
    return {"icon": {"iconType": badge}, "tooltip": badge.capitalize()}
