"""Sound as WAV, which is what engines give and browsers play. Pure."""

import io
import wave
from typing import Final

from bot.chat import Clip
from bot.errors import UnavailableError
from bot.translation import tr

SAMPLE: Final = 2
"""Bytes."""
_LONGEST = 60.0
"""Seconds; no sentence takes longer."""


def clip(sound: bytes, engine: str) -> Clip:
    """Return the sound of an engine, with its length.

    Raises:
        UnavailableError: it is no WAV, broken, or as good as empty.
    """
    try:
        with wave.open(io.BytesIO(sound)) as file:
            seconds = file.getnframes() / file.getframerate()
    except (wave.Error, EOFError, ZeroDivisionError) as error:
        raise UnavailableError(
            tr(
                "{engine} has sent no sound ({error}).",
                engine=engine,
                error=str(error) or tr("nothing"),
            )
        ) from None
    if not 0 < seconds <= _LONGEST:
        raise UnavailableError(
            tr("{engine} has sent a sound of {seconds:.0f} s.", engine=engine, seconds=seconds)
        )
    return Clip(sound, seconds)


def rate(sound: bytes) -> int:
    """Return the samples a second of a WAV."""
    with wave.open(io.BytesIO(sound)) as file:
        hertz: int = file.getframerate()
    return hertz


def packed(samples: bytes, rate: int) -> bytes:
    """Return 16-bit samples of one channel as a WAV."""
    file = io.BytesIO()
    with wave.open(file, "wb") as written:
        written.setnchannels(1)
        written.setsampwidth(SAMPLE)
        written.setframerate(rate)
        written.writeframes(samples)
    return file.getvalue()
