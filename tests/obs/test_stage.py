"""The stage in OBS: a real OBS under Xvfb, and a stand-in for what a real one does not do."""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, Never

import pytest
from aiohttp import WSMsgType, web
from obsws_python.error import OBSSDKRequestError
from pydantic import SecretStr

from bot import persona
from bot.chat import Reply
from bot.obs.options import ObsOptions
from bot.obs.stage import ObsStage
from tests.support.obs import HEIGHT, SCENE, WIDTH, RealObs
from tests.support.site import comment

pytestmark = pytest.mark.slow

_UPDATE = 0.1
_CHECK = 5.0
_SOURCE = "Words"


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
        async with asyncio.timeout(10):
            while True:
                for duration, sleep in self._sleeping:
                    if duration == seconds and not sleep.done():
                        return sleep
                self._asleep.clear()
                await self._asleep.wait()

    async def passes(self, seconds: float) -> None:
        sleep = await self.reaches(seconds)
        self._passed += seconds
        sleep.set_result(None)


@pytest.fixture(scope="module")
def one_obs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealObs]:
    """Start one OBS for all tests here; ``real_obs`` is the one to ask for."""
    with RealObs(tmp_path_factory.mktemp("obs")) as obs:
        yield obs


@pytest.fixture
def real_obs(one_obs: RealObs) -> RealObs:
    """Return an OBS that runs, and has no source."""
    one_obs.renew()
    return one_obs


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
        async with asyncio.timeout(3):
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
        assert real_obs.text(_SOURCE) == "Hello there."
        assert stage.state.startswith(f"Connected to OBS at 127.0.0.1:{real_obs.port}")
        stage.show(_reply("Hello there.", "今日はいい天気ですね。"), finished=True)
        await clock.passes(_UPDATE)
        assert real_obs.text(_SOURCE) == "今日はいい\n天気ですね。"
        stage.clear()
        await clock.passes(_UPDATE)
        assert real_obs.text(_SOURCE) == ""


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
        assert real_obs.text(_SOURCE) == f"{shown}Hello there."
        stage.show(Reply(2, answers), finished=False)
        await clock.passes(_UPDATE)
        assert real_obs.text(_SOURCE) == ""


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
        assert real_obs.settings(_SOURCE) == {"font": font, "color1": 0xFF00FF00, "text": "Hi!"}


async def test_latest_wins(real_obs: RealObs, clock: _HeldClock) -> None:
    """However fast the text changes, OBS gets no more than one update each time, and the last."""
    stage = _stage(real_obs.port, clock)
    async with _running(stage):
        await clock.reaches(_UPDATE)
        for number in range(100):
            stage.show(_reply(f"Number {number}."), finished=False)
        assert real_obs.text(_SOURCE) == ""
        await clock.passes(_UPDATE)
        await clock.reaches(_UPDATE)
        assert real_obs.text(_SOURCE) == "Number 99."
        assert clock.asked.count(_UPDATE) == 2


async def test_blank_after_the_end(real_obs: RealObs, clock: _HeldClock) -> None:
    """When the bot goes, nothing of it stays on screen."""
    stage = _stage(real_obs.port, clock)
    stage.show(_reply("I never leave!"), finished=True)
    async with _running(stage):
        await clock.passes(_UPDATE)
        assert real_obs.text(_SOURCE) == "I never leave!"
    assert real_obs.text(_SOURCE) == ""


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
        assert real_obs.text(_SOURCE) == text
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
        assert real_obs.text(_SOURCE) == ""


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
        assert real_obs.text(_SOURCE) == "Mine."


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


@pytest.mark.parametrize("recreated", [False, True])
async def test_a_renamed_source_keeps_no_words(
    real_obs: RealObs, clock: _HeldClock, *, recreated: bool
) -> None:
    """Whether another has its name now or not; what is the streamer's own stays."""
    real_obs.make_text(_SOURCE)
    real_obs.make_text("Title")
    stage = _stage(real_obs.port, clock, create_source=False)
    stage.show(_reply("Can you read me?"), finished=True)
    async with _running(stage):
        await clock.passes(_UPDATE)
        with real_obs.client() as client:
            client.set_input_settings("Title", {"text": "My title"}, True)
            client.set_input_name(_SOURCE, "Old")
        if recreated:
            real_obs.make_text(_SOURCE)
        assert real_obs.text("Old") == "Can you read me?"
        await clock.passes(_CHECK)
        await clock.reaches(_UPDATE if recreated else 1)
        assert real_obs.text("Old") == ""
        assert real_obs.text("Title") == "My title"
        if recreated:
            assert real_obs.text(_SOURCE) == "Can you read me?"
        else:
            assert f"no source “{_SOURCE}”" in stage.state


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


