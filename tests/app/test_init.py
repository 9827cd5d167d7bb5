"""The questions that set the bot up, and what is written of the answers."""

import asyncio
import io
import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import aiohttp
import pytest
from rich.console import Console

from bot.app import init
from bot.app.init import Found, Question
from bot.errors import MisconfiguredError
from bot.llm.options import OllamaOptions
from bot.settings import BotOptions, Settings, load
from bot.twitch.options import TwitchOptions
from tests.standins.ollama import OllamaStandIn
from tests.support.program import start, until
from tests.support.settings import forget_settings
from tests.support.typist import typed


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, and no settings in the environment."""
    monkeypatch.chdir(tmp_path)
    forget_settings(monkeypatch)
    return tmp_path


def wanted(**sections: object) -> Settings:
    """Return settings of which only these are set."""
    return Settings.model_construct(**sections)  # type: ignore[arg-type]


async def test_what_is_here_is_found(ollama: OllamaStandIn) -> None:
    """The models of Ollama; nobody else runs here, or it is told truly."""
    ollama.models = ["llama3:8b", "gpt-oss:20b"]
    found = await init.look(wanted(ollama=OllamaOptions(host=ollama.host)))
    assert found.models == ["gpt-oss:20b", "llama3:8b"]
    nobody = await init.look(wanted(ollama=OllamaOptions(host="http://127.0.0.1:9")))
    assert nobody.models == []


async def test_who_runs_here_is_found(
    ollama: OllamaStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the ports where OBS and VOICEVOX listen as they come."""
    for name in ("_OBS_PORT", "_VOICEVOX_PORT"):
        monkeypatch.setattr(init, name, int(ollama.host.rpartition(":")[2]))
    found = await init.look(wanted(ollama=OllamaOptions(host=ollama.host)))
    assert (found.has_obs, found.has_voicevox) == (True, True)


def test_what_is_found_is_proposed() -> None:
    """A model that is there; a character of the streamer's language; what is set stays."""
    found = Found(["gpt-oss:20b"], has_obs=True, has_voicevox=True)
    asked = {one.key: one.proposed for one in init.questions(found, wanted())}
    assert asked["OLLAMA_MODEL"] == "gpt-oss:20b"
    assert asked["BOT_PERSONA"] == "wren"
    assert asked["VOICE_ENGINE"] == "voicevox"
    assert asked["OBS_PASSWORD"] == ""
    mine = wanted(bot=BotOptions(persona="mine", language="ja"), twitch=TwitchOptions(channel="x"))
    asked = {one.key: one.proposed for one in init.questions(Found(), mine)}
    assert asked == {
        "BOT_LANGUAGE": "ja",
        "BOT_PERSONA": "mine",
        "YOUTUBE_VIDEO": "",
        "TWITCH_CHANNEL": "x",
        "TWITCH_CLIENT_ID": "",
        "OLLAMA_MODEL": "gpt-oss:120b",
    }


def test_what_is_set_is_not_lost(folder: Path) -> None:
    """Done again, with nothing but Enter, it changes nothing: no secret, no choice."""
    text = (
        "BOT_LANGUAGE=ja\nBOT_PERSONA=wren\nOLLAMA_MODEL=mine:7b\nOBS_PASSWORD=s3cret\n"
        "TWITCH_CHANNEL=hoshino\nTWITCH_CLIENT_ID=abc\nVOICE_ENGINE=coeiroink\nYOUTUBE_VIDEO=@x\n"
    )
    (folder / ".env").write_text(text, encoding="utf-8")
    found = Found(["gpt-oss:20b"], has_obs=True, has_voicevox=True)
    for ask in (None, lambda one: one.proposed):
        init.set_up(init.questions(found, load()), {}, ask, Console(file=io.StringIO()))
        assert (folder / ".env").read_text(encoding="utf-8") == text


def test_a_japanese_streamer_gets_botan(japanese: None) -> None:
    """And questions in Japanese."""
    asked = init.questions(Found(), wanted())[1]
    assert asked.text == "誰が話しますか（botan は日本語、wren は英語）？"
    assert (asked.key, asked.proposed) == ("BOT_PERSONA", "botan")


def test_the_answers_are_written(folder: Path) -> None:
    """What is given is not asked; nobody else may read the file; it can be loaded."""
    seen = list[str]()

    def ask(question: Question) -> str:
        seen.append(question.text)
        return "s3cret #1" if question.is_secret else question.proposed

    asked = init.questions(Found(has_obs=True), wanted())
    given = {"TWITCH_CHANNEL": "hoshino"}
    init.set_up(asked, given, ask, Console(file=io.StringIO()))
    assert not any("Twitch, if any" in question for question in seen)
    assert any("client id" in question for question in seen)
    loaded = load()
    assert loaded.obs.password.get_secret_value() == "s3cret #1"
    assert (loaded.twitch.channel, loaded.bot.persona) == ("hoshino", "wren")
    if os.name != "nt":
        assert stat.S_IMODE((folder / ".env").stat().st_mode) == 0o600


