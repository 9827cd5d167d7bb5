"""SearXNG: a search engine of one's own. https://docs.searxng.org/dev/search_api.html."""

from http import HTTPStatus

import aiohttp
from pydantic import BaseModel, TypeAdapter, ValidationError

from bot.language import Code
from bot.search.engine import Hit, SearchFailedError
from bot.search.reader import Reader
from bot.translation import tr


class _Result(BaseModel):
    url: str
    title: str = ""
    content: str | None = None


class _Answer(BaseModel):
    results: list[_Result]


_ANSWER = TypeAdapter(_Answer)
_STRICT = 2
"""``safesearch``: nothing that is not for everybody."""


class SearXNG:
    """One, at its address.

    Args:
        url: where it is.
        language: in which pages are wanted.
        reader: reads them.
    """

    label = "SearXNG"

    def __init__(self, url: str, language: Code, reader: Reader) -> None:
        self._url = (url if "://" in url else f"http://{url}").rstrip("/")
        self._language = language
        self._reader = reader
        self.read = reader.read

    async def find(self, query: str, count: int) -> list[Hit]:
        """See ``SearchEngine``."""
        del count  # It has no say in that.
        wanted = {
            "q": query,
            "format": "json",
            "safesearch": str(_STRICT),
            "language": self._language,
        }
        try:
            async with (
                aiohttp.ClientSession() as session,
                session.get(f"{self._url}/search", params=wanted) as answer,
            ):
                body = await answer.read()
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise SearchFailedError(
                tr(
                    "SearXNG does not answer at {url}. Start it, or set SEARCH_URL to where it"
                    " runs.",
                    url=self._url,
                )
            ) from error
        if answer.status == HTTPStatus.FORBIDDEN:
            raise SearchFailedError(
                tr(
                    "SearXNG at {url} gives no JSON: add json to search.formats in its"
                    " settings.yml.",
                    url=self._url,
                )
            )
        try:
            found = _ANSWER.validate_json(body).results
        except ValidationError as error:
            raise SearchFailedError(
                tr(
                    "What answers at {url} is no SearXNG ({status}): set SEARCH_URL to where it"
                    " runs.",
                    url=self._url,
                    status=answer.status,
                )
            ) from error
        return [Hit(one.title, one.url, one.content or "") for one in found]

    async def close(self) -> None:
        """See ``SearchEngine``."""
        await self._reader.close()
