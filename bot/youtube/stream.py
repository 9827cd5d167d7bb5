"""The stream finder: what the streamer named → the video that is live."""

import asyncio
import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING

from bot.clock import Clock, time_limit
from bot.errors import MisconfiguredError, UnavailableError
from bot.sources import Heartbeat
from bot.sources.once import Once
from bot.translation import tr
from bot.youtube.address import parse_address
from bot.youtube.lookup import Found, Status, look_up

if TYPE_CHECKING:
    from yt_dlp import YoutubeDL

log = logging.getLogger(__name__)

_LOOK_UP_LIMIT = 30.0
_BETWEEN_SIGNS = 30.0
_PROMISE = 60.0
"""Seconds within which another heartbeat comes, with room for a busy machine."""

_IDLE_INTERVAL = 60.0
_SHORTEST_INTERVAL = 20.0
_LONGEST_INTERVAL = 120.0
_INTERVALS_AHEAD = 20
"""An upcoming stream is looked up again after this fraction of the time that is left to it."""

Tell = Callable[[Heartbeat], None]


class StreamFinder:
    """Finds the live stream of a video or a channel, and waits for one that is yet to begin.

    A stream that is over is never answered as if it were live.
    """

    def __init__(
        self, wanted: str, *, clock: Clock, transport: "type[YoutubeDL] | None" = None
    ) -> None:
        """Take what ``parse_address`` reads.

        Args:
            wanted: a video or a channel, by its address in any form, its id, or its handle.
            clock: the time that is waited by.
            transport: what fetches YouTube's pages instead of yt-dlp's own class; tests lead it to
                a stand-in.

        Raises:
            MisconfiguredError: ``wanted`` is neither a video nor a channel.
        """
        self._address = parse_address(wanted)
        self._clock = clock
        self._transport = transport
        self._once = Once(log)

    @property
    def is_channel(self) -> bool:
        """Whether there may be another stream after this one."""
        return bool(self._address.channel)

    async def live(self, tell: Tell) -> str | None:
        """Return the id of the video that is live, waiting until it is.

        Where YouTube does not tell whether a video is live, its id is returned all the same: a
        reader may yet be let in.

        Args:
            tell: takes a sign of life at least every half minute.

        Returns:
            None where the video's stream is over; for a channel, the next stream is waited for.

        Raises:
            UnavailableError: YouTube does not tell what a channel has live.
            MisconfiguredError: there is no such video or channel, or no stream was ever in it.
        """
        while True:
            tell(Heartbeat(tr("looking for the stream"), _PROMISE))
            found = await self._look_up()
            match found.status:
                case Status.LIVE:
                    tell(Heartbeat(tr("the stream is live"), _PROMISE, live=True))
                    return self._live(found.video)
                case Status.UPCOMING:
                    await self._wait(tell, found.begins)
                case Status.GONE:
                    raise self._gone()
                case Status.UNKNOWN:
                    return self._perhaps_live(found)
                case _ if self.is_channel:
                    await self._wait_for_next(tell)
                case Status.NEVER:
                    raise MisconfiguredError(
                        tr(
                            "The video in YOUTUBE_VIDEO is not a live stream, so it has no"
                            " live chat. Set it to the address of the stream, or to your"
                            " channel's handle, @name."
                        )
                    )
                case _:
                    tell(Heartbeat(tr("the stream is over"), _PROMISE, live=False))
                    return None

    def _live(self, video: str) -> str:
        self._log(
            tr(
                "The stream on YouTube is live: https://www.youtube.com/watch?v={video}",
                video=video,
            )
        )
        return video

    def _perhaps_live(self, found: Found) -> str:
        video = found.video or self._address.video
        if not video:
            raise UnavailableError(
                tr(
                    "YouTube does not tell whether {channel} is live: {matter}. {hint}",
                    channel=self._address.channel,
                    matter=found.matter,
                    hint=found.hint,
                ).rstrip()
            )
        self._log(
            tr(
                "YouTube does not tell whether the stream is live ({matter}); listening to it"
                " all the same. {hint}",
                matter=found.matter,
                hint=found.hint,
            ).rstrip()
        )
        return video

    def _gone(self) -> MisconfiguredError:
        if self.is_channel:
            return MisconfiguredError(
                tr(
                    "YouTube has no channel at {url}: set YOUTUBE_VIDEO to the handle on the"
                    " channel's page, @name, or to the stream's address.",
                    url=self._address.url,
                )
            )
        return MisconfiguredError(
            tr(
                "YouTube has no video at {url}, or it is private: see that the address in"
                " YOUTUBE_VIDEO is the stream's, and that the stream is public or unlisted.",
                url=self._address.url,
            )
        )

    async def _wait(self, tell: Tell, begins: datetime | None) -> None:
        """Wait a while for a stream that is announced."""
        self._log(tr("Waiting for the stream on YouTube to begin."))
        ahead = (begins - self._clock.now()).total_seconds() if begins else 0.0
        interval = abs(ahead) / _INTERVALS_AHEAD
        await self._rest(
            max(_SHORTEST_INTERVAL, min(_LONGEST_INTERVAL, interval)),
            lambda: tell(Heartbeat(_countdown(begins, self._clock.now()), _PROMISE, live=False)),
        )

    async def _wait_for_next(self, tell: Tell) -> None:
        """Wait a while for a channel that announces nothing."""
        channel = self._address.channel
        self._log(
            tr("{channel} is not live on YouTube; waiting for its next stream.", channel=channel)
        )
        sign = Heartbeat(
            tr("waiting for the next stream of {channel}", channel=channel), _PROMISE, live=False
        )
        await self._rest(_IDLE_INTERVAL, lambda: tell(sign))

    def _log(self, text: str) -> None:
        """Log how the stream is, once it has changed."""
        self._once.tell(logging.INFO, text)

    async def _rest(self, seconds: float, give_sign: Callable[[], None]) -> None:
        while seconds > 0:
            give_sign()
            await self._clock.sleep(min(seconds, _BETWEEN_SIGNS))
            seconds -= _BETWEEN_SIGNS

    async def _look_up(self) -> Found:
        """Look the stream up in a thread of its own, which cannot keep the program from ending."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Found] = loop.create_future()

        def put(found: Found) -> None:
            if not answer.done():
                answer.set_result(found)

        def ask() -> None:
            found = look_up(self._address.url, self._transport)
            with suppress(RuntimeError):  # the loop is closed: nobody waits any more
                loop.call_soon_threadsafe(put, found)

        threading.Thread(target=ask, name="youtube-stream", daemon=True).start()
        try:
            async with time_limit(self._clock, _LOOK_UP_LIMIT):
                return await answer
        except TimeoutError:
            return Found(Status.UNKNOWN, matter=tr("it does not answer"))


def _countdown(begins: datetime | None, now: datetime) -> str:
    """Say when the stream begins, or should have begun, as of now."""
    if begins is None:
        return tr("waiting for the stream to begin")
    seconds = (begins - now).total_seconds()
    minutes = round(abs(seconds) / 60)
    if minutes == 0:
        return tr("waiting for the stream, which is about to begin")
    hours, minutes = divmod(minutes, 60)
    span = (
        tr("{hours} h {minutes} min", hours=hours, minutes=minutes)
        if hours
        else tr("{minutes} min", minutes=minutes)
    )
    if seconds < 0:
        return tr("waiting for the stream, which should have begun {span} ago", span=span)
    return tr("waiting for the stream, which begins in {span}", span=span)
