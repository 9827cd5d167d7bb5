"""VOICEVOX's engine, and those that speak its API.

https://voicevox.github.io/voicevox_engine/api/ describes it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bot.chat import Clip
from bot.errors import MisconfiguredError, UnavailableError
from bot.persona import Manner
from bot.voice.requests import Requests
from bot.voice.wave_file import clip

URL = "http://127.0.0.1:50021"
_NAME = "VOICEVOX"


@dataclass(frozen=True, slots=True)
class _Style:
    speaker: str
    style: str
    id: int


class Voicevox:
    """One speaker of it. Moods choose among the speaker's styles, and speed and pitch.

    Args:
        url: where it is served.
        speaker: a name, or the number of a style; the first there is where it is empty.
        timeout: seconds that an answer may take.
    """

    def __init__(self, url: str, speaker: str, *, timeout: float) -> None:
        self._requests = Requests(_NAME, url or URL, timeout=timeout)
        self._speaker = speaker
        self._styles: list[_Style] = []

    @property
    def label(self) -> str:
        """See ``Voice``."""
        return f"{_NAME}: {self._styles[0].speaker if self._styles else self._speaker or '?'}"

    @property
    def credit(self) -> str:
        """See ``Voice``; the line that https://voicevox.hiroshiba.jp/term/ asks for."""
        return self.label.replace(" ", "")

    async def voices(self) -> list[str]:
        """Return the names of its speakers, with their styles.

        Raises: as ``speak``.
        """
        styles = await self._all()
        names = dict.fromkeys(style.speaker for style in styles)
        return [
            f"{name}: " + ", ".join(f"{s.style} ({s.id})" for s in styles if s.speaker == name)
            for name in names
        ]

    async def speak(self, text: str, manner: Manner) -> Clip:
        """See ``Voice``."""
        style = await self._style(manner.style)
        query = await self._query(text, style)
        query["speedScale"] = query.get("speedScale", 1.0) * manner.speed
        query["pitchScale"] = query.get("pitchScale", 0.0) + manner.pitch
        response = await self._requests.ask(
            "POST", "/synthesis", params={"speaker": style}, json=query
        )
        return clip(response.content, _NAME)

    async def close(self) -> None:
        """See ``Voice``."""
        await self._requests.close()

    async def _query(self, text: str, style: int) -> dict[str, Any]:
        asked = {"text": text, "speaker": style}
        query = await self._requests.ask_json("POST", "/audio_query", params=asked)
        if not isinstance(query, dict):
            raise UnavailableError(f"{_NAME}'s answer cannot be read.")
        return query

    async def _style(self, wanted: str) -> int:
        """Return the number of a style of the speaker, the first where there is none such."""
        if not self._styles:
            every = await self._all()
            chosen = [one for one in every if self._speaker in {one.speaker, str(one.id)}]
            self._styles = sorted(chosen, key=lambda one: str(one.id) != self._speaker)
            if not self._speaker:
                self._styles = [one for one in every if one.speaker == every[0].speaker]
            if not self._styles:
                names = ", ".join(dict.fromkeys(one.speaker for one in every))
                raise MisconfiguredError(
                    f"{_NAME} has no speaker “{self._speaker}”, only {names}. Set VOICE_SPEAKER to"
                    " one of them, or to the number of a style."
                )
        found = (one.id for one in self._styles if one.style == wanted)
        return next(found, self._styles[0].id)

    async def _all(self) -> list[_Style]:
        styles = list(_styles(await self._requests.ask_json("GET", "/speakers")))
        if not styles:
            raise UnavailableError(f"{_NAME} tells of no voices.")
        return styles


def _styles(told: object) -> Iterator[_Style]:
    for speaker in told if isinstance(told, list) else []:
        match speaker:
            case {"name": str(name), "styles": list(styles)}:
                for style in styles:
                    match style:
                        case {"name": str(mood), "id": int(number)}:
                            yield _Style(name, mood, number)
