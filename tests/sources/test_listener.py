"""A source that fails is started again, later each time, and its state can be read."""

import asyncio
import logging
import math
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from bot.chat import Author, Comment, Platform, Retraction
from bot.errors import MisconfiguredError, UnavailableError
from bot.sources import Heard, Heartbeat, Receive
from bot.sources.broadcast import Broadcast
from bot.sources.listener import Listener
from bot.web.local import LocalSource, Posted
from tests.support.clock import FakeClock


class Scripted:
    """A source that does what it is told at each start."""

    label = "scripted"

    def __init__(self, *acts: Callable[[], Awaitable[None]]) -> None:
        self._acts = iter(acts)
        self.starts = 0
        self.receive: Receive = lambda _: None
        self.cancelled = False

    async def listen(self, receive: Receive) -> None:
        """Do the next thing."""
        self.starts += 1
        self.receive = receive
        try:
            await next(self._acts)()
        except asyncio.CancelledError:
            self.cancelled = True
            raise


async def fail() -> None:
    """Fail as a platform that does not answer."""
    raise UnavailableError("The platform does not answer.")


async def be_misconfigured() -> None:
    """Fail as a source that a person must mend."""
    raise MisconfiguredError("The token has run out: get a new one.")


async def end() -> None:
    """End as a stream does."""


async def listen_on() -> None:
    """Listen until cancelled."""
    await asyncio.Event().wait()


@asynccontextmanager
async def running(
    clock: FakeClock, *acts: Callable[[], Awaitable[None]]
) -> AsyncGenerator[tuple[Listener, Scripted, "asyncio.Task[None]"]]:
    """Run a listener over such a source, and cancel what is left of it."""
    source = Scripted(*acts)
    listener = Listener(source, clock=clock)
    assert listener.state == "starting"
    async with asyncio.timeout(30), asyncio.TaskGroup() as tasks:
        task = tasks.create_task(listener.run(lambda _: None))
        await clock.advance(0)
        yield listener, source, task
        task.cancel()


@pytest.mark.parametrize("failure", [fail, be_misconfigured])
async def test_it_starts_again_with_growing_waits(failure: Callable[[], Awaitable[None]]) -> None:
    """The waits double up to twenty seconds, for ever, and each is waited out."""
    clock = FakeClock()
    async with running(clock, *[failure] * 9, end) as (listener, source, task):
        for starts, wait in enumerate([1, 2, 4, 8, 16, 20, 20, 20, 20], 1):
            assert (source.starts, clock.slept[-1]) == (starts, wait)
            assert listener.state.startswith("not listening: ")
            await clock.advance(wait - 0.5)
            assert source.starts == starts
            await clock.advance(0.5)
        assert task.done()
        assert (source.starts, listener.state) == (10, "over")


async def test_the_waits_begin_anew_after_a_steady_time() -> None:
    """A source that worked for more than a minute counts as a good one."""
    clock = FakeClock()

    async def work_and_fail() -> None:
        await clock.sleep(61)
        raise UnavailableError("The connection is lost.")

    async def work_a_little_and_fail() -> None:
        await clock.sleep(59)
        raise UnavailableError("The connection is lost.")

    acts = [fail, fail, fail, work_a_little_and_fail, work_and_fail, fail, end]
    async with running(clock, *acts) as (_, _, task):
        await clock.advance(600)
        assert task.done()
    assert clock.slept == [1, 2, 4, 59, 8, 61, 1, 2]


async def test_its_state_tells(caplog: pytest.LogCaptureFixture) -> None:
    """It is read where it stands, and a failure is one line for people, with the next try."""
    clock = FakeClock()
    async with running(clock, be_misconfigured, listen_on) as (listener, source, _):
        assert listener.label == "scripted"
        assert listener.state == "not listening: The token has run out: get a new one."
        assert caplog.messages[-1] == (
            "scripted: The token has run out: get a new one. Trying again in 1 s."
        )
        assert caplog.records[-1].exc_info is None
        await clock.advance(1)
        assert listener.is_failing, "it has not been heard yet"
        caplog.set_level(logging.INFO)
        source.receive(Heartbeat("listening", within=25))
        assert (listener.state, bool(listener.is_failing)) == ("listening", False)
        assert caplog.messages[-1] == "scripted: listening again, after 1 s."


async def test_the_same_failure_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    """And every ten minutes, with how long it lasts; another failure writes its own line."""
    clock = FakeClock()
    async with running(clock, *[fail] * 40, be_misconfigured, listen_on) as (listener, _, _):
        await clock.advance(30)
        assert listener.state == (
            "not listening: The platform does not answer. It was tried 5 times in 15 s."
        )
        await clock.advance(3600)
    told = [record for record in caplog.records if record.levelname == "ERROR"]
    assert [record.getMessage().partition(" Trying")[0] for record in told] == [
        "scripted: The platform does not answer.",
        "scripted: The platform does not answer. It was tried 35 times in 10 min.",
        "scripted: The token has run out: get a new one. It was tried 41 times in 12 min.",
    ]


async def test_a_source_that_comes_and_goes(caplog: pytest.LogCaptureFixture) -> None:
    """Each of both is told once, not at every turn."""

    async def work_a_little_and_fail() -> None:
        source.receive(Heartbeat("listening", within=math.inf))
        await fail()

    clock = FakeClock()
    caplog.set_level(logging.INFO)
    async with running(clock, fail, *[work_a_little_and_fail] * 9, listen_on) as (_, source, _):
        await clock.advance(300)
    assert [line.partition(" Trying")[0] for line in caplog.messages] == [
        "scripted: The platform does not answer.",
        "scripted: listening again, after 1 s.",
    ]


