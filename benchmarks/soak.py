"""A stream of twelve hours on Twitch and YouTube, with a fault a minute, as fast as it goes.

Everything is real but the platforms and the time: listeners, sources, TwitchIO, pytchat, intake.
Comments are numbered, and the stand-ins know which of them a platform has handed out: what Twitch
says while nobody is connected it never says again, and nobody can hear it.
"""

import asyncio
import contextlib
import gc
import logging
import random
import sys
import tempfile
import tracemalloc
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import TypeAlias

import pytest

from benchmarks.row import Row
from bot.chat import Comment, Platform
from bot.intake.queue import CommentQueue
from bot.sources.listener import Listener
from tests.standins.twitch import TwitchStandIn
from tests.standins.youtube import Fault, YouTubeStandIn
from tests.support import intake
from tests.support.clock import FakeClock
from tests.support.listening import no_pauses
from tests.support.twitch import Witness, source_of

HOURS = 12.0

_MINUTE = 60
_KEEPALIVE = 10
_PAID = 0.1
_GRACE = 120
_DEAF = 60.0
_GROWTH = 20.0
"""MB by which the bot may have grown."""
_FRAMES = 6
_ROUND_TRIP = 0.01
"""Seconds that a request on loopback takes at most, as a rule."""
_PATHS = ("id/oauth2/validate", "helix/users", "helix/eventsub/subscriptions", "ws")
_STATUSES = (
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.INTERNAL_SERVER_ERROR,
    HTTPStatus.BAD_GATEWAY,
)


class _Stream:
    """The stream, and the books that are kept of it."""

    def __init__(
        self,
        clock: FakeClock,
        twitch: TwitchStandIn,
        youtube: YouTubeStandIn,
        chance: random.Random,
    ) -> None:
        self.clock = clock
        self.twitch = twitch
        self.youtube = youtube
        self.chance = chance
        self.queue = CommentQueue(names=["Botan"], clock=clock)
        self.heard: Counter[str] = Counter()
        self.written: dict[str, float] = {}
        """When each comment was handed out by its platform."""
        self.paid: set[str] = set()
        self.unheard_of = 0
        """Comments that Twitch handed out to nobody."""
        self.late = 0
        self.deaf: list[float] = [0.0]
        """How long after the end of a fault the platform was heard again."""
        self._mended: dict[Platform, float] = {}
        self._numbers = iter(range(sys.maxsize))
        self._faults = [*_twitch_faults(twitch), *_youtube_faults(youtube, chance)]

    def hear(self, comment: Comment) -> None:
        """Note a comment that has come out at the intake."""
        self.heard[comment.text] += 1
        now = self.clock.monotonic()
        mended = self._mended.pop(comment.platform, None)
        if mended is not None:
            self.deaf.append(now - mended)
        since = max(self.written[comment.text], mended or 0.0)
        self.late += now - since > _DEAF

    async def minute(self) -> None:
        """Let a minute pass, in which something breaks, and is mended; the character answers."""
        self.queue.take(sys.maxsize, sys.maxsize).answer()
        # What clock and stand-ins note for tests is not the bot's memory.
        for noted in (self.clock.slept, self.twitch.requests, self.youtube.requests):
            noted.clear()
        platform, begin, end = self.chance.choice(self._faults)
        broken = self.chance.randint(5, 15)
        mended = broken + self.chance.randint(1, 20)
        for second in range(_MINUTE):
            if second == broken:
                await begin()
            if second == mended:
                end()
                self._mended.setdefault(platform, self.clock.monotonic())
            if second % 4 == 0:
                await self.write(during=platform if broken <= second < mended else None)
            await self.elapse(1)

    async def write(self, during: Platform | None = None) -> None:
        """Have a comment written on each platform; one of them may be in trouble now."""
        for platform in (Platform.YOUTUBE, Platform.TWITCH):
            text = f"comment {next(self._numbers)}"
            is_paid = self.chance.random() < _PAID
            if platform is Platform.YOUTUBE:
                self.written[text] = self.clock.monotonic()
                self.youtube.write(text, amount="¥500" if is_paid else None)
            elif during is platform or not self.twitch.subscribers():
                self.unheard_of += 1
                continue
            else:
                self.written[text] = self.clock.monotonic()
                await self.twitch.say(text, bits=100 if is_paid else None)
            if is_paid:
                self.paid.add(text)

    def end(self) -> None:
        """Close the books: who has not been heard again by now was deaf to the end."""
        self.deaf += [self.clock.monotonic() - mended for mended in self._mended.values()]

    async def elapse(self, seconds: int) -> None:
        """Let time pass; Twitch says that it is there."""
        for _ in range(seconds):
            if int(self.clock.monotonic()) % _KEEPALIVE == 0:
                await self.twitch.keep_alive()
            await self._settle()
            await self.youtube.elapse(self.clock, 1)

    async def _settle(self) -> None:
        """Give a connection to Twitch that is being made the real time that it takes."""
        asked = -1
        while not self.twitch.subscribers() and asked != len(self.twitch.requests):
            asked = len(self.twitch.requests)
            await asyncio.sleep(_ROUND_TRIP)


_Begin: TypeAlias = Callable[[], Awaitable[None]]
_Trouble: TypeAlias = tuple[Platform, _Begin, Callable[[], None]]


