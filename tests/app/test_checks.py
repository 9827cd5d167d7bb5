"""The check-up before a stream, against neighbours that are there, are away, or are wrong."""

import asyncio
import io
import json
import os
import socket
import sqlite3
import subprocess
import sys
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import closing
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from rich.console import Console

from bot.app import checks, checkup, machine, platforms
from bot.app.checkup import Finding, Grade
from bot.app.pull import pull_missing
from bot.avatar.options import VtsOptions
from bot.clock import SystemClock
from bot.errors import UnavailableError
from bot.llm.options import OllamaOptions
from bot.mcp.options import McpOptions
from bot.obs.options import ObsOptions
from bot.safety.options import GuardOptions
from bot.search import options as search
from bot.search.engine import Hit
from bot.search.options import SearchOptions
from bot.settings import BotOptions, Settings
from bot.storage.opening import open_memory
from bot.tools.options import ToolsOptions
from bot.twitch.options import TwitchOptions
from bot.voice.options import Engine, VoiceOptions
from bot.web.options import WebOptions
from bot.youtube import lookup
from bot.youtube.options import YouTubeOptions
from tests.mcp.test_connection import program
from tests.mcp.test_servers import written
from tests.standins.obs import ObsStandIn
from tests.standins.ollama import OllamaStandIn
from tests.standins.search import SearchStandIn
from tests.standins.twitch import TwitchStandIn
from tests.standins.voicevox import SpeechStandIn
from tests.standins.vtube_studio import VTubeStudioStandIn
from tests.support.hurry import Hurry
from tests.support.typist import typed


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder without settings, and without the internet."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("bot.twitch.token.user_data_path", lambda *_, **__: tmp_path)
    monkeypatch.setattr(checks, "_TIMEKEEPER", "http://127.0.0.1:9/")
    return tmp_path


def wanted(ollama: str, folder: Path, **sections: Any) -> Settings:
    """Return settings that name these neighbours, and nobody else."""
    return Settings.model_construct(
        bot=BotOptions(database=folder / "history.db", persona="wren"),
        ollama=OllamaOptions(host=ollama),
        web=WebOptions(port=0),
        **sections,
    )


async def found(settings: Settings, *, quick: bool = False) -> dict[str, Finding]:
    """Return what is found, by part."""
    looking = checks.examine(settings, SystemClock(), quick=quick)
    return {one.part: one async for one in looking}


async def test_all_is_well(folder: Path, ollama: OllamaStandIn) -> None:
    """Each part has its line; of the model it is measured how fast it is."""
    ollama.will_say("Hello there. Nice to see you.", thinking="Short.")
    obs, speech = ObsStandIn(), SpeechStandIn()
    (folder / ".env").write_text("", encoding="utf-8")
    async with obs.serving() as port, speech.serving() as address:
        seen = await found(
            wanted(
                ollama.host,
                folder,
                obs=ObsOptions(port=port, source="Reply", create_source=True),
                voice=VoiceOptions(engine=Engine.VOICEVOX, url=address),
                youtube=YouTubeOptions(video="@botan"),
            )
        )
    parts = {"Program", "Settings", "Character", "gpt-oss:120b", "Machine", "YouTube", "OBS"}
    assert set(seen) == parts | {"Voice", "History", "Disk", "Pages", "Clock"}
    assert {one.part for one in seen.values() if one.grade is not Grade.GOOD} == {
        "YouTube",
        "Clock",
    }, "there is no internet here"
    model = seen["gpt-oss:120b"].told
    assert "all of it on the GPU" in model
    assert ", version 0." in model
    assert "8,192 tokens of context" in model
    assert "first word after" in model
    assert "tokens/s: a reply of three sentences is written after" in model
    assert seen["Character"].told == "Wren"
    assert seen["Settings"].told == str(folder / ".env")
    assert "which will be made" in seen["History"].told
    assert checkup.is_ready(list(seen.values()))


