"""The stage in VTube Studio, against a stand-in that speaks its API with its errors."""

import asyncio
import logging
import stat
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Never

import pytest

from bot import persona as personas
from bot.avatar.mouth import RATE
from bot.avatar.options import VtsOptions
from bot.avatar.plugin import connected
from bot.avatar.sign_in import SignIn
from bot.avatar.stage import AvatarStage
from bot.chat import Clip, Mora, Reply
from bot.clock import SystemClock
from bot.errors import MisconfiguredError, UnavailableError
from bot.persona import PersonaAvatar
from bot.stage.contact import Contact
from bot.tasks import cancel_and_wait
from bot.voice.wave_file import clip
from tests.standins.voicevox import tone
from tests.standins.vtube_studio import SMILE, VTubeStudioStandIn
from tests.support.clock import FakeClock

SLEEPY = "Sleepy.exp3.json"
MOODS = {
    "joy": "big smile",
    "surprise": "Wave",
    "sad": "Sad.exp3.json",
    "shy": "Blush",
    "sleep": SLEEPY,
}
BOTAN = personas.load("botan").model_copy(update={"avatar": PersonaAvatar(moods=MOODS)})


class Act:
    """A stage that runs, on a clock that a test moves.

    Attributes:
        studio: where it moves a model.
        stage: what is tested.
        clock: its time.
        sign_in: where its sign-in is kept.
    """

    def __init__(self, studio: VTubeStudioStandIn, port: int, folder: Path) -> None:
        self.studio = studio
        self.clock = FakeClock()
        self.sign_in = SignIn(folder / "vts" / "token")
        options = VtsOptions(enabled=True, port=port)
        self.stage = AvatarStage(options, BOTAN, clock=self.clock, sign_in=self.sign_in)

    async def until(self, holds: Callable[[], bool]) -> None:
        """Let time pass, picture by picture, until something holds."""
        async with asyncio.timeout(30):
            while not holds():
                await self.clock.advance(1 / RATE)

    async def says(self, state: str) -> None:
        """Wait until the streamer is told something."""
        await self.until(lambda: state in self.stage.state)

    def say(self, number: int, mood: str = "", sound: Clip | None = None) -> None:
        """Say a sentence."""
        self.stage.show(Reply(number, ()).saying("こんにちは！", mood, sound), finished=False)


@asynccontextmanager
async def running(stage: AvatarStage) -> AsyncIterator[asyncio.Task[Never]]:
    """Run a stage."""
    run = asyncio.create_task(stage.run())
    try:
        yield run
        assert not run.done(), run
    finally:
        await cancel_and_wait(run)
        assert run.cancelled()


@pytest.fixture
async def studio() -> VTubeStudioStandIn:
    """A VTube Studio that is not running yet."""
    return VTubeStudioStandIn()


@pytest.fixture
async def act(studio: VTubeStudioStandIn, tmp_path: Path) -> AsyncIterator[Act]:
    """A stage at a VTube Studio that lets it in."""
    async with studio.serving() as port:
        act = Act(studio, port, tmp_path)
        async with running(act.stage):
            await act.says("Connected")
            yield act


async def test_signs_in_once(studio: VTubeStudioStandIn, tmp_path: Path) -> None:
    """What VTube Studio gives is kept for its owner alone, and is good for the next time."""
    async with studio.serving() as port:
        for _ in range(2):
            act = Act(studio, port, tmp_path)
            async with running(act.stage):
                await act.says("Connected")
                assert act.stage.is_ready
    assert studio.asked == 1
    assert stat.S_IMODE(act.sign_in.path.stat().st_mode) == 0o600


async def test_the_mouth_follows_the_sound(act: Act) -> None:
    """Thirty times a second; then it is shut once, and let go of."""
    act.say(1, sound=clip(tone(0.5), "a tone"))
    await act.until(lambda: act.studio.mouth[-1:] == [0] and len(act.studio.mouth) > 10)
    mouth = act.studio.mouth
    assert 0.5 * RATE <= len(mouth) <= 0.5 * RATE + 4
    assert max(mouth) > 0.9
    await act.clock.advance(1)
    assert act.studio.mouth == mouth


