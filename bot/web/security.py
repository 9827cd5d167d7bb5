"""What the web server answers only to its own pages, and what these may load."""

import ipaddress
import re
import socket
from collections.abc import Callable, Coroutine
from http import HTTPStatus

from aiohttp import hdrs, web, web_response
from aiohttp.typedefs import Handler, Middleware

from bot.translation import tr
from bot.web.pictures import HOSTS, Pictures

# The versions of Python and aiohttp are nobody's concern. Answers to what is no HTTP pass no signal
# of the application's, where a header could be changed.
web_response.SERVER_SOFTWARE = "vtuber-bot"  # type: ignore[attr-defined]

OVERLAY = "/overlay"
_LOOPBACK = re.compile(r"(127\.0\.0\.1|localhost)(:\d+)?", re.ASCII | re.IGNORECASE)
_ADDRESS = re.compile(
    r"(?:\[(?P<six>[\da-f:.]+)\]|(?P<name>[\w.-]+))(?::\d+)?", re.ASCII | re.IGNORECASE
)
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src {styles}; connect-src 'self';"
    " img-src 'self' blob:{pictures}; media-src 'self'; font-src 'self'; frame-ancestors 'none';"
    " base-uri 'none'; form-action 'none'"
)


def refusal(status: HTTPStatus, text: str) -> web.Response:
    """Return an error for a script and a person alike."""
    return web.json_response({"error": text}, status=status)


def unauthorised() -> web.Response:
    """Return what somebody is told who brings no token."""
    return refusal(
        HTTPStatus.UNAUTHORIZED,
        "Bring the token that the bot printed at its start, as `Authorization: Bearer TOKEN`;"
        " a page is opened with the address that the bot printed.",
    )


def same_host(*, is_public: bool = False) -> Middleware:
    """Refuse what a foreign page may have sent.

    A page elsewhere can reach a server on loopback by a name of its own (DNS rebinding, seen in
    ``Host``) or across sites (seen in ``Origin``).

    Args:
        is_public: whether other machines may ask, too: by an address, or this machine's name.
    """

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        if not (_LOOPBACK.fullmatch(request.host) or (is_public and _is_ours(request.host))):
            return refusal(HTTPStatus.FORBIDDEN, tr("Open the bot's pages at 127.0.0.1."))
        origin = request.headers.get(hdrs.ORIGIN)
        if origin is not None and origin != f"{request.scheme}://{request.host}":
            return refusal(HTTPStatus.FORBIDDEN, tr("This page is not the bot's own."))
        return await handler(request)

    return middleware


def _is_ours(host: str) -> bool:
    """Return whether nobody else can have given a host this name."""
    match = _ADDRESS.fullmatch(host)
    if match is None:
        return False
    name = match["six"] or match["name"]
    try:
        ipaddress.ip_address(name)
    except ValueError:
        ours = socket.gethostname().casefold()
        return name.casefold() in {ours, f"{ours}.local"}
    return True


def secure_headers(pictures: Pictures) -> Callable[..., Coroutine[None, None, None]]:
    """Return what adds to every response what keeps a browser from loading or leaking anything.

    Args:
        pictures: which of the platforms' pictures the overlay may load.
    """
    hosts = [f" https://{host}" for host in HOSTS] if pictures is not Pictures.NONE else []

    async def secure(request: web.Request, response: web.StreamResponse) -> None:
        is_overlay = request.path == OVERLAY
        # OBS puts its "Custom CSS", by which streamers restyle an overlay, into the page itself.
        styles = "'self' 'unsafe-inline'" if is_overlay else "'self'"
        policy = _POLICY.format(styles=styles, pictures="".join(hosts if is_overlay else []))
        response.headers["Content-Security-Policy"] = policy
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cache-Control"] = "no-cache"

    return secure
