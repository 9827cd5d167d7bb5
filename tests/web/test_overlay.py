"""The overlay's feed, read over HTTP as a page or a script reads it."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from bot.chat import Author, Comment, Money, Platform, Reply, Role
from bot.clock import SystemClock
from bot.persona import load
from bot.web.overlay import OverlayStage, comment_json
from tests.standins.serving import serve

_PATIENCE = 30.0
COMMENT = Comment(
    Platform.TWITCH,
    "m1",
    Author("42", "太郎", frozenset({Role.MEMBER}), colour="#1e90ff"),
    "こんにちは <b>",
    datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
    Money(Decimal("5.00"), "EUR"),
)
COMMENT_JSON: dict[str, Any] = {
    "platform": "twitch",
    "id": "m1",
    "author": {
        "id": "42",
        "name": "太郎",
        "roles": ["member"],
        "badges": [],
        "colour": "#1e90ff",
        "badge_pictures": [],
        "avatar": "",
    },
    "text": "こんにちは <b>",
    "at": "2026-01-02T03:04:05Z",
    "paid": {"amount": "5.00", "currency": "EUR"},
    "membership": None,
    "channel": "",
    "origin": "",
    "reply_to": "",
    "mentions": [],
    "emotes": [],
    "tier": 3,
}
THINKING = Reply(7, (COMMENT,))
SAYING = THINKING.saying("やあ、太郎。", "joy")
SAID = SAYING.saying("Hi!", "calm")


@dataclass
class Overlay:
    """A stage and the server that its feed is read from.

    ``left`` is set whenever the feed is done with a reader.
    """

    stage: OverlayStage
    port: int = 0
    left: asyncio.Event = field(default_factory=asyncio.Event)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Answer with the feed."""
        try:
            return await self.stage.feed.serve(request)
        finally:
            self.left.set()

    async def has_left(self) -> None:
        """Wait until the feed is done with a reader."""
        async with asyncio.timeout(_PATIENCE):
            await self.left.wait()
        self.left.clear()


class Reader:
    """Reads one connection to the feed."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self.response = response
        self.ids: list[int] = []

    async def next(self) -> tuple[str, Any]:
        """Return the next event's name and data."""
        fields: dict[str, str] = {}
        async with asyncio.timeout(_PATIENCE):
            while (line := (await self.response.content.readline()).decode()) != "\n" or (
                "event" not in fields
            ):
                assert line, "the feed has ended"
                name, _, value = line.rstrip("\n").partition(": ")
                fields[name] = value
        self.ids.append(int(fields["id"].rpartition("-")[2]))
        return fields["event"], json.loads(fields["data"])

    async def take(self, count: int) -> list[tuple[str, Any]]:
        """Return this many events."""
        return [await self.next() for _ in range(count)]


@pytest.fixture
async def overlay() -> AsyncIterator[Overlay]:
    """A stage on which nothing is shown."""
    overlay = Overlay(OverlayStage(persona="Mika", language="en", clock=SystemClock()))
    app = web.Application()
    app.router.add_get("/api/events", overlay.serve)
    runner = await serve(app)
    overlay.port = runner.addresses[0][1]
    yield overlay
    overlay.stage.feed.close()
    await runner.cleanup()


@asynccontextmanager
async def reading(overlay: Overlay) -> AsyncIterator[Reader]:
    """Connect to the feed."""
    async with (
        aiohttp.ClientSession(read_bufsize=2**26) as session,
        session.get(f"http://127.0.0.1:{overlay.port}/api/events") as response,
    ):
        yield Reader(response)


def state(reply: Mapping[str, Any] | None, *, paused: bool = False) -> tuple[str, Any]:
    """Return the event that tells the whole state."""
    about = {"persona": "Mika", "language": "en", "sound": False, "heard": "overlay", "credit": ""}
    about["face"] = ""
    return "state", {**about, "paused": paused, "poll": None, "reply": reply}


async def test_tells_a_reply_as_it_is_spoken(overlay: Overlay) -> None:
    """One event for the beginning, one for each sentence, one for the end; as documented."""
    async with reading(overlay) as reader:
        assert reader.response.content_type == "text/event-stream"
        assert await reader.next() == state(None)
        overlay.stage.show(THINKING, finished=False)
        overlay.stage.show(SAYING, finished=False)
        overlay.stage.show(SAID, finished=False)
        overlay.stage.show(SAID, finished=True)
        overlay.stage.clear()
        assert await reader.take(5) == [
            ("reply.started", {"id": 7, "answers": [COMMENT_JSON]}),
            ("reply.sentence", {"id": 7, "position": 0, "text": "やあ、太郎。", "mood": "joy"}),
            ("reply.sentence", {"id": 7, "position": 1, "text": "Hi!", "mood": "calm"}),
            ("reply.finished", {"id": 7, "sentences": ["やあ、太郎。", "Hi!"]}),
            ("cleared", {}),
        ]
        assert reader.ids == sorted(reader.ids)
        assert len({*reader.ids}) == 6


