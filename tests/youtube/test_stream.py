"""Which video is live: the real yt-dlp against pages on loopback, and hours of waiting."""

import asyncio
import logging
import subprocess
import sys
import threading
from collections.abc import AsyncIterator
from datetime import timedelta
from itertools import pairwise
from typing import Never

import pytest
from hypothesis import given
from hypothesis import strategies as st
from yt_dlp import YoutubeDL

from bot.errors import MisconfiguredError, UnavailableError
from bot.sources import Heartbeat
from bot.youtube.address import Address, parse_address
from bot.youtube.stream import StreamFinder
from tests.standins.youtube_site import Fault, State, Video, YouTubeSite
from tests.support.clock import FakeClock

ID = "dQw4w9WgXcQ"
OTHER = "-_3456789-_"
CHANNEL = "UC" + "a" * 22


class Told:
    """Takes signs of life, and can be waited for."""

    def __init__(self, clock: FakeClock) -> None:
        self.signs: list[Heartbeat] = []
        self.times: list[float] = []
        self._clock = clock
        self._seen = 0
        self._more = asyncio.Event()

    def __call__(self, sign: Heartbeat) -> None:
        """Take a sign."""
        self.signs.append(sign)
        self.times.append(self._clock.monotonic())
        self._more.set()

    async def waiting(self) -> str:
        """Return the next sign that tells of waiting, once it is given."""
        async with asyncio.timeout(30):
            while True:
                for sign in self.signs[self._seen :]:
                    self._seen += 1
                    if sign.about.startswith("waiting"):
                        return sign.about
                self._more.clear()
                await self._more.wait()


@pytest.fixture
async def site() -> AsyncIterator[YouTubeSite]:
    """Serve YouTube's pages."""
    async with YouTubeSite() as standin:
        yield standin


@pytest.fixture
def clock() -> FakeClock:
    """Let time stand still."""
    return FakeClock()


@pytest.fixture
def told(clock: FakeClock) -> Told:
    """Take the finder's signs."""
    return Told(clock)


def _begins(clock: FakeClock, minutes: float) -> str:
    return (clock.now() + timedelta(minutes=minutes)).isoformat()


async def _live(site: YouTubeSite, wanted: str, told: Told, clock: FakeClock) -> str | None:
    async with asyncio.timeout(30):
        return await StreamFinder(wanted, clock=clock, transport=site.transport).live(told)


# Addresses


@pytest.mark.parametrize(
    "wanted",
    [
        ID,
        f"  {ID}\n",
        f"https://www.youtube.com/watch?v={ID}",
        f"https://www.youtube.com/watch?app=desktop&v={ID}&list=PLabc&t=10s",
        f"http://m.youtube.com/watch?v={ID}",
        f"music.youtube.com/watch?v={ID}&feature=share",
        f"https://youtu.be/{ID}?si=abc",
        f"youtu.be/{ID}/",
        f"https://www.youtube.com/live/{ID}?feature=share",
        f"https://youtube.com/shorts/{ID}",
        f"https://www.youtube-nocookie.com/embed/{ID}?autoplay=1",
        f"https://studio.youtube.com/video/{ID}/livestreaming",
        f"https://www.youtube.com/live_chat?is_popout=1&v={ID}",
        f"https://www.youtube.com/watch/{ID}",
    ],
)
def test_a_video_is_named_in_many_ways(wanted: str) -> None:
    """Whatever form of address a streamer copies, the video's id is found in it."""
    assert parse_address(wanted) == Address(video=ID)


@pytest.mark.parametrize(
    ("wanted", "channel"),
    [
        ("@botan", "@botan"),
        (" @日本語 ", "@日本語"),
        ("https://www.youtube.com/@botan", "@botan"),
        ("https://www.youtube.com/@botan/live", "@botan"),
        ("m.youtube.com/@botan/streams?view=2", "@botan"),
        ("https://www.youtube.com/@%E6%97%A5%E6%9C%AC%E8%AA%9E", "@日本語"),
        (CHANNEL, f"channel/{CHANNEL}"),
        (f"https://www.youtube.com/channel/{CHANNEL}/live", f"channel/{CHANNEL}"),
        (f"https://studio.youtube.com/channel/{CHANNEL}/livestreaming", f"channel/{CHANNEL}"),
        ("https://www.youtube.com/c/Botan/", "c/Botan"),
        ("youtube.com/user/botan", "user/botan"),
    ],
)
def test_a_channel_is_named_in_many_ways(wanted: str, channel: str, clock: FakeClock) -> None:
    """A channel's address, handle or id leads to the page of its live stream."""
    address = parse_address(wanted)
    assert address == Address(channel=channel)
    assert address.url.startswith("https://www.youtube.com/")
    assert address.url.endswith("/live")
    assert address.url.isascii()
    assert StreamFinder(wanted, clock=clock).is_channel


