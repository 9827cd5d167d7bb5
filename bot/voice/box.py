"""The voices in the box: Open JTalk for Japanese, eSpeak NG for English. They need no network.

They are stand-ins, for the demo and for tests: a streamer has better ones.
"""

import asyncio
import contextlib
import ctypes
import importlib.util
import io
from collections.abc import Callable, Collection, Mapping
from functools import cache
from typing import Any

from bot.chat import Clip
from bot.errors import MisconfiguredError
from bot.language.script import has_japanese
from bot.persona import Manner
from bot.translation import tr, tr_noop
from bot.voice.wave_file import clip, packed

_NAME = tr_noop("The voice in the box")
_EMPTY = len(packed(b"", 1))
_SEMITONES = 24
"""Half tones by which a pitch of 1 is higher."""
_RATE = 165
"""Words a minute: https://github.com/espeak-ng/espeak-ng/blob/master/src/include/espeak-ng/speak_lib.h
has it with all else that is called here."""
_SYNCHRONOUS, _UTF8, _SPEED, _PITCH, _USUAL_PITCH = 2, 1, 1, 3, 50


def is_there() -> bool:
    """Return whether the voices are installed."""
    return all(map(importlib.util.find_spec, ("pyopenjtalk", "espeakng_loader")))


class Box:
    """Speaks either language, sentence by sentence."""

    credit = "HTS Voice “Mei”: Nagoya Institute of Technology, MMDAgent Project Team (CC BY 3.0)"

    def __init__(self) -> None:
        """See that they are there.

        Raises:
            MisconfiguredError: they are not installed.
        """
        if not is_there():
            raise MisconfiguredError(
                tr(
                    "The voices in the box are not installed: run with `uv run --extra"
                    " embedded`, or set VOICE_ENGINE to another one."
                )
            )

    @property
    def label(self) -> str:
        """See ``Voice``."""
        return tr("Open JTalk and eSpeak NG, in the box: stand-ins for a voice of your own")

    async def voices(self) -> list[str]:
        """Return what there is."""
        return ["Mei (Japanese, Open JTalk)", "en-us (English, eSpeak NG)"]

    async def look(self) -> None:
        """See that it is there: it is."""

    async def learn(self, words: Mapping[str, str]) -> Collection[str]:  # noqa: ARG002
        """Learn nothing."""
        return ()

    async def speak(self, text: str, manner: Manner) -> Clip:
        """See ``Voice``."""
        say = _japanese if has_japanese(text) else _english
        sound = await asyncio.to_thread(say, text, manner)
        # There are words without a sound: a long vowel alone, say.
        return clip(sound, tr(_NAME)) if len(sound) > _EMPTY else Clip(b"", 0.0)

    async def close(self) -> None:
        """See ``Voice``."""


def _japanese(text: str, manner: Manner) -> bytes:
    samples, rate = _open_jtalk()(text, speed=manner.speed, half_tone=manner.pitch * _SEMITONES)
    return packed(samples.clip(-32768, 32767).astype("<i2").tobytes(), rate)


@cache
def _open_jtalk() -> Callable[..., tuple[Any, int]]:
    with contextlib.redirect_stderr(io.StringIO()), contextlib.redirect_stdout(io.StringIO()):
        # It prints that a reading of 何 may be wrong without ONNX, which people cannot use.
        import pyopenjtalk  # noqa: PLC0415

    speak: Callable[..., tuple[Any, int]] = pyopenjtalk.tts
    return speak


def _english(text: str, manner: Manner) -> bytes:
    espeak, rate = _espeak()
    samples = bytearray()

    def take(wave: int | None, count: int, _: int | None) -> int:
        if wave:
            samples.extend(ctypes.string_at(wave, 2 * count))
        return 0

    callback = _Callback(take)
    espeak.espeak_SetSynthCallback(callback)
    espeak.espeak_SetVoiceByName(b"en-us")
    espeak.espeak_SetParameter(_SPEED, int(_RATE * manner.speed), 0)
    espeak.espeak_SetParameter(_PITCH, int(_USUAL_PITCH * (1 + manner.pitch)), 0)
    words = text.encode()
    espeak.espeak_Synth(words, len(words) + 1, 0, 0, 0, _UTF8, None, None)
    espeak.espeak_Synchronize()
    return packed(bytes(samples), rate)


_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)


@cache
def _espeak() -> tuple[ctypes.CDLL, int]:
    import espeakng_loader  # noqa: PLC0415

    espeak = ctypes.CDLL(espeakng_loader.get_library_path())
    data = espeakng_loader.get_data_path().encode()
    return espeak, int(espeak.espeak_Initialize(_SYNCHRONOUS, 0, data, 0))