async def test_a_reply_may_begin_with_words(overlay: Overlay) -> None:
    """A reply that is first shown with a sentence, and one after another, miss no event."""
    async with reading(overlay) as reader:
        await reader.next()
        overlay.stage.show(Reply(1, (), ("Good evening.",)), finished=True)
        overlay.stage.show(Reply(2, ()), finished=False)
        assert await reader.take(4) == [
            ("reply.started", {"id": 1, "answers": []}),
            ("reply.sentence", {"id": 1, "position": 0, "text": "Good evening.", "mood": ""}),
            ("reply.finished", {"id": 1, "sentences": ["Good evening."]}),
            ("reply.started", {"id": 2, "answers": []}),
        ]


@pytest.mark.parametrize(
    ("reply", "finished"), [(THINKING, False), (SAYING, False), (SAID, False), (SAID, True)]
)
async def test_a_page_that_comes_late_sees_what_the_others_see(
    overlay: Overlay, reply: Reply, *, finished: bool
) -> None:
    """At every connect the state tells the reply on stage, and only what is new follows."""
    overlay.stage.show(THINKING, finished=False)
    overlay.stage.show(reply, finished=finished)
    async with reading(overlay) as reader:
        shown = {
            "id": 7,
            "answers": [COMMENT_JSON],
            "sentences": list(reply.sentences),
            "mood": reply.mood,
            "finished": finished,
        }
        assert await reader.next() == state(shown)
        overlay.stage.show(reply.saying("Bye."), finished=False)
        assert await reader.next() == (
            "reply.sentence",
            {"id": 7, "position": len(reply.sentences), "text": "Bye.", "mood": reply.mood},
        )
        overlay.stage.clear()
        assert await reader.next() == ("cleared", {})
    async with reading(overlay) as reader:
        assert await reader.next() == state(None)


async def test_tells_a_pause(overlay: Overlay) -> None:
    """Clearing an empty stage is no news; what a command changed is told with the whole state."""
    async with reading(overlay) as reader:
        await reader.next()
        overlay.stage.clear()
        overlay.stage.announce(paused=True)
        assert await reader.next() == state(None, paused=True)


async def test_every_reader_is_told(overlay: Overlay) -> None:
    """Two pages and a script see the same."""
    async with reading(overlay) as one, reading(overlay) as two:
        for reader in (one, two):
            await reader.next()
        overlay.stage.show(THINKING, finished=False)
        assert (await one.next()) == (await two.next())


async def test_cuts_off_a_reader_that_does_not_read(overlay: Overlay) -> None:
    """It holds up nobody and no memory; when it comes back it is sent the state."""
    writer_task = asyncio.open_connection("127.0.0.1", overlay.port)
    lazy, request = await asyncio.wait_for(writer_task, _PATIENCE)
    request.write(b"GET /api/events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    await lazy.readuntil(b"state")
    async with reading(overlay) as reader:
        await reader.next()
        # More than the system's own buffers take, so that the feed has to wait for the reader.
        overlay.stage.feed.publish("large", {"text": "x" * 30_000_000})
        await reader.next()
        for number in range(510):
            overlay.stage.feed.publish("small", {"number": number})
            assert await reader.next() == ("small", {"number": number})
        await overlay.has_left()
        overlay.stage.show(SAYING, finished=False)
        assert (await reader.next())[0] == "reply.started"
    request.close()
    async with reading(overlay) as reader:
        name, data = await reader.next()
        assert (name, data["reply"]["sentences"]) == ("state", ["やあ、太郎。"])


async def test_forgets_a_reader_that_leaves(overlay: Overlay) -> None:
    """A page that was closed is noticed at the next event or two, and is no error."""
    async with reading(overlay) as reader:
        await reader.next()
    async with asyncio.timeout(_PATIENCE):
        while not overlay.left.is_set():
            overlay.stage.announce(paused=False)
            await asyncio.sleep(0)


async def test_closing_ends_every_reader(overlay: Overlay) -> None:
    """When the show ends, readers get what was published, and then the end of the response."""
    async with reading(overlay) as one, reading(overlay) as two:
        for reader in (one, two):
            await reader.next()
        overlay.stage.show(SAYING, finished=True)
        overlay.stage.clear()
        overlay.stage.feed.close()
        for reader in (one, two):
            names = [name for name, _ in await reader.take(4)]
            assert names == ["reply.started", "reply.sentence", "reply.finished", "cleared"]
            assert await reader.response.content.read() == b""
    await overlay.has_left()


async def test_publishes_whatever_text_it_is_given(overlay: Overlay) -> None:
    """Line breaks cannot end an event early, and what UTF-8 cannot hold does not fail."""
    async with reading(overlay) as reader:
        await reader.next()
        overlay.stage.feed.publish("note", {"text": "a\n\nevent: cleared\r\n\u2028 \ud800 b"})
        text = "a\n\nevent: cleared\r\n\u2028 ? b"
        assert await reader.next() == ("note", {"text": text})


def test_a_comment_without_money() -> None:
    """What was not paid is null, and the roles are a list."""
    told = comment_json(Comment(Platform.LOCAL, "1", Author("1", "a"), "", COMMENT.at))
    assert told["paid"] is None
    assert told["author"]["roles"] == []


async def test_another_character_is_told_with_the_next_state() -> None:
    """So that name and language are right from its greeting on."""
    stage = OverlayStage(persona="Mika", language="en", clock=SystemClock())
    stage.play(load("botan"))
    stage.announce(paused=False)
    state = stage._state()[1]  # noqa: SLF001  what every reader is sent first
    assert (state["persona"], state["language"]) == ("牡丹", "ja")
