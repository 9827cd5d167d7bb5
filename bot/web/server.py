"""The bot's web server: overlay, chat page, and the scripting face, on this machine only."""

import errno
import logging
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus

from aiohttp import web
from pydantic import SecretStr, ValidationError

from bot.errors import MisconfiguredError
from bot.shipped import shipped
from bot.web.local import LocalSource, Posted
from bot.web.security import (
    COOKIE,
    OVERLAY,
    is_allowed,
    matches,
    refusal,
    same_host,
    secure_headers,
)
from bot.web.sse import Feed

log = logging.getLogger(__name__)

HOST = "127.0.0.1"
_BODY_LIMIT = 1024 * 1024
_PAGES = shipped("overlays")
_CONTENT_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
"""Said by us: the system's own table (on Windows, the registry) may call a script plain text, and
browsers run no module that is called so."""


class Web:
    """The routes.

    Args:
        audience: the feed of what viewers see; open to every program on this machine.
        backstage: the feed that is for the streamer only.
        local: where posted comments go.
        token: what a script or page must bring to post, and to read the backstage feed.
    """

    def __init__(
        self, *, audience: Feed, backstage: Feed, local: LocalSource, token: SecretStr
    ) -> None:
        self._audience = audience
        self._backstage = backstage
        self._local = local
        self._token = token.get_secret_value()
        self._app = web.Application(middlewares=[same_host()], client_max_size=_BODY_LIMIT)
        self._app.on_response_prepare.append(secure_headers)
        self._app.on_shutdown.append(self._end_feeds)
        self._app.add_routes(
            [
                web.get("/", self._page),
                web.get("/chat", self._page),
                web.get(OVERLAY, self._page),
                web.get("/api/events", self._audience.serve, allow_head=False),
                web.get("/api/backstage", self._serve_backstage, allow_head=False),
                web.post("/api/comments", self._post),
                web.get(r"/static/{name:\w+\.(?:css|js|svg)}", self._static),
            ]
        )

    @asynccontextmanager
    async def serving(self, port: int) -> AsyncIterator[int]:
        """Serve while the context is open; gives the port, which the system chooses for 0.

        Raises:
            MisconfiguredError: the port is in use, or may not be used.
        """
        # Nothing that is sent here is large enough to be packed; unpacking is only a way to attack.
        runner = web.AppRunner(
            self._app, access_log=None, auto_decompress=False, shutdown_timeout=0.5
        )
        await runner.setup()
        try:
            site = web.TCPSite(runner, HOST, port, reuse_address=None)
            try:
                await site.start()
            except OSError as error:
                raise MisconfiguredError(_port_trouble(port, error)) from error
            yield int(runner.addresses[0][1])
        finally:
            await runner.cleanup()

    async def _end_feeds(self, _app: web.Application) -> None:
        self._audience.close()
        self._backstage.close()

    async def _page(self, request: web.Request) -> web.StreamResponse:
        if (given := request.query.get("token")) is not None:
            # The token leaves the address at once, so that a shared screen does not show it.
            redirect = web.HTTPFound(request.path)
            # A link with a wrong one, which anybody can offer, must not sign the streamer out.
            if matches(given, self._token):
                redirect.set_cookie(COOKIE, given, httponly=True, samesite="Strict")
            raise redirect
        return _file(f"{request.path.strip('/') or 'index'}.html")

    async def _static(self, request: web.Request) -> web.StreamResponse:
        return _file(request.match_info["name"])

    async def _serve_backstage(self, request: web.Request) -> web.StreamResponse:
        if not is_allowed(request, self._token):
            return _unauthorised()
        return await self._backstage.serve(request)

    async def _post(self, request: web.Request) -> web.Response:
        if not is_allowed(request, self._token):
            return _unauthorised()
        try:
            posted = Posted.model_validate_json(await request.read())
        except web.HTTPRequestEntityTooLarge:
            return refusal(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"A comment has {_BODY_LIMIT} bytes at most."
            )
        except ValidationError as error:
            problem = error.errors(include_url=False, include_input=False)[0]
            why = f"{'.'.join(map(str, problem['loc'])) or 'body'}: {problem['msg']}."
            log.info("Refused what a page or script posted as a comment: %s", why)
            return refusal(
                HTTPStatus.BAD_REQUEST,
                f'{why} Send JSON in UTF-8, such as {{"author": "taro", "text": "hi"}}.',
            )
        comment = self._local.post(posted)
        if comment is None:
            return refusal(HTTPStatus.SERVICE_UNAVAILABLE, "The show has not begun yet.")
        return web.json_response({"id": comment.id}, status=HTTPStatus.ACCEPTED)


def _file(name: str) -> web.FileResponse:
    path = _PAGES / name
    return web.FileResponse(path, headers={"Content-Type": _CONTENT_TYPES[path.suffix]})


def _unauthorised() -> web.Response:
    return refusal(
        HTTPStatus.UNAUTHORIZED,
        "Bring the token that the bot printed at its start, as `Authorization: Bearer TOKEN`;"
        " a page is opened with the address that the bot printed.",
    )


def _port_trouble(port: int, error: OSError) -> str:
    if error.errno in {errno.EADDRINUSE, getattr(errno, "WSAEADDRINUSE", errno.EADDRINUSE)}:
        with socket.socket() as free:
            free.bind((HOST, 0))
            other = free.getsockname()[1]
        return (
            f"Port {port} on {HOST} is in use, perhaps by another vtuber-bot. Close that, or choose"
            f" another port: --port {other}, or WEB_PORT={other} in .env."
        )
    return f"Port {port} on {HOST} cannot be used: {error.strerror}. Choose another with --port."
