"""Reading a page: its text, where it lies on the public web and is not too long."""

import asyncio
from http import HTTPStatus
from urllib.parse import urljoin

import aiohttp

from bot.search.engine import SearchFailedError
from bot.search.network import connector
from bot.search.sites import Rules
from bot.translation import tr

_REDIRECTS = 4
_SIZE = 400_000
"""Bytes of a page that are read."""
_READABLE = {"text/html", "text/plain", "application/xhtml+xml"}
_MOVED = {
    *(HTTPStatus.MOVED_PERMANENTLY, HTTPStatus.FOUND, HTTPStatus.SEE_OTHER),
    *(HTTPStatus.TEMPORARY_REDIRECT, HTTPStatus.PERMANENT_REDIRECT),
}
_AGENT = {"User-Agent": "vtuber-bot", "Accept": "text/html, text/plain;q=0.9"}


class Reader:
    """Reads pages.

    Args:
        rules: which pages may be read, also where another one leads to them.
        over: what connects; by default to public addresses only.
    """

    def __init__(self, rules: Rules, over: aiohttp.TCPConnector | None = None) -> None:
        self._rules = rules
        self._over = over
        self._session: aiohttp.ClientSession | None = None

    async def read(self, address: str) -> str:
        """Return the text of a page.

        Raises:
            SearchFailedError: it may not be read, is not there, or is no text.
        """
        if self._session is None:
            over = self._over or connector()
            self._session = aiohttp.ClientSession(connector=over, headers=_AGENT)
        try:
            for _ in range(_REDIRECTS):
                if not self._rules.allow(address):
                    raise SearchFailedError(tr("A page leads where nothing is read."))
                async with self._session.get(address, allow_redirects=False) as answer:
                    if answer.status not in _MOVED:
                        return await _text_of(answer)
                    address = urljoin(address, answer.headers.get("Location", ""))
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise SearchFailedError(
                tr("A page cannot be read: {error}.", error=type(error).__name__)
            ) from error
        raise SearchFailedError(tr("A page leads on and on."))

    async def close(self) -> None:
        """Let go of its connections."""
        if self._session:
            await self._session.close()


async def _text_of(answer: aiohttp.ClientResponse) -> str:
    if answer.status != HTTPStatus.OK or answer.content_type not in _READABLE:
        raise SearchFailedError(
            tr(
                "A page is not to be read: {status}, {kind}.",
                status=answer.status,
                kind=answer.content_type,
            )
        )
    body = bytearray()
    async for chunk in answer.content.iter_any():
        body += chunk
        if len(body) >= _SIZE:
            break
    try:
        text = body[:_SIZE].decode(answer.charset or "utf-8", "replace")
    except LookupError:  # a charset of the page's own invention
        text = body[:_SIZE].decode("utf-8", "replace")
    if answer.content_type == "text/plain":
        return text
    return await asyncio.to_thread(_plain, text)


def _plain(html: str) -> str:
    """Return the text of a page; what it hides among it is read with the rest."""
    import html2text  # noqa: PLC0415  only who reads a page needs it

    parser = html2text.HTML2Text(bodywidth=0)
    parser.ignore_links = parser.ignore_images = parser.ignore_emphasis = True
    return parser.handle(html)