def _youtube_faults(youtube: YouTubeStandIn, chance: random.Random) -> list[_Trouble]:
    def breaks(fault: Fault, *readers: str) -> _Begin:
        async def begin() -> None:
            youtube.break_(fault, chance.choice(("chat", "everything")), *readers)

        return begin

    return [
        (Platform.YOUTUBE, breaks(fault, *readers), youtube.mend)
        for fault in Fault
        for readers in ((), ("pytchat",))
    ]


def _twitch_faults(twitch: TwitchStandIn) -> list[_Trouble]:
    def closes(code: int) -> _Begin:
        return lambda: twitch.close(code)

    def fails(path: str, status: HTTPStatus) -> _Begin:
        return cutting(lambda: twitch.failures.update({path: status}))

    def is_odd(paths: set[str], path: str) -> _Begin:
        return cutting(lambda: paths.add(path))

    def cutting(change: Callable[[], None]) -> _Begin:
        async def begin() -> None:
            change()
            await twitch.cut()

        return begin

    async def is_silent() -> None:
        twitch.silence()

    async def moves() -> None:
        await twitch.ask_to_move()

    begins = [
        *(closes(code) for code in (1000, *range(4000, 4008))),
        *(fails(path, status) for path in _PATHS for status in _STATUSES),
        *(is_odd(paths, path) for path in _PATHS for paths in (twitch.hanging, twitch.cutting)),
        *(cutting(change) for change in (lambda: None, twitch.expire)),
        cutting(lambda: setattr(twitch, "welcoming", False)),
        *(is_silent, moves, lambda: twitch.revoke("version_removed")),
    ]
    return [(Platform.TWITCH, begin, twitch.heal) for begin in begins]


async def measure(hours: float = HOURS, seed: int | None = None) -> list[Row]:
    """Listen to such a stream, and count."""
    seed = random.SystemRandom().randrange(2**32) if seed is None else seed
    logging.disable(logging.CRITICAL)  # a fault a minute, each in a line
    try:
        async with _listening(random.Random(seed)) as stream:  # noqa: S311  it breaks things
            await stream.elapse(30)
            tracemalloc.start(_FRAMES)
            await stream.minute()
            before = _own_mb()
            for _ in range(round(hours * 60)):
                await stream.minute()
            await stream.elapse(_GRACE)
            stream.end()
            after = _own_mb()
    finally:
        tracemalloc.stop()
        logging.disable(logging.NOTSET)
    lost = stream.written.keys() - stream.heard.keys()
    what = f"{hours:g} h, {len(stream.deaf) - 1} faults, seed {seed}"
    counts = {
        "comments lost": len(lost),
        "of these paid": len(lost & stream.paid),
        "heard twice": sum(count > 1 for count in stream.heard.values()),
        "later than a minute": stream.late,
    }
    told = f"of {len(stream.written):,}; {stream.unheard_of:,} more, Twitch told nobody"
    return [
        *(Row(f"{name} ({what})", count, told, 0, 0, "") for name, count in counts.items()),
        Row("longest deafness after a fault", max(stream.deaf), "", 0, _DEAF, "s"),
        Row("the bot's memory at the end", after, "after a minute", before, before + _GROWTH, "MB"),
    ]


@asynccontextmanager
async def _listening(chance: random.Random) -> AsyncIterator[_Stream]:
    clock = FakeClock()
    began = clock.now()

    def now() -> datetime:
        return began + timedelta(seconds=clock.monotonic())

    with (
        pytest.MonkeyPatch.context() as monkeypatch,
        tempfile.TemporaryDirectory() as folder,
        no_pauses(),
    ):
        async with TwitchStandIn() as twitch, YouTubeStandIn(interval=5, now=now) as youtube:
            twitch.attract(monkeypatch)
            twitch.keepalive = None  # it would come by the real time
            stream = _Stream(clock, twitch, youtube, chance)
            queue = stream.queue
            dispatcher = intake.dispatcher(queue, clock, witnesses=[Witness(stream.hear)])
            listeners = (
                Listener(source_of(twitch, Path(folder), clock=clock), clock=clock),
                Listener(youtube.source(clock), clock=clock),
            )
            listening = [
                asyncio.create_task(listener.run(dispatcher.receive)) for listener in listeners
            ]
            try:
                yield stream
            finally:
                twitch.heal()
                youtube.mend()
                for task in listening:
                    task.cancel()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(30):
                        while not all(task.done() for task in listening):
                            await clock.advance(0.5)


def _own_mb() -> float:
    """Return the memory that the bot has asked for, itself or through a library.

    The stand-ins keep every comment; what they, and the books here, have asked for is left out.
    """
    gc.collect()
    ours = tracemalloc.take_snapshot().filter_traces(
        [
            tracemalloc.Filter(inclusive=True, filename_pattern="*/bot/*", all_frames=True),
            tracemalloc.Filter(inclusive=False, filename_pattern="*/standins/*", all_frames=True),
            tracemalloc.Filter(inclusive=False, filename_pattern=__file__, all_frames=True),
            tracemalloc.Filter(inclusive=False, filename_pattern=tracemalloc.__file__),
        ]
    )
    return sum(trace.size for trace in ours.traces) / 2**20
