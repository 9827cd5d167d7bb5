"""The engines: VOICEVOX and a speech server by stand-ins, the voices in the box as they are."""

import io
import wave
from array import array
from collections.abc import Callable

import pytest

from bot import persona as personas
from bot.clock import SystemClock
from bot.errors import BotError, MisconfiguredError, UnavailableError
from bot.persona import Manner
from bot.voice import Voice
from bot.voice import box as box_module
from bot.voice.box import Box
from bot.voice.narrator import Narrator
from bot.voice.speech_api import SpeechApi
from bot.voice.voicevox import Voicevox
from tests.standins.voicevox import SpeechStandIn
from tests.support.obs import free_port

PLAIN = Manner()


def voicevox(url: str, speaker: str = "") -> Voicevox:
    """Return a VOICEVOX at an address."""
    return Voicevox(url, speaker, timeout=0.5)


def speech(url: str, key: str = "") -> SpeechApi:
    """Return a speech server at an address."""
    return SpeechApi(f"{url}/v1", "jf_alpha", model="kokoro", key=key, timeout=0.5)


async def test_voicevox_speaks() -> None:
    """By a speaker's name; the mood chooses the style, the speed and the pitch."""
    engine = SpeechStandIn()
    async with engine.serving() as url:
        voice = voicevox(url, "四国めたん")
        assert (await voice.speak("こんにちは", PLAIN)).seconds == 0.5
        sweet = Manner(style="あまあま", speed=1.2, pitch=0.05)
        await voice.speak("やった", sweet)
        await voice.speak("ない", Manner(style="ささやき"))
        assert voice.credit == "VOICEVOX:四国めたん"
        assert [query["speaker"] for query in engine.queries] == [2, 0, 2]
        assert engine.queries[1]["speedScale"] == 1.2
        assert engine.queries[1]["pitchScale"] == 0.05
        assert engine.asked == ["こんにちは", "やった", "ない"]
        await voice.close()


@pytest.mark.parametrize(("speaker", "style"), [("", 2), ("3", 3), ("0", 0), ("ずんだもん", 3)])
async def test_whose_voice_it_is(speaker: str, style: int) -> None:
    """A name, the number of a style, or the first there is."""
    engine = SpeechStandIn()
    async with engine.serving() as url:
        voice = voicevox(url, speaker)
        await voice.speak("こんにちは", PLAIN)
        assert engine.queries[0]["speaker"] == style
        assert await voice.voices() == [
            "四国めたん: ノーマル (2), あまあま (0)",
            "ずんだもん: ノーマル (3)",
        ]
        await voice.close()


async def test_a_speaker_that_is_not_there() -> None:
    """Those that are, are named."""
    async with SpeechStandIn().serving() as url:
        voice = voicevox(url, "Nobody")
        with pytest.raises(MisconfiguredError, match=r"no speaker “Nobody”, only 四国めたん"):
            await voice.speak("こんにちは", PLAIN)
        await voice.close()


async def test_a_speech_server_speaks() -> None:
    """With the key that it wants."""
    engine = SpeechStandIn()
    engine.key = "open sesame"
    async with engine.serving() as url:
        voice = speech(url, "open sesame")
        clip = await voice.speak("Hello", Manner(speed=1.1))
        assert clip.seconds == 0.5
        assert engine.queries == [
            {
                "model": "kokoro",
                "voice": "jf_alpha",
                "input": "Hello",
                "speed": 1.1,
                "response_format": "wav",
            }
        ]
        assert await voice.voices() == ["af_bella", "jf_alpha"]
        assert (voice.label, voice.credit) == ("kokoro: jf_alpha", "")
        await voice.close()
        locked_out = speech(url)
        with pytest.raises(MisconfiguredError, match="VOICE_KEY"):
            await locked_out.speak("Hello", PLAIN)
        await locked_out.close()


@pytest.mark.parametrize("make", [voicevox, speech])
@pytest.mark.parametrize(
    ("status", "kind", "told"),
    [
        (404, MisconfiguredError, "Set VOICE_URL"),
        (422, MisconfiguredError, "vtuber-bot voices"),
        (500, UnavailableError, "error of its own"),
        (429, UnavailableError, "error of its own"),
    ],
)
async def test_what_an_engine_refuses(
    make: Callable[[str], Voice], status: int, kind: type[BotError], told: str
) -> None:
    """It is told as what it means to people."""
    engine = SpeechStandIn()
    engine.status = status
    async with engine.serving() as url:
        voice = make(url)
        with pytest.raises(kind, match=told):
            await voice.speak("Hello", PLAIN)
        await voice.close()


