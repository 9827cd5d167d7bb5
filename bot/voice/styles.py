"""Engines whose speakers have styles: how one is chosen, and how they are listed."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.errors import MisconfiguredError, UnavailableError
from bot.translation import tr
from bot.voice.requests import Requests


@dataclass(frozen=True, slots=True)
class Style:
    """One way in which a speaker speaks; ``owner`` is the engine's own id of the speaker."""

    speaker: str
    name: str
    id: int
    owner: str = ""


class StyledVoice(ABC):
    """What such engines have in common. Moods choose among the speaker's styles.

    Args:
        brand: what people call the engine.
        url: where it is served.
        speaker: a name, or the number of a style; the first there is where it is empty.
        timeout: seconds that an answer may take.
    """

    def __init__(self, brand: str, url: str, speaker: str, *, timeout: float) -> None:
        self._brand = brand
        self._requests = Requests(brand, url, timeout=timeout)
        self._speaker = speaker
        self._styles: list[Style] = []

    @property
    def label(self) -> str:
        """See ``Voice``."""
        return f"{self._brand}: {self._styles[0].speaker if self._styles else self._speaker or '?'}"

    @property
    def credit(self) -> str:
        """See ``Voice``."""
        return self.label.replace(" ", "")

    async def voices(self) -> list[str]:
        """Return the names of its speakers, with their styles.

        Raises: as ``Voice.speak``.
        """
        return _listed(await self._all())

    async def look(self) -> None:
        """See ``Voice``."""
        await self._requests.look()

    async def close(self) -> None:
        """See ``Voice``."""
        await self._requests.close()

    async def _style(self, name: str) -> Style:
        """Return a style of the speaker by its name, the usual one where there is none such."""
        if not self._styles:
            self._styles = _chosen(await self._all(), self._speaker, self._brand)
        return next((one for one in self._styles if one.name == name), self._styles[0])

    async def _all(self) -> list[Style]:
        styles = list(await self._offered())
        if not styles:
            raise UnavailableError(tr("{brand} tells of no voices.", brand=self._brand))
        return styles

    @abstractmethod
    async def _offered(self) -> Iterable[Style]:
        """Return every style of every speaker."""


def _chosen(styles: Sequence[Style], speaker: str, engine: str) -> list[Style]:
    wanted = speaker or styles[0].speaker
    found = [one for one in styles if wanted in {one.speaker, str(one.id)}]
    if not found:
        names = ", ".join(dict.fromkeys(one.speaker for one in styles))
        raise MisconfiguredError(
            tr(
                "{engine} has no speaker “{speaker}”, only {names}. Set VOICE_SPEAKER to one"
                " of them, or to the number of a style.",
                engine=engine,
                speaker=speaker,
                names=names,
            )
        )
    return found


def _listed(styles: Iterable[Style]) -> list[str]:
    lines: dict[str, list[str]] = {}
    for one in styles:
        lines.setdefault(one.speaker, []).append(f"{one.name} ({one.id})")
    return [f"{speaker}: {', '.join(names)}" for speaker, names in lines.items()]
