"""What scripts and the panel may ask and order: the status, the queue, and commands."""

import json
import re
from collections.abc import Callable, Mapping
from functools import cache, partial
from http import HTTPStatus
from pathlib import Path
from typing import Any

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from bot.translation import tr
from bot.web.door import Door
from bot.web.mailbox import Mailbox
from bot.web.phone import Phone
from bot.web.security import refusal, unauthorised

_NUMBER = re.compile(r"[0-9]{1,9}")
_DESCRIPTION = Path(__file__).with_name("openapi.json")


class Ordered(BaseModel):
    """What ``POST /api/commands`` takes; ``!`` in front of the command may be left out."""

    model_config = ConfigDict(extra="forbid")

    command: str = Field(min_length=1, max_length=500)
    author: str = Field(default="panel", min_length=1, max_length=40)


class Api:
    """Answers in JSON, to whoever brings the token, or at the desk the cookie.

    Args:
        door: who that is.
        mailbox: reads what is sent.
        phone: invites one.
        status: returns how the show is.
        queue: returns who waits, and who is being answered.
        figures: returns what the charts are drawn of, from a number on.
        order: carries out a command of somebody, and returns what became of it; None where the show
            has not begun.
    """

    def __init__(
        self,
        door: Door,
        mailbox: Mailbox,
        phone: Phone,
        *,
        status: Callable[[], Mapping[str, Any]],
        queue: Callable[[], Mapping[str, Any]],
        figures: Callable[[int], Mapping[str, Any]],
        order: Callable[[str, str], str | None],
    ) -> None:
        self._door = door
        self._mailbox = mailbox
        self._phone = phone
        self._status = status
        self._queue = queue
        self._figures = figures
        self._order = order

    def routes(self, at: str = "") -> list[web.RouteDef]:
        """Return the routes, under a path."""
        return [
            web.get(f"{at}/api/status", self._tell_status),
            web.get(f"{at}/api/queue", self._tell_queue),
            web.get(f"{at}/api/figures", self._tell_figures),
            web.post(f"{at}/api/commands", self._obey),
            web.post(f"{at}/api/phone", self._phone.invite),
            web.get(f"{at}/api/openapi.json", self._describe),
        ]

    async def _tell_status(self, request: web.Request) -> web.Response:
        return await self._tell(request, self._status)

    async def _tell_queue(self, request: web.Request) -> web.Response:
        return await self._tell(request, self._queue)

    async def _tell_figures(self, request: web.Request) -> web.Response:
        since = request.query.get("since", "0")
        if not _NUMBER.fullmatch(since):
            return refusal(HTTPStatus.BAD_REQUEST, tr("since: it is the number of a sample."))
        return await self._tell(request, partial(self._figures, int(since)))

    async def _tell(
        self, request: web.Request, ask: Callable[[], Mapping[str, Any]]
    ) -> web.Response:
        if not await self._door.is_open_to(request):
            return unauthorised()
        return web.json_response(ask())

    async def _obey(self, request: web.Request) -> web.Response:
        if not await self._door.is_open_to(request):
            return unauthorised()
        ordered = await self._mailbox.take(request, Ordered, '{"command": "!pause"}')
        if isinstance(ordered, web.Response):
            return ordered
        answer = self._order(ordered.command, ordered.author)
        if answer is None:
            return refusal(HTTPStatus.SERVICE_UNAVAILABLE, tr("The show has not begun yet."))
        return web.json_response({"answer": answer})

    async def _describe(self, _: web.Request) -> web.Response:
        return web.json_response(description())


@cache
def description() -> Mapping[str, Any]:
    """Return the description of the interface, as OpenAPI 3.1 has it."""
    told: Mapping[str, Any] = json.loads(_DESCRIPTION.read_text("utf-8"))
    return told