async def test_its_vowels(act: Act) -> None:
    """Where the engine tells them."""
    morae = (Mora(0.0, 0.25, "a"), Mora(0.25, 0.5, "o"))
    sound = Clip(tone(0.5), 0.5, morae)
    act.say(1, sound=sound)
    await act.until(lambda: act.studio.mouth[-1:] == [0] and len(act.studio.mouth) > 10)
    said = [
        max(("VoiceA", "VoiceO"), key=lambda one: values.get(one, 0))
        for values in act.studio.injected[2:14]
    ]
    assert said == sorted(said)
    assert set(said) == {"VoiceA", "VoiceO"}
    assert set(act.studio.injected[-1].values()) == {0}


async def test_the_mouth_without_a_voice(act: Act) -> None:
    """It follows the words; what comes in a second clause is said after the first."""
    act.say(1)
    await act.until(lambda: len(act.studio.mouth) > 5)
    assert set(act.studio.mouth) <= {0, 1}
    await act.until(lambda: act.studio.mouth[-1:] == [0] and len(act.studio.mouth) > 12)
    act.studio.injected.clear()
    reply = Reply(2, ()).saying("はい、そうです。", clip=clip(tone(0.2), "a tone"))
    act.stage.show(reply, finished=False)
    act.stage.show(reply.sounding(clip(tone(0.2), "a tone")), finished=False)
    act.stage.show(reply.sounding(clip(tone(0.2), "a tone")), finished=True)
    await act.until(lambda: act.studio.mouth[-1:] == [0] and len(act.studio.mouth) > 5)
    assert 0.4 * RATE <= len(act.studio.mouth) <= 0.4 * RATE + 4


async def test_quiet_when_paused(act: Act) -> None:
    """At the next picture the mouth is shut; the model sleeps until the show goes on."""
    act.say(1, "joy", clip(tone(5), "a tone"))
    await act.until(lambda: len(act.studio.mouth) > 5)
    assert act.studio.expressions[SMILE]
    act.stage.clear()
    act.stage.announce(paused=True)
    told = len(act.studio.mouth)
    await act.until(lambda: act.studio.expressions == {SMILE: False, SLEEPY: True})
    await act.clock.advance(1)
    assert act.studio.mouth[told:][-1] == 0
    assert len(act.studio.mouth) <= told + 2
    act.stage.announce(paused=False)
    await act.until(lambda: act.studio.expressions == {SMILE: False, SLEEPY: False})


async def test_moods(act: Act) -> None:
    """A hotkey that toggles is known by its expression, and never left on; another is pressed."""
    for number, mood in enumerate(("joy", "joy", "surprise", "calm", "surprise"), 1):
        act.say(number, mood)
        await act.clock.advance(0.2)
        assert act.studio.expressions[SMILE] == (mood == "joy")
    await act.until(lambda: act.studio.pressed == ["h2", "h2"])
    act.stage.play(BOTAN.model_copy(update={"avatar": PersonaAvatar(moods={"surprise": SMILE})}))
    await act.until(lambda: act.studio.expressions[SMILE])


async def test_what_it_wears_is_taken_off_at_the_end(
    studio: VTubeStudioStandIn, tmp_path: Path
) -> None:
    """The streamer's model is left as it was."""
    async with studio.serving() as port:
        act = Act(studio, port, tmp_path)
        async with running(act.stage):
            await act.says("Connected")
            act.say(1, "joy")
            await act.until(lambda: studio.expressions[SMILE])
        assert not studio.expressions[SMILE]