class _ObsStandIn:
    """Speaks just enough of OBS to take texts, and goes silent on command."""

    def __init__(self) -> None:
        self.connections = 0
        self.texts: list[str] = []
        self.made: list[dict[str, Any]] = []
        """What it was told to make."""
        self.answers: dict[str, dict[str, Any]] = {}
        """What it answers to some requests."""
        self.refused: dict[str, int] = {}
        """With which code it refuses others."""
        self.silent_from = "nothing"
        """The request, or ``Hello``, from which on there is no answer."""
        self.hello: Any = {"op": 0, "d": {"rpcVersion": 1}}

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[int]:
        app = web.Application()
        app.router.add_get("/", self._connect)
        runner = web.AppRunner(app, shutdown_timeout=0)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        try:
            yield runner.addresses[0][1]
        finally:
            await runner.cleanup()

    async def _connect(self, request: web.Request) -> web.WebSocketResponse:
        self.connections += 1
        client = web.WebSocketResponse()
        await client.prepare(request)
        if self.silent_from != "Hello":
            await client.send_json(self.hello)
        async for message in client:
            if message.type is not WSMsgType.TEXT:
                break
            asked = message.json()
            if asked["op"] == 1:
                await client.send_json({"op": 2, "d": {"negotiatedRpcVersion": 1}})
            elif asked["d"]["requestType"] != self.silent_from:
                await client.send_json({"op": 7, "d": self._answer(asked["d"])})
        return client

    def _answer(self, asked: dict[str, Any]) -> dict[str, Any]:
        answer = {
            "requestType": asked["requestType"],
            "requestId": asked["requestId"],
            "requestStatus": {"result": True, "code": 100},
        }
        if code := self.refused.get(asked["requestType"]):
            return answer | {"requestStatus": {"result": False, "code": code}}
        if asked["requestType"] == "CreateInput":
            self.made.append(asked["requestData"])
        if (data := self.answers.get(asked["requestType"])) is not None:
            return answer | {"responseData": data}
        if asked["requestType"] == "GetInputList":
            source = {"inputName": _SOURCE, "inputKind": "text_gdiplus_v3"}
            return answer | {"responseData": {"inputs": [source]}}
        self.texts.append(asked["requestData"]["inputSettings"]["text"])
        return answer


@pytest.mark.parametrize("silent_from", ["Hello", "SetInputSettings"])
async def test_hung(clock: _HeldClock, caplog: pytest.LogCaptureFixture, silent_from: str) -> None:
    """An OBS that hangs is named and left alone; once it wakes, it gets what is wanted then."""
    caplog.set_level(logging.INFO)
    obs = _ObsStandIn()
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
    obs = _ObsStandIn()
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
    obs = _ObsStandIn()
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


def _as_on(system: str, *kinds: str) -> dict[str, dict[str, Any]]:
    """Return what an OBS of a system answers that has no source yet."""
    return {
        "GetInputList": {"inputs": []},
        "GetInputKindList": {"inputKinds": ["image_source", *kinds]},
        "GetVideoSettings": {"baseWidth": 1920, "baseHeight": 1080},
        "GetVersion": {"platform": system},
        "CreateInput": {"sceneItemId": 1},
        "SetSceneItemTransform": {},
    }


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
    obs = _ObsStandIn()
    obs.answers = _as_on(system, "text_ft2_source_v2", kind)
    async with obs.serving() as port, _running(_stage(port, clock, scene=SCENE)):
        await clock.reaches(_UPDATE)
    [made] = obs.made
    assert (made["inputKind"], made["inputName"], made["sceneName"]) == (kind, _SOURCE, SCENE)
    assert made["inputSettings"]["font"]["face"] == font


async def test_an_obs_without_text_sources(clock: _HeldClock) -> None:
    """The streamer is told to make one by hand."""
    obs = _ObsStandIn()
    obs.answers = _as_on("haiku")
    async with obs.serving() as port, _running(stage := _stage(port, clock, scene=SCENE)):
        await clock.reaches(1)
        assert "make one by hand" in stage.state


@pytest.mark.parametrize("request_", ["CreateInput", "SetInputSettings"])
async def test_a_refusal_of_another_kind(clock: _HeldClock, request_: str) -> None:
    """It is told as OBS tells it, and tried again."""
    obs = _ObsStandIn()
    obs.answers = _as_on("windows", "text_gdiplus_v3")
    obs.refused = {request_: 207}
    async with obs.serving() as port, _running(stage := _stage(port, clock, scene=SCENE)):
        await clock.reaches(1)
        assert f"OBS refuses the request {request_}: code 207" in stage.state
