"""A web that can be searched, on loopback: SearXNG, Ollama's service, Mojeek, and some pages.

The wires are those of https://docs.searxng.org/dev/search_api.html and of
https://docs.ollama.com/capabilities/web-search; Mojeek's page has of its own what ``ddgs`` reads.
"""

import asyncio
import html
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from pathlib import Path

import httpx
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult

from bot.search.engine import Hit
from bot.tasks import cancel_and_wait
from tests.standins.serving import serve

KEY = "ollama-key-of-the-test"


class SearchStandIn:
    """Serves all of them.

    Attributes:
        hits: what is found, whatever is looked for.
        asked: what was looked for, each with all that was wanted of it.
        fetched: the pages that Ollama's service was to read.
        pages: pages by host and path: their type, and what they say; a ``location`` leads on.
        status: what every search is answered with.
        body: what is answered in place of what is found.
        gate: what searches wait for.
    """

    def __init__(self) -> None:
        self.hits = list[Hit]()
        self.asked: list[dict[str, str]] = []
        self.fetched: list[str] = []
        self.pages: dict[str, tuple[str, bytes]] = {}
        self.visited: list[str] = []
        self.status = 200
        self.body: str | None = None
        self.gate = asyncio.Event()
        self.gate.set()
        self.url = ""
        self.port = 0

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[str]:
        """Serve, and give the address."""
        app = web.Application()
        app.router.add_get("/search", self._search)
        app.router.add_post("/api/web_search", self._web_search)
        app.router.add_post("/api/web_fetch", self._web_fetch)
        app.router.add_get("/{path:.*}", self._page)
        runner = await serve(app)
        self.port = runner.addresses[0][1]
        self.url = f"http://127.0.0.1:{self.port}"
        try:
            yield self.url
        finally:
            self.gate.set()
            await runner.cleanup()

    @asynccontextmanager
    async def proxying(self, certificate: Path, key: Path) -> AsyncIterator[str]:
        """Be a proxy that is every host itself, by a certificate; give its address."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)

        met = set[asyncio.Task[None]]()

        async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task: asyncio.Task[None] | None = asyncio.current_task()
            assert task
            met.add(task)
            plain = writer.transport  # which TLS takes the place of, and may leave open
            try:
                await answer(reader, writer)
            except (asyncio.IncompleteReadError, OSError):
                pass  # the client has gone
            finally:
                writer.close()
                plain.abort()

        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            await writer.start_tls(context)
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            self.asked.append({"head": head.partition("\r\n")[0]})
            body = self._mojeek().encode()
            status = HTTPStatus(self.status)
            line = f"HTTP/1.1 {status.value} {status.phrase}\r\nContent-Type: text/html\r\n"
            line += "Connection: close\r\n"
            writer.write(f"{line}Content-Length: {len(body)}\r\n\r\n".encode() + body)
            await writer.drain()
            await reader.read()  # until the client has all, and hangs up

        async with await asyncio.start_server(meet, "127.0.0.1", 0) as server:
            yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
            await cancel_and_wait(*met)

    @property
    def transport(self) -> httpx.AsyncBaseTransport:
        """What carries to here what is meant for Ollama's own hosts."""
        return _Detour(self)

    def resolver(self, *nearby: str) -> AbstractResolver:
        """Return what finds every host here, and some at another address of this machine."""
        return _Resolver(self, nearby)

    def _mojeek(self) -> str:
        items = "".join(
            f'<li><h2><a href="{html.escape(hit.address)}">{html.escape(hit.title)}</a></h2>'
            f'<p class="s">{html.escape(hit.text)}</p></li>'
            for hit in self.hits
        )
        return f"<html><body><ul class='results-standard'>{items}</ul></body></html>"

    async def _search(self, request: web.Request) -> web.Response:
        self.asked.append(dict(request.query))
        await self.gate.wait()
        if self.body is not None or self.status != HTTPStatus.OK:
            return web.Response(text=self.body or "no", status=self.status)
        found = [
            {"url": hit.address, "title": hit.title, "content": hit.text, "engine": "brave"}
            for hit in self.hits
        ]
        return web.json_response({"query": request.query["q"], "results": found})

    async def _web_search(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != f"Bearer {KEY}":
            return web.json_response({"error": "unauthorized"}, status=401)
        self.asked.append(await request.json())
        if self.status != HTTPStatus.OK:
            return web.json_response({"error": "too many requests"}, status=self.status)
        found = [{"title": hit.title, "url": hit.address, "content": hit.text} for hit in self.hits]
        return web.json_response({"results": found})

    async def _web_fetch(self, request: web.Request) -> web.Response:
        wanted = (await request.json())["url"]
        self.fetched.append(wanted)
        name = wanted.partition("//")[2]
        if name not in self.pages:
            return web.json_response({"error": "not found"}, status=404)
        _, body = self.pages[name]
        return web.json_response({"title": "A page", "content": body.decode(), "links": []})

    async def _page(self, request: web.Request) -> web.StreamResponse:
        name = f"{request.headers['Host'].partition(':')[0]}{request.path}"
        self.visited.append(name)
        if name not in self.pages:
            raise web.HTTPNotFound
        kind, body = self.pages[name]
        if kind == "location":
            raise web.HTTPFound(body.decode())
        return web.Response(body=body, headers={"Content-Type": kind})


class _Detour(httpx.AsyncHTTPTransport):
    def __init__(self, web: SearchStandIn) -> None:
        super().__init__()
        self._web = web

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        assert request.url.host == "ollama.com"
        request.url = request.url.copy_with(scheme="http", host="127.0.0.1", port=self._web.port)
        return await super().handle_async_request(request)


class _Resolver(AbstractResolver):
    def __init__(self, web: SearchStandIn, nearby: tuple[str, ...]) -> None:
        self._web = web
        self._nearby = nearby

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        del port, family
        where = "127.0.0.2" if host in self._nearby else "127.0.0.1"
        return [
            ResolveResult(
                hostname=host,
                host=where,
                port=self._web.port,
                family=socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
        ]

    async def close(self) -> None:
        """Hold nothing."""
