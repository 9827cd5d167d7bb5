"""A YouTube live chat as a browser reads it: from the chat's own page on, along its continuations.

Nobody documents it. Each answer holds what to ask for next; ``youtubei/v1/live_chat/get_live_chat``
is where.
"""

from collections.abc import AsyncGenerator, Awaitable
from typing import Final

import httpx

from bot.clock import Clock
from bot.youtube.readers.continuation import all_comments, following_part, part_of, read_page
from bot.youtube.readers.wire import PATIENCE, check, content, unreachable, within

_PAGE = "https://www.youtube.com/live_chat"
_CHAT = "https://www.youtube.com/youtubei/v1/live_chat/get_live_chat"
_HEADERS = {
    "User-Agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/142.0.0.0 Safari/537.36",
    "Accept-Language": "en-US,en;q=0.9",
    "Origin": "https://www.youtube.com",
}
_COOKIES = {"SOCS": "CAI"}
"""The answer to YouTube's page about cookies, without which some countries see nothing else."""


class PageReader:
    """Reads a live chat through its own page, without a key."""

    name: Final = "page"
    about: Final = "listening through YouTube's page"

    def __init__(self, *, clock: Clock, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._clock = clock
        self._transport = transport

    async def read(self, video: str, *, known: bool) -> AsyncGenerator[list[object]]:
        """Yield the raw actions of each answer; see ``Reader``."""
        async with httpx.AsyncClient(
            transport=self._transport, timeout=PATIENCE, headers=_HEADERS, cookies=_COOKIES
        ) as client:
            shown = await self._ask(client.get(_PAGE, params={"is_popout": "1", "v": video}))
            context, chat = read_page(shown.text, video, known=known)
            continuation = all_comments(chat)
            part = None if continuation else part_of(chat)
            while continuation or part:
                if part:
                    yield part.actions
                    await self._clock.sleep(part.interval)
                    continuation = part.continuation
                asked = {"context": context, "continuation": continuation}
                answer = await self._ask(client.post(_CHAT, json=asked))
                continuation, part = "", following_part(content(answer))

    async def _ask(self, answer: Awaitable[httpx.Response]) -> httpx.Response:
        try:
            response = await within(self._clock, PATIENCE, answer)
        except httpx.HTTPError as error:
            raise unreachable(error) from error
        check(response)
        return response
