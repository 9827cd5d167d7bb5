"""The stage in OBS: a real OBS under Xvfb, and a stand-in for what a real one does not do."""

import asyncio
import logging
import math
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, Never

import pytest
from aiohttp import web
from obsws_python.error import OBSSDKRequestError
from pydantic import SecretStr

from bot import persona
from bot.chat import Reply
from bot.obs.options import ObsOptions
from bot.obs.stage import ObsStage
from tests.standins.obs import ObsStandIn, Source
from tests.support.obs import HEIGHT, SCENE, WIDTH, RealObs
from tests.support.site import comment

pytestmark = pytest.mark.slow

_UPDATE = 0.1
_CHECK = 5.0
_SOURCE = "Words"
_PROBES = ("vtuber-bot font check 1", "vtuber-bot font check 2", "vtuber-bot font check 3")


class _HeldClock:
    """Time that passes only when told: a sleep lasts until ``passes`` is called for it."""

    def __init__(self) -> None:
        self.asked: list[float] = []
        self._sleeping: list[tuple[float, asyncio.Future[None]]] = []
        self._asleep = asyncio.Event()
        self._passed = 0.0

    def now(self) -> datetime:
        return datetime(2026, 1, 1, tzinfo=UTC)

    def monotonic(self) -> float:
        return self._passed

    async def sleep(self, seconds: float) -> None:
        sleep = seconds, asyncio.get_running_loop().create_future()
        self.asked.append(seconds)
        self._sleeping.append(sleep)
        self._asleep.set()
        try:
            await sleep[1]
        finally:
            self._sleeping.remove(sleep)

    async def reaches(self, seconds: float) -> asyncio.Future[None]:
        """Wait until somebody sleeps for so long, and return what wakes them."""
        async with asyncio.timeout(30):
            while True:
                for duration, sleep in self._sleeping:
                    if math.isclose(duration, seconds) and not sleep.done():
                        return sleep
                self._asleep.clear()
                await self._asleep.wait()

    async def passes(self, seconds: float) -> None:
        sleep = await self.reaches(seconds)
        self._passed = round(self._passed + seconds, 6)  # else a limit has a rest of 1e-16 s
        sleep.set_result(None)


@pytest.fixture
def clock() -> _HeldClock:
    """Return time that stands still."""
    return _HeldClock()


def _stage(port: int, clock: _HeldClock, **changes: Any) -> ObsStage:
    options = {
        "port": port,
        "password": SecretStr(RealObs.password),
        "source": _SOURCE,
        "create_source": True,
    }
    return ObsStage(ObsOptions.model_validate(options | changes), clock=clock)


@asynccontextmanager
async def _running(stage: ObsStage) -> AsyncIterator[asyncio.Task[Never]]:
    """Run the stage, and cancel it in the end, which must not take long."""
    run = asyncio.create_task(stage.run())
    try:
        yield run
        assert not run.done() or run.cancelled(), run
    finally:
        run.cancel()
        async with asyncio.timeout(30):
            await asyncio.wait([run])
        assert run.cancelled()


def _reply(*sentences: str) -> Reply:
    return Reply(1, (), sentences)


def _states(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name == "bot.obs.stage"]


async def test_shows_the_reply(real_obs: RealObs, clock: _HeldClock) -> None:
    """A reply grows with each sentence, wrapped and cut to its last lines, and is cleared."""
    stage = _stage(real_obs.port, clock, line_width=12, lines=2)
    stage.show(_reply("Hello there."), finished=False)
    async with _running(stage):
        await clock.passes(_UPDATE)
        await real_obs.shows(_SOURCE, "Hello there.")
        assert stage.state.startswith(f"Connected to OBS at 127.0.0.1:{real_obs.port}")
        stage.show(_reply("Hello there.", "今日はいい天気ですね。"), finished=True)
        await clock.passes(_UPDATE)
        await real_obs.shows(_SOURCE, "今日はいい\n天気ですね。")
        stage.clear()
        await clock.passes(_UPDATE)
        await real_obs.shows(_SOURCE, "")


