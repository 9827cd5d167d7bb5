"""A search engine, as the character's tools know it."""

from dataclasses import dataclass
from typing import Protocol

from bot.errors import UnavailableError


class SearchFailedError(UnavailableError):
    """A search that came to nothing; the text is for the streamer."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A page that was found; ``text`` is what it says of what was looked for."""

    title: str
    address: str
    text: str


class SearchEngine(Protocol):
    """Finds pages, and may be able to read them."""

    @property
    def label(self) -> str:
        """Its name, for people."""
        ...

    async def find(self, query: str, count: int) -> list[Hit]:
        """Return pages on something, the best first, without what is not for everybody.

        Args:
            query: what is looked for.
            count: how many are wanted; there may be more or fewer.

        Raises:
            SearchFailedError: it does not answer, or does not let us search.
        """
        ...

    async def read(self, address: str) -> str:
        """Return the text of a page that was found.

        Raises:
            SearchFailedError: it cannot be read.
        """
        ...

    async def close(self) -> None:
        """Let go of what it holds."""
        ...
