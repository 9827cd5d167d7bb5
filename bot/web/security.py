"""Who may talk to the bot's web server, and what its pages may load."""

import hmac
import re
from http import HTTPStatus

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler, Middleware

COOKIE = "vtuber_bot_token"
OVERLAY = "/overlay"
_LOOPBACK = re.compile(r"(127\.0\.0\.1|localhost)(:\d+)?", re.ASCII | re.IGNORECASE)
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src {styles}; connect-src 'self'; img-src 'self';"
    " font-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)


def refusal(status: HTTPStatus, text: str) -> web.Response:
    """Return an error for a script and a person alike."""
    return web.json_response({"error": text}, status=status)


def same_host() -> Middleware:
    """Refuse what a foreign page may have sent, and tell browsers to load nothing foreign.

    A page elsewhere can reach a server on loopback by a name of its own (DNS rebinding, seen in
    ``Host``) or across sites (seen in ``Origin``).
    """

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        if not _LOOPBACK.fullmatch(request.host):
            return refusal(HTTPStatus.FORBIDDEN, "Open the bot's pages at 127.0.0.1.")
        origin = request.headers.get(hdrs.ORIGIN)
        if origin is not None and origin != f"http://{request.host}":
            return refusal(HTTPStatus.FORBIDDEN, "This page is not the bot's own.")
        return await handler(request)

    return middleware


async def secure_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Add to every response what keeps a browser from loading or leaking anything."""
    # OBS puts its "Custom CSS", by which streamers restyle an overlay, into the page itself.
    styles = "'self' 'unsafe-inline'" if request.path == OVERLAY else "'self'"
    response.headers["Content-Security-Policy"] = _POLICY.format(styles=styles)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-cache"


def is_allowed(request: web.Request, token: str) -> bool:
    """Whether the request carries the token, as a bearer or as the pages' cookie."""
    kind, _, bearer = request.headers.get(hdrs.AUTHORIZATION, "").partition(" ")
    return matches(
        bearer if kind.casefold() == "bearer" else request.cookies.get(COOKIE, ""), token
    )


def matches(given: str, token: str) -> bool:
    """Whether this is the token; how long the answer takes does not tell how much of it is."""
    # A header may hold any bytes, and those that are no UTF-8 come as surrogates.
    return hmac.compare_digest(given.encode("utf-8", "surrogateescape"), token.encode())