@pytest.mark.parametrize(
    ("header", "shown"),
    [("nothing", ""), ("speaker", "牡丹\n"), ("viewers", "牡丹 → taro, aki, bo +1\n")],
)
async def test_says_who_is_speaking_and_to_whom(
    real_obs: RealObs, clock: _HeldClock, header: str, shown: str
) -> None:
    """Above the words, if that is wanted, in one line; nobody is named who has nothing to hear."""
    stage = _stage(real_obs.port, clock, header=header, lines=1)
    answers = tuple(comment(name) for name in ("taro", "taro", "aki", "bo", "mo"))
    stage.play(persona.load("botan"))
    stage.show(Reply(1, answers, ("Hello there.",)), finished=False)
    async with _running(stage):
        await clock.passes(_UPDATE)
        await real_obs.shows(_SOURCE, f"{shown}Hello there.")
        stage.show(Reply(2, answers), finished=False)
        await clock.passes(_UPDATE)
        await real_obs.shows(_SOURCE, "")


async def test_makes_the_source(real_obs: RealObs, clock: _HeldClock) -> None:
    """A missing source is made, readable and at the lower left, and viewers see what is said."""
    blank = real_obs.screenshot(bool)
    stage = _stage(real_obs.port, clock, scene=SCENE)
    async with _running(stage):
        await clock.passes(_UPDATE)
        assert real_obs.screenshot(bool) == blank
        stage.show(_reply("こんにちは、世界！「日本語」もだいじょうぶ？", "Hello!"), finished=True)
        await clock.passes(_UPDATE)
        shown = real_obs.screenshot(lambda picture: picture != blank)
        stage.show(_reply("さようなら、世界！「英語版」もよろしいです？", "Hello!"), finished=True)
        await clock.passes(_UPDATE)
        # Boxes in place of missing characters would look the same.
        real_obs.screenshot(lambda picture: picture not in {blank, shown})
        with real_obs.client() as client:
            item = client.get_scene_item_id(SCENE, _SOURCE).scene_item_id
            place = client.get_scene_item_transform(SCENE, item).scene_item_transform
        stage.clear()
        await clock.passes(_UPDATE)
        real_obs.screenshot(lambda picture: picture == blank)
    look = real_obs.settings(_SOURCE)
    assert look["font"]["face"] == "Noto Sans CJK JP"
    assert look["outline"]
    assert look["drop_shadow"]
    assert place["alignment"] == 1 | 8
    assert 0 < place["positionX"] < WIDTH / 10
    assert HEIGHT * 0.9 < place["positionY"] < HEIGHT
    assert place["width"] < WIDTH * 0.95


async def test_keeps_the_look(real_obs: RealObs, clock: _HeldClock) -> None:
    """A source that the streamer has made keeps all but its text."""
    font = {"face": "Noto Serif CJK JP", "flags": 0, "size": 31, "style": "Regular"}
    real_obs.make_text(_SOURCE, font=font, color1=0xFF00FF00, text="by hand")
    stage = _stage(real_obs.port, clock, create_source=False)
    stage.show(_reply("Hi!"), finished=True)
    async with _running(stage):
        await clock.passes(_UPDATE)
        await real_obs.shows(_SOURCE, "Hi!")
        settings = real_obs.settings(_SOURCE)
        assert settings.pop("vtuber_bot") == _SOURCE  # by which it is known when it is renamed
        assert settings == {"font": font, "color1": 0xFF00FF00, "text": "Hi!"}


async def test_latest_wins(real_obs: RealObs, clock: _HeldClock) -> None:
    """However fast the text changes, OBS gets no more than one update each time, and the last."""
    stage = _stage(real_obs.port, clock)
    async with _running(stage):
        await clock.reaches(_UPDATE)
        for number in range(100):
            stage.show(_reply(f"Number {number}."), finished=False)
        await real_obs.shows(_SOURCE, "")
        await clock.passes(_UPDATE)
        await clock.reaches(_UPDATE)
        await real_obs.shows(_SOURCE, "Number 99.")
        assert clock.asked.count(_UPDATE) == 2


async def test_blank_after_the_end(real_obs: RealObs, clock: _HeldClock) -> None:
    """When the bot goes, nothing of it stays on screen."""
    stage = _stage(real_obs.port, clock)
    stage.show(_reply("I never leave!"), finished=True)
    async with _running(stage):
        await clock.passes(_UPDATE)
        await real_obs.shows(_SOURCE, "I never leave!")
    await real_obs.shows(_SOURCE, "")