async def test_a_broken_promise_is_a_failure(caplog: pytest.LogCaptureFixture) -> None:
    """A source that has told when its next sign comes, and gives none, is started again."""
    clock = FakeClock()
    async with running(clock, listen_on, listen_on) as (listener, source, _):
        await clock.advance(3600)
        assert source.starts == 1, "it has promised nothing"
        source.receive(Heartbeat("listening closely", within=25))
        assert listener.state == "listening closely"
        for _ in range(3):
            await clock.advance(24)
            source.receive(Heartbeat("listening closely", within=25))
        await clock.advance(24)
        source.receive(Comment(Platform.LOCAL, "1", Author("1", "mika"), "hi", clock.now()))
        assert listener.alive_at == clock.monotonic()
        await clock.advance(24)
        assert (source.starts, source.cancelled) == (1, False)
        await clock.advance(1)
        assert source.cancelled
        assert listener.state == "not listening: Nothing was heard for 25 s."
        assert caplog.messages == [
            "scripted: Nothing was heard for 25 s. Trying again in 1 s.",
        ]
        await clock.advance(1)
        assert source.starts == 2
        await clock.advance(3600)
        assert source.starts == 2, "a promise ends with the connection that it was made on"


async def test_signs_go_no_further() -> None:
    """What others receive is what was written, and what was taken back."""
    received: list[Heard | Heartbeat] = []
    source = Scripted(listen_on)
    listener = Listener(source, clock=FakeClock())
    running = asyncio.create_task(listener.run(received.append))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    retraction = Retraction(Platform.LOCAL)
    source.receive(Heartbeat("listening", within=25))
    source.receive(retraction)
    assert received == [retraction]
    running.cancel()
    await asyncio.wait({running})


def _comment() -> Comment:
    return Comment(Platform.LOCAL, "1", Author("1", "mika"), "hi", FakeClock().now())


async def test_what_a_source_tells_of_the_stream_is_passed_on() -> None:
    """A sign that tells nothing changes nothing; a stream that is over is not live."""
    broadcast = Broadcast(["scripted"])
    over = asyncio.Event()

    async def until_over() -> None:
        await over.wait()

    source = Scripted(until_over)
    listener = Listener(source, clock=FakeClock(), broadcast=broadcast)
    running = asyncio.create_task(listener.run(lambda _: None))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    source.receive(Heartbeat("waiting", within=25, live=False))
    source.receive(_comment())
    assert not broadcast.is_live, "somebody waits for the stream"
    source.receive(Heartbeat("listening", within=25, live=True))
    source.receive(Heartbeat("trying again", within=25))
    await broadcast.live()
    over.set()
    await asyncio.wait({running})
    assert not broadcast.is_live


async def test_where_a_source_cannot_tell_the_first_comment_does() -> None:
    """A retraction does not: it may be of last week's."""
    broadcast = Broadcast(["scripted"])
    source = Scripted(listen_on)
    listener = Listener(source, clock=FakeClock(), broadcast=broadcast)
    running = asyncio.create_task(listener.run(lambda _: None))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    source.receive(Heartbeat("listening", within=25))
    source.receive(Retraction(Platform.LOCAL))
    assert not broadcast.is_live
    source.receive(_comment())
    await broadcast.live()
    running.cancel()
    await asyncio.wait({running})


async def test_it_ends_with_the_stream() -> None:
    """A source that returns is not started again."""
    async with running(FakeClock(), end) as (listener, source, task):
        assert task.done()
        assert (source.starts, listener.state) == (1, "over")


async def test_cancelling_reaches_the_source() -> None:
    """It can close its connections."""
    async with running(FakeClock(), listen_on) as (listener, source, task):
        assert listener.state == "connecting"
        task.cancel()
        await asyncio.wait({task})
        assert source.cancelled


async def test_a_bug_is_not_taken_for_a_failure() -> None:
    """It is loud, and not retried for ever."""

    async def be_wrong() -> None:
        raise KeyError

    listener = Listener(Scripted(be_wrong), clock=FakeClock())
    with pytest.raises(KeyError):
        await listener.run(lambda _: None)


async def test_the_local_source_hands_on_while_it_is_listened_to() -> None:
    """What is posted becomes a comment of its own, and None tells that nobody listens."""
    source = LocalSource()
    posted = Posted.model_validate({"author": "mika", "text": "hi", "roles": ["moderator"]})
    assert source.post(posted) is None
    received: list[Heard | Heartbeat] = []
    async with asyncio.timeout(30), asyncio.TaskGroup() as tasks:
        task = tasks.create_task(source.listen(received.append))
        await asyncio.sleep(0)
        comments = [source.post(posted), source.post(posted)]
        task.cancel()
    assert received == [Heartbeat("listening", math.inf), *comments]
    first, second = comments
    assert isinstance(first, Comment)
    assert isinstance(second, Comment)
    assert first.key != second.key
    assert (first.platform, first.author.name, first.text) == (Platform.LOCAL, "mika", "hi")
    assert first.author.may_moderate
    assert source.post(posted) is None