@pytest.mark.parametrize(
    "wanted",
    [
        "",
        "botan",
        "@",
        "@a b",
        "https://www.youtube.com/",
        "https://www.youtube.com/watch?v=short",
        "https://www.youtube.com/playlist?list=PLabc",
        "https://www.youtube.com/channel/UCshort",
        f"https://example.com/watch?v={ID}",
        f"https://youtube.com.example.com/watch?v={ID}",
        "https://twitch.tv/botan",
        "https://[x/",
    ],
)
def test_anything_else_is_refused_in_one_line(wanted: str, clock: FakeClock) -> None:
    """What is neither a video nor a channel is refused with the setting's name and both forms."""
    with pytest.raises(MisconfiguredError) as refused:
        StreamFinder(wanted, clock=clock)
    text = str(refused.value)
    assert "YOUTUBE_VIDEO" in text
    assert "watch?v=" in text
    assert "@name" in text
    assert "\n" not in text


@given(st.text() | st.from_regex(r"(https://)?(www\.)?youtu(be\.com|\.be)/[^ ]*", fullmatch=True))
def test_no_text_is_too_strange_to_be_refused(text: str) -> None:
    """Any text is an address or is refused, and an address is one that a browser takes."""
    try:
        address = parse_address(text)
    except MisconfiguredError:
        return
    assert address.url.isascii()
    assert bool(address.video) is not bool(address.channel)


# Videos


async def test_a_live_video_is_found(site: YouTubeSite, told: Told, clock: FakeClock) -> None:
    """A live video's id is returned without waiting, after one request, with a sign before it."""
    site.videos[ID] = Video(State.LIVE)
    assert await _live(site, ID, told, clock) == ID
    assert site.requests == ["watch"]
    assert [(sign.about, sign.live) for sign in told.signs] == [
        ("looking for the stream", None),
        ("the stream is live", True),
    ]


@pytest.mark.parametrize("state", [State.POST_LIVE, State.WAS_LIVE, State.OFFLINE])
async def test_a_recording_is_not_live(
    site: YouTubeSite, told: Told, clock: FakeClock, state: State
) -> None:
    """A stream that is over, with or without a recording, is over."""
    site.videos[ID] = Video(state, _begins(clock, -90))
    assert await _live(site, ID, told, clock) is None
    assert told.signs[-1].live is False


async def test_an_ordinary_video_is_a_mistake(
    site: YouTubeSite, told: Told, clock: FakeClock
) -> None:
    """For a video that was never live the streamer is told to name another."""
    site.videos[ID] = Video(State.NOT_LIVE)
    with pytest.raises(MisconfiguredError, match="not a live stream"):
        await _live(site, ID, told, clock)


@pytest.mark.parametrize("state", [State.PRIVATE, State.REMOVED, State.UNKNOWN])
async def test_a_video_that_cannot_be_seen_is_a_mistake(
    site: YouTubeSite, told: Told, clock: FakeClock, state: State
) -> None:
    """A private, removed or unknown video is told with its address, in plain words."""
    site.videos[ID] = Video(state)
    with pytest.raises(MisconfiguredError, match=f"no video at .*{ID}, or it is private"):
        await _live(site, ID, told, clock)