@pytest.mark.parametrize(("cleared", "text"), [(False, "Still here."), (True, "")])
async def test_obs_restarts(
    real_obs: RealObs,
    clock: _HeldClock,
    caplog: pytest.LogCaptureFixture,
    cleared: bool,  # noqa: FBT001 - a parameter of the test
    text: str,
) -> None:
    """OBS dies in mid-show: when it is back, it shows what is wanted now, and not before."""
    caplog.set_level(logging.INFO)
    stage = _stage(real_obs.port, clock)
    stage.show(_reply("Still here."), finished=True)
    async with _running(stage):
        await clock.passes(_UPDATE)
        real_obs.stop()
        await clock.passes(_CHECK)
        await clock.passes(1)
        await clock.passes(2)
        await clock.reaches(4)
        if cleared:
            stage.clear()
        real_obs.start()
        real_obs.remove_sources()
        real_obs.make_text(_SOURCE, text="from before")
        await clock.passes(4)
        await clock.passes(_UPDATE)
        await real_obs.shows(_SOURCE, text)
        assert stage.state.startswith("Connected")
        real_obs.stop()
        await clock.passes(_CHECK)
        await clock.reaches(1)
    connected, closed, refused, again, gone = _states(caplog)
    assert "has closed the connection" in closed
    assert "Enable WebSocket server" in refused
    assert connected == again
    assert closed == gone == stage.state


async def test_what_an_earlier_end_left_is_taken_away(real_obs: RealObs, clock: _HeldClock) -> None:
    """After a crash, or a loss of power, the last words stand in OBS until the next start."""
    real_obs.make_text(_SOURCE, text="Left behind.")
    async with _running(_stage(real_obs.port, clock)):
        await clock.passes(_UPDATE)
        await real_obs.shows(_SOURCE, "")


async def test_checks_in_between(real_obs: RealObs, clock: _HeldClock) -> None:
    """The text is written again now and then, so that a silent show does not hide a dead OBS."""
    stage = _stage(real_obs.port, clock)
    stage.show(_reply("Mine."), finished=True)
    async with _running(stage):
        await clock.passes(_UPDATE)
        with real_obs.client() as client:
            client.set_input_settings(_SOURCE, {"text": "Somebody's."}, True)
        await clock.passes(_CHECK)
        await clock.passes(_UPDATE)
        await real_obs.shows(_SOURCE, "Mine.")


async def test_missing_source(real_obs: RealObs, clock: _HeldClock) -> None:
    """Without leave to make it, the missing source is named, and so are those there are."""
    real_obs.make_text("Title")
    stage = _stage(real_obs.port, clock, create_source=False)
    async with _running(stage):
        await clock.reaches(1)
        assert f"no source “{_SOURCE}”" in stage.state
        assert "“Title”" in stage.state
        assert "OBS_CREATE_SOURCE=true" in stage.state
        real_obs.make_text(_SOURCE)
        await clock.passes(1)
        await clock.reaches(_UPDATE)
        assert stage.state.startswith("Connected")


async def test_source_removed(real_obs: RealObs, clock: _HeldClock) -> None:
    """A source that is removed in mid-show is named, too."""
    real_obs.make_text(_SOURCE)
    stage = _stage(real_obs.port, clock, create_source=False)
    async with _running(stage):
        await clock.passes(_UPDATE)
        real_obs.remove_sources()
        stage.show(_reply("Where am I?"), finished=True)
        await clock.reaches(1)
        assert f"no source “{_SOURCE}”" in stage.state
        assert "no text source yet" in stage.state


async def test_a_source_that_is_removed_is_made_again(real_obs: RealObs, clock: _HeldClock) -> None:
    """Where the bot may make it: once, with the words that are to be seen."""
    stage = _stage(real_obs.port, clock)
    async with _running(stage):
        await clock.passes(_UPDATE)
        real_obs.remove_sources()
        stage.show(_reply("Here I am."), finished=True)
        await clock.passes(1)
        await clock.reaches(_UPDATE)
        await real_obs.shows(_SOURCE, "Here I am.")
        assert real_obs.names() == {_SOURCE}


async def test_a_renamed_source_is_found_again(
    real_obs: RealObs, clock: _HeldClock, caplog: pytest.LogCaptureFixture
) -> None:
    """It is the one, also for a bot that comes later, and no second one is made."""
    caplog.set_level(logging.INFO)
    stage = _stage(real_obs.port, clock)
    async with _running(stage):
        await clock.passes(_UPDATE)
        with real_obs.client() as client:
            client.set_input_name(_SOURCE, "New")
        stage.show(_reply("Can you read me?"), finished=True)
        await clock.passes(_UPDATE)
        await real_obs.shows("New", "Can you read me?")
        assert f"“{_SOURCE}” in OBS is called “New” now" in caplog.text
    await real_obs.shows("New", "")
    later = _stage(real_obs.port, clock)
    later.show(_reply("And now?"), finished=True)
    async with _running(later):
        await clock.passes(_UPDATE)
        await real_obs.shows("New", "And now?")
        assert "“New”" in later.state
        with real_obs.client() as client:
            assert [one["inputName"] for one in client.get_input_list().inputs] == ["New"]


