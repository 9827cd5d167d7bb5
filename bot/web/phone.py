"""The panel on a phone: an address that is good once, as a picture for its camera."""

import io
import socket

import segno
from aiohttp import web

from bot.web.door import Door, port
from bot.web.options import WebOptions
from bot.web.security import unauthorised

_ANYWHERE = {"0.0.0.0": "192.0.2.1", "::": "2001:db8::1"}  # noqa: S104  nobody's, as RFC 5737 says
_SCALE = 6


class Phone:
    """Invites a phone that is in the same network.

    Args:
        door: makes what lets it in.
        options: whether others than this machine reach the pages, and where.
    """

    def __init__(self, door: Door, options: WebOptions) -> None:
        self._door = door
        self._options = options

    async def invite(self, request: web.Request) -> web.Response:
        """Answer with an ``address`` that signs in once, within two minutes, and its ``picture``.

        Both are empty where no phone could reach it.
        """
        if not await self._door.is_open_to(request):
            return unauthorised()
        if not self._options.is_public:
            return web.json_response({"address": "", "picture": ""})
        host = _reachable(self._options.host)
        url = f"{request.scheme}://{host}:{port(request)}/?code={self._door.code()}"
        picture = io.BytesIO()
        segno.make(url, micro=False).save(picture, kind="svg", scale=_SCALE, light="#fff")
        return web.json_response({"address": url, "picture": picture.getvalue().decode()})


def _reachable(host: str) -> str:
    """Return this machine's address in its network."""
    if nobody := _ANYWHERE.get(host):
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as probe:
                probe.connect((nobody, 9))  # sends nothing, but chooses the way
                host = str(probe.getsockname()[0])
        except OSError:  # there is no network now
            host = socket.gethostname()
    return f"[{host}]" if ":" in host else host
