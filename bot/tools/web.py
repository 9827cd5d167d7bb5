"""The web: searching it, and reading what was found there. Nothing else of it can be reached."""

import logging
from collections.abc import Mapping
from typing import Any

from pydantic import Field

from bot.chat import Comment
from bot.clock import Clock
from bot.errors import BotError
from bot.recent import Recent
from bot.safety.judge import Judge
from bot.search.engine import Hit, SearchEngine
from bot.search.options import SearchOptions
from bot.search.passages import passages
from bot.text import clean
from bot.tools.tool import Arguments, Limits, Tool, ToolError, cut, function, read

log = logging.getLogger(__name__)

_SECONDS = 4.0
_HITS = 5
_KEPT = 100
_FRESH = 3600.0
"""Seconds for which what was found is not looked for again."""
_LONGEST_TITLE, _LONGEST_TEXT = 60, 140
_PASSAGES = 4


class Web:
    """What the two tools share: who searches, and what was found.

    Args:
        engine: who searches.
        options: which sites, and how often.
        judge: tells what nobody is asked for.
        clock: the time after which is looked again.
    """

    def __init__(
        self, engine: SearchEngine, options: SearchOptions, *, judge: Judge, clock: Clock
    ) -> None:
        self.engine = engine
        self.limits = Limits(options.hourly, options.viewer_hourly)
        self.hits: list[Hit] = []
        """What was found last."""
        self._rules = options.rules
        self._judge = judge
        self._clock = clock
        self._found: Recent[str, tuple[float, list[Hit]]] = Recent(_KEPT)

    async def find(self, query: str) -> list[Hit]:
        """Return the pages that are found for something, those on the wrong sites left out.

        Raises:
            ToolError: nothing may be looked for like that, or nobody answers.
        """
        wanted = clean(query)
        if self._judge.text(wanted):
            raise ToolError("that is nothing to be looked for")
        now = self._clock.monotonic()
        key = wanted.casefold()
        at, hits = self._found.get(key, (now - _FRESH, []))
        if now - at >= _FRESH:
            hits = await self._asked(wanted)
            self._found[key] = now, hits
        self.hits = hits
        return hits

    async def _asked(self, query: str) -> list[Hit]:
        sites = " OR ".join(f"site:{name}" for name in self._rules.only)
        try:
            found = await self.engine.find(f"{query} {sites}".strip(), 2 * _HITS)
        except BotError as error:
            log.warning("%s", error)
            raise ToolError("the search does not work now") from None
        return [hit for hit in found if self._rules.allow(hit.address)][:_HITS]


class _SearchArguments(Arguments):
    query: str = Field(min_length=2, max_length=120, description="a few words, as for a browser")


class WebSearch(Tool):
    """Finds pages."""

    function = function(
        "web_search",
        "Search the web for what you do not know: news, facts. Returns numbered pages.",
        _SearchArguments,
    )
    seconds = _SECONDS
    longest = 1000

    def __init__(self, web: Web) -> None:
        self._web = web
        self.limits = web.limits

    async def use(self, arguments: Mapping[str, Any], asked: tuple[Comment, ...]) -> str:
        """See ``Tool``."""
        del asked
        hits = await self._web.find(read(_SearchArguments, arguments).query)
        if not hits:
            raise ToolError("nothing was found")
        return "\n".join(
            f"{number}. {cut(hit.title, _LONGEST_TITLE)}: {cut(hit.text, _LONGEST_TEXT)}"
            for number, hit in enumerate(hits, 1)
        )

    async def close(self) -> None:
        """See ``Tool``."""
        await self._web.engine.close()


class _PageArguments(Arguments):
    number: int = Field(ge=1, le=_HITS, description="of a page of the last web_search")
    about: str = Field(min_length=1, max_length=120, description="what you want to know")


class ReadPage(Tool):
    """Reads a page that was found, and no other: nobody learns where this machine is by a link."""

    function = function(
        "read_page", "Read one of the pages that web_search has found.", _PageArguments
    )
    seconds = _SECONDS
    longest = 1000

    def __init__(self, web: Web) -> None:
        self._web = web
        self.limits = web.limits

    async def use(self, arguments: Mapping[str, Any], asked: tuple[Comment, ...]) -> str:
        """See ``Tool``."""
        del asked
        wanted = read(_PageArguments, arguments)
        if wanted.number > len(self._web.hits):
            raise ToolError("there is no such page; search first")
        hit = self._web.hits[wanted.number - 1]
        try:
            text = await self._web.engine.read(hit.address)
        except BotError as error:
            log.info("%s", error)
            raise ToolError("that page cannot be read") from None
        found = passages(text, f"{wanted.about} {hit.title}", _PASSAGES)
        if not found:
            raise ToolError("there is nothing to read on that page")
        return "\n".join(found)