async def test_another_of_its_name_takes_its_place(real_obs: RealObs, clock: _HeldClock) -> None:
    """The renamed one keeps no words; what is the streamer's own stays."""
    real_obs.make_text(_SOURCE)
    real_obs.make_text("Title")
    stage = _stage(real_obs.port, clock, create_source=False)
    stage.show(_reply("Can you read me?"), finished=True)
    async with _running(stage):
        await clock.passes(_UPDATE)
        with real_obs.client() as client:
            client.set_input_settings("Title", {"text": "My title"}, True)
            client.set_input_name(_SOURCE, "Old")
        real_obs.make_text(_SOURCE)
        await real_obs.shows("Old", "Can you read me?")
        await clock.passes(_CHECK)
        await clock.reaches(_UPDATE)
        await real_obs.shows("Old", "")
        await real_obs.shows("Title", "My title")
        await real_obs.shows(_SOURCE, "Can you read me?")


async def test_other_things_of_that_name(real_obs: RealObs, clock: _HeldClock) -> None:
    """A scene, or a source that is no text, cannot show the reply, and the state says so."""
    async with _running(stage := _stage(real_obs.port, clock, source=SCENE)):
        await clock.reaches(1)
        assert "is a scene or a group" in stage.state
    with real_obs.client() as client:
        client.create_input(SCENE, _SOURCE, "color_source_v3", {}, True)
    async with _running(stage := _stage(real_obs.port, clock)):
        await clock.reaches(1)
        assert "color_source_v3" in stage.state


async def test_missing_scene(real_obs: RealObs, clock: _HeldClock) -> None:
    """Where the source should be made in a scene that is not there, the scenes are named."""
    stage = _stage(real_obs.port, clock, scene="Elsewhere")
    async with _running(stage):
        await clock.reaches(1)
        assert "no scene “Elsewhere”" in stage.state
        assert f"“{SCENE}”" in stage.state
    with pytest.raises(OBSSDKRequestError):
        real_obs.text(_SOURCE)


@pytest.mark.parametrize("password", ["looking-glass", ""])
async def test_wrong_password(
    real_obs: RealObs, clock: _HeldClock, caplog: pytest.LogCaptureFixture, password: str
) -> None:
    """A password that OBS refuses is called by the name of its setting."""
    caplog.set_level(logging.INFO)
    stage = _stage(real_obs.port, clock, password=SecretStr(password))
    async with _running(stage):
        await clock.passes(1)
        await clock.reaches(2)
    assert "OBS_PASSWORD" in stage.state
    assert _states(caplog) == [stage.state]


@pytest.mark.parametrize("password", [RealObs.password, "looking-glass"])
async def test_secret(
    real_obs: RealObs, clock: _HeldClock, caplog: pytest.LogCaptureFixture, password: str
) -> None:
    """With all logs open, neither the password is in them, nor a traceback."""
    caplog.set_level(logging.DEBUG)
    stage = _stage(real_obs.port, clock, password=SecretStr(password))
    async with _running(stage):
        await clock.reaches(_UPDATE if password == RealObs.password else 1)
    assert _states(caplog)
    shown = [
        vars(stage),
        *(vars(part) for part in vars(stage).values() if hasattr(part, "__dict__")),
    ]
    assert password not in caplog.text + repr(shown)
    assert "Traceback" not in caplog.text


async def test_not_running(clock: _HeldClock, caplog: pytest.LogCaptureFixture) -> None:
    """Without OBS the stage says once what to do, and looks again ever more seldom."""
    with socket.socket() as bound:  # and does not listen
        bound.bind(("127.0.0.1", 0))
        stage = _stage(bound.getsockname()[1], clock)
        async with _running(stage):
            for wait in (1, 2, 4, 8, 10, 10):
                await clock.passes(wait)
    assert clock.asked[:6] == [1, 2, 4, 8, 10, 10]
    assert _states(caplog) == [stage.state]
    assert "Start OBS" in stage.state


