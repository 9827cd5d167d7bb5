"""Servers that take OpenAI's ``/v1/audio/speech``: Kokoro-FastAPI, say.

https://platform.openai.com/docs/api-reference/audio/createSpeech describes it.
"""

from collections.abc import Collection, Mapping

from bot.chat import Clip
from bot.persona import Manner
from bot.translation import tr, tr_noop
from bot.voice.requests import Requests
from bot.voice.wave_file import clip

URL = "http://127.0.0.1:8880/v1"
_NAME = tr_noop("The speech server")


class SpeechApi:
    """One voice of such a server.

    Args:
        url: where it is served, up to ``/v1``.
        speaker: the name of the voice.
        model: what it is asked for.
        key: what lets us in, where it wants one.
        timeout: seconds that an answer may take.
    """

    def __init__(self, url: str, speaker: str, *, model: str, key: str, timeout: float) -> None:
        self._requests = Requests(tr(_NAME), (url or URL).rstrip("/"), timeout=timeout, key=key)
        self._speaker = speaker or "alloy"
        self._model = model

    @property
    def label(self) -> str:
        """See ``Voice``."""
        return f"{self._model}: {self._speaker}"

    @property
    def credit(self) -> str:
        """See ``Voice``."""
        return ""

    async def voices(self) -> list[str]:
        """Return the names of its voices, as far as it tells them.

        Raises: as ``speak``.
        """
        told = await self._requests.ask_json("GET", "/audio/voices")
        found = told.get("voices", []) if isinstance(told, dict) else []
        return [str(one.get("id", one) if isinstance(one, dict) else one) for one in found]

    async def learn(self, words: Mapping[str, str]) -> Collection[str]:  # noqa: ARG002
        """Learn nothing."""
        return ()

    async def speak(self, text: str, manner: Manner) -> Clip:
        """See ``Voice``."""
        asked = {
            "model": self._model,
            "voice": manner.style or self._speaker,
            "input": text,
            "speed": manner.speed,
            "response_format": "wav",
        }
        response = await self._requests.ask("POST", "/audio/speech", json=asked)
        return clip(response.content, tr(_NAME))

    async def look(self) -> None:
        """See ``Voice``."""
        await self._requests.look()

    async def close(self) -> None:
        """See ``Voice``."""
        await self._requests.close()
