"""COEIROINK's engine, by its own API; a running one describes it at ``/docs``.

Its dictionary is forgotten with every start and can only be replaced as a whole: it is left to
COEIROINK's own window.
"""

import base64
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from bot.chat import Clip, Mora
from bot.errors import UnavailableError
from bot.persona import Manner
from bot.translation import tr
from bot.voice.styles import Style, StyledVoice
from bot.voice.wave_file import clip, rate

URL = "http://127.0.0.1:50032"
_NAME = "COEIROINK"
_VOWELS = frozenset("aiueo")


class Coeiroink(StyledVoice):
    """One speaker of it. Moods choose the style, and speed and pitch.

    https://coeiroink.com/terms asks for the line of its ``credit``.
    """

    def __init__(self, url: str, speaker: str, *, timeout: float) -> None:
        """Ask nothing yet; see ``StyledVoice``."""
        super().__init__(_NAME, url or URL, speaker, timeout=timeout)

    async def learn(self, words: Mapping[str, str]) -> Collection[str]:  # noqa: ARG002
        """Learn nothing."""
        return ()

    async def speak(self, text: str, manner: Manner) -> Clip:
        """See ``Voice``. Of a sound whose pitch is another it tells no morae."""
        style = await self._style(manner.style)
        prosody = await self._ask("/v1/estimate_prosody", {"text": text})
        asked = {
            "speakerUuid": style.owner,
            "styleId": style.id,
            "text": text,
            "prosodyDetail": prosody.get("detail", []),
            "speedScale": manner.speed,
        }
        if manner.pitch:
            return await self._pitched(asked, manner.pitch)
        told = await self._ask("/v1/predict_with_duration", asked)
        sound = _decoded(told.get("wavBase64"))
        measured = clip(sound, _NAME)
        morae = tuple(_morae(told.get("moraDurations"), rate(sound)))
        return Clip(measured.sound, measured.seconds, morae)

    async def _pitched(self, asked: Mapping[str, Any], pitch: float) -> Clip:
        usual = {"volumeScale": 1.0, "intonationScale": 1.0, "outputSamplingRate": 44100}
        around = {"prePhonemeLength": 0.1, "postPhonemeLength": 0.1}
        response = await self._requests.ask(
            "POST", "/v1/synthesis", json={**asked, **usual, **around, "pitchScale": pitch}
        )
        return clip(response.content, _NAME)

    async def _ask(self, path: str, asked: Mapping[str, Any]) -> dict[str, Any]:
        told = await self._requests.ask_json("POST", path, json=asked)
        if not isinstance(told, dict):
            raise UnavailableError(tr("What {name} answers cannot be read.", name=_NAME))
        return told

    async def _offered(self) -> Iterator[Style]:
        return _styles(await self._requests.ask_json("GET", "/v1/speakers"))


def _styles(told: object) -> Iterator[Style]:
    for speaker in told if isinstance(told, list) else []:
        match speaker:
            case {"speakerName": str(name), "speakerUuid": str(owner), "styles": list(styles)}:
                for style in styles:
                    match style:
                        case {"styleName": str(mood), "styleId": int(number)}:
                            yield Style(name, mood, number, owner)


def _decoded(told: object) -> bytes:
    try:
        return base64.b64decode(str(told), validate=True)
    except ValueError:
        return b""


def _morae(told: object, hertz: int) -> Iterator[Mora]:
    for one in told if isinstance(told, list) else []:
        match one:
            case {"mora": str(mora), "wavRange": {"start": int(begin), "end": int(end)}}:
                vowel = mora.rpartition("-")[2]
                shown = vowel if vowel == "N" or vowel in _VOWELS else ""
                yield Mora(begin / hertz, end / hertz, shown)