async def test_unknown_machine(clock: _HeldClock) -> None:
    """A host that does not exist is called by the name of its setting."""
    async with _running(stage := _stage(4455, clock, host="obs.invalid")):
        await clock.reaches(1)
        assert "OBS_HOST" in stage.state


def _stood_in() -> ObsStandIn:
    """Return one that has the text source."""
    obs = ObsStandIn()
    obs.sources[_SOURCE] = Source("text_gdiplus_v3")
    return obs


@pytest.mark.parametrize("silent_from", ["Hello", "SetInputSettings"])
async def test_hung(clock: _HeldClock, caplog: pytest.LogCaptureFixture, silent_from: str) -> None:
    """An OBS that hangs is named and left alone; once it wakes, it gets what is wanted then."""
    caplog.set_level(logging.INFO)
    obs = _stood_in()
    obs.silent_from = silent_from
    async with obs.serving() as port, _running(stage := _stage(port, clock)):
        stage.show(_reply("Anybody there?"), finished=False)
        await clock.reaches(1)
        assert "does not answer" in stage.state
        stage.show(_reply("Anybody there?", "Hello?"), finished=True)
        obs.silent_from = "nothing"
        await clock.passes(1)
        await clock.reaches(_UPDATE)
        assert obs.texts == ["Anybody there? Hello?"]
        assert obs.connections == 2
    assert obs.texts[1:] == [""]
    assert len(_states(caplog)) == 2


async def test_does_not_wait_for_a_hung_obs(clock: _HeldClock) -> None:
    """While a write hangs, showing is instant, and the end of the bot waits a second at most."""
    obs = _stood_in()
    async with obs.serving() as port, _running(stage := _stage(port, clock)) as running:
        await clock.reaches(_UPDATE)
        obs.silent_from = "SetInputSettings"
        await clock.passes(_UPDATE)
        stage.show(_reply("Are you there?"), finished=True)
        stage.clear()
        stage.show(_reply("Are you?"), finished=True)
        await asyncio.sleep(0)
        running.cancel()
        await clock.passes(1)
        await asyncio.wait({running})
        assert running.cancelled(), "though OBS has not answered"
    assert obs.texts == [""]


@pytest.mark.parametrize("hello", [{"type": "welcome"}, [], "Hi!", {"op": 0}])
async def test_not_obs(clock: _HeldClock, hello: Any) -> None:
    """Another program at that port is not taken for OBS."""
    obs = ObsStandIn()
    obs.hello = hello
    async with obs.serving() as port, _running(stage := _stage(port, clock)):
        await clock.reaches(1)
        assert "OBS_PORT" in stage.state


async def test_no_websocket(clock: _HeldClock) -> None:
    """A web server at that port is not taken for OBS either."""
    runner = web.AppRunner(web.Application())
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        async with _running(stage := _stage(runner.addresses[0][1], clock)):
            await clock.reaches(1)
            assert "OBS_PORT" in stage.state
    finally:
        await runner.cleanup()


@pytest.mark.parametrize(
    ("system", "kind", "font"),
    [
        ("windows", "text_gdiplus_v3", "Yu Gothic UI"),
        ("windows", "text_gdiplus_v2", "Yu Gothic UI"),
        ("macos", "text_ft2_source_v2", "Hiragino Sans"),
        ("ubuntu", "text_ft2_source_v2", "Noto Sans CJK JP"),
    ],
)
async def test_a_source_is_made_of_what_the_system_has(
    clock: _HeldClock, system: str, kind: str, font: str
) -> None:
    """With a font in which Japanese can be read."""
    obs = ObsStandIn()
    obs.platform = system
    obs.kinds = ["image_source", "text_ft2_source_v2", kind]
    async with obs.serving() as port, _running(_stage(port, clock, scene=SCENE)):
        await clock.reaches(_UPDATE)
    assert obs.scenes == {SCENE: [_SOURCE]}
    assert obs.sources[_SOURCE].kind == kind
    assert obs.sources[_SOURCE].settings["font"]["face"] == font


async def test_an_obs_without_text_sources(clock: _HeldClock) -> None:
    """The streamer is told to make one by hand."""
    obs = ObsStandIn()
    obs.kinds = ["image_source"]
    async with obs.serving() as port, _running(stage := _stage(port, clock, scene=SCENE)):
        await clock.reaches(1)
        assert "make one by hand" in stage.state


