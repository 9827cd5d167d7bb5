"""A feed's connections stay open, and its readers are not forgotten."""

import asyncio

import aiohttp
from aiohttp import web

from bot.web.sse import Feed
from tests.standins.serving import serve
from tests.support.clock import FakeClock


async def test_a_silent_feed_gives_signs_of_life() -> None:
    """Every quarter of a minute, so that nobody on the way takes the connection for dead."""
    clock = FakeClock()
    feed = Feed(clock)
    app = web.Application()
    app.router.add_get("/", feed.serve)
    runner = await serve(app)
    address = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    async with (
        asyncio.timeout(10),
        aiohttp.ClientSession() as session,
        session.get(address) as response,
    ):
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
    await runner.cleanup()
