"""The engines: VOICEVOX and a speech server by stand-ins, the voices in the box as they are."""

import io
import wave
from array import array
from collections.abc import Callable

import pytest

from bot import persona as personas
from bot.chat import Mora
from bot.clock import SystemClock
from bot.errors import BotError, MisconfiguredError, UnavailableError
from bot.persona import Manner
from bot.voice import Voice
from bot.voice import box as box_module
from bot.voice.box import Box
from bot.voice.coeiroink import Coeiroink
from bot.voice.narrator import Narrator
from bot.voice.requests import AwayError
from bot.voice.speech_api import SpeechApi
from bot.voice.voicevox import Voicevox
from tests.standins.voicevox import SpeechStandIn
from tests.support.obs import free_port

PLAIN = Manner()


def voicevox(url: str, speaker: str = "") -> Voicevox:
    """Return a VOICEVOX at an address."""
    return Voicevox(url, speaker, timeout=20)


def coeiroink(url: str, speaker: str = "") -> Coeiroink:
    """Return a COEIROINK at an address."""
    return Coeiroink(url, speaker, timeout=20)


def speech(url: str, key: str = "") -> SpeechApi:
    """Return a speech server at an address."""
    return SpeechApi(f"{url}/v1", "jf_alpha", model="kokoro", key=key, timeout=20)


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
        assert await voice.learn({"牡丹": "ぼたん"}) == ()
        await voice.close()
        locked_out = speech(url)
        with pytest.raises(MisconfiguredError, match="VOICE_KEY"):
            await locked_out.speak("Hello", PLAIN)
        await locked_out.close()


async def test_who_voicevox_is() -> None:
    """AivisSpeech speaks the same way, and is called by its own name."""
    engine = SpeechStandIn()
    engine.brand = "AivisSpeech"
    async with engine.serving() as url:
        voice = voicevox(url)
        await voice.speak("こんにちは", PLAIN)
        assert voice.label == "AivisSpeech: 四国めたん"
        assert voice.credit == "AivisSpeech:四国めたん"
        await voice.close()


async def test_voicevox_learns_the_dictionary() -> None:
    """What is there already stays as it is; what is no kana, or it does not take, is not its."""
    engine = SpeechStandIn()
    engine.words = {"Wren": "レン", "Botan": "ボタン"}
    words = {
        "Botan": "ぼたん",
        "Wren": "うれん",
        "月見亭": "つきみてい",
        "GG": "good game",
        "a b": "えーびー",
    }
    async with engine.serving() as url:
        voice = voicevox(url)
        assert await voice.learn({}) == set()
        assert await voice.learn(words) == {"Botan", "月見亭"}
        assert await voice.learn(words) == {"Botan", "月見亭"}
        assert engine.words == {"Wren": "レン", "Botan": "ボタン", "月見亭": "ツキミテイ"}
        assert engine.accents == {"月見亭": 1}
        engine.strange["/accent_phrases"] = []
        assert await voice.learn({"牡丹": "ボタン"}) == {"牡丹"}
        assert engine.accents["牡丹"] == 0
        engine.strange["/user_dict"] = {"x": 7, "y": {"surface": []}}
        assert await voice.learn({"牡丹": "ボタン"}) == {"牡丹"}
        await voice.close()


def _mora(vowel: str, length: float, consonant: float | None = None) -> dict[str, object]:
    return {"vowel": vowel, "vowel_length": length, "consonant_length": consonant}


