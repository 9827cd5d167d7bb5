"""A feed: server-sent events to any number of pages and scripts.

The format: https://html.spec.whatwg.org/multipage/server-sent-events.html.
"""

import asyncio
import json
import secrets
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from bot.clock import Clock, time_limit

_QUEUE_LIMIT = 500
"""Events kept for one slow reader; then it is cut off, comes back, and is sent the state."""
_AT_ONCE = 200
"""Events of the past that are sent at once: the show goes on between."""
_KEEP_ALIVE = 15.0
_RETRY_MS = 1000


@dataclass(frozen=True, slots=True)
class _Event:
    """An event that readers are sent who come later; ``about`` is what it tells of."""

    number: int
    name: str
    data: Mapping[str, Any]
    about: tuple[Any, ...]


class Feed:
    """Events as they happen. Every reader is first sent what ``opening`` returns, if anything.

    A reader who comes later, or comes back, is also sent what it has missed of the events that are
    kept, and then ``caught-up``.

    Args:
        clock: the time that readers are kept waiting by.
        opening: the event that tells a reader, at every connect, what is true now.
        kept: how many events are kept.
        written: returns when all is written down that events tell of; none is sent before.
    """

    def __init__(
        self,
        clock: Clock,
        opening: Callable[[], tuple[str, Mapping[str, Any]]] | None = None,
        *,
        kept: int = 0,
        written: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self._clock = clock
        self._opening = opening
        self._written = written
        self._past = deque[_Event](maxlen=kept)
        self._readers: dict[asyncio.Queue[bytes | None], web.Request] = {}
        self._run = secrets.token_hex(4)
        """Tells the events of this run from those of another, whose numbers are the same."""
        self._last_number = 0
        self._joined = asyncio.Event()

    async def joined(self) -> None:
        """Return as soon as somebody follows it."""
        await self._joined.wait()

    def keep(self, name: str, data: Mapping[str, Any], *about: Any) -> None:
        """Keep an event for those who come later; who is here knows of it."""
        self._last_number += 1
        self._past.append(_Event(self._last_number, name, data, about))

    def publish(
        self, name: str, data: Mapping[str, Any], *about: Any, is_kept: bool = False
    ) -> None:
        """Send an event to every reader. Returns at once and cannot fail.

        Args:
            name: of the event.
            data: what it says.
            about: what it tells of, by which ``forget`` finds it.
            is_kept: whether those who come later are sent it, too.
        """
        if is_kept:
            self.keep(name, data, *about)
        else:
            self._last_number += 1
        event = self._encoded(self._last_number, name, data)
        for reader, request in tuple(self._readers.items()):
            if reader.qsize() >= _QUEUE_LIMIT:
                del self._readers[reader]
                # Not closed: that would wait for the reader to take what was sent before.
                if request.transport:
                    request.transport.abort()
            else:
                reader.put_nowait(event)

    def forget(self, is_over: Callable[[Any], bool]) -> None:
        """Keep no event any more that tells of something that is over."""
        kept = [event for event in self._past if not any(map(is_over, event.about))]
        self._past = deque(kept, self._past.maxlen)

    def close(self) -> None:
        """End every reader's connection once it has what was published."""
        for reader in self._readers:
            reader.put_nowait(None)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Answer a request with the feed, until the reader leaves or the feed is closed."""
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "X-Accel-Buffering": "no"}
        )
        with suppress(ConnectionError):  # the reader leaves, as readers do
            await self._send(request, response)
        return response

    async def _send(self, request: web.Request, response: web.StreamResponse) -> None:
        await response.prepare(request)
        reader: asyncio.Queue[bytes | None] = asyncio.Queue()
        # No await between taking the state and joining: nothing can be missed or come twice.
        missed = self._missed(request)
        self._readers[reader] = request
        self._joined.set()
        try:
            await response.write(b"retry: %d\n\n" % _RETRY_MS)
            await self._until_written()
            for first in range(0, len(missed), _AT_ONCE):
                batch = missed[first : first + _AT_ONCE]
                await response.write(b"".join(self._encoded(*event) for event in batch))
                await asyncio.sleep(0)
            while True:
                try:
                    async with time_limit(self._clock, _KEEP_ALIVE):
                        event = await reader.get()
                except TimeoutError:
                    event = b": alive\n\n"
                if event is None:
                    return
                await self._until_written()
                await response.write(event)
        finally:
            self._readers.pop(reader, None)

    async def _until_written(self) -> None:
        if self._written:
            await self._written()

    def _missed(self, request: web.Request) -> list[tuple[int, str, Mapping[str, Any]]]:
        """Return what a reader is sent first: number, name and data of each event."""
        missed = []
        if self._opening:
            missed.append((self._last_number, *self._opening()))
        if self._past.maxlen:
            run, _, number = request.headers.get("Last-Event-ID", "").partition("-")
            last = int(number) if run == self._run and number.isascii() and number.isdigit() else 0
            past = (event for event in self._past if event.number > last)
            missed += [(event.number, event.name, event.data) for event in past]
            missed.append((self._last_number, "caught-up", {}))
        return missed

    def _encoded(self, number: int, name: str, data: Mapping[str, Any]) -> bytes:
        body = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
        event = f"id: {self._run}-{number}\nevent: {name}\ndata: {body}\n\n"
        return event.encode(errors="replace")
