"""What can be set of the web search."""

from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr

from bot.options import Address, Options, Text
from bot.search.sites import Rules, Sites


class Engine(StrEnum):
    """Who searches."""

    NONE = "none"
    OLLAMA = "ollama"
    """Ollama's own service, with a key."""
    SEARXNG = "searxng"
    """A SearXNG, the streamer's own or another one that answers in JSON."""
    DDGS = "ddgs"
    """Search engines that need no key, by the library ``ddgs``."""


def _sites(text: str) -> str:
    Sites(text)
    return text


class SearchOptions(Options):
    """``SEARCH_…``: the web, for the character.

    Attributes:
        engine: who searches; ``none`` for nobody, and no search.
        url: where SearXNG is.
        key: of Ollama's service: https://ollama.com/settings/keys.
        only: the sites whose pages are found, with commas; all where there is none.
        never: sites whose pages are not.
        hourly: searches in an hour, at most.
        viewer_hourly: of these for the same viewer.
    """

    engine: Engine = Engine.NONE
    url: Address = "http://127.0.0.1:8080"
    key: SecretStr = SecretStr("")
    only: Annotated[Text, AfterValidator(_sites)] = ""
    never: Annotated[Text, AfterValidator(_sites)] = ""
    hourly: int = Field(default=30, ge=1, le=1000)
    viewer_hourly: int = Field(default=5, ge=1, le=1000)

    @property
    def rules(self) -> Rules:
        """Which pages may be found and read."""
        return Rules(Sites(self.only), Sites(self.never))
