"""Listening to the stand-in for Twitch: a source that is signed in, and what it has handed on."""

import asyncio
import gc
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from bot.chat import Comment, Retraction
from bot.clock import Clock, SystemClock
from bot.intake.dispatcher import Dispatcher
from bot.intake.queue import CommentQueue
from bot.sources import Heard, Heartbeat, Source
from bot.twitch.account import TwitchAccount
from bot.twitch.source import TwitchSource
from bot.twitch.token import TokenFile
from tests.standins.twitch import TwitchStandIn
from tests.standins.twitch_payloads import BROADCASTER
from tests.support.intake import dispatcher


def source_of(
    twitch: TwitchStandIn,
    folder: Path,
    *channels: str,
    clock: Clock | None = None,
    client_id: str | None = None,
    pictures: bool = False,
) -> TwitchSource:
    """Return a source that is signed in, with a file in a folder, unless there is one already."""
    file = TokenFile(folder / "twitch.json")
    if not file.path.exists():
        twitch.sign_in(folder)
    clock = clock or SystemClock()
    account = TwitchAccount(client_id or twitch.grant.client_id, file, clock=clock)
    channels = channels or (BROADCASTER.login,)
    return TwitchSource(account, channels, clock=clock, pictures=pictures)


class Witness:
    """Hands on the comments that a dispatcher has it hear."""

    def __init__(self, heard: Callable[[Comment], None]) -> None:
        self.hear = heard


def dispatcher_of(heard: Callable[[Comment], None], clock: Clock) -> Dispatcher:
    """Return a dispatcher as the show has it, that hands on what it hears."""
    queue = CommentQueue(names=["Botan"], clock=clock)
    return dispatcher(queue, clock, witnesses=[Witness(heard)])


class Hearing:
    """What a source has handed on, and its listening."""

    def __init__(self, source: Source) -> None:
        self.signs = asyncio.Queue[Heartbeat]()
        self._heard = asyncio.Queue[Comment | Retraction]()
        self.listening = asyncio.create_task(source.listen(self._receive))

    def _receive(self, heard: Heard | Heartbeat) -> None:
        (self.signs if isinstance(heard, Heartbeat) else self._heard).put_nowait(heard)  # type: ignore[arg-type]

    async def next(self) -> Comment:
        """Return the next comment, which is what comes next."""
        async with asyncio.timeout(30):
            heard = await self._heard.get()
        assert isinstance(heard, Comment)
        return heard

    async def next_retraction(self) -> Retraction:
        """Return the next retraction, which is what comes next."""
        async with asyncio.timeout(30):
            heard = await self._heard.get()
        assert isinstance(heard, Retraction)
        return heard

    async def told(self, *, live: bool) -> None:
        """Return at the next sign that tells so of the stream."""
        async with asyncio.timeout(30):
            while (await self.signs.get()).live is not live:
                pass

    async def end(self) -> None:
        """Return when listening ends, and raise what it raised."""
        async with asyncio.timeout(30):
            await self.listening


@asynccontextmanager
async def hearing(
    twitch: TwitchStandIn, source: Source, channels: int = 1
) -> AsyncIterator[Hearing]:
    """Listen for as long as the block runs."""
    heard = Hearing(source)
    try:
        async with asyncio.timeout(30):
            await heard.signs.get()
            await twitch.subscribed(channels)
            await heard.signs.get()  # which tells whether the stream is live
        yield heard
    finally:
        heard.listening.cancel()
        await asyncio.wait([heard.listening])


async def until(condition: Callable[[], bool]) -> None:
    """Return when it is so; the network needs turns of the loop for that, and no time."""
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110 - there is nothing to wait on
            await asyncio.sleep(0)


async def nothing_left_open() -> None:
    """See that no task is left, and let what was left unclosed warn now."""
    this = asyncio.current_task()
    async with asyncio.timeout(30):
        while left := [task for task in asyncio.all_tasks() if task is not this]:
            await asyncio.wait(left)
    gc.collect()
