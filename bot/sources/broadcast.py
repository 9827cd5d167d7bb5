"""The broadcast: whether the stream is live, as far as the platforms tell."""

import asyncio
from collections.abc import Iterable


class Broadcast:
    """Adds up what the platforms tell. With no platform, whoever looks is the audience.

    Args:
        platforms: the labels of the sources that know of a stream.
    """

    def __init__(self, platforms: Iterable[str] = ()) -> None:
        self._told = dict.fromkeys(platforms, False)
        self._live = asyncio.Event()
        self._settle()

    @property
    def is_live(self) -> bool:
        """Whether there is a stream to be seen on at least one platform."""
        return self._live.is_set()

    async def live(self) -> None:
        """Return as soon as it is live."""
        await self._live.wait()

    def knows(self, platform: str) -> bool:
        """Return whether a platform is one that knows of a stream."""
        return platform in self._told

    def tell(self, platform: str, *, is_live: bool) -> None:
        """Take note of what a platform says, or is known by. Others than those named are not."""
        if platform in self._told:
            self._told[platform] = is_live
            self._settle()

    def _settle(self) -> None:
        if not self._told or any(self._told.values()):
            self._live.set()
        else:
            self._live.clear()
