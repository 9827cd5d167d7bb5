"""YouTube's live chat, through whichever way into it works."""

import logging
from collections.abc import Sequence
from contextlib import aclosing
from typing import Final

from bot.chat import Platform
from bot.clock import Clock
from bot.errors import BotError, UnavailableError
from bot.sources import Heartbeat, Receive
from bot.translation import tr
from bot.youtube.dedupe import Deduper
from bot.youtube.failover import Failover
from bot.youtube.readers import Reader
from bot.youtube.stream import StreamFinder

log = logging.getLogger(__name__)

_WITHIN = 55.0
"""Seconds in which YouTube's longest interval passes, and a way that fails is given up."""
_SILENT = 30.0
"""Seconds without anything new after which a connection is opened anew: some fall silent."""
_COSTLY = "api"
"""The reader that is not opened anew for that, since YouTube counts what it asks."""


class YouTubeSource:
    """The live chat of one video, or of each stream of a channel.

    The readers are tried in their order. One that fails twice in a row makes way for the next, and
    the one that works is kept. What was heard is known to all of them, so that none repeats or
    leaves out what another has read.
    """

    label: Final = Platform.YOUTUBE.label

    def __init__(self, finder: StreamFinder, readers: Sequence[Reader], *, clock: Clock) -> None:
        """Take what finds the stream, and the ways to read it: the best first, at least one."""
        self._finder = finder
        self._clock = clock
        self._video: str | None = None
        self._deduper = Deduper()
        self._failover = Failover(readers, clock=clock)

    async def listen(self, receive: Receive) -> None:
        """Hand on all that is written until the stream is over; of its recording, nothing.

        For a channel, that is never: it waits for the next stream.

        Raises:
            UnavailableError: YouTube is not reached, refuses, or answers what cannot be read.
            MisconfiguredError: there is no such video or channel, or it has no live chat.
        """
        if self._video is None:
            self._begin(await self._finder.live(receive))
        while self._video is not None:
            following = await self._follow(self._video, receive)
            log.info(tr("The stream {video} on YouTube is over.", video=self._video))
            self._begin(following)

    def _begin(self, video: str | None) -> None:
        self._video = video
        self._deduper = Deduper()
        self._failover.begin()

    async def _follow(self, video: str, receive: Receive) -> str | None:
        """Listen to one stream until it is over, and return the one that is live then.

        Raises:
            BotError: no reader can read it.
        """
        while True:
            reader = await self._failover.next()
            try:
                if not await self._read(reader, video, receive):
                    continue
            except BotError as error:
                failure = error
            else:
                # Before that is believed: it may be the reader that has lost its way.
                if (live := await self._finder.live(receive)) != video:
                    return live
                failure = UnavailableError(
                    tr(
                        "YouTube's chat has ended, though YouTube does not say that the stream"
                        " is over."
                    )
                )
            if failures := self._failover.failed(failure):
                raise failures[0]
            receive(Heartbeat(tr("trying to listen again"), _WITHIN))

    async def _read(self, reader: Reader, video: str, receive: Receive) -> bool:
        """Read through one connection; return whether the chat is over, or else just silent."""
        opening = True
        came = self._clock.monotonic()
        async with aclosing(reader.read(video, known=self._deduper.joined)) as answers:
            async for answer in answers:
                self._failover.works()
                receive(Heartbeat(reader.about, _WITHIN))
                for heard in self._deduper.fresh(
                    answer, reader=reader.name, opening=opening, now=self._clock.now()
                ):
                    receive(heard)
                opening = False
                now = self._clock.monotonic()
                if answer:
                    came = now
                elif now - came >= _SILENT and reader.name != _COSTLY:
                    return False
        return True
