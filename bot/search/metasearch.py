"""Search engines that need no key, by ``ddgs``: https://github.com/deedy5/ddgs."""

import asyncio

from bot.errors import MisconfiguredError
from bot.language import Code
from bot.search.engine import Hit, SearchFailedError
from bot.search.reader import Reader
from bot.translation import tr

_ENGINES = "brave, mojeek, startpage"
"""Those of the library's that can leave out what is not for everybody."""
_REGIONS = {"en": "us-en", "ja": "jp-ja"}
_SECONDS = 4


class Metasearch:
    """Several engines, the first that answers.

    Args:
        language: in which pages are wanted.
        reader: reads them.
        proxy: by which they are asked,
        certificates: and a file of who may vouch for it, if not those of the library.

    Raises:
        MisconfiguredError: the library is not installed.
    """

    label = "ddgs"

    def __init__(
        self, language: Code, reader: Reader, *, proxy: str | None = None, certificates: str = ""
    ) -> None:
        try:
            from ddgs import DDGS  # noqa: PLC0415  an extra of its own
            from ddgs.exceptions import DDGSException  # noqa: PLC0415
        except ImportError:
            raise MisconfiguredError(
                tr(
                    "SEARCH_ENGINE=ddgs needs one more package: run with `uv run --extra search"
                    " vtuber-bot run`."
                )
            ) from None
        self._failed = DDGSException
        self._search = DDGS(proxy=proxy, timeout=_SECONDS, verify=certificates or True)
        self._region = _REGIONS[language]
        self._reader = reader
        self.read = reader.read

    async def find(self, query: str, count: int) -> list[Hit]:
        """See ``SearchEngine``."""
        try:
            found = await asyncio.to_thread(
                self._search.text,
                query,
                region=self._region,
                safesearch="on",
                max_results=count,
                backend=_ENGINES,
            )
        except self._failed as error:
            raise SearchFailedError(
                tr("No search engine answers; they let nobody ask too often.")
            ) from error
        return [Hit(one["title"], one["href"], one["body"]) for one in found]

    async def close(self) -> None:
        """See ``SearchEngine``."""
        await self._reader.close()
