"""The mouth follows the sound, its morae, or the letters."""

import io
import math
import wave
from array import array

import pytest

from bot.avatar.mouth import RATE, SHUT, Mouth, Shape, heard, read
from bot.chat import Clip, Mora
from bot.voice.wave_file import packed
from tests.support.clock import FakeClock

_HERTZ = 24_000


def sound(*loud: float) -> bytes:
    """Return a tone for a tenth of a second at each loudness, from 0 to 1."""
    samples = array("h")
    for volume in loud:
        samples.extend(int(9000 * volume * math.sin(n / 8)) for n in range(_HERTZ // 10))
    return packed(samples.tobytes(), _HERTZ)


def shape(mouth: Mouth) -> Shape | None:
    """Return what it looks like at this moment."""
    return mouth.shape


def test_as_wide_as_it_is_loud() -> None:
    """Shut in a silence, wide where it is loudest, and between where it is between."""
    openings = [one.opening for one in heard(Clip(sound(0, 1, 0, 0.35), 0.4))]
    assert openings == pytest.approx([0, 0, 0, 1, 1, 1, 0, 0, 0, 0.5, 0.5, 0.5], abs=0.06)


def test_a_quiet_sentence_opens_it_too() -> None:
    """What counts is how loud it is against itself; nothing at all leaves it shut."""
    assert max(one.opening for one in heard(Clip(sound(0.1, 0.05), 0.2))) == 1
    assert {one.opening for one in heard(Clip(sound(0, 0), 0.2))} == {0}


def test_its_vowels() -> None:
    """Where an engine tells them: shut between them, and nearly so at ん."""
    morae = (Mora(0.1, 0.2, "a"), Mora(0.2, 0.3, "N"), Mora(0.3, 0.4, "o"))
    shapes = heard(Clip(sound(1, 1, 1, 1), 0.4, morae))
    assert [one.vowel for one in shapes] == [*[""] * 3, *["A"] * 3, *[""] * 3, *["O"] * 3]
    openings = [one.opening for one in shapes]
    assert openings == pytest.approx([0, 0, 0, 1, 1, 1, 0.15, 0.15, 0.15, 1, 1, 1])


def test_two_channels_and_other_samples() -> None:
    """What is not as engines send it moves the mouth all the same, for as long as it lasts."""
    file = io.BytesIO()
    with wave.open(file, "wb") as written:
        written.setnchannels(2)
        written.setsampwidth(2)
        written.setframerate(_HERTZ)
        written.writeframes(array("h", [9000, -9000] * _HERTZ).tobytes())
    assert len(heard(Clip(file.getvalue(), 1))) == RATE
    file = io.BytesIO()
    with wave.open(file, "wb") as written:
        written.setnchannels(1)
        written.setsampwidth(1)
        written.setframerate(_HERTZ)
        written.writeframes(bytes(_HERTZ))
    assert {one.opening for one in heard(Clip(file.getvalue(), 1))} == {0, 1}


def test_without_a_voice() -> None:
    """It opens and shuts for as long as the letters take."""
    shapes = read("こんにちは")
    assert len(shapes) == math.ceil(5 * 0.09 * RATE)
    assert {one.opening for one in shapes} == {0, 1}
    assert read("") == []


async def test_one_after_another() -> None:
    """Each sentence begins when the one before has been said; then the mouth is nobody's."""
    clock = FakeClock()
    mouth = Mouth(clock)
    assert shape(mouth) is None
    mouth.say([Shape(0.5)] * RATE)
    mouth.say([Shape(1.0)] * RATE)
    assert shape(mouth) == SHUT  # its sound is on the way
    await clock.advance(0.5)
    assert shape(mouth) == Shape(0.5)
    await clock.advance(1)
    assert shape(mouth) == Shape(1.0)
    await clock.advance(1)
    assert shape(mouth) is None
    mouth.say([Shape(1.0)] * RATE)
    await clock.advance(0.5)
    mouth.hush()
    assert shape(mouth) is None
