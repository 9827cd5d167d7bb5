"""The door: who is let in, by a token, by a code that is good once, or by the cookie for either."""

import hmac
import secrets
from collections import deque
from typing import Final

from aiohttp import hdrs, web
from pydantic import SecretStr

from bot.clock import Clock

_CODES = 10
_CODE_SECONDS = 120.0
_WRONG = 10
_MINUTE = 60.0
_SLOWED = 2.0


class Door:
    """Lets in whoever brings the token; a browser gets a cookie for it.

    Cookies know no ports: one for 127.0.0.1 goes to every server there. Ours has the port in its
    name, and goes no further than to the pages of the desk, whose path has it, too. It holds no
    token, only what is made of one.

    Args:
        token: what scripts and pages must bring.
        clock: the time in which a code is good, and by which guesses are counted.
    """

    def __init__(self, token: SecretStr, clock: Clock) -> None:
        self._token = token.get_secret_value()
        self._pass: Final = hmac.digest(self._token.encode(), b"desk", "sha256").hex()
        self._clock = clock
        self._codes: dict[str, float] = {}
        """When each was made."""
        self._wrong = deque[float](maxlen=_WRONG)
        """When the last wrong tokens were brought."""

    def code(self) -> str:
        """Return what lets one browser in, within two minutes.

        An address that a browser is opened with stands in the list of processes, which everybody
        on the machine may read.
        """
        while len(self._codes) >= _CODES:
            self._codes.pop(next(iter(self._codes)))
        code = secrets.token_urlsafe(16)
        self._codes[code] = self._clock.monotonic()
        return code

    async def lets_in(self, *, token: str | None = None, code: str | None = None) -> bool:
        """Return whether somebody may have a cookie. A code is good no more after this."""
        if code is not None and (made := self._codes.pop(code, None)) is not None:
            return self._clock.monotonic() - made <= _CODE_SECONDS
        return await self._is_right(token or "")

    async def is_open_to(self, request: web.Request) -> bool:
        """Return whether a request brings the token, or at the desk the cookie."""
        kind, _, bearer = request.headers.get(hdrs.AUTHORIZATION, "").partition(" ")
        if kind.casefold() == "bearer":
            return await self._is_right(bearer)
        given = request.cookies.get(cookie(request), "") if is_at_desk(request) else ""
        return _equal(given, self._pass)

    def sign_in(self, request: web.Request, response: web.StreamResponse) -> None:
        """Give a browser the cookie."""
        response.set_cookie(
            cookie(request),
            self._pass,
            path=desk(request),
            httponly=True,
            samesite="Strict",
            secure=request.secure,
        )

    async def _is_right(self, given: str) -> bool:
        if _equal(given, self._token):
            return True
        now = self._clock.monotonic()
        self._wrong.append(now)
        if len(self._wrong) == _WRONG and now - self._wrong[0] < _MINUTE:
            await self._clock.sleep(_SLOWED)
        return False


def desk(request: web.Request) -> str:
    """Return the path under which the streamer's pages are."""
    return f"/desk-{port(request)}"


def is_at_desk(request: web.Request) -> bool:
    """Return whether a request is for one of these."""
    return request.path.startswith(f"{desk(request)}/")


def cookie(request: web.Request) -> str:
    """Return the name of the cookie."""
    return f"vtuber_bot_{port(request)}"


def port(request: web.Request) -> int:
    """Return the port at which a request has come in."""
    transport = request.transport
    return int(transport.get_extra_info("sockname")[1]) if transport else 0


def _equal(given: str, wanted: str) -> bool:
    """Return whether two are the same; how long that takes does not tell how much of it is."""
    # A header may hold any bytes, and those that are no UTF-8 come as surrogates.
    return hmac.compare_digest(given.encode("utf-8", "surrogateescape"), wanted.encode())
