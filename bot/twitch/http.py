"""Requests to Twitch: Helix, and the endpoints that give and take tokens.

Twitch's statuses stand at https://dev.twitch.tv/docs/api/reference/ and
https://dev.twitch.tv/docs/authentication/.
"""

import logging
from http import HTTPStatus
from typing import TypeVar

import aiohttp
import twitchio
from pydantic import BaseModel, ValidationError
from twitchio.http import HTTPClient, Route

from bot.clock import Clock, time_limit
from bot.errors import UnavailableError
from bot.translation import tr

_ANSWER_S = 10.0

# TwitchIO's warnings speak to programmers, and its errors quote the address that failed, which for
# a renewal holds the refresh token. We raise what matters of them ourselves.
logging.getLogger("twitchio").setLevel(logging.CRITICAL)

_Model = TypeVar("_Model", bound=BaseModel)


class TwitchRefusedError(Exception):
    """Twitch refused a request; what that means depends on what was asked.

    Attributes:
        status: of the answer: 400 to 499, but 429.
        message: Twitch's words, in small letters.
    """

    def __init__(self, status: int, message: str) -> None:
        super().__init__(f"{status}: {message}")
        self.status = status
        self.message = message.lower()


async def ask(route: Route, *, client_id: str, clock: Clock, limit: float = _ANSWER_S) -> object:
    """Send one request, and return the answer: JSON, or text where it is none.

    Raises:
        TwitchRefusedError: Twitch does not do what was asked.
        UnavailableError: Twitch does not answer in time, or has trouble of its own.
    """
    http = HTTPClient(client_id=client_id)
    try:
        async with time_limit(clock, limit):
            answer: object = await http.request(route)
    except twitchio.HTTPException as error:
        if error.status == HTTPStatus.TOO_MANY_REQUESTS or error.status >= 500:  # noqa: PLR2004
            raise UnavailableError(
                tr("Twitch answered with an error ({status}).", status=error.status)
            ) from None
        extra: object = error.extra  # any JSON, whatever TwitchIO says
        said = extra.get("message", "") if isinstance(extra, dict) else ""
        raise TwitchRefusedError(error.status, str(said)) from None
    except (aiohttp.ClientError, OSError) as error:
        raise UnavailableError(
            tr("Twitch is not reached ({kind}). Is this machine online?", kind=type(error).__name__)
        ) from None
    except ValueError:
        raise _unreadable() from None
    finally:
        await http.close()
    return answer


def read(model: type[_Model], answer: object) -> _Model:
    """Return an answer as what it should be.

    Raises:
        UnavailableError: it is something else: the page of a hotel's network, say.
    """
    try:
        return model.model_validate(answer)
    except ValidationError:
        raise _unreadable() from None  # the cause may hold a token


def _unreadable() -> UnavailableError:
    return UnavailableError(tr("Twitch's answer cannot be read; perhaps a network is in between."))
