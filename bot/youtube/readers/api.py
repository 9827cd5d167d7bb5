"""YouTube's official Data API: the documented way into a chat, with a key and a daily quota.

https://developers.google.com/youtube/v3/live/docs/liveChatMessages/list describes it. A call costs
5 units, asking for the chat's id 1.
"""

import re
from collections.abc import AsyncGenerator, Coroutine
from datetime import timedelta
from typing import Any, Final

import httpx
from pydantic import SecretStr

from bot.clock import Clock, time_limit
from bot.errors import MisconfiguredError, UnavailableError
from bot.translation import tr
from bot.youtube.readers.api_errors import ApiRefusedError
from bot.youtube.readers.quota import Quota

_URL = "https://www.googleapis.com/youtube/v3/"
_VIDEO_UNITS = 1
_CHAT_UNITS = 5
_MOST_MESSAGES = 2000
_ANSWER_LIMIT = 8.0

_USUAL_POLLING = 5.0
_SHORTEST_POLLING, _LONGEST_POLLING = 1.0, 30.0
_TOO_FAST_LIMIT = 5
"""After so many refusals in a row for calling too fast, it is more than our pace."""
_USED_UP_INTERVAL = 300.0
"""Seconds before YouTube is asked again whether there is a new quota."""

_KEY = re.compile(r"[\x21-\x7e]+")


