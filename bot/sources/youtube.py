"""YouTube's live chat: no account and no key, only the address of the stream.

The library that reads it blocks, so that each connection has a thread of its own and the event
loop never waits for it. A thread that nobody listens to any more ends with its current request;
being a daemon, it keeps no program from ending.
"""

import asyncio
import logging
import re
import threading
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import parse_qs, urlsplit

import httpx

from bot.clock import Clock
from bot.errors import MisconfiguredError
from bot.sources import Receive
from bot.sources.youtube_chat import COMMENT_KINDS, kind, parse
from bot.sources.youtube_connection import chat_answers

log = logging.getLogger(__name__)

_BEFORE_JOINING = timedelta(seconds=10)
_KINDS_COUNTED = 64
_LONG_AGO = datetime.min.replace(tzinfo=UTC)

_ID = r"([\w-]{11})"
_VIDEO_ID = re.compile(_ID, re.ASCII)
_SHORT = re.compile(rf"youtu\.be/{_ID}(/.*)?", re.ASCII)
_PATH = re.compile(rf"/(?:live|shorts|embed|v|video)/{_ID}(/.*)?", re.ASCII)
_HOST = re.compile(r"((www|m|music|studio|gaming)\.)?youtube(-nocookie)?\.com")


class YouTubeSource:
    """The live chat of one video.

    A connection's first answer also holds what was written before it. Of that, the first
    connection hands on the last ten seconds, so that no command is obeyed hours later; one that
    takes over from another hands on what is newer than the last comment heard. All that follows
    is handed on as it comes, whatever this machine's clock says.
    """

    name: Final = "youtube"

    def __init__(
        self, video: str, *, clock: Clock, transport: httpx.BaseTransport | None = None
    ) -> None:
        """Take a video's id or its address in any form.

        Raises:
            MisconfiguredError: ``video`` is neither.
        """
        self._video = video_id(video)
        self._clock = clock
        self._transport = transport
        self._last = _LONG_AGO
        self._known = False
        self.skipped: Counter[str] = Counter()
        """How many actions of each kind brought no comment."""

    async def listen(self, receive: Receive) -> None:
        """Hand on every comment until the stream is over; of a stream's recording, none.

        Raises:
            UnavailableError: YouTube is not reached, refuses, or answers what cannot be read.
            MisconfiguredError: there is no such video, or it has no live chat.
        """
        # No limit is needed: there is one answer an interval, and it is taken out at once.
        answers: asyncio.Queue[list[object] | BaseException | None] = asyncio.Queue()
        loop = asyncio.get_running_loop()
        stop = threading.Event()
        known = self._known

        def put(answer: list[object] | BaseException | None) -> None:
            with suppress(RuntimeError):  # the loop is closed: nobody listens any more
                loop.call_soon_threadsafe(answers.put_nowait, answer)

        def follow() -> None:
            try:
                for actions in chat_answers(
                    self._video, stop, known=known, transport=self._transport
                ):
                    put(actions)
                put(None)
            except BaseException as error:  # noqa: BLE001 - raised again where it is listened
                put(error)

        after = self._last if known else self._clock.now() - _BEFORE_JOINING
        self._last = after
        threading.Thread(target=follow, name="youtube-chat", daemon=True).start()
        try:
            while (answer := await answers.get()) is not None:
                if isinstance(answer, BaseException):
                    raise answer
                self._known = True
                self._hand_on(answer, receive, after)
                after = _LONG_AGO
        finally:
            # The thread closes its client itself: a socket that is closed under a blocked read
            # may be somebody else's by the time the read goes on.
            stop.set()

    def _hand_on(self, actions: list[object], receive: Receive, after: datetime) -> None:
        for action in actions:
            comment = parse(action)
            if comment is None:
                self._skip(kind(action))
            elif comment.at > after:
                self._last = comment.at
                receive(comment)

    def _skip(self, name: str) -> None:
        """Count it, and log the first of its kind."""
        if name not in self.skipped and len(self.skipped) >= _KINDS_COUNTED:
            name = "others"
        self.skipped[name] += 1
        if self.skipped[name] > 1:
            return
        if name in COMMENT_KINDS:
            log.warning(
                "A comment on YouTube could not be read (%s). If this goes on, YouTube has "
                "changed, and the bot needs an update.",
                name,
            )
        else:
            log.debug("YouTube: %r brings no comment.", name)


def video_id(video: str) -> str:
    """Return the id in a video's address as people copy it, or the id itself.

    Raises:
        MisconfiguredError: it is neither.
    """
    video = video.strip()
    if _VIDEO_ID.fullmatch(video):
        return video
    with suppress(ValueError):  # urlsplit's, for a host like [x
        url = urlsplit(video if "//" in video else f"//{video}")
        host = url.hostname or ""
        if short := _SHORT.fullmatch(host + url.path):
            return short[1]
        if _HOST.fullmatch(host):
            [named, *_] = parse_qs(url.query).get("v", [""])
            if _VIDEO_ID.fullmatch(named):
                return named
            if path := _PATH.fullmatch(url.path):
                return path[1]
    raise MisconfiguredError(
        f"YOUTUBE_VIDEO is {video!r}, which is not the address of a YouTube video. Set it to the "
        "stream's address as the browser shows it: https://www.youtube.com/watch?v=… with 11 "
        "characters in place of the dots."
    )
