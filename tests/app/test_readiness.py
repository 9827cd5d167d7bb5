"""*On air* is said when it is true; what is missing is named before."""

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
from rich.console import Console

from bot.app.models import Model
from bot.app.readiness import Readiness
from bot.clock import SystemClock
from bot.errors import UnavailableError
from bot.llm.availability import Availability
from bot.llm.ollama import Ollama
from bot.llm.options import OllamaOptions
from bot.obs.options import ObsOptions
from bot.obs.stage import ObsStage
from bot.sources import Heartbeat, Receive, Source
from bot.sources.broadcast import Broadcast
from bot.sources.listener import Listener
from bot.stage import NeighbourStage
from bot.twitch.stage import TwitchStage
from bot.web.local import LocalSource
from tests.standins.ollama import OllamaStandIn
from tests.standins.twitch import TwitchStandIn
from tests.support.clock import FakeClock
from tests.support.twitch import source_of


class Chat:
    """A source that does as it is told, and fails at its first start."""

    def __init__(self, label: str) -> None:
        self.label = label
        self.starts = 0
        self.receive: Receive = lambda _: None

    async def listen(self, receive: Receive) -> None:
        """Fail, and then listen for ever."""
        self.starts += 1
        if self.starts == 1:
            raise UnavailableError("It does not answer.")
        self.receive = receive
        await asyncio.Event().wait()


@dataclass
class Start:
    """A show that is about to begin, and what its streamer reads."""

    clock: FakeClock
    ready: Availability
    chats: list[Chat]
    telling: asyncio.Task[None]
    written: io.StringIO

    @property
    def lines(self) -> list[str]:
        """What was printed."""
        return self.written.getvalue().splitlines()


@asynccontextmanager
async def start(
    ollama: OllamaStandIn, *labels: str, neighbours: tuple[NeighbourStage, ...] = ()
) -> AsyncIterator[Start]:
    """Begin to listen, and to tell."""
    clock = FakeClock()
    options = OllamaOptions(host=ollama.host, model=ollama.models[0])
    llm = Ollama(options, clock=SystemClock())
    broadcast = Broadcast(labels)
    chats = [Chat(label) for label in labels]
    sources: list[Source] = [LocalSource(), *chats]
    listeners = [Listener(one, clock=clock, broadcast=broadcast) for one in sources]
    ready = Availability()
    readiness = Readiness(Model(llm, ""), ready, listeners, neighbours, broadcast)
    written = io.StringIO()
    running = [asyncio.create_task(one.run(lambda _: None)) for one in listeners]
    telling = asyncio.create_task(readiness.announce(Console(file=written, width=300), clock))
    try:
        yield Start(clock, ready, chats, telling, written)
    finally:
        for task in (*running, telling):
            task.cancel()
        await asyncio.wait((*running, telling))
        await llm.close()


async def test_what_is_missing_is_named(ollama: OllamaStandIn) -> None:
    """The model, a chat, OBS: each is named until it is there; why stands in the log."""
    obs = ObsStage(ObsOptions(source="Reply"), clock=FakeClock())
    async with start(ollama, "Twitch", neighbours=(obs,)) as show:
        await show.clock.advance(0.5)
        assert show.lines == [], "most things come up in a moment"
        await show.clock.advance(3)
        assert show.lines == ["Not on air yet. Missing: gpt-oss:120b, Twitch, OBS."]
        show.ready.found()
        [twitch] = show.chats
        twitch.receive(Heartbeat("listening", 60, live=True))
        await show.clock.advance(4)
        assert show.lines[1:] == ["Not on air yet. Missing: OBS."]
        for _ in range(3):
            await show.clock.advance(61)  # the promise is broken, and kept again
            twitch.receive(Heartbeat("listening", 60, live=True))
        assert show.lines[2:] == ["Not on air yet. Missing: Twitch, OBS."], "each is said once"
        assert not show.telling.done()


async def test_it_is_on_air_once_the_stream_is(ollama: OllamaStandIn) -> None:
    """All works ten minutes before: that is *ready*; the stream makes it *on air*."""
    async with start(ollama, "Twitch", "YouTube") as show:
        show.ready.found()
        await show.clock.advance(1)
        twitch, youtube = show.chats
        twitch.receive(Heartbeat("listening, not live", 60, live=False))
        youtube.receive(Heartbeat("waiting for the stream", 60, live=False))
        await show.clock.advance(10)
        [line] = show.lines
        assert line == (
            "Ready. The stream has not begun (Twitch: listening, not live; YouTube: waiting for the"
            " stream): the character greets when it does."
        )
        twitch.receive(Heartbeat("listening", 60, live=True))
        await show.clock.advance(1)
        assert show.lines[1:] == ["On air. Ctrl+C ends the show."]
        assert show.telling.done()


async def test_where_nobody_tells_the_first_comment_does(ollama: OllamaStandIn) -> None:
    """The streamer knows that this is how it is, and that nothing is broken."""
    async with start(ollama, "YouTube") as show:
        show.ready.found()
        await show.clock.advance(1)
        show.chats[0].receive(Heartbeat("listening", 60))
        await show.clock.advance(10)
        assert show.lines == [
            "Ready. Nobody tells whether the stream is live: the first comment will."
        ]


async def test_without_a_platform_it_is_on_air_at_once(ollama: OllamaStandIn) -> None:
    """The demo waits for nobody but the model."""
    async with start(ollama) as show:
        show.ready.found()
        await show.clock.advance(1)
        assert show.lines == ["On air. Ctrl+C ends the show."]


async def test_posting_needs_nothing_more(
    tmp_path_factory: pytest.TempPathFactory, ollama: OllamaStandIn
) -> None:
    """Whether a message can be posted shows when there is one: it keeps nobody off the air."""
    async with TwitchStandIn() as twitch:
        account = source_of(twitch, tmp_path_factory.mktemp("twitch")).account
        posting = TwitchStage(account, clock=FakeClock())
        async with start(ollama, neighbours=(posting,)) as show:
            show.ready.found()
            await show.clock.advance(1)
            assert show.telling.done()
