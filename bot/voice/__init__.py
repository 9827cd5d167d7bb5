"""The voice: what turns a sentence into sound. Engines are adapters behind one protocol."""

from collections.abc import Collection, Mapping
from typing import Protocol

from bot.chat import Clip
from bot.persona import Manner


class Voice(Protocol):
    """An engine with one voice of its own chosen."""

    @property
    def label(self) -> str:
        """What people call it: VOICEVOX, say, and who speaks."""
        ...

    @property
    def credit(self) -> str:
        """The line by which whoever lent the voice wants to be named; empty where nobody does."""
        ...

    async def voices(self) -> list[str]:
        """Return what voices the engine has, for people.

        Raises: as ``speak``.
        """
        ...

    async def look(self) -> None:
        """See whether the engine is there.

        Raises:
            AwayError: it is not.
        """
        ...

    async def learn(self, words: Mapping[str, str]) -> Collection[str]:
        """Have the engine itself say words right; return those that it does from now on.

        Raises: as ``speak``.
        """
        ...

    async def speak(self, text: str, manner: Manner) -> Clip:
        """Return the sound of a text in its spoken form, of no length where it has none.

        Raises:
            UnavailableError: the engine is gone, slow, or gives something else than sound.
            MisconfiguredError: it has no such voice, or does not let us in.
        """
        ...

    async def close(self) -> None:
        """Let go of it."""
        ...