async def test_voicevox_tells_its_morae() -> None:
    """Faster where it speaks faster; shut at っ and in a pause; a whispered vowel is one, too."""
    engine = SpeechStandIn()
    engine.phrases = [
        {
            "moras": [_mora("a", 0.1, 0.1), _mora("cl", 0.1), _mora("U", 0.1), _mora("N", 0.1)],
            "pause_mora": _mora("pau", 0.3),
        }
    ]
    engine.seconds = 0.5
    async with engine.serving() as url:
        voice = voicevox(url)
        morae = (await voice.speak("かっくん", Manner(speed=2.0))).morae
        assert [one.vowel for one in morae] == ["a", "", "u", "N", ""]
        assert [one.begin for one in morae] == pytest.approx([0.05, 0.15, 0.2, 0.25, 0.3])
        assert morae[-1].end == pytest.approx(0.45)
        assert (await voice.speak("かっくん", PLAIN)).morae == ()  # not as long as its sound
        engine.phrases[0]["moras"][0]["vowel_length"] = "?"
        assert (await voice.speak("かっくん", Manner(speed=2.0))).morae == ()
        await voice.close()


async def test_coeiroink_speaks() -> None:
    """With its morae, but where the pitch is another."""
    engine = SpeechStandIn()
    async with engine.serving() as url:
        voice = coeiroink(url, "つくよみちゃん")
        assert voice.label == "COEIROINK: つくよみちゃん"
        spoken = await voice.speak("かん", PLAIN)
        assert spoken.seconds == 0.5
        assert spoken.morae == (Mora(0.0, 0.25, "a"), Mora(0.25, 0.5, "N"), Mora(0.5, 0.5, ""))
        high = await voice.speak("かん", Manner(style="おしとやか", speed=1.2, pitch=0.1))
        assert (high.seconds, high.morae) == (0.5, ())
        plain, pitched = engine.queries
        assert (plain["speakerUuid"], plain["styleId"], plain["speedScale"]) == ("uuid-t", 0, 1.0)
        assert (pitched["styleId"], pitched["speedScale"], pitched["pitchScale"]) == (5, 1.2, 0.1)
        assert plain["prosodyDetail"] == [[{"phoneme": "a", "hira": "あ"}]]
        assert voice.credit == "COEIROINK:つくよみちゃん"
        assert await voice.voices() == ["つくよみちゃん: れいせい (0), おしとやか (5)"]
        assert await voice.learn({"牡丹": "ぼたん"}) == ()
        await voice.close()


@pytest.mark.parametrize("make", [voicevox, speech, coeiroink])
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


@pytest.mark.parametrize("make", [voicevox, speech, coeiroink])
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
        ("/v1/speakers", [7, {"styles": []}], "tells of no voices"),
        ("/v1/estimate_prosody", ["?"], "cannot be read"),
        ("/v1/predict_with_duration", {"wavBase64": "?"}, "has sent no sound"),
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
        voice = coeiroink(url) if path.startswith("/v1") else voicevox(url)
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


@pytest.mark.parametrize("make", [voicevox, speech, coeiroink])
async def test_an_engine_that_is_away(make: Callable[[str], Voice]) -> None:
    """Not started, or hanging."""
    voice = make(f"http://127.0.0.1:{free_port()}")
    with pytest.raises(UnavailableError, match=r"does not answer .* Start it"):
        await voice.speak("Hello", PLAIN)
    with pytest.raises(AwayError, match="does not answer"):
        await voice.look()
    await voice.close()


async def test_an_engine_that_is_too_slow() -> None:
    """By its own client, where nobody else waits."""
    engine = SpeechStandIn()
    engine.gate.clear()
    async with engine.serving() as url:
        voice = Voicevox(url, "", timeout=0.05)
        with pytest.raises(AwayError, match="too slow"):
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
    await voice.look()
    plain = await voice.speak(text, PLAIN)
    fast = await voice.speak(text, Manner(speed=1.5, pitch=0.3))
    assert 1 < plain.seconds < 8
    assert fast.seconds < 0.9 * plain.seconds
    with wave.open(io.BytesIO(plain.sound)) as file:
        assert (file.getnchannels(), file.getsampwidth()) == (1, 2)
        samples = array("h", file.readframes(file.getnframes()))
    assert max(samples) > 3000
    assert len(await voice.voices()) == 2
    assert await voice.learn({"牡丹": "ぼたん"}) == ()
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
