"""The program itself with a voice and a model in VTube Studio, from the settings to the mouth."""

import signal
from pathlib import Path

import pytest

from bot.files import shipped
from tests.standins.ollama import OllamaStandIn
from tests.standins.voicevox import SpeechStandIn
from tests.standins.vtube_studio import SMILE, VTubeStudioStandIn
from tests.support.program import start, until
from tests.support.show import TOKEN, Viewer

pytestmark = pytest.mark.slow

SLEEPY = "Sleepy.exp3.json"


async def test_the_mouth_moves_until_a_moderator_says_so(tmp_path: Path) -> None:
    """With the voice, in the mood of what is said; asleep in the pause, and left as it was."""
    botan = (shipped("personas") / "botan.toml").read_text(encoding="utf-8")
    looks = f'[avatar.moods]\njoy = "Big Smile"\nsleep = "{SLEEPY}"'
    persona = tmp_path / "mine.toml"
    persona.write_text(botan.replace("[avatar.moods]", looks), encoding="utf-8")
    chat = tmp_path / "chat.jsonl"
    chat.write_text('{"author": "taro", "text": "こんばんは"}\n', encoding="utf-8")
    engine, studio = SpeechStandIn(), VTubeStudioStandIn()
    engine.seconds = 1.0
    async with OllamaStandIn() as ollama, engine.serving() as voice, studio.serving() as port:
        ollama.will_say("[joy] 太郎さん、こんばんは！ゆっくりしていってな。")
        settings = {
            "OLLAMA_HOST": ollama.host,
            "VOICE_ENGINE": "voicevox",
            "VOICE_URL": voice,
            "VTS_ENABLED": "true",
            "VTS_PORT": str(port),
            "WEB_TOKEN": TOKEN,
        }
        arguments = ["run", "--persona", str(persona), "--recording", str(chat), "--no-open"]
        program = await start(tmp_path, [*arguments, "--port", "0"], settings)
        address = (await until(program, "Overlay")).split()[1].removesuffix("/overlay")
        async with Viewer.at(address) as viewer:
            await studio.until(lambda: max(studio.mouth, default=0) > 0.9)
            await viewer.until("reply.sentence", mood="joy")
            await studio.until(lambda: studio.expressions[SMILE])
            await viewer.post("!pause", roles=["moderator"])
            await viewer.until("cleared")
            await studio.until(lambda: studio.expressions == {SMILE: False, SLEEPY: True})
            await studio.until(lambda: studio.mouth[-1] == 0)
        program.send_signal(signal.SIGINT)
        printed, _ = await program.communicate()
        assert studio.expressions == {SMILE: False, SLEEPY: False}
    assert studio.asked == 1
    assert "Connected to VTube Studio" in printed.decode()