@pytest.mark.parametrize("state", [State.BOT_CHECK, State.MEMBERS])
async def test_a_page_that_tells_nothing_leaves_it_to_the_reader(
    site: YouTubeSite,
    told: Told,
    clock: FakeClock,
    state: State,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Where YouTube wants a person or a member, the id is returned, and one line logged."""
    caplog.set_level(logging.INFO, "bot")
    site.videos[ID] = Video(state)
    assert await _live(site, ID, told, clock) == ID
    assert {sign.live for sign in told.signs} == {None}
    assert len(caplog.messages) == 1
    assert "listening to it all the same" in caplog.text


@pytest.mark.parametrize("fault", [one for one in Fault if one is not Fault.SILENT])
async def test_trouble_with_the_pages(
    site: YouTubeSite, told: Told, clock: FakeClock, fault: Fault
) -> None:
    """Whatever YouTube answers, a video's id is returned; for a channel there is only trouble."""
    site.fault = fault
    assert await _live(site, ID, told, clock) == ID
    with pytest.raises(UnavailableError, match="YouTube does not tell whether @botan is live: it"):
        await _live(site, "@botan", told, clock)


async def test_an_unreachable_youtube(told: Told, clock: FakeClock) -> None:
    """Where nobody listens, the streamer is told that YouTube is not reached."""
    async with YouTubeSite() as site:
        pass
    assert await _live(site, ID, told, clock) == ID
    with pytest.raises(UnavailableError, match="not reached"):
        await _live(site, "@botan", told, clock)


async def test_a_silent_youtube_is_given_up(
    site: YouTubeSite, told: Told, clock: FakeClock
) -> None:
    """A look-up that takes too long is given up by the clock; its thread keeps nobody waiting."""
    site.fault = Fault.SILENT
    async with asyncio.TaskGroup() as tasks:
        finding = tasks.create_task(_live(site, ID, told, clock))
        await site.asked()
        await clock.advance(30)
        assert await finding == ID


async def test_looking_can_be_cancelled(site: YouTubeSite, told: Told, clock: FakeClock) -> None:
    """Cancelling returns at once, also while YouTube is silent, and leaves nobody asleep.

    Nor does the thread that still waits keep the program from ending.
    """
    site.fault = Fault.SILENT
    finding = asyncio.create_task(_live(site, ID, told, clock))
    await site.asked()
    assert all(thread.daemon for thread in threading.enumerate() if thread.name == "youtube-stream")
    finding.cancel()
    with pytest.raises(asyncio.CancelledError):
        await finding
    assert clock.sleeping == 0


def test_starting_up_does_not_import_yt_dlp() -> None:
    """Importing the finder is quick: yt-dlp takes half a second, and is imported in its thread."""
    code = "import bot.youtube.stream, sys; sys.exit('yt_dlp' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


# Waiting


@pytest.mark.slow
async def test_an_upcoming_video_is_waited_for(
    site: YouTubeSite, told: Told, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    """It counts down, asks more often as the time comes, goes on when it is late, and finds it.

    What is logged is one line when the waiting begins and one when the stream does.
    """
    caplog.set_level(logging.INFO, "bot")
    site.videos[ID] = Video(State.UPCOMING, _begins(clock, 60))
    asked_at = list[float]()
    finding = asyncio.create_task(_live(site, ID, told, clock))
    told_of = [await told.waiting()]
    while clock.monotonic() < 70 * 60:
        asked = len(site.requests)
        await clock.advance(clock.slept[-1])
        told_of.append(await told.waiting())
        if len(site.requests) > asked:
            asked_at.append(clock.monotonic())
    site.videos[ID].state = State.LIVE
    while told.signs[-1].about.startswith("waiting"):
        await clock.advance(clock.slept[-1])
    assert await finding == ID
    assert told_of[0] == "waiting for the stream, which begins in 1 h 0 min"
    assert "waiting for the stream, which begins in 12 min" in told_of
    assert "waiting for the stream, which is about to begin" in told_of
    assert "waiting for the stream, which should have begun 8 min ago" in told_of
    gaps = [later - sooner for sooner, later in pairwise(asked_at)]
    assert max(gaps) <= 120
    near = [gap for gap, at in zip(gaps, asked_at, strict=False) if abs(at - 3600) < 300]
    assert max(near) <= 20
    assert [line for line in caplog.messages if "aiting" in line] == [
        "Waiting for the stream on YouTube to begin."
    ]
    assert [line for line in caplog.messages if "is live" in line] == [
        f"The stream on YouTube is live: https://www.youtube.com/watch?v={ID}"
    ]
    _assert_alive(told)


def _assert_alive(told: Told) -> None:
    """Check that signs came every half minute, and each within what the one before promised."""
    gaps = [later - sooner for sooner, later in pairwise(told.times)]
    assert max(gaps) <= 30
    assert all(gap < sign.within for gap, sign in zip(gaps, told.signs, strict=False))


@pytest.mark.parametrize("state", [State.UPCOMING, State.PREMIERE])
async def test_a_stream_without_a_date_is_waited_for(
    site: YouTubeSite, told: Told, clock: FakeClock, state: State
) -> None:
    """Where YouTube tells no time, waiting is all that is told."""
    site.videos[ID] = Video(state)
    async with asyncio.TaskGroup() as tasks:
        finding = tasks.create_task(_live(site, ID, told, clock))
        assert await told.waiting() == "waiting for the stream to begin"
        site.videos[ID].state = State.LIVE
        await clock.advance(20)
        assert await finding == ID


async def test_a_stream_that_is_cancelled_ends_the_waiting(
    site: YouTubeSite, told: Told, clock: FakeClock
) -> None:
    """A planned stream that is taken back is no longer waited for."""
    site.videos[ID] = Video(State.UPCOMING, _begins(clock, 5))
    finding = asyncio.create_task(_live(site, ID, told, clock))
    await told.waiting()
    site.videos[ID].state = State.PRIVATE
    await clock.advance(20)
    with pytest.raises(MisconfiguredError):
        await finding


# Channels


async def test_a_channels_live_stream_is_found(
    site: YouTubeSite, told: Told, clock: FakeClock
) -> None:
    """The video on the channel's live page is found, by each of the channel's names."""
    site.videos[ID] = Video(State.LIVE)
    for path in ("@botan", f"channel/{CHANNEL}", "c/botan", "user/botan", "@日本語"):
        site.channels[path] = ID
        assert await _live(site, f"https://youtube.com/{path}", told, clock) == ID
    assert site.requests[:2] == ["@botan/live", "watch"]


@pytest.mark.parametrize(
    "shown", [None, State.WAS_LIVE, State.POST_LIVE, State.NOT_LIVE, State.PRIVATE]
)
async def test_a_channel_that_is_not_live_is_waited_for(
    site: YouTubeSite,
    told: Told,
    clock: FakeClock,
    shown: State | None,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Whatever the live page shows that is not live, the next stream is waited for and found."""
    caplog.set_level(logging.INFO, "bot")
    site.channels["@botan"] = OTHER if shown else None
    if shown:
        site.videos[OTHER] = Video(shown)
    async with asyncio.TaskGroup() as tasks:
        finding = tasks.create_task(_live(site, "@botan", told, clock))
        for _ in range(4):
            assert await told.waiting() == "waiting for the next stream of @botan"
            await clock.advance(30)
        await told.waiting()
        site.channels["@botan"], site.videos[ID] = ID, Video(State.LIVE)
        await clock.advance(60)
        assert await finding == ID
    assert len(caplog.messages) == 2
    _assert_alive(told)


async def test_a_channels_upcoming_stream_is_counted_down(
    site: YouTubeSite, told: Told, clock: FakeClock
) -> None:
    """A stream that the channel has announced is counted down; another that is live is found."""
    site.channels["@botan"], site.videos[OTHER] = OTHER, Video(State.UPCOMING, _begins(clock, 12))
    async with asyncio.TaskGroup() as tasks:
        finding = tasks.create_task(_live(site, "@botan", told, clock))
        assert await told.waiting() == "waiting for the stream, which begins in 12 min"
        site.channels["@botan"], site.videos[ID] = ID, Video(State.LIVE)
        await clock.advance(30)
        await told.waiting()
        await clock.advance(6)
        assert await finding == ID


async def test_an_unknown_channel_is_a_mistake(
    site: YouTubeSite, told: Told, clock: FakeClock
) -> None:
    """A channel that YouTube does not know is told with its address."""
    with pytest.raises(MisconfiguredError, match=r"no channel at https://.*/@nobody/live"):
        await _live(site, "@nobody", told, clock)


async def test_a_channels_video_that_tells_nothing_is_left_to_the_reader(
    site: YouTubeSite, told: Told, clock: FakeClock
) -> None:
    """The channel's page names the video, so that a bot check on the video's page is no end."""
    site.channels["@botan"], site.videos[ID] = ID, Video(State.BOT_CHECK)
    assert await _live(site, "@botan", told, clock) == ID


async def test_a_page_that_yt_dlp_stumbles_over(
    told: Told, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    """The streamer is told how to get a newer yt-dlp by itself."""
    caplog.set_level(logging.INFO, "bot")

    class Stumbles(YoutubeDL):  # type: ignore[misc]  # it ships no types
        def extract_info(self, *_: object, **__: object) -> Never:
            raise KeyError("moved")

    finder = StreamFinder(ID, clock=clock, transport=Stumbles)
    assert await finder.live(told) == ID
    assert "its page cannot be read (KeyError)" in caplog.text
    assert "uv run -P yt-dlp vtuber-bot run" in caplog.text
    with pytest.raises(UnavailableError, match="uv run -P yt-dlp vtuber-bot run"):
        await StreamFinder("@botan", clock=clock, transport=Stumbles).live(told)
