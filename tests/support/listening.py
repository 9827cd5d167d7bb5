"""A show that listens to YouTube, on simulated time: the real listener, source, readers, intake."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from types import SimpleNamespace

import pytchat.core.pytchat
import pytest

from bot.chat import Comment, Retraction
from bot.intake.queue import CommentQueue
from bot.sources import Heard
from bot.sources.listener import Listener
from bot.youtube.readers import Reader
from bot.youtube.source import YouTubeSource
from tests.standins.youtube import YouTubeStandIn
from tests.support.clock import FakeClock
from tests.support.intake import dispatcher


class Show:
    """A show that listens to YouTube: what its intake heard."""

    def __init__(self, youtube: YouTubeStandIn, clock: FakeClock, source: YouTubeSource) -> None:
        self.comments: list[Comment] = []
        self.retractions: list[Retraction] = []
        self.received: list[str] = []
        self.youtube = youtube
        self.clock = clock
        queue = CommentQueue(names=["Botan"], clock=clock)
        self.dispatcher = dispatcher(queue, clock, witnesses=[self], holders=[self])
        self.source = source
        self.listener = Listener(source, clock=clock)

    def hear(self, comment: Comment) -> None:
        """Take note of a comment that the dispatcher has taken."""
        self.comments.append(comment)

    def retract(self, retraction: Retraction) -> None:
        """Take note of a retraction."""
        self.retractions.append(retraction)

    def receive(self, heard: Heard) -> None:
        """Take what is heard, and note it whatever the intake makes of it."""
        if isinstance(heard, Comment):
            self.received.append(heard.text)
        self.dispatcher.receive(heard)

    @property
    def state(self) -> str:
        """What the streamer is told."""
        return self.listener.state

    @property
    def heard(self) -> list[str]:
        """The texts of what was heard, in order; the source itself repeats nothing."""
        heard = [comment.text for comment in self.comments]
        assert heard == self.received
        return heard

    async def until(self, told: str) -> None:
        """Let time pass until the streamer is told this, or a minute."""
        for _ in range(60):
            if told in self.state:
                break
            await self.elapse(1)
        assert told in self.state

    async def elapse(self, seconds: float) -> None:
        """Let time pass."""
        await self.youtube.elapse(self.clock, seconds)


@contextmanager
def no_pauses() -> Iterator[None]:
    """Keep pytchat from pausing, which it does in real time."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        pauses = SimpleNamespace(sleep=lambda _seconds: None)
        monkeypatch.setattr(pytchat.core.pytchat, "time", pauses)
        yield


@asynccontextmanager
async def listening(
    *readers: str,
    wanted: str = "",
    clock: FakeClock | None = None,
    interval: float = 5,
    also: Sequence[Reader] = (),
) -> AsyncIterator[Show]:
    """Listen to a stream through these readers, or to what is wanted.

    The listener begins to run when time begins to pass.
    """
    clock = clock or FakeClock()
    with no_pauses():
        began = clock.now()
        async with YouTubeStandIn(
            interval=interval, now=lambda: began + timedelta(seconds=clock.monotonic())
        ) as youtube:
            show = Show(youtube, clock, youtube.source(clock, readers, wanted=wanted, also=also))
            running = asyncio.create_task(show.listener.run(show.receive))
            try:
                yield show
            finally:
                running.cancel()
                await asyncio.wait({running})