@pytest.mark.parametrize(
    ("mood", "told"),
    [
        ("shy", "no hotkey “Blush” (“Big Smile”, “Wave”)"),
        ("sad", "no expression “Sad.exp3.json”"),
    ],
)
async def test_a_look_that_is_not_there(
    act: Act, caplog: pytest.LogCaptureFixture, mood: str, told: str
) -> None:
    """It is told once, and the mouth moves all the same."""
    for number in range(1, 4):
        act.say(number, mood)
        act.say(10 + number, "surprise")
        act.say(20 + number, mood)
        await act.until(lambda: told in caplog.text)
    assert caplog.text.count(told) == 1
    await act.until(lambda: bool(act.studio.mouth))


@pytest.mark.parametrize("mood", ["joy", "sleep"])
async def test_no_model_is_loaded(act: Act, caplog: pytest.LogCaptureFixture, mood: str) -> None:
    """Neither its hotkeys nor its expressions are there."""
    act.studio.has_model = False
    if mood == "sleep":
        act.stage.announce(paused=True)
    else:
        act.say(1, mood)
    await act.until(lambda: "No model is loaded in VTube Studio" in caplog.text)


@pytest.mark.parametrize("trouble", ["taken", "unknown"])
async def test_a_mouth_that_is_not_ours(
    act: Act, caplog: pytest.LogCaptureFixture, trouble: str
) -> None:
    """Another plugin moves it, or the model has none: told once, with what to do."""
    if trouble == "taken":
        act.studio.taken.add("MouthOpen")
    else:
        act.studio.parameters.clear()
    act.say(1)
    await act.until(lambda: "The mouth does not move" in caplog.text)
    act.say(2)
    await act.clock.advance(2)
    assert caplog.text.count("The mouth does not move") == 1
    assert "VTS_MOUTH" in caplog.text


