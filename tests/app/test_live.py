"""The whole thing on real parts: comments from both platforms, answered wherever viewers look."""

import asyncio
import io
import socket
import webbrowser
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr
from rich.console import Console

from bot.app import live
from bot.app.house import Bill, Wishes
from bot.app.live import run
from bot.clock import SystemClock
from bot.errors import MisconfiguredError
from bot.llm.options import OllamaOptions
from bot.obs.options import ObsOptions
from bot.settings import BotOptions, Settings
from bot.storage.opening import open_memory
from bot.voice.options import Engine, Output, VoiceOptions
from bot.web.options import WebOptions
from bot.youtube.options import YouTubeOptions
from tests.standins.ollama import Gate, OllamaStandIn, Thinking
from tests.standins.twitch import TwitchStandIn
from tests.standins.youtube import YouTubeStandIn
from tests.support.obs import RealObs
from tests.support.show import TOKEN, on_air, rows
from tests.support.twitch import source_of

pytestmark = pytest.mark.slow

SENTENCES = ["太郎さん、こんばんは！", "Hello Mika, welcome to the inn."]


@pytest.fixture
def obs(tmp_path: Path) -> Iterator[RealObs]:
    """A real OBS, for one test."""
    folder = tmp_path / "obs"
    folder.mkdir()
    with RealObs(folder) as running:
        yield running


async def test_both_platforms_are_answered_on_every_stage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, obs: RealObs
) -> None:
    """A comment from Twitch and one from YouTube reach model, database, overlay and real OBS."""
    database = tmp_path / "history.db"
    blank = await asyncio.to_thread(obs.screenshot, lambda _png: True)
    async with TwitchStandIn() as twitch, YouTubeStandIn() as youtube, OllamaStandIn() as ollama:
        twitch.attract(monkeypatch)
        ollama.will_say("".join(SENTENCES), thinking="SECRET: two viewers, greet both.")
        chat = source_of(twitch, tmp_path)
        video = youtube.source(SystemClock())
        wanted = ObsOptions(
            source="Reply", port=obs.port, password=SecretStr(obs.password), create_source=True
        )
        async with on_air(ollama.host, database, sources=[chat, video], obs=wanted) as viewer:
            await viewer.until("reply.finished")  # the greeting
            await viewer.post("!pause", roles=["moderator"])
            await viewer.until("state", paused=True)
            await twitch.subscribed()
            await twitch.say("hello from Twitch")
            youtube.write("こんばんは")
            # Both wait while the show is paused, and so are answered together.
            await viewer.until("comment", platform="twitch")
            await viewer.until("comment", platform="youtube")
            await viewer.post("!resume", roles=["moderator"])
            finished = await viewer.until("reply.finished", count=2)
            await asyncio.to_thread(_wait_for_text, obs, "Mika")
            seen = await asyncio.to_thread(obs.screenshot, lambda png: png != blank)
            (tmp_path / "obs.png").write_bytes(seen)

        assert finished["sentences"] == [
            "太郎さん、こんばんは！",
            "Hello Mika, welcome to the inn.",
        ]
        assert obs.text("Reply") == "", "the screen is blank when the show is over"
    asked = ollama.requests[-1]["messages"][-1]["content"]
    assert "hello from Twitch" in asked
    assert "こんばんは" in asked
    assert "SECRET" not in str([event for event in viewer.events if event[0] != "thinking"])
    assert b"SECRET" not in database.read_bytes()
    assert rows(database, "SELECT platform, text FROM comments ORDER BY platform") == [
        ("twitch", "hello from Twitch"),
        ("youtube", "こんばんは"),
    ]
    assert rows(database, "SELECT count(*) FROM answers") == [(2,)]
    said = rows(database, "SELECT text FROM sentences WHERE reply_id = 2 ORDER BY position")
    assert said == [(sentence,) for sentence in SENTENCES]


def _wait_for_text(obs: RealObs, text: str) -> None:
    """Return when the source in OBS holds a text; a screenshot comes a frame later."""
    obs.screenshot(lambda _png: text in obs.text("Reply"))


