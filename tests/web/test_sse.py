"""A feed's connections stay open, and its readers are not forgotten."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
from aiohttp import web

from bot.web.sse import Feed
from tests.standins.serving import serve
from tests.support.clock import FakeClock


@asynccontextmanager
async def _followed(
    feed: Feed,
) -> AsyncIterator[tuple[aiohttp.ClientResponse, aiohttp.ClientSession]]:
    app = web.Application()
    app.router.add_get("/", feed.serve)
    runner = await serve(app)
    address = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    async with (
        asyncio.timeout(30),
        aiohttp.ClientSession() as session,
        session.get(address) as response,
    ):
        yield response, session
    await runner.cleanup()


async def test_a_silent_feed_gives_signs_of_life() -> None:
    """Every quarter of a minute, so that nobody on the way takes the connection for dead."""
    clock = FakeClock()
    feed = Feed(clock)
    async with _followed(feed) as (response, _):
        assert await response.content.readline() == b"retry: 1000\n"
        await response.content.readline()
        for _ in range(2):
            await clock.asleep()
            await clock.advance(15)
            assert await response.content.readline() == b": alive\n"
            await response.content.readline()
        feed.publish("note", {"text": "hi"})
        assert (await response.content.readline()).endswith(b"-1\n")
        feed.close()
        assert (await response.content.read()).endswith(b"\n\n")


async def test_nothing_is_told_that_is_not_written_yet() -> None:
    """What the streamer has been shown must be there after a crash."""
    written = asyncio.Event()

    async def until_written() -> None:
        await written.wait()

    feed = Feed(FakeClock(), kept=9, written=until_written)
    async with _followed(feed) as (response, session):
        await feed.joined()
        feed.publish("comment", {"text": "paid"}, is_kept=True)
        assert await response.content.readline() == b"retry: 1000\n"
        await response.content.readline()
        told = asyncio.create_task(response.content.readuntil(b"paid"))
        async with session.get(response.url / "else"):
            pass  # all that was to be sent until now is here
        assert not told.done()
        written.set()
        assert b"comment" in await told
        feed.close()
