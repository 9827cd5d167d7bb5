"""Ollama's own search service: https://docs.ollama.com/capabilities/web-search."""

from http import HTTPStatus

import httpx
import ollama
from pydantic import SecretStr

from bot.search.engine import Hit, SearchFailedError
from bot.translation import tr

_REFUSED = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}


class Hosted:
    """The service, by a key.

    Args:
        key: of the streamer's account.
        transport: what carries the requests, where it is not httpx's own.
    """

    label = "Ollama"

    def __init__(self, key: SecretStr, transport: httpx.AsyncBaseTransport | None = None) -> None:
        # Without an address of its own: the key must go nowhere but to the service.
        self._client = ollama.AsyncClient(
            "https://ollama.com",
            headers={"Authorization": f"Bearer {key.get_secret_value()}"},
            transport=transport,
        )

    async def find(self, query: str, count: int) -> list[Hit]:
        """See ``SearchEngine``."""
        try:
            found = await self._client.web_search(query, max_results=count)
        except (ollama.ResponseError, httpx.HTTPError, OSError, ValueError) as error:
            raise _failed(error) from None  # It may quote the key.
        return [Hit(one.title or "", one.url or "", one.content or "") for one in found.results]

    async def read(self, address: str) -> str:
        """See ``SearchEngine``. The page is fetched by the service, not from this machine."""
        try:
            return (await self._client.web_fetch(address)).content or ""
        except (ollama.ResponseError, httpx.HTTPError, OSError, ValueError) as error:
            raise _failed(error) from None

    async def close(self) -> None:
        """See ``SearchEngine``."""
        await self._client.close()  # type: ignore[no-untyped-call]


def _failed(error: Exception) -> SearchFailedError:
    status = error.status_code if isinstance(error, ollama.ResponseError) else 0
    if status in _REFUSED:
        return SearchFailedError(
            tr("Ollama's search does not take SEARCH_KEY: make one at ollama.com/settings/keys.")
        )
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return SearchFailedError(tr("Ollama's search has had enough of us for a while."))
    return SearchFailedError(tr("Ollama's search does not answer."))
