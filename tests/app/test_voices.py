"""Which voice the settings name, and how a streamer finds one."""

import io
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from rich.console import Console

from bot import persona as personas
from bot.app.voices import engine_in_box, list_voices, narrator, playback, voice
from bot.clock import SystemClock
from bot.errors import MisconfiguredError, UnavailableError
from bot.settings import Settings
from bot.voice import box as box_module
from bot.voice import loudspeaker
from bot.voice.box import Box
from bot.voice.coeiroink import Coeiroink
from bot.voice.options import Engine, VoiceOptions
from bot.voice.speech_api import SpeechApi
from bot.voice.voicevox import Voicevox
from tests.standins.voicevox import SpeechStandIn
from tests.support.obs import free_port
from tests.support.program import start

BOTAN = personas.load("botan")


def settings(**options: Any) -> Settings:
    """Return settings with these of the voice."""
    return Settings.model_construct(voice=VoiceOptions.model_validate(options))


@pytest.mark.parametrize(
    ("engine", "kind"),
    [
        ("voicevox", Voicevox),
        ("coeiroink", Coeiroink),
        ("openai", SpeechApi),
        ("box", Box),
    ],
)
async def test_the_engine_that_is_named(engine: str, kind: type) -> None:
    """Each is what the settings say."""
    if kind is Box and not box_module.is_there():
        pytest.skip("uv run --extra embedded")
    options = VoiceOptions(engine=Engine(engine), key=SecretStr("k"), speaker="x")
    made = voice(options, BOTAN)
    assert type(made) is kind
    await made.close()


async def test_no_voice_but_what_is_usual() -> None:
    """A live show is silent until the settings name an engine; the demo has its own."""
    silent = narrator(settings(), BOTAN, SystemClock())
    assert silent.voice is None
    usual = narrator(settings(), BOTAN, SystemClock(), usual=Engine.VOICEVOX)
    assert isinstance(usual.voice, Voicevox)
    chosen = narrator(settings(engine="openai"), BOTAN, SystemClock(), usual=Engine.VOICEVOX)
    assert isinstance(chosen.voice, SpeechApi)
    for one in (silent, usual, chosen):
        await one.close()


def test_where_it_is_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the page, or at a device where that is wanted, and can be; a silent show needs none."""
    clock = SystemClock()
    assert playback(settings(engine="voicevox"), clock) == []
    assert playback(settings(output="device"), clock) == []
    wanted = settings(engine="voicevox", output="device")
    assert [one.label for one in playback(wanted, clock)] == ["Sound device"]
    usual = playback(settings(output="device"), clock, usual=Engine.BOX)
    assert [one.state for one in usual] == ["Opening the sound device."]
    monkeypatch.setattr(loudspeaker, "is_there", lambda: False)
    with pytest.raises(MisconfiguredError, match="--extra device"):
        playback(wanted, clock)


async def test_the_devices_are_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the voices, where the voice is to be heard at one of them."""
    printed = io.StringIO()
    async with SpeechStandIn().serving() as url:
        wanted = settings(engine="voicevox", url=url, output="device")
        for there in ([], ["Room", "Headphones"]):
            monkeypatch.setattr(loudspeaker, "names", lambda there=there: there)
            await list_voices(wanted, Console(file=printed), None, show=None, sample=tmp_path)
    assert "Sound devices:\nnone\n" in printed.getvalue()
    assert "Sound devices:\nRoom\nHeadphones\n" in printed.getvalue()


@pytest.mark.parametrize("is_there", [True, False])
def test_what_is_in_the_box(monkeypatch: pytest.MonkeyPatch, *, is_there: bool) -> None:
    """The demo is silent where the extra is not installed."""
    monkeypatch.setattr(box_module, "is_there", lambda: is_there)
    assert engine_in_box() is (Engine.BOX if is_there else Engine.NONE)


async def test_a_dictionary_that_cannot_be_read(tmp_path: Path) -> None:
    """It is named; one that is not there is none."""
    odd = tmp_path / "voice.txt"
    odd.write_bytes("牡丹 = ぼたん".encode("utf-16"))
    with pytest.raises(MisconfiguredError, match=r"voice\.txt cannot be read: save it as UTF-8"):
        narrator(settings(dictionary=odd), BOTAN, SystemClock())


async def test_the_voices_are_listed_and_tried(tmp_path: Path) -> None:
    """By their names, and one of them is heard, with the streamer's own readings."""
    words = tmp_path / "voice.txt"
    words.write_text("牡丹 = ぼたん\n", encoding="utf-8")
    engine, printed, opened = SpeechStandIn(), io.StringIO(), list[str]()
    sample = tmp_path / "new" / "voice.wav"
    async with engine.serving() as url:
        wanted = settings(engine="voicevox", url=url, speaker="ずんだもん", dictionary=words)
        console = Console(file=printed, width=200)
        await list_voices(wanted, console, None, show=opened.append, sample=sample)
        assert "四国めたん: ノーマル (2), あまあま (0)" in printed.getvalue()
        assert not sample.exists()
        await list_voices(wanted, console, "牡丹だよ🎉", show=opened.append, sample=sample)
        assert engine.asked == ["ぼたんだよ"]
        assert "VOICEVOX: ずんだもん says “ぼたんだよ” in 0.5 s" in printed.getvalue()
        assert sample.read_bytes().startswith(b"RIFF")
        assert opened == [sample.as_uri()]
        with pytest.raises(MisconfiguredError, match="nothing to say"):
            await list_voices(wanted, console, "🎉", show=None, sample=sample)


async def test_the_voices_of_the_program_itself(tmp_path: Path) -> None:
    """Where no engine is set, those in the box."""
    if not box_module.is_there():
        pytest.skip("uv run --extra embedded")
    process = await start(tmp_path, ["voices", "--try", "Hello there.", "--no-open"], {})
    printed, _ = await process.communicate()
    assert process.returncode == 0
    assert "en-us (English, eSpeak NG)" in printed.decode()
    assert "says “Hello there.” in" in printed.decode()


async def test_an_engine_that_is_not_started(tmp_path: Path) -> None:
    """How to get it is said."""
    wanted = settings(engine="voicevox", url=f"http://127.0.0.1:{free_port()}")
    with pytest.raises(UnavailableError, match="Start it, or set VOICE_URL"):
        await list_voices(wanted, Console(), None, show=None, sample=tmp_path / "x.wav")
