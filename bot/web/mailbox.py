"""The mailbox: what scripts and pages send, read in good time, and checked."""

import asyncio
import logging
from http import HTTPStatus
from typing import Final, TypeVar

from aiohttp import web
from pydantic import BaseModel, ValidationError

from bot.clock import Clock, time_limit
from bot.faults import in_words
from bot.translation import tr
from bot.web.security import refusal

log = logging.getLogger(__name__)

BODY_LIMIT: Final = 1024 * 1024
_SECONDS = 10.0
_READERS = 8

_Sent = TypeVar("_Sent", bound=BaseModel)


class Mailbox:
    """Reads few bodies at a time, so that many that never end cost little.

    Args:
        clock: the time in which one has to come.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._reading = asyncio.Semaphore(_READERS)

    async def take(
        self, request: web.Request, kind: type[_Sent], example: str
    ) -> _Sent | web.Response:
        """Return what was sent, or what to answer where it is not that.

        Args:
            request: which brings it.
            kind: what it should be.
            example: of such a one, for people.
        """
        try:
            async with time_limit(self._clock, _SECONDS), self._reading:
                body = await request.read()
        except TimeoutError:
            return refusal(HTTPStatus.REQUEST_TIMEOUT, tr("It took too long to come."))
        except web.HTTPRequestEntityTooLarge:
            return refusal(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                tr("{most} bytes are the most.", most=BODY_LIMIT),
            )
        try:
            return kind.model_validate_json(body)
        except ValidationError as error:
            problem = error.errors(include_url=False, include_input=False)[0]
            why = f"{'.'.join(map(str, problem['loc'])) or 'body'}: {in_words(problem)}."
            log.info(tr("Refused what a page or script sent: {why}", why=why))
            return refusal(
                HTTPStatus.BAD_REQUEST,
                tr("{why} Send JSON in UTF-8, such as {example}.", why=why, example=example),
            )
