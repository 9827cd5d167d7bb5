"""The mouth: what it looks like while something is said."""

import io
import math
import wave
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot.chat import Clip
from bot.clock import Clock
from bot.voice.wave_file import SAMPLE

RATE: Final = 30
"""Shapes in a second."""
VOWELS: Final = ("A", "I", "U", "E", "O")

_LAG = 0.03
"""Seconds from a sentence to its sound: a page fetches it first."""
_LOUD = 0.7
"""Share of the greatest loudness of a sentence at which the mouth is wide open."""
_HUMMED = 0.15
"""How far it is open at ん."""
_LETTER = 0.09
_FLAP = 0.14
"""Seconds: as the built-in face has them, where there is no voice."""


@dataclass(frozen=True, slots=True)
class Shape:
    """How far the mouth is open, from 0 to 1, and for which vowel, where that is known."""

    opening: float
    vowel: str = ""


SHUT: Final = Shape(0.0)


class Mouth:
    """Knows what the mouth looks like at this moment.

    Args:
        clock: by which sentences follow one another.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._said: list[tuple[float, Sequence[Shape]]] = []
        """What is being said, with its beginning."""

    def say(self, shapes: Sequence[Shape]) -> None:
        """Say something, after what is being said."""
        now = self._clock.monotonic()
        ends = [begin + len(said) / RATE for begin, said in self._said]
        self._said.append((max([now + _LAG, *ends]), shapes))

    def hush(self) -> None:
        """Say nothing more."""
        self._said.clear()

    @property
    def shape(self) -> Shape | None:
        """What it looks like now; None where nothing is being said."""
        now = self._clock.monotonic()
        self._said = [one for one in self._said if now < one[0] + len(one[1]) / RATE]
        if not self._said:
            return None
        begin, shapes = self._said[0]
        frame = math.floor((now - begin) * RATE)
        return shapes[frame] if frame >= 0 else SHUT


def heard(clip: Clip) -> list[Shape]:
    """Return the mouth of a sound: as wide as it is loud, by its vowels where these are known."""
    levels = _levels(clip)
    if not levels:
        return _flapping(clip.seconds)
    loud = _LOUD * max(*levels, 1.0)
    return [_shape(min(1.0, level / loud), n / RATE, clip) for n, level in enumerate(levels)]


def read(text: str) -> list[Shape]:
    """Return the mouth of a sentence that is only read: it opens and shuts for as long as that."""
    return _flapping(_LETTER * len(text))


def _flapping(seconds: float) -> list[Shape]:
    frames = range(math.ceil(seconds * RATE))
    return [Shape(float(math.floor(n / RATE / _FLAP) % 2 == 0)) for n in frames]


def _shape(opening: float, at: float, clip: Clip) -> Shape:
    if not clip.morae:
        return Shape(opening)
    vowel = next((one.vowel for one in clip.morae if one.begin <= at < one.end), "")
    if vowel == "N":
        return Shape(min(opening, _HUMMED))
    return Shape(opening if vowel else 0.0, vowel.upper())


def _levels(clip: Clip) -> list[float]:
    """Return how loud each thirtieth of a second is; nothing for samples of another size."""
    with wave.open(io.BytesIO(clip.sound)) as file:
        if file.getsampwidth() != SAMPLE:
            return []
        step = file.getframerate() * file.getnchannels() // RATE
        samples = array("h", file.readframes(file.getnframes()))
    pieces = [samples[begin : begin + step] for begin in range(0, len(samples), step)]
    return [math.sqrt(sum(one * one for one in piece) / len(piece)) for piece in pieces]