@pytest.mark.parametrize("make", [voicevox, speech])
@pytest.mark.parametrize("sound", [b"", b"RIFF", b"\x00" * 99, b"<html>"])
async def test_what_is_no_sound(make: Callable[[str], Voice], sound: bytes) -> None:
    """Empty or broken: nothing of it reaches a page."""
    engine = SpeechStandIn()
    engine.sound = sound
    async with engine.serving() as url:
        voice = make(url)
        with pytest.raises(UnavailableError, match="has sent no sound"):
            await voice.speak("Hello", PLAIN)
        await voice.close()


@pytest.mark.parametrize(
    ("path", "told", "said"),
    [
        ("/speakers", "<html>", "cannot be read"),
        ("/speakers", {"voices": []}, "tells of no voices"),
        ("/speakers", [7, {"name": "x"}, {"name": "x", "styles": [{"id": "?"}]}], "no voices"),
        ("/audio_query", "<html>", "cannot be read"),
        ("/audio_query", ["?"], "cannot be read"),
    ],
)
async def test_another_program_at_that_port(path: str, told: object, said: str) -> None:
    """Or another version: the show goes on as text."""
    engine = SpeechStandIn()
    engine.strange[path] = told
    async with engine.serving() as url:
        voice = voicevox(url)
        with pytest.raises(UnavailableError, match=said):
            await voice.speak("Hello", PLAIN)
        await voice.close()


@pytest.mark.parametrize("seconds", [0.0, 90.0])
async def test_a_sound_of_a_length_that_cannot_be(seconds: float) -> None:
    """A sentence takes some time, and not a minute and a half."""
    engine = SpeechStandIn()
    engine.seconds = seconds
    async with engine.serving() as url:
        voice = voicevox(url)
        with pytest.raises(UnavailableError, match="a sound of"):
            await voice.speak("Hello", PLAIN)
        await voice.close()


@pytest.mark.parametrize("make", [voicevox, speech])
async def test_an_engine_that_is_away(make: Callable[[str], Voice]) -> None:
    """Not started, or hanging."""
    voice = make(f"http://127.0.0.1:{free_port()}")
    with pytest.raises(UnavailableError, match=r"does not answer .* Start it"):
        await voice.speak("Hello", PLAIN)
    await voice.close()


@pytest.mark.parametrize("url", ["http://[::1", "nowhere", "ftp://127.0.0.1"])
async def test_an_address_that_is_none(url: str) -> None:
    """It is called by the name of its setting."""
    with pytest.raises(BotError, match="VOICE_URL"):
        await voicevox(url).speak("Hello", PLAIN)


@pytest.mark.slow
@pytest.mark.parametrize(
    "text", ["こんにちは。今日はいい天気ですね。", "Hello everyone, good evening."]
)
async def test_the_voices_in_the_box(text: str) -> None:
    """They are really heard, faster and higher where that is wanted."""
    if not box_module.is_there():
        pytest.skip("uv run --extra embedded")
    voice = Box()
    plain = await voice.speak(text, PLAIN)
    fast = await voice.speak(text, Manner(speed=1.5, pitch=0.3))
    assert 1 < plain.seconds < 8
    assert fast.seconds < 0.9 * plain.seconds
    with wave.open(io.BytesIO(plain.sound)) as file:
        assert (file.getnchannels(), file.getsampwidth()) == (1, 2)
        samples = array("h", file.readframes(file.getnframes()))
    assert max(samples) > 3000
    assert len(await voice.voices()) == 2
    assert "CC BY 3.0" in voice.credit
    await voice.close()


@pytest.mark.slow
async def test_a_word_without_a_sound() -> None:
    """It is no failure of the engine."""
    if not box_module.is_there():
        pytest.skip("uv run --extra embedded")
    assert (await Box().speak("々", PLAIN)).seconds == 0
    narrator = Narrator(lambda _: Box(), personas.load("botan"), clock=SystemClock())
    assert await narrator.begin("々").clip() is None
    assert await narrator.prepare()


def test_a_box_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """How to get it is told."""
    monkeypatch.setattr(box_module, "is_there", lambda: False)
    with pytest.raises(MisconfiguredError, match="--extra embedded"):
        Box()
