"""A feed: server-sent events to any number of pages and scripts.

The format: https://html.spec.whatwg.org/multipage/server-sent-events.html.
"""

import asyncio
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from aiohttp import web

from bot.clock import Clock, time_limit

_QUEUE_LIMIT = 500
"""Events kept for one slow reader; then it is cut off, comes back, and is sent the state."""
_KEEP_ALIVE = 15.0
_RETRY_MS = 1000


class Feed:
    """Events as they happen. Every reader is first sent what ``opening`` returns, if anything.

    Args:
        clock: the time that readers are kept waiting by.
        opening: the event that tells a reader, at every connect, what is true now.
    """

    def __init__(
        self, clock: Clock, opening: Callable[[], tuple[str, Mapping[str, Any]]] | None = None
    ) -> None:
        self._clock = clock
        self._opening = opening
        self._readers: dict[asyncio.Queue[bytes | None], web.Request] = {}
        self._last_id = 0

    def publish(self, name: str, data: Mapping[str, Any]) -> None:
        """Send an event to every reader. Returns at once and cannot fail."""
        self._last_id += 1
        event = self._event(name, data)
        for reader, request in tuple(self._readers.items()):
            if reader.qsize() >= _QUEUE_LIMIT:
                del self._readers[reader]
                # Not closed: that would wait for the reader to take what was sent before.
                if request.transport:
                    request.transport.abort()
            else:
                reader.put_nowait(event)

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
        opening = self._event(*self._opening()) if self._opening else b""
        self._readers[reader] = request
        try:
            await response.write(b"retry: %d\n\n" % _RETRY_MS + opening)
            while True:
                try:
                    async with time_limit(self._clock, _KEEP_ALIVE):
                        event = await reader.get()
                except TimeoutError:
                    event = b": alive\n\n"
                if event is None:
                    return
                await response.write(event)
        finally:
            self._readers.pop(reader, None)

    def _event(self, name: str, data: Mapping[str, Any]) -> bytes:
        body = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
        return f"id: {self._last_id}\nevent: {name}\ndata: {body}\n\n".encode(errors="replace")
