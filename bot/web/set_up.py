"""The set-up page: what there is to be set, what is answered, and a check-up of it all."""

import asyncio
import json
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Protocol, TypeAlias

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from bot.errors import BotError
from bot.web.door import Door
from bot.web.mailbox import Mailbox
from bot.web.security import refusal, unauthorised

Lines: TypeAlias = AsyncGenerator[Mapping[str, Any]]


class Answers(BaseModel):
    """What ``POST api/setup`` takes: values by the keys of the settings."""

    model_config = ConfigDict(extra="forbid")

    answers: dict[str, str] = Field(max_length=20)


class Desk(Protocol):
    """What the page asks for."""

    async def questions(self) -> Sequence[Mapping[str, Any]]:
        """Return what is asked: ``key``, ``text``, ``proposed``, ``choices`` and more of each.

        Raises:
            BotError: the settings that are there cannot be read.
        """
        ...

    async def save(self, answers: Mapping[str, str]) -> str:
        """Keep answers; return the file that they are in.

        Raises:
            BotError: one of them is wrong, and all is as it was before.
        """
        ...

    def findings(self) -> Lines:
        """Look at each part; yield ``part``, ``grade`` and ``told`` of it."""
        ...


@dataclass(frozen=True, slots=True)
class FirstTime:
    """What is offered only while the show is not on.

    Attributes:
        sign_in: signs in at Twitch; yields the ``address`` to be opened, then what was ``told``.
        done: set when the streamer wants to go on.
    """

    sign_in: Callable[[], Lines]
    done: asyncio.Event = field(default_factory=asyncio.Event)


class SetUp:
    """Answers the page, for whoever is at the desk.

    Args:
        door: who that is.
        mailbox: reads what is sent.
        at: what does all this.
        first_time: what is offered besides; None while a show is on.
    """

    def __init__(
        self, door: Door, mailbox: Mailbox, at: Desk, first_time: FirstTime | None = None
    ) -> None:
        self._door = door
        self._mailbox = mailbox
        self._at = at
        self._first_time = first_time

    def routes(self, at: str) -> list[web.RouteDef]:
        """Return the routes, under a path."""
        return [
            web.get(f"{at}/api/setup", self._guarded(self._ask)),
            web.post(f"{at}/api/setup", self._guarded(self._save)),
            web.get(f"{at}/api/check", self._guarded(self._check)),
            web.post(f"{at}/api/setup/twitch", self._guarded(self._sign_in)),
            web.post(f"{at}/api/setup/done", self._guarded(self._finish)),
        ]

    def _guarded(
        self, answer: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def guarded(request: web.Request) -> web.StreamResponse:
            if not await self._door.is_open_to(request):
                return unauthorised()
            try:
                return await answer(request)
            except BotError as error:
                return refusal(HTTPStatus.BAD_REQUEST, str(error))

        return guarded

    async def _ask(self, _: web.Request) -> web.Response:
        questions = list(await self._at.questions())
        return web.json_response({"questions": questions, "first": self._first_time is not None})

    async def _save(self, request: web.Request) -> web.Response:
        sent = await self._mailbox.take(request, Answers, '{"answers": {"BOT_LANGUAGE": "ja"}}')
        if isinstance(sent, web.Response):
            return sent
        return web.json_response({"path": await self._at.save(sent.answers)})

    async def _check(self, request: web.Request) -> web.StreamResponse:
        return await _told_in_lines(request, self._at.findings())

    async def _sign_in(self, request: web.Request) -> web.StreamResponse:
        if self._first_time is None:
            raise web.HTTPNotFound
        return await _told_in_lines(request, self._first_time.sign_in())

    async def _finish(self, _: web.Request) -> web.Response:
        if self._first_time is None:
            raise web.HTTPNotFound
        self._first_time.done.set()
        return web.json_response({})


async def _told_in_lines(request: web.Request, lines: Lines) -> web.StreamResponse:
    """Answer with JSON, a line for each as soon as it is known; the last may be an ``error``."""
    response = web.StreamResponse(headers={"Content-Type": "application/x-ndjson"})
    with suppress(ConnectionError):  # the reader leaves, as readers do
        await response.prepare(request)
        try:
            async with aclosing(lines) as told:
                async for line in told:
                    await response.write(_line(line))
        except BotError as error:
            await response.write(_line({"error": str(error)}))
    return response


def _line(told: Mapping[str, Any]) -> bytes:
    return json.dumps(told, ensure_ascii=False).encode(errors="replace") + b"\n"