def test_what_was_typed_is_kept_where_it_breaks_off(folder: Path) -> None:
    """Also what stood there before."""
    (folder / ".env").write_text("# mine\nWEB_PORT=1\n", encoding="utf-8")

    def ask(question: Question) -> str:
        if "YouTube" in question.text:
            raise KeyboardInterrupt
        return "ja" if "language" in question.text else question.proposed

    with pytest.raises(KeyboardInterrupt):
        init.set_up(init.questions(Found(), wanted()), {}, ask, Console(file=io.StringIO()))
    text = (folder / ".env").read_text(encoding="utf-8")
    assert text.startswith("# mine\nWEB_PORT=1\n")
    assert load().bot.language == "ja"


def test_an_answer_that_cannot_stand_there() -> None:
    """It is told, and not half written."""
    with pytest.raises(MisconfiguredError, match="cannot stand"):
        init.write({"OBS_PASSWORD": "a\nb"})
    assert not Path(".env").exists()


def test_a_file_that_cannot_be_written() -> None:
    """It is told where, and why."""
    Path(".env").mkdir()
    with pytest.raises(MisconfiguredError, match=r"\.env cannot be written"):
        init.write({"BOT_LANGUAGE": "ja"})


@pytest.mark.skipif(sys.platform == "win32", reason="it has no pseudo terminals")
def test_at_a_terminal(folder: Path) -> None:
    """What is typed is written, and what is only confirmed stays as it was proposed."""
    code, told = typed(
        folder, "init", "--model", "gpt-oss:20b", answers="\n\n@wren\nhoshino\nabc\n", LC_ALL="C"
    )
    assert code == 0
    assert "Who speaks (botan is Japanese, wren English)? [wren]:" in told
    text = (folder / ".env").read_text(encoding="utf-8")
    for line in ("BOT_PERSONA=wren", "YOUTUBE_VIDEO=@wren", "TWITCH_CHANNEL=hoshino"):
        assert line in text
    assert "TWITCH_CLIENT_ID=abc" in text
    assert "OLLAMA_MODEL=gpt-oss:20b" in text


def test_the_command(folder: Path) -> None:
    """Without a terminal what is proposed is taken; it ends with the check."""
    environment = {**os.environ, "HOME": str(folder), "PYTHONUTF8": "1", "BOT_LANGUAGE": ""}
    program = subprocess.run(
        [sys.executable, "-m", "bot", "init", "--language", "ja", "--youtube", "@botan"],
        cwd=folder,
        env={**environment, "OLLAMA_HOST": "http://127.0.0.1:9", "LC_ALL": "C"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    told = program.stdout.replace("\n", "")
    assert program.returncode == 0, program.stderr
    assert f"Written: {folder / '.env'}" in told
    assert "× gpt-oss:120b" in " ".join(told.split())
    assert "YOUTUBE_VIDEO=@botan" in (folder / ".env").read_text(encoding="utf-8")


async def test_the_page_by_command(folder: Path) -> None:
    """What is given is kept first; the page's address is printed, and the command ends with it."""
    process = await start(
        folder,
        ["init", "--page", "--no-open", "--language", "en", "--youtube", "@wren"],
        {"OLLAMA_HOST": "http://127.0.0.1:9"},
    )
    try:
        address = (await until(process, "The set-up page: ")).split()[-1]
        jar = aiohttp.CookieJar(unsafe=True)
        async with aiohttp.ClientSession(cookie_jar=jar) as client:
            async with client.get(address) as page:
                assert page.status == 200
                desk = str(page.url).removesuffix("/setup")
            async with client.get(f"{desk}/api/setup") as asked:
                answers = {one["key"]: one["proposed"] for one in (await asked.json())["questions"]}
            assert answers["YOUTUBE_VIDEO"] == "@wren"
            (folder / ".env").write_text("WEB_PORT=x\n", encoding="utf-8")
            async with client.get(f"{desk}/api/check") as checked:
                assert "WEB_PORT" in json.loads(await checked.text())["error"]
            (folder / ".env").unlink()
            async with client.post(f"{desk}/api/setup/twitch", json={}) as refused:
                assert "TWITCH_CLIENT_ID is missing" in json.loads(await refused.text())["error"]
            async with client.post(f"{desk}/api/setup/done", json={}) as done:
                assert done.status == 200
        async with asyncio.timeout(20):
            assert await process.wait() == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