@pytest.mark.parametrize("request_", ["CreateInput", "SetInputSettings"])
async def test_a_refusal_of_another_kind(clock: _HeldClock, request_: str) -> None:
    """It is told as OBS tells it, and tried again."""
    obs = ObsStandIn()
    obs.refused = {request_: 207}
    async with obs.serving() as port, _running(stage := _stage(port, clock, scene=SCENE)):
        await clock.reaches(1)
        assert f"OBS refuses the request {request_}: code 207" in stage.state


_GARBAGE = [
    {"op": 5, "d": {"eventType": "ExitStarted"}},
    {"op": 7, "d": {"requestId": "another's", "requestStatus": {"result": True, "code": 100}}},
    ["?"],
    "?",
]


@pytest.mark.parametrize("garbage", _GARBAGE)
async def test_an_answer_that_is_none(clock: _HeldClock, garbage: Any) -> None:
    """What belongs to something else is not taken for what was asked; it is asked anew."""
    obs = _stood_in()
    obs.garbled, obs.garbage = "SetInputSettings", garbage
    async with obs.serving() as port, _running(stage := _stage(port, clock)):
        stage.show(_reply("Hello."), finished=True)
        await clock.reaches(1)
        assert "does not speak like OBS" in stage.state
        obs.garbled = "nothing"
        await clock.passes(1)
        await clock.reaches(_UPDATE)
        assert obs.texts == ["Hello."]


async def test_emoji_as_words(real_obs: RealObs, clock: _HeldClock) -> None:
    """Where OBS would draw boxes for them."""
    stage = _stage(real_obs.port, clock, emoji="words")
    stage.show(_reply("Nice 😂!"), finished=True)
    async with _running(stage):
        await clock.passes(_UPDATE)
        await real_obs.shows(_SOURCE, "Nice (face with tears of joy)!")