async def test_not_running_and_then_there(
    studio: VTubeStudioStandIn, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """It is told what to start; it goes, and is back, and each of it is told once."""
    caplog.set_level(logging.INFO)
    async with studio.serving() as port:
        pass
    act = Act(studio, port, tmp_path)
    async with running(act.stage):
        await act.says("not running")
        assert not act.stage.is_ready
        async with studio.serving():
            await act.says("Connected")
            await studio.hang_up()
            await act.says("closed the connection")
            act.say(1, "joy")
            await act.says("Connected")
            await act.until(lambda: studio.expressions[SMILE])
    told = [one.getMessage() for one in caplog.records if one.name == "bot.avatar.stage"]
    asked = [one for one in told if "click Allow" in one]
    connected = [one for one in told if "Connected" in one]
    assert (len(asked), len(connected)) == (1, 2)


async def test_a_user_who_says_no(studio: VTubeStudioStandIn, tmp_path: Path) -> None:
    """Nobody is asked again before VTube Studio has been restarted."""
    studio.answer = "deny"
    async with studio.serving() as port:
        act = Act(studio, port, tmp_path)
        async with running(act.stage):
            await act.says("told to keep vtuber-bot out")
            await act.clock.advance(120)
            assert studio.asked == 1
            studio.answer = "allow"
            await studio.hang_up()
            await act.says("Connected")


async def test_another_plugin_is_asked_about(studio: VTubeStudioStandIn, tmp_path: Path) -> None:
    """It is tried again."""
    studio.answer = "busy"
    async with studio.serving() as port:
        act = Act(studio, port, tmp_path)
        async with running(act.stage):
            await act.says("another plugin")
            studio.answer = "allow"
            await act.says("Connected")


async def test_a_sign_in_that_is_taken_back(act: Act) -> None:
    """In mid-show, too: the user is asked anew."""
    act.studio.revoke()
    act.say(1)
    await act.until(lambda: act.studio.asked == 2)
    await act.says("Connected")
    act.studio.injected.clear()
    act.say(2)
    await act.until(lambda: len(act.studio.mouth) > 3)


async def test_a_sign_in_that_is_not_known(studio: VTubeStudioStandIn, tmp_path: Path) -> None:
    """It is told, and tried again."""
    studio.answer = "forget"
    async with studio.serving() as port:
        act = Act(studio, port, tmp_path)
        async with running(act.stage):
            await act.says("does not know the sign-in")


async def test_the_api_is_turned_off(act: Act) -> None:
    """It is told in VTube Studio's own words."""
    act.studio.is_on = False
    act.say(1, "joy")
    await act.says("deactivated")


async def test_it_hangs(act: Act) -> None:
    """The check finds out, also where nothing is said."""
    act.studio.is_mute = True
    await act.says("does not answer")


async def test_it_hangs_in_mid_sentence(act: Act) -> None:
    """No more is sent than it may still take."""
    act.studio.is_mute = True
    act.say(1, sound=clip(tone(20), "a tone"))
    await act.says("does not answer")


@pytest.mark.parametrize("raw", ["hello", "[]", "{}", '{"requestID": "1"}', '{"requestID": []}'])
async def test_another_program_at_that_port(
    studio: VTubeStudioStandIn, tmp_path: Path, raw: str
) -> None:
    """It does not speak like VTube Studio."""
    studio.raw = raw
    async with studio.serving() as port:
        act = Act(studio, port, tmp_path)
        async with running(act.stage):
            await act.says("does not speak like VTube Studio")


async def test_a_file_that_cannot_be_used(
    studio: VTubeStudioStandIn, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A folder in its place: the user is asked each time, and the show goes on."""
    (tmp_path / "vts" / "token").mkdir(parents=True)
    async with studio.serving() as port:
        act = Act(studio, port, tmp_path)
        async with running(act.stage):
            await act.says("Connected")
    assert "cannot be read" in caplog.text
    assert "cannot be kept" in caplog.text


@pytest.mark.parametrize("host", ["no such machine", "[::1"])
async def test_no_such_machine(host: str) -> None:
    """It is called by the name of its setting."""
    with pytest.raises(MisconfiguredError, match=r"no machine named .* VTS_HOST"):
        async with connected(VtsOptions(host=host), SystemClock()):
            pass


async def test_a_neighbour_that_stays_away(caplog: pytest.LogCaptureFixture) -> None:
    """It is tried again later each time, up to ten seconds, and at once after it was there."""
    clock = FakeClock()
    contact = Contact("Connecting.", clock=clock, log=logging.getLogger("bot.test"))
    for _ in range(6):
        resting = asyncio.create_task(contact.rest())
        await clock.advance(10)
        await resting
    contact.up("There.")
    resting = asyncio.create_task(contact.rest())
    await clock.advance(10)
    await resting
    assert clock.slept == [1, 2, 4, 8, 10, 10, 1]
    assert caplog.records == []


async def test_another_model_is_loaded(act: Act, caplog: pytest.LogCaptureFixture) -> None:
    """Which has not the expression that is on: nobody needs to know."""
    act.say(1, "joy")
    await act.until(lambda: act.studio.expressions[SMILE])
    del act.studio.expressions[SMILE]
    act.say(2, "surprise")
    await act.until(lambda: act.studio.pressed == ["h2"])
    assert caplog.records == []


async def test_an_end_while_a_look_is_put_on(studio: VTubeStudioStandIn, tmp_path: Path) -> None:
    """It is taken off, though nobody had heard yet that it is on."""
    async with studio.serving() as port:
        act = Act(studio, port, tmp_path)
        async with running(act.stage):
            await act.says("Connected")
            act.say(1, "joy")
            await studio.until(lambda: studio.expressions[SMILE])
        assert not studio.expressions[SMILE]


async def test_a_hotkey_is_pressed(act: Act) -> None:
    """By its name or its id, as VTube Studio takes it; what it refuses is told."""
    await act.stage.press("big smile")
    assert act.studio.pressed == ["h1"]
    with pytest.raises(UnavailableError, match="No such hotkey"):
        await act.stage.press("Undress")


async def test_a_hotkey_of_nobody(tmp_path: Path) -> None:
    """Before VTube Studio has let us in it is told why not."""
    act = Act(VTubeStudioStandIn(), 1, tmp_path)
    with pytest.raises(UnavailableError, match="Connecting to VTube Studio"):
        await act.stage.press("Wave")
