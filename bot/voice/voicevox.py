"""VOICEVOX's engine, and those that speak its API: AivisSpeech.

https://voicevox.github.io/voicevox_engine/api/ describes it.
"""

import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any

import regex

from bot.chat import Clip, Mora
from bot.errors import MisconfiguredError, UnavailableError
from bot.persona import Manner
from bot.translation import tr
from bot.voice.styles import Style, StyledVoice
from bot.voice.wave_file import clip

URL = "http://127.0.0.1:50021"
_NAME = "VOICEVOX"
_KANA = regex.compile(r"[ぁ-ゖァ-ヶー]+")
_KATAKANA = {code: code + 0x60 for code in range(ord("ぁ"), ord("ゖ") + 1)}
_VOWELS = frozenset("aiueo")
_OFF = 0.15
"""Share of a sound by which its morae may miss its length: AivisSpeech tells lengths of nothing."""


class Voicevox(StyledVoice):
    """One speaker of it. Moods choose the style, and speed and pitch.

    https://voicevox.hiroshiba.jp/term/ asks for the line of its ``credit``.
    """

    def __init__(self, url: str, speaker: str, *, timeout: float) -> None:
        """Ask nothing yet; see ``StyledVoice``."""
        super().__init__(_NAME, url or URL, speaker, timeout=timeout)

    async def learn(self, words: Mapping[str, str]) -> Collection[str]:
        """See ``Voice``: what the streamer has in VOICEVOX's own dictionary stays as it is."""
        there = dict(_words(await self._requests.ask_json("GET", "/user_dict"))) if words else {}
        known = set[str]()
        for word, reading in words.items():
            if not _KANA.fullmatch(reading):
                continue
            kana = reading.translate(_KATAKANA)
            said = there.get(_plain(word)) or await self._add(word, kana)
            if said == kana:
                known.add(word)
        return known

    async def speak(self, text: str, manner: Manner) -> Clip:
        """See ``Voice``."""
        style = (await self._style(manner.style)).id
        query = await self._query(text, style)
        query["speedScale"] = query.get("speedScale", 1.0) * manner.speed
        query["pitchScale"] = query.get("pitchScale", 0.0) + manner.pitch
        response = await self._requests.ask(
            "POST", "/synthesis", params={"speaker": style}, json=query
        )
        sound = clip(response.content, _NAME)
        return replace(sound, morae=_morae(query, sound.seconds))

    async def _query(self, text: str, style: int) -> dict[str, Any]:
        asked = {"text": text, "speaker": style}
        query = await self._requests.ask_json("POST", "/audio_query", params=asked)
        if not isinstance(query, dict):
            raise UnavailableError(tr("{name}'s answer cannot be read.", name=_NAME))
        return query

    async def _add(self, word: str, kana: str) -> str:
        """Add a word to its dictionary, as its editor does; return how it is said from now on."""
        asked = {"text": kana, "speaker": (await self._style("")).id}
        phrases = await self._requests.ask_json("POST", "/accent_phrases", params=asked)
        match phrases:
            case [{"accent": int(accent)}]:
                pass
            case _:
                accent = 0
        added = {"surface": word, "pronunciation": kana, "accent_type": accent}
        try:
            await self._requests.ask(
                "POST", "/user_dict_word", params={**added, "word_type": "PROPER_NOUN"}
            )
        except MisconfiguredError:  # no word, or none that it takes
            return ""
        return kana

    async def _offered(self) -> Iterator[Style]:
        self._brand = await self._whose()
        return _styles(await self._requests.ask_json("GET", "/speakers"))

    async def _whose(self) -> str:
        try:
            told = await self._requests.ask_json("GET", "/engine_manifest")
        except MisconfiguredError:  # it is an old one
            return _NAME
        match told:
            case {"brand_name": str(brand)} if brand.strip():
                return brand.strip()
        return _NAME


def _styles(told: object) -> Iterator[Style]:
    for speaker in told if isinstance(told, list) else []:
        match speaker:
            case {"name": str(name), "styles": list(styles)}:
                for style in styles:
                    match style:
                        case {"name": str(mood), "id": int(number)}:
                            yield Style(name, mood, number)


def _words(told: object) -> Iterator[tuple[str, str]]:
    """Yield the words of a dictionary, and how they are said."""
    for word in told.values() if isinstance(told, dict) else ():
        match word:
            case {"surface": str(surface), "pronunciation": str(said)}:
                yield _plain(surface), said


def _plain(word: str) -> str:
    # It keeps letters at full width, whatever they were.
    return unicodedata.normalize("NFKC", word)


def _morae(query: Mapping[str, Any], seconds: float) -> tuple[Mora, ...]:
    """Return the beats of a sound; none where what is told of them is not as long as the sound."""
    try:
        speed, scale = query["speedScale"], query.get("pauseLengthScale", 1.0)
        at = query["prePhonemeLength"]
        morae = []
        for phrase in query["accent_phrases"]:
            for mora in [*phrase["moras"], *filter(None, [phrase.get("pause_mora")])]:
                length = (mora.get("consonant_length") or 0.0) + mora["vowel_length"]
                vowel = mora["vowel"]
                length *= scale if vowel == "pau" else 1.0
                shown = vowel if vowel == "N" else vowel.lower()
                shown = shown if shown in _VOWELS or vowel == "N" else ""
                morae.append(Mora(at / speed, (at + length) / speed, shown))
                at += length
        end = (at + query["postPhonemeLength"]) / speed
    except (LookupError, TypeError, AttributeError, ZeroDivisionError):
        return ()
    return tuple(morae) if abs(end - seconds) <= _OFF * seconds else ()