@pytest.mark.parametrize(
    ("face", "told"), [("DejaVu Sans", True), ("", True), ("Noto Sans CJK JP", False)]
)
async def test_a_font_without_japanese(
    real_obs: RealObs,
    clock: _HeldClock,
    caplog: pytest.LogCaptureFixture,
    face: str,
    told: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    """The streamer is told once, by what OBS draws, and nothing is left behind."""
    font = {"font": {"face": face, "size": 40, "style": "", "flags": 0}} if face else {}
    real_obs.make_text(_SOURCE, **font)
    stage = _stage(real_obs.port, clock)
    async with _running(stage):
        stage.show(_reply("Only English."), finished=True)
        await clock.passes(_UPDATE)
        assert real_obs.names() == {_SOURCE}
        stage.show(_reply("こんにちは。"), finished=True)
        await clock.passes(_UPDATE)
        await clock.reaches(_CHECK)
        kana, kanji, blank = map(real_obs.picture, _PROBES)
        while blank in {kana, kanji}:  # OBS draws in its own time
            kana, kanji, blank = map(real_obs.picture, _PROBES)
        await clock.passes(_CHECK)
        await clock.passes(_UPDATE)
        await clock.reaches(_CHECK)
        real_obs.wait_until(lambda: real_obs.names() == {_SOURCE})
    warnings = [one.getMessage() for one in caplog.records if one.name == "bot.obs.font"]
    assert len(warnings) == told
    assert all("Noto Sans CJK JP" in warning for warning in warnings)


async def test_what_an_end_has_left_behind(real_obs: RealObs, clock: _HeldClock) -> None:
    """A look at the font that was cut short is tidied up at the next start."""
    real_obs.make_text(_SOURCE)
    for probe in _PROBES:
        real_obs.make_text(probe)
    async with _running(_stage(real_obs.port, clock)):
        await clock.reaches(_UPDATE)
        real_obs.wait_until(lambda: real_obs.names() == {_SOURCE})


async def test_what_is_seen_only_while_the_character_speaks(
    real_obs: RealObs, clock: _HeldClock
) -> None:
    """In every scene in which it is."""
    real_obs.make_text("Bubble", text="( )")
    stage = _stage(real_obs.port, clock, speaking_source="Bubble")
    async with _running(stage):
        await clock.passes(_UPDATE)
        real_obs.wait_until(lambda: not real_obs.is_enabled("Bubble"))
        stage.show(_reply("Hello."), finished=True)
        await clock.passes(_UPDATE)
        real_obs.wait_until(lambda: real_obs.is_enabled("Bubble"))
    real_obs.wait_until(lambda: not real_obs.is_enabled("Bubble"))


async def test_what_is_in_a_group(clock: _HeldClock) -> None:
    """It is found there as well."""
    obs = _stood_in()
    obs.scenes[SCENE] = ["Camera", "Corner"]
    obs.groups["Corner"] = ["Frame", "Bubble"]
    async with obs.serving() as port:
        stage = _stage(port, clock, speaking_source="Bubble")
        async with _running(stage):
            await clock.reaches(_UPDATE)
            assert obs.enabled == {("Corner", 1): False}


async def test_a_scene_that_obs_does_not_switch_to(clock: _HeldClock) -> None:
    """What is no mistake of the streamer's is told as OBS tells it, and tried again."""
    obs = _stood_in()
    obs.refused["SetCurrentProgramScene"] = 207
    async with obs.serving() as port:
        stage = _stage(port, clock, pause_scene="Pause")
        stage.announce(paused=True)
        async with _running(stage):
            await clock.reaches(1)
            assert "OBS refuses the request SetCurrentProgramScene" in stage.state


async def test_a_look_at_the_font_that_the_streamer_ends(
    real_obs: RealObs, clock: _HeldClock, caplog: pytest.LogCaptureFixture
) -> None:
    """By removing what is there for it: nothing is known then, and nothing told."""
    real_obs.make_text(_SOURCE)
    stage = _stage(real_obs.port, clock)
    stage.show(_reply("こんにちは。"), finished=True)
    async with _running(stage):
        await clock.passes(_UPDATE)
        await clock.reaches(_CHECK)
        with real_obs.client() as client:
            client.remove_input(_PROBES[0])
        real_obs.wait_until(lambda: _PROBES[0] not in real_obs.names())
        await clock.passes(_CHECK)
        await clock.passes(_UPDATE)
        await clock.reaches(_CHECK)
        real_obs.wait_until(lambda: real_obs.names() == {_SOURCE})
        assert stage.is_ready
    assert "has no Japanese" not in caplog.text


async def test_a_pause_switches_the_scene(
    real_obs: RealObs, clock: _HeldClock, caplog: pytest.LogCaptureFixture
) -> None:
    """And back, but where the streamer has chosen another one meanwhile; hotkeys are pressed."""
    real_obs.make_scene("Pause")
    hotkeys = {"pause_hotkey": "libobs.hide_scene_item.Bubble", "resume_hotkey": "Nonsense"}
    stage = _stage(real_obs.port, clock, pause_scene="Pause", **hotkeys)
    real_obs.make_text("Bubble")
    async with _running(stage):
        await clock.passes(_UPDATE)
        stage.announce(paused=True)
        await clock.passes(_UPDATE)
        await clock.reaches(_CHECK)
        real_obs.wait_until(lambda: real_obs.live_scene == "Pause")
        real_obs.wait_until(lambda: not real_obs.is_enabled("Bubble"))
        stage.announce(paused=False)
        await clock.passes(_UPDATE)
        await clock.reaches(_CHECK)
        real_obs.wait_until(lambda: real_obs.live_scene == SCENE)
        assert "OBS knows no hotkey “Nonsense”. Set OBS_RESUME_HOTKEY" in caplog.text
        real_obs.make_scene("Mine")
        stage.announce(paused=True)
        await clock.passes(_UPDATE)
        await clock.reaches(_CHECK)
        real_obs.live_scene = "Mine"
        stage.announce(paused=False)
        await clock.passes(_UPDATE)
        await clock.reaches(_CHECK)
        real_obs.wait_until(lambda: real_obs.live_scene == "Mine")


async def test_what_cannot_follow_the_show(
    real_obs: RealObs, clock: _HeldClock, caplog: pytest.LogCaptureFixture
) -> None:
    """It is told once each, and the words are seen all the same."""
    stage = _stage(real_obs.port, clock, pause_scene="Nowhere", speaking_source="Nothing")
    async with _running(stage):
        for paused in (True, False, True):
            stage.announce(paused=paused)
            await clock.passes(_UPDATE)
            await clock.reaches(_CHECK)
        stage.show(_reply("Hello."), finished=True)
        await clock.passes(_UPDATE)
        await real_obs.shows(_SOURCE, "Hello.")
    assert caplog.text.count("no scene “Nowhere” in OBS for a pause") == 1
    assert caplog.text.count("No scene in OBS has a source “Nothing”") == 1
