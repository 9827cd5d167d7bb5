"""Whether a model can be asked, for all who wait for that to change."""

import asyncio


class Availability:
    """Begins with what is not there yet.

    Attributes:
        why: why it cannot be asked, in words for the streamer, where that is known.
    """

    def __init__(self) -> None:
        self.why = ""
        self._found = asyncio.Event()
        self._lost = asyncio.Event()
        self._lost.set()

    def __bool__(self) -> bool:
        """Return whether it can be asked, as far as is known."""
        return self._found.is_set()

    def found(self) -> None:
        """Note that it can."""
        self.why = ""
        self._lost.clear()
        self._found.set()

    def lost(self, why: str = "") -> None:
        """Note that it cannot, and why."""
        self.why = why
        self._found.clear()
        self._lost.set()

    async def wait(self) -> None:
        """Return as soon as it can."""
        await self._found.wait()

    async def wait_lost(self) -> None:
        """Return as soon as it cannot."""
        await self._lost.wait()