async def test_a_moderator_on_twitch_silences_it_in_mid_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``!pause`` by a moderator on Twitch acts while the model speaks; a viewer's does not."""
    database = tmp_path / "history.db"
    async with TwitchStandIn() as twitch, OllamaStandIn() as ollama:
        twitch.attract(monkeypatch)
        gate = Gate()
        ollama.will(Thinking("Well now."), "The first sentence. ", "The second ", gate, "sentence.")
        source = source_of(twitch, tmp_path)
        async with on_air(ollama.host, database, sources=[source]) as viewer:
            await twitch.subscribed()
            await twitch.go_live()
            await viewer.until("reply.finished")
            await viewer.post("!skip", roles=["moderator"])
            await twitch.say("tell me two things")
            await viewer.until("reply.sentence", text="The first sentence.")
            await gate.reached()
            await twitch.say("!pause")
            await twitch.say("still there?")
            await viewer.until("comment", text="still there?")
            assert ollama.cancelled == 0, "a viewer's !pause does nothing"
            await twitch.say("!pause", badges=["moderator"])
            await viewer.until("state", paused=True)
            await ollama.hung_up()
            assert "The second" not in viewer.shown
            assert ("cleared", {}) in viewer.events
    assert rows(database, "SELECT outcome FROM replies WHERE asked <> ''") == [("cut",)]


async def test_without_a_chat_there_is_no_show() -> None:
    """The streamer is told what to set, and how to try things without it."""
    console = Console(file=io.StringIO())
    with pytest.raises(MisconfiguredError, match=r"TWITCH_CHANNEL or YOUTUBE_VIDEO.*demo"):
        await run(Settings.model_construct(), Wishes(), console)


async def test_a_show_that_could_not_begin_has_no_report(
    tmp_path: Path, ollama: OllamaStandIn
) -> None:
    """What stands in its way is told, and nothing else: not how the last one was, either."""
    path, clock = tmp_path / "history.db", SystemClock()
    async with open_memory(path, clock=clock, persona="Wren", model="m") as memory:
        await memory.say(memory.begin("", ()), 0, "Good evening.")
    printed = io.StringIO()
    with socket.create_server(("127.0.0.1", 0)) as other:
        settings = Settings.model_construct(
            bot=BotOptions(database=path),
            ollama=OllamaOptions(host=ollama.host),
            web=WebOptions(port=other.getsockname()[1]),
            youtube=YouTubeOptions(video="@botan"),
        )
        with pytest.raises(MisconfiguredError, match="is in use"):
            await run(settings, Wishes(), Console(file=printed))
    assert printed.getvalue() == ""


async def test_without_a_model_the_show_begins(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The greeting is there, and the streamer is told; the model may still come up."""
    async with OllamaStandIn() as ollama:
        host = ollama.host
    async with on_air(host, tmp_path / "history.db") as viewer:
        await viewer.until("reply.finished")
    assert f"Ollama does not answer at {host}" in caplog.text
    assert "The show begins without" in caplog.text


@pytest.mark.parametrize("is_mute", [True, False])
async def test_a_mute_demo(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ollama: OllamaStandIn, *, is_mute: bool
) -> None:
    """Nothing is heard of it, also where the settings name a voice."""
    bills = list[Bill]()

    async def put_on(*given: object, **_: object) -> None:
        bills.extend(one for one in given if isinstance(one, Bill))

    monkeypatch.setattr(live, "perform", put_on)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    settings = Settings.model_construct(
        ollama=OllamaOptions(host=ollama.host),
        voice=VoiceOptions(engine=Engine.VOICEVOX, output=Output.DEVICE),
    )
    await live.demo(settings, Wishes(is_mute=is_mute), Console(file=io.StringIO()))
    [bill] = bills
    assert bill.narrator
    assert (bill.narrator.voice is None) is is_mute
    assert bool(bill.neighbours) is not is_mute
    await bill.narrator.close()


async def test_the_panel_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With its token, where the streamer has not said otherwise."""
    opened: list[str] = []
    monkeypatch.setattr(webbrowser, "open", opened.append)
    monkeypatch.setenv("DISPLAY", ":0")
    async with (
        OllamaStandIn() as ollama,
        on_air(ollama.host, tmp_path / "history.db", open_browser=True) as viewer,
    ):
        await viewer.until("reply.finished")
    [address] = opened
    # It stands in the list of processes: what is in it is good once, and for one browser.
    assert "/?code=" in address
    assert TOKEN not in address
