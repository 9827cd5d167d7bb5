"""Listening on a port: encrypted, where the streamer wants that, and not for those who dawdle."""

import asyncio
import errno
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import cast
from weakref import WeakSet

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from bot.clock import Clock
from bot.errors import MisconfiguredError
from bot.translation import tr
from bot.web.options import WebOptions

_PATIENCE = 10.0
"""Seconds in which a connection has to bring the head of a request."""
_IDLE = 30.0
"""Seconds for which it may stay open afterwards."""
_SHUTDOWN = 0.5


class PortTakenError(MisconfiguredError):
    """Another program, perhaps another of ours, listens there."""


class Listening:
    """Serves an application at one address.

    Args:
        app: what answers.
        options: where, and with what certificate.
        clock: the time by which somebody dawdles.
    """

    def __init__(self, app: web.Application, options: WebOptions, clock: Clock) -> None:
        self._app = app
        self._options = options
        self._clock = clock
        self._heard: WeakSet[object] = WeakSet()
        """The connections that have brought a head."""
        self._watching = set[asyncio.Task[None]]()
        app.middlewares.insert(0, self._hearing())

    @asynccontextmanager
    async def at(self, port: int) -> AsyncIterator[int]:
        """Serve while the context is open; gives the port, which the system chooses for 0.

        Raises:
            PortTakenError: another program has the port.
            MisconfiguredError: the port or the certificate cannot be used.
        """
        host, context = self._options.host, _encryption(self._options)
        # Nothing that is sent here is large enough to be packed; unpacking is only a way to attack.
        runner = web.AppRunner(
            self._app,
            access_log=None,
            auto_decompress=False,
            keepalive_timeout=_IDLE,
            shutdown_timeout=_SHUTDOWN,
        )
        await runner.setup()
        try:
            try:
                accept = partial(self._accept, cast("web.Server", runner.server))
                loop = asyncio.get_running_loop()
                server = await loop.create_server(accept, host, port, ssl=context)
            except OSError as error:
                raise trouble(host, port, error) from error
            try:
                yield int(server.sockets[0].getsockname()[1])
            finally:
                server.close()
        finally:
            await runner.cleanup()
            for task in self._watching:
                task.cancel()

    def _hearing(self) -> Middleware:
        @web.middleware
        async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
            self._heard.add(request.transport)
            return await handler(request)

        return middleware

    def _accept(self, server: web.Server) -> asyncio.Protocol:
        connection = server()
        watching = asyncio.create_task(self._watch(connection))
        self._watching.add(watching)
        watching.add_done_callback(self._watching.discard)
        return connection

    async def _watch(self, connection: web.RequestHandler) -> None:
        await self._clock.sleep(_PATIENCE)
        if connection.transport and connection.transport not in self._heard:
            connection.transport.abort()


def _encryption(options: WebOptions) -> ssl.SSLContext | None:
    if options.certificate is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(options.certificate, options.certificate_key)
    except (OSError, ssl.SSLError) as error:
        raise MisconfiguredError(
            tr(
                "The certificate {certificate} cannot be used ({error}): WEB_CERTIFICATE names"
                " a file in PEM form, and WEB_CERTIFICATE_KEY its key, where that is in"
                " another file.",
                certificate=options.certificate,
                error=error,
            )
        ) from error
    return context


def trouble(host: str, port: int, error: OSError) -> MisconfiguredError:
    """Put into words that a port cannot be listened at."""
    if error.errno in {errno.EADDRINUSE, getattr(errno, "WSAEADDRINUSE", errno.EADDRINUSE)}:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            other = free.getsockname()[1]
        return PortTakenError(
            tr(
                "Port {port} on {host} is in use, perhaps by another vtuber-bot. Close that,"
                " or choose another port: --port {other}, or WEB_PORT={other} in .env.",
                port=port,
                host=host,
                other=other,
            )
        )
    return MisconfiguredError(
        tr(
            "Port {port} on {host} cannot be used: {why}. Choose another with --port, or"
            " another address in WEB_HOST.",
            port=port,
            host=host,
            why=error.strerror,
        )
    )