async def test_those_who_are_signed_in(
    folder: Path, ollama: OllamaStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twitch confirms the sign-in, which may read and write; VTube Studio takes the connection."""
    ollama.models.append("gpt-oss-safeguard:20b")
    monkeypatch.setattr(checks, "_TIMEKEEPER", ollama.host)
    async with TwitchStandIn() as twitch, VTubeStudioStandIn().serving() as port:
        twitch.attract(monkeypatch)
        twitch.sign_in(folder)
        seen = await found(
            wanted(
                ollama.host,
                folder,
                guard=GuardOptions(model="gpt-oss-safeguard:20b"),
                twitch=TwitchOptions(
                    channel="hoshino", client_id=twitch.grant.client_id, post_replies=True
                ),
                vts=VtsOptions(enabled=True, port=port),
            ),
            quick=True,
        )
    assert "may read the chat and write, good for 4 h, and renewed" in seen["Twitch"].told
    assert "the model speaks" in seen["VTube Studio"].told
    assert "gpt-oss-safeguard:20b" in seen
    assert seen["Clock"].told == "it is right"
    assert {one.grade for part, one in seen.items() if part != "Settings"} == {Grade.GOOD}


async def test_a_part_that_hangs(folder: Path, ollama: OllamaStandIn) -> None:
    """It is given up after some seconds; the others have long been told."""
    speech = SpeechStandIn()
    speech.gate.clear()
    async with speech.serving() as address:
        voice = VoiceOptions(engine=Engine.VOICEVOX, url=address, timeout=60)
        settings = wanted(ollama.host, folder, voice=voice)
        looking = checks.examine(settings, Hurry(), quick=True)
        seen = {one.part: one async for one in looking}
    assert seen["Voice"].told == "It has not answered within 12 s."


async def test_the_streams_are_counted(folder: Path, ollama: OllamaStandIn) -> None:
    """Of a history that is there."""
    path, clock = folder / "history.db", SystemClock()
    async with open_memory(path, clock=clock, persona="Wren", model="m"):
        pass
    seen = (await found(wanted(ollama.host, folder), quick=True))["History"]
    assert seen.told.startswith(str(path))


async def test_nobody_is_there(folder: Path) -> None:
    """Each line says what to do; the show cannot go on air."""
    (folder / ".env.txt").write_text("", encoding="utf-8")
    seen = await found(
        wanted(
            "http://127.0.0.1:9",
            folder,
            obs=ObsOptions(port=9, password=SecretStr("x")),
            voice=VoiceOptions(engine=Engine.VOICEVOX, url="http://127.0.0.1:9"),
            twitch=TwitchOptions(channel="hoshino", client_id="abc"),
        )
    )
    told = {part: one.told for part, one in seen.items() if one.grade is Grade.BAD}
    assert set(told) == {"Settings", "gpt-oss:120b", "OBS", "Voice", "Twitch"}
    assert f"{folder / '.env.txt'} is not read: rename it to .env." == told["Settings"]
    assert "Start it (`ollama serve`" in told["gpt-oss:120b"]
    assert "Enable WebSocket server" in told["OBS"]
    assert "run `vtuber-bot login twitch`" in told["Twitch"]
    assert not checkup.is_ready(list(seen.values()))


async def test_without_a_chat(folder: Path, ollama: OllamaStandIn) -> None:
    """That is the one thing that a show needs; no file is less of a matter."""
    seen = await found(wanted(ollama.host, folder), quick=True)
    assert seen["Chat"].grade is Grade.BAD
    assert "TWITCH_CHANNEL or YOUTUBE_VIDEO" in seen["Chat"].told
    assert seen["Settings"].grade is Grade.FAIR
    assert seen["gpt-oss:120b"].told == f"gpt-oss:120b on Ollama at {ollama.host}"
    assert ollama.loaded == set(), "nothing is loaded in a quick look"


async def test_a_model_that_is_not_there(folder: Path, ollama: OllamaStandIn) -> None:
    """It is told how to get it, and which ones are there, the most alike first."""
    ollama.models = ["llama3:8b", "gpt-oss:20b"]
    told = (await found(wanted(ollama.host, folder), quick=True))["gpt-oss:120b"].told
    assert "ollama pull gpt-oss:120b" in told
    assert told.endswith("It has gpt-oss:20b, llama3:8b.")


async def test_a_model_whose_settings_are_wrong(folder: Path, ollama: OllamaStandIn) -> None:
    """That is told of it, and the other parts are told of as well."""
    guard = GuardOptions(model="llama-guard3", policy=folder / "nowhere.txt")
    seen = await found(wanted(ollama.host, folder, guard=guard), quick=True)
    assert "GUARD_POLICY cannot be read" in seen["gpt-oss:120b"].told
    assert seen["Disk"].grade is Grade.GOOD


async def test_a_model_that_is_slow(folder: Path) -> None:
    """It works, and viewers wait: a smaller one is advised."""
    async with OllamaStandIn(pace=2.0) as ollama:
        ollama.will("Hello ", "there.")
        model = (await found(wanted(ollama.host, folder)))["gpt-oss:120b"]
    assert model.grade is Grade.FAIR
    assert "a smaller model keeps viewers here" in model.told


async def test_a_port_that_is_taken(folder: Path, ollama: OllamaStandIn) -> None:
    """By a show that is on, perhaps."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        settings = wanted(ollama.host, folder)
        web = WebOptions(port=other.getsockname()[1])
        pages = (await found(settings.model_copy(update={"web": web}), quick=True))["Pages"]
    assert pages.grade is Grade.FAIR
    assert "is in use" in pages.told


async def test_obs_without_the_overlay(folder: Path, ollama: OllamaStandIn) -> None:
    """It is there, and viewers would see nothing."""
    obs = ObsStandIn()
    async with obs.serving() as port:
        settings = wanted(ollama.host, folder, obs=ObsOptions(port=port, source="Reply"))
        seen = (await found(settings, quick=True))["OBS"]
    assert seen.grade is Grade.FAIR
    assert "`vtuber-bot obs setup` puts it there" in seen.told


async def test_a_history_of_an_older_version(folder: Path, ollama: OllamaStandIn) -> None:
    """That is nothing to be mended."""
    with closing(sqlite3.connect(folder / "history.db")) as old:
        old.execute("PRAGMA user_version = 1")
    seen = (await found(wanted(ollama.host, folder), quick=True))["History"]
    assert seen.grade is Grade.GOOD
    assert "brings up to date" in seen.told


async def test_a_history_that_is_none(folder: Path, ollama: OllamaStandIn) -> None:
    """The file is named."""
    (folder / "history.db").write_text("no database" * 100, encoding="utf-8")
    seen = (await found(wanted(ollama.host, folder), quick=True))["History"]
    assert seen.grade is Grade.BAD
    assert "history.db" in seen.told


@pytest.mark.parametrize(("off", "grade"), [(0, Grade.GOOD), (3600, Grade.BAD)])
async def test_the_clock(off: float, grade: Grade) -> None:
    """Platforms refuse a machine whose clock is an hour wrong."""
    clock = SystemClock()

    async def date() -> str:
        return format_datetime(datetime.fromtimestamp(clock.now().timestamp() + off, UTC))

    [seen] = await checks.check_clock(clock, fetch=date)
    assert seen.grade is grade
    assert ("wrong by 60 minutes" in seen.told) == bool(off)


async def _some() -> AsyncIterator[Finding]:
    yield Finding("OBS", Grade.GOOD, "lets us in, 3 scenes")
    yield Finding("Clock", Grade.FAIR, "nobody was reached")
    yield Finding("Twitch", Grade.BAD, "sign in")


@pytest.mark.parametrize(
    ("language", "lines"),
    [
        ("en", ["ok OBS", "hm Clock", "no Twitch", "Not ready yet: 1 to be mended."]),
        ("ja", ["○ OBS", "△ Clock", "× Twitch", "まだ準備できていません。"]),
    ],
)
async def test_what_is_printed(
    request: pytest.FixtureRequest, language: str, lines: list[str]
) -> None:
    """A line a part, and the sum of it, in both languages."""
    if language == "ja":
        request.getfixturevalue("japanese")
    printed = io.StringIO()
    assert not await checkup.show(_some(), Console(file=printed, width=100))
    for line, begins in zip(printed.getvalue().splitlines(), lines, strict=True):
        assert " ".join(line.split()).startswith(begins)


def test_the_command(folder: Path) -> None:
    """For programs it is JSON and nothing else; the exit code tells whether all is ready."""
    (folder / ".env").write_text("OLLAMA_HOST=http://127.0.0.1:9\n", encoding="utf-8")
    environment = {**os.environ, "HOME": str(folder), "PYTHONUTF8": "1"}
    program = subprocess.run(
        [sys.executable, "-m", "bot", "check", "--quick", "--json"],
        cwd=folder,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    told = json.loads(program.stdout)
    assert (program.returncode, told["ready"]) == (1, False)
    assert {one["part"] for one in told["findings"]} >= {"Program", "Chat", "gpt-oss:120b"}


@pytest.mark.parametrize(
    ("memory", "told", "model"),
    [
        (128.0, "", "gpt-oss:120b"),
        (32.0, "", "gpt-oss:20b"),
        (8.0, "", "gemma3:4b"),
        (2.0, "", ""),
        (None, "", ""),
        (512.0, "NVIDIA GeForce RTX 4090, 24564\n", "gpt-oss:20b"),
        (64.0, "NVIDIA H100, 81559\nNVIDIA H100, 81559\n", "gpt-oss:120b"),
        (64.0, "No devices were found\n", "gpt-oss:20b"),
    ],
)
def test_which_model_fits(memory: float | None, told: str, model: str) -> None:
    """The cards decide where there are some."""
    assert machine.fitting(memory, machine.read_cards(told)) == model


async def test_getting_the_model(folder: Path, ollama: OllamaStandIn) -> None:
    """Where the streamer wants it; how far it is can be seen, and then it is there."""
    ollama.models = []
    asked = list[str]()

    def wants(question: str) -> bool:
        asked.append(question)
        return len(asked) > 1

    settings, clock, printed = wanted(ollama.host, folder), SystemClock(), io.StringIO()
    for _ in range(3):
        await pull_missing(settings, clock, Console(file=printed, width=100), wants)
    assert asked == ["Have Ollama get gpt-oss:120b now?"] * 2
    assert ollama.models == ["gpt-oss:120b"]
    told = printed.getvalue()
    assert "65.3/65.3 GB" in told
    assert "gpt-oss:120b is here." in told


async def test_a_model_that_cannot_be_had(folder: Path, ollama: OllamaStandIn) -> None:
    """Ollama says why."""
    ollama.models, ollama.library = [], False
    with pytest.raises(UnavailableError, match="file does not exist"):
        await pull_missing(
            *(wanted(ollama.host, folder), SystemClock(), Console(file=io.StringIO())),
            lambda _: True,
        )


async def test_nothing_is_got_where_nobody_answers(folder: Path) -> None:
    """That was told before."""
    settings = wanted("http://127.0.0.1:9", folder)
    await pull_missing(settings, SystemClock(), Console(file=io.StringIO()), lambda _: True)


@pytest.mark.skipif(sys.platform == "win32", reason="a script is no program there")
async def test_the_cards_are_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """NVIDIA's own program tells; where it is broken, or there is none, nothing is known."""
    monkeypatch.setenv("PATH", str(tmp_path))
    assert await machine.cards() == []
    program = tmp_path / "nvidia-smi"
    program.write_text("#!/bin/sh\necho 'NVIDIA H100, 81559'\n", encoding="utf-8")
    program.chmod(0o755)
    [(name, size)] = await machine.cards()
    assert (name, round(size)) == ("NVIDIA H100", 86)
    program.write_text("no program", encoding="utf-8")
    assert await machine.cards() == []


def test_a_machine_that_does_not_tell_its_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is advised then."""

    def refuse(_: str) -> int:
        raise ValueError

    monkeypatch.setattr("os.sysconf", refuse, raising=False)
    assert machine.memory() is None


@pytest.mark.skipif(sys.platform == "win32", reason="it has no pseudo terminals")
async def test_the_command_offers_the_model(folder: Path, ollama: OllamaStandIn) -> None:
    """To whoever sits there; its progress is seen."""
    ollama.models = []
    code, told = await asyncio.to_thread(
        partial(typed, folder, "check", "--quick", answers="y\n", OLLAMA_HOST=ollama.host)
    )
    assert code == 1
    assert "Have Ollama get gpt-oss:120b now?" in told
    assert "gpt-oss:120b is here." in told
    assert ollama.models == ["gpt-oss:120b"]


class _Reader:
    """A way into YouTube's chat, which lets us in or not."""

    name = "page"
    about = ""

    def __init__(self, error: Exception | None = None, *, is_over: bool = False) -> None:
        self._error = error
        self._is_over = is_over

    async def read(self, video: str, *, known: bool) -> AsyncGenerator[list[object]]:
        """Begin to read."""
        assert (video, known) == ("dQw4w9WgXcQ", True)
        if self._error:
            raise self._error
        if not self._is_over:
            yield []


@pytest.mark.parametrize(
    ("readers", "grade", "told"),
    [
        ([_Reader()], Grade.GOOD, "its chat can be read (page)"),
        ([_Reader(UnavailableError("no")), _Reader()], Grade.GOOD, "its chat can be read (page)"),
        ([_Reader(UnavailableError("no")), _Reader(is_over=True)], Grade.BAD, "no"),
        ([_Reader(is_over=True)], Grade.BAD, "its chat is over"),
    ],
)
async def test_a_stream_that_is_live(
    *,
    folder: Path,
    ollama: OllamaStandIn,
    monkeypatch: pytest.MonkeyPatch,
    readers: list[_Reader],
    grade: Grade,
    told: str,
) -> None:
    """Its chat is read, by the first way in that lets us."""
    live = lookup.Found(lookup.Status.LIVE, video="dQw4w9WgXcQ")
    monkeypatch.setattr(lookup, "look_up", lambda _: live)
    monkeypatch.setattr(platforms, "youtube_readers", lambda *_: readers)
    settings = wanted(ollama.host, folder, youtube=YouTubeOptions(video="@botan"))
    looking = checks.examine(settings, SystemClock(), quick=True)
    first, second = [one async for one in looking if one.part == "YouTube"]
    assert (first.grade, first.told) == (Grade.GOOD, "the stream is live")
    assert (second.grade, second.told) == (grade, told)


async def test_the_web_search(folder: Path, ollama: OllamaStandIn) -> None:
    """It is tried; what is wrong with it is told with what mends it."""
    web = SearchStandIn()
    web.hits = [Hit("Sea", "https://sea.test/", "Water.")]
    async with web.serving() as url:
        settings = wanted(
            ollama.host, folder, search=SearchOptions(engine=search.Engine.SEARXNG, url=url)
        )
        seen = (await found(settings, quick=True))["Web search"]
        assert (seen.grade, seen.told) == (Grade.GOOD, "SearXNG answers: 1 pages found")
        web.hits = []
        assert (await found(settings, quick=True))["Web search"].grade is Grade.FAIR
        web.status = 403
        seen = (await found(settings, quick=True))["Web search"]
        assert seen.grade is Grade.BAD
        assert "add json to search.formats" in seen.told


async def test_what_the_tools_may_use(folder: Path, ollama: OllamaStandIn) -> None:
    """What OBS lacks of it is named, with what it has."""
    obs = ObsStandIn()
    obs.scenes |= {"Game": ["Clock"]}
    async with obs.serving() as port:
        options = ToolsOptions(scenes="Game, Gaem", sources="Clock", sounds="Horn")
        settings = wanted(ollama.host, folder, obs=ObsOptions(port=port), tools=options)
        looking = checks.examine(settings, SystemClock(), quick=True)
        told = [one.told async for one in looking if one.part == "Tools"]
        assert told[0].startswith("OBS has no “Gaem”, which TOOLS_SCENES names; it has “")
        assert told[1] == "OBS has no “Horn”, which TOOLS_SOUNDS names; it has “Clock”."
        options = ToolsOptions(scenes="Game", sources="Clock")
        settings = wanted(ollama.host, folder, obs=ObsOptions(port=port), tools=options)
        seen = (await found(settings, quick=True))["Tools"]
        assert (seen.grade, seen.told) == (Grade.GOOD, "OBS has all that they may use there")


@pytest.mark.slow
async def test_the_streamers_own_tools(folder: Path, ollama: OllamaStandIn) -> None:
    """What each server has, what of it may be used, and what is not there."""
    path = written(folder, {"mcpServers": {"w": program(), "gone": {"command": "/nowhere/x"}}})
    options = McpOptions(servers=path, allowed="w_forecast, w_snow")
    looking = checks.examine(wanted(ollama.host, folder, mcp=options), SystemClock(), quick=True)
    seen = [(one.grade, one.told) async for one in looking if one.part == "MCP"]
    assert seen[0][0] is Grade.GOOD
    assert seen[0][1].startswith("w has w_forecast *, w_fail, w_poisoned, ")
    assert seen[0][1].endswith(" (* may be used)")
    assert seen[1][1].startswith("The MCP server gone is not there: ")
    assert seen[2] == (Grade.BAD, "MCP_ALLOWED names w_snow, which is not there")
    options = McpOptions(servers=folder / "none.json")
    seen_now = await found(wanted(ollama.host, folder, mcp=options), quick=True)
    assert "There is no file" in seen_now["MCP"].told