class ApiReader:
    """Reads a chat as resources, which ``youtube_api_chat.parse_resource`` makes sense of.

    Its pace and what it knows of the quota outlive a ``read``. No answer comes later than 46
    seconds after the last, or after the beginning: half a minute of waiting, and the time that one
    call or two may take.
    """

    name: Final = "api"

    def __init__(
        self,
        key: SecretStr,
        *,
        clock: Clock,
        quota: int = 10_000,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """Take what it needs.

        Args:
            key: an API key of a Google project for which the YouTube Data API is switched on.
            clock: the time that is waited by.
            quota: the project's units a day.
            transport: what carries the requests; tests lead it to a stand-in.

        Raises:
            MisconfiguredError: no key can look like this one.
        """
        self._key = key.get_secret_value().strip()
        if not _KEY.fullmatch(self._key):
            raise MisconfiguredError(
                tr(
                    "YOUTUBE_API_KEY holds characters that no API key has: copy the key again from https://console.cloud.google.com/apis/credentials."
                )
            )
        self._clock = clock
        self._units = quota
        self._quota = Quota(quota, clock.now())
        self._transport = transport
        self._due = clock.monotonic()
        self._used_up_at: float | None = None

    @property
    def about(self) -> str:
        """How it listens, in a few words for the streamer, as of now."""
        lasts = self._quota.lasts(self._clock.now())
        if lasts is None:
            return tr("listening through YouTube's API")
        return tr(
            "listening through YouTube's API, whose quota lasts {span} more", span=_span(lasts)
        )

    async def read(self, video: str, *, known: bool) -> AsyncGenerator[list[object]]:
        """Yield the resources of each answer, as ``Reader.read`` says, until the stream is over.

        Raises:
            UnavailableError: YouTube is not reached, answers with nonsense, or the quota is used
                up: the text says when there is another.
            MisconfiguredError: the key or the video must be changed.
        """
        self._check_used_up()
        async with httpx.AsyncClient(
            base_url=_URL,
            headers={"X-Goog-Api-Key": self._key},  # in the address, errors would quote it
            timeout=None,  # noqa: S113 - _get limits the whole answer, on our own clock
            transport=self._transport,
        ) as client:
            chat = await self._find_chat(client, video, known=known)
            page, is_live, refusals = "", chat != "", 0
            while is_live:
                await self._clock.sleep(self._due - self._clock.monotonic())
                try:
                    answer = await self._messages(client, chat, page)
                except ApiRefusedError as error:
                    refusals += 1
                    if error.is_over:
                        return
                    if not error.is_too_fast or refusals >= _TOO_FAST_LIMIT:
                        raise error.translated() from None
                    self._rest(_USUAL_POLLING * 2**refusals)
                    yield []
                    continue
                refusals = 0
                page = _text(answer, "nextPageToken") or page
                self._rest(_polling(answer))
                items = answer.get("items")
                items = items if isinstance(items, list) else []
                is_live = "offlineAt" not in answer and not any(map(_is_end, items))
                yield items

    def _rest(self, polling: float) -> None:
        """Plan the next call: as YouTube wishes, and as the quota allows."""
        pause = max(polling, self._quota.interval(self._clock.now()))
        self._due = self._clock.monotonic() + min(_LONGEST_POLLING, pause)

    async def _find_chat(self, client: httpx.AsyncClient, video: str, *, known: bool) -> str:
        """Return the id of a video's live chat, empty where its stream is over."""
        try:
            answer = await self._get(
                client, "videos", _VIDEO_UNITS, part="snippet,liveStreamingDetails", id=video
            )
        except ApiRefusedError as error:
            raise error.translated() from None
        match answer:
            case {"items": [{"liveStreamingDetails": {"activeLiveChatId": str(chat)}}]}:
                return chat
            case {"items": [{"liveStreamingDetails": {"actualEndTime": _}}]}:
                return ""
            case {"items": [{"liveStreamingDetails": _}]} if known:
                return ""
            case {"items": [{"liveStreamingDetails": _}]}:
                raise MisconfiguredError(
                    tr(
                        "The stream in YOUTUBE_VIDEO has no live chat: switch it on in"
                        " YouTube's live control room."
                    )
                )
            case {"items": []} if known:
                return ""  # a stream that became private when it ended
            case {"items": []}:
                raise MisconfiguredError(
                    tr(
                        "YouTube has no video {video}, or it is private: see that"
                        " YOUTUBE_VIDEO is the stream's address, and that the stream is public"
                        " or unlisted.",
                        video=video,
                    )
                )
            case {"items": [{"snippet": _}]}:
                raise MisconfiguredError(
                    tr(
                        "The video in YOUTUBE_VIDEO is not a live stream, so it has no live"
                        " chat: set it to the address of the stream."
                    )
                )
        raise UnavailableError(tr("YouTube's API tells nothing of the stream."))

    async def _messages(self, client: httpx.AsyncClient, chat: str, page: str) -> dict[str, Any]:
        following = {"pageToken": page} if page else {}
        return await self._get(
            client,
            "liveChat/messages",
            _CHAT_UNITS,
            part="id,snippet,authorDetails",
            liveChatId=chat,
            maxResults=str(_MOST_MESSAGES),
            **following,
        )

    async def _get(
        self, client: httpx.AsyncClient, path: str, units: int, **params: str
    ) -> dict[str, Any]:
        """Ask once.

        Raises:
            UnavailableError: there is no answer, it is none of the API's, or the quota is used up.
            ApiRefusedError: it is an error.
        """
        self._quota.spend(units, self._clock.now())
        response = await self._limited(client.get(path, params=params))
        try:
            answer = response.json()
        except (ValueError, RecursionError):
            answer = None
        if not response.is_success:
            error = ApiRefusedError(response.status_code, answer)
            if error.is_used_up:
                self._used_up_at = self._clock.monotonic()
                self._check_used_up()
            raise error
        if not isinstance(answer, dict):
            raise UnavailableError(tr("YouTube's API answered with something that cannot be read."))
        if self._used_up_at is not None:
            self._used_up_at = None
            self._quota = Quota(self._units, self._clock.now())
        return answer

    async def _limited(self, asking: Coroutine[Any, Any, httpx.Response]) -> httpx.Response:
        """Wait for an answer, but not for long."""
        try:
            async with time_limit(self._clock, _ANSWER_LIMIT):
                return await asking
        except TimeoutError:
            raise UnavailableError(tr("YouTube's API does not answer.")) from None
        except httpx.HTTPError as error:
            raise UnavailableError(
                tr("YouTube's API is not reached ({kind}).", kind=type(error).__name__)
            ) from None

    def _check_used_up(self) -> None:
        """Refuse to ask while YouTube has lately said that nothing is left."""
        if self._used_up_at is None:
            return
        if self._clock.monotonic() - self._used_up_at < _USED_UP_INTERVAL:
            span = _span(self._quota.renewed_in(self._clock.now()))
            raise UnavailableError(
                tr(
                    "The day's quota of YouTube's API is used up. There is a new one at"
                    " midnight Pacific Time, in {span} at most; until then nothing can be read"
                    " through it.",
                    span=span,
                )
            )


def _polling(answer: dict[str, Any]) -> float:
    """Return the seconds that YouTube asks to wait."""
    milliseconds = answer.get("pollingIntervalMillis")
    if not isinstance(milliseconds, int | float):
        return _USUAL_POLLING
    return min(_LONGEST_POLLING, max(_SHORTEST_POLLING, milliseconds / 1000))


def _is_end(resource: object) -> bool:
    match resource:
        case {"snippet": {"type": "chatEndedEvent"}}:
            return True
    return False


def _text(answer: dict[str, Any], key: str) -> str:
    value = answer.get(key)
    return value if isinstance(value, str) else ""


def _span(span: timedelta) -> str:
    hours, minutes = divmod(int(span.total_seconds()) // 60, 60)
    return (
        tr("{hours} h {minutes} min", hours=hours, minutes=minutes)
        if hours
        else tr("{minutes} min", minutes=minutes)
    )
