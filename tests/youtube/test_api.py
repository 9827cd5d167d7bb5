"""The reader of YouTube's Data API: the real httpx against a stand-in, on a clock that is ours."""

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator
from itertools import pairwise

import pytest
from pydantic import SecretStr

from bot.errors import BotError, MisconfiguredError, UnavailableError
from bot.youtube.readers import Reader
from bot.youtube.readers.api import ApiReader
from tests.standins.youtube_api import CHAT, KEY, VIDEO, Fault, Refusal, YouTubeApi, resource
from tests.support.clock import FakeClock

_HOUR = 3600.0
_CALL_LIMIT = 8
"""Seconds that a call may take; the reader waits that long for nothing else."""


@pytest.fixture
async def api() -> AsyncIterator[YouTubeApi]:
    """Serve a live video and its chat."""
    async with YouTubeApi() as standin:
        yield standin


@pytest.fixture
def clock() -> FakeClock:
    """Let time stand still."""
    return FakeClock()


@pytest.fixture
def reader(api: YouTubeApi, clock: FakeClock) -> ApiReader:
    """Read that chat."""
    return ApiReader(SecretStr(KEY), clock=clock, transport=api.transport)


class Reading:
    """Reads on, letting the time pass that the reader wants to wait."""

    def __init__(self, reader: Reader, clock: FakeClock, *, known: bool = False) -> None:
        self._answers: AsyncGenerator[list[object]] = reader.read(VIDEO, known=known)
        self._clock = clock

    async def answer(self) -> list[object] | None:
        """Return the next answer, None where the stream is over."""
        async with asyncio.timeout(30):
            asking = asyncio.create_task(anext(self._answers, None))
            while not asking.done():
                sleeping = asyncio.create_task(self._clock.asleep())
                await asyncio.wait((asking, sleeping), return_when=asyncio.FIRST_COMPLETED)
                sleeping.cancel()
                if not asking.done() and self._clock.slept[-1] != _CALL_LIMIT:
                    await self._clock.advance(max(0, self._clock.slept[-1]))
                await asyncio.sleep(0)
            return await asking

    async def close(self) -> None:
        """Close its connections."""
        await self._answers.aclose()


@pytest.fixture
async def reading(reader: ApiReader, clock: FakeClock) -> AsyncIterator[Reading]:
    """Read that chat's answers."""
    reading = Reading(reader, clock)
    yield reading
    await reading.close()


async def _failure(reading: Reading) -> BotError:
    with pytest.raises(BotError) as failed:
        await reading.answer()
    assert KEY not in repr(failed.value)
    assert failed.value.__suppress_context__ or failed.value.__context__ is None
    return failed.value


async def test_what_is_written_arrives_once_and_in_order(api: YouTubeApi, reading: Reading) -> None:
    """The history comes first, then what is new, page by page; an answer may hold nothing."""
    api.items += [resource("textMessageEvent", "a"), resource("textMessageEvent", "b")]
    assert await reading.answer() == api.items
    assert await reading.answer() == []
    api.items.append(resource("textMessageEvent", "c"))
    assert await reading.answer() == api.items[2:]
    assert api.calls[0] == {
        "liveChatId": CHAT,
        "part": "id,snippet,authorDetails",
        "maxResults": "2000",
    }
    assert [call.get("pageToken") for call in api.calls] == [None, "2", "2"]


async def test_an_answer_without_a_page(api: YouTubeApi, reading: Reading) -> None:
    """Where no next page is told, the last that was is asked for: no history comes again."""
    api.items.append(resource("textMessageEvent", "a"))
    assert await reading.answer() == api.items
    api.tokens = False
    assert await reading.answer() == []
    assert await reading.answer() == []


async def test_the_end_of_the_stream(api: YouTubeApi, reading: Reading) -> None:
    """Once YouTube says that the stream is offline, the last messages are still handed on."""
    assert await reading.answer() == []
    api.items.append(resource("textMessageEvent"))
    api.offline = True
    assert await reading.answer() == api.items
    assert await reading.answer() is None


async def test_the_end_of_the_chat(api: YouTubeApi, reading: Reading) -> None:
    """An event that says so ends the chat, too."""
    api.items.append(resource("chatEndedEvent"))
    assert await reading.answer() == api.items
    assert await reading.answer() is None


async def test_a_chat_that_has_ended(api: YouTubeApi, reading: Reading) -> None:
    """So does a refusal for that reason."""
    api.chat_fault = Refusal.ENDED
    assert await reading.answer() is None


@pytest.mark.parametrize(
    "details", [{"actualEndTime": "x"}, {"activeLiveChatId": None, "actualEndTime": "x"}]
)
async def test_a_stream_that_is_over(
    api: YouTubeApi, reading: Reading, details: dict[str, object]
) -> None:
    """Of a recording nothing is read."""
    api.details = details
    assert await reading.answer() is None
    assert not api.calls


async def test_a_stream_that_vanishes(api: YouTubeApi, reader: ApiReader, clock: FakeClock) -> None:
    """A stream that was live and is private or without a chat now is over."""
    api.details = {}
    assert await Reading(reader, clock, known=True).answer() is None
    answers = reader.read("otherothers", known=True)
    assert await anext(answers, None) is None


async def test_videos_without_a_chat(
    api: YouTubeApi, reader: ApiReader, reading: Reading, clock: FakeClock
) -> None:
    """A stream without a chat, an ordinary video and an unknown one are each a mistake."""
    api.details = {}
    assert "no live chat: switch it on" in str(await _failure(reading))
    api.details = None
    assert "not a live stream" in str(await _failure(Reading(reader, clock)))
    with pytest.raises(MisconfiguredError, match="no video otherothers, or it is private"):
        await anext(reader.read("otherothers", known=False))


@pytest.mark.parametrize(
    ("refusal", "text"),
    [
        (Refusal.BAD_KEY, "refuses YOUTUBE_API_KEY: make an API key at"),
        (Refusal.BLOCKED_KEY, "refuses YOUTUBE_API_KEY: make an API key at"),
        (Refusal.NOT_ENABLED, "YOUTUBE_API_KEY may not use YouTube's API: switch on"),
        (Refusal.DISABLED, "no live chat: switch it on"),
        (Refusal.FORBIDDEN, "neither private nor for members only"),
    ],
)
async def test_what_a_person_must_mend(
    api: YouTubeApi, reader: ApiReader, clock: FakeClock, refusal: Refusal, text: str
) -> None:
    """Each refusal that needs a person says what to do, wherever it comes; none shows the key."""
    api.chat_fault = refusal
    in_chat = await _failure(Reading(reader, clock))
    api.videos_fault = refusal
    at_video = await _failure(Reading(reader, clock))
    for failure in (in_chat, at_video):
        assert isinstance(failure, MisconfiguredError)
        assert text in str(failure)


@pytest.mark.parametrize(
    "fault",
    [
        Refusal.BACKEND,
        Refusal.NOT_FOUND,
        Refusal.PAGE_TOKEN,
        *(one for one in Fault if one is not Fault.SILENT),
    ],
)
async def test_what_passes(
    api: YouTubeApi, reader: ApiReader, clock: FakeClock, fault: Refusal | Fault
) -> None:
    """Errors of YouTube's own, and answers that are none of the API's, are worth another try."""
    api.videos_fault = fault
    assert isinstance(await _failure(Reading(reader, clock)), UnavailableError)
    api.videos_fault, api.chat_fault = None, fault
    reading = Reading(reader, clock)
    if fault is Fault.TOO_MANY:
        for _ in range(4):
            assert await reading.answer() == []
    assert isinstance(await _failure(reading), UnavailableError)
    api.chat_fault = None
    reading = Reading(reader, clock)
    assert await reading.answer() == []
    await reading.close()


async def test_an_unreachable_api(clock: FakeClock) -> None:
    """Where nobody listens, the streamer is told so."""
    async with YouTubeApi() as api:
        pass
    reader = ApiReader(SecretStr(KEY), clock=clock, transport=api.transport)
    assert "not reached (ConnectError)" in str(await _failure(Reading(reader, clock)))


async def test_a_silent_api(api: YouTubeApi, reader: ApiReader, clock: FakeClock) -> None:
    """An answer that does not come is given up by the clock."""
    api.videos_fault = Fault.SILENT
    answers = reader.read(VIDEO, known=False)
    asking = asyncio.create_task(anext(answers))
    await api.asked()
    await clock.advance(_CALL_LIMIT)
    with pytest.raises(UnavailableError, match="does not answer"):
        await asking


async def test_reading_can_be_cancelled(
    api: YouTubeApi, reader: ApiReader, clock: FakeClock
) -> None:
    """Cancelling in the middle of a call closes its connection, and leaves nobody asleep."""
    api.videos_fault = Fault.SILENT
    asking = asyncio.create_task(anext(reader.read(VIDEO, known=False)))
    await api.asked()
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert clock.sleeping == 0


async def test_the_key_is_in_no_log(
    api: YouTubeApi, reading: Reading, caplog: pytest.LogCaptureFixture
) -> None:
    """Not even httpx, which logs each address, sees the key in one."""
    caplog.set_level(logging.DEBUG)
    await reading.answer()
    assert "liveChat/messages?" in caplog.text
    assert KEY not in caplog.text


@pytest.mark.parametrize("key", ["", "  ", "AIza key", "鍵", "AIza\nkey"])
def test_what_cannot_be_a_key(clock: FakeClock, key: str) -> None:
    """A key that no request could carry is refused at once, and not shown."""
    with pytest.raises(MisconfiguredError, match="YOUTUBE_API_KEY") as refused:
        ApiReader(SecretStr(key), clock=clock)
    assert not key.strip() or key not in str(refused.value)


async def test_a_key_with_a_line_break_after_it(api: YouTubeApi, clock: FakeClock) -> None:
    """What copying leaves around a key does no harm."""
    reader = ApiReader(SecretStr(f" {KEY}\n"), clock=clock, transport=api.transport)
    reading = Reading(reader, clock)
    assert await reading.answer() == []
    await reading.close()


# The quota


async def _stream(
    api: YouTubeApi, reader: ApiReader, clock: FakeClock, *, hours: float
) -> list[float]:
    """Read for some hours, and return the seconds between answers."""
    reading = Reading(reader, clock)
    end = clock.monotonic() + hours * _HOUR
    times = list[float]()
    while clock.monotonic() < end:
        assert await reading.answer() == []
        times.append(clock.monotonic())
    await reading.close()
    return [later - sooner for sooner, later in pairwise(times)]


@pytest.mark.slow
async def test_twelve_hours_on_one_days_quota(
    api: YouTubeApi, reader: ApiReader, clock: FakeClock
) -> None:
    """A stream of twelve hours stays within 10,000 units, and no answer takes over 30 seconds.

    It is quick while the streamer tries it, and even from then on.
    """
    await clock.advance(5 * _HOUR)  # 08:04 UTC: no new quota comes to help for a day
    gaps = await _stream(api, reader, clock, hours=12)
    assert 9_000 < api.units < 10_000
    assert max(gaps) < 30
    assert gaps[:59] == [5.0] * 59
    assert max(gaps[60:]) - min(gaps[60:]) < 0.1
    assert reader.about == "listening through YouTube's API, whose quota lasts 49 min more"


@pytest.mark.slow
async def test_a_longer_stream_is_read_until_nothing_is_left(
    api: YouTubeApi, reader: ApiReader, clock: FakeClock
) -> None:
    """After twelve hours it goes on every 30 seconds, though the count says nothing is left."""
    await clock.advance(5 * _HOUR)
    gaps = await _stream(api, reader, clock, hours=14)
    assert max(gaps) == pytest.approx(30) == gaps[-1]
    assert api.units > 10_000


@pytest.mark.slow
async def test_a_quota_that_is_soon_renewed_is_spent(
    api: YouTubeApi, reader: ApiReader, clock: FakeClock
) -> None:
    """An hour before midnight in California there is no reason to save, nor any after it."""
    await clock.advance(4 * _HOUR)
    gaps = await _stream(api, reader, clock, hours=0.9)
    assert set(gaps) == {5.0}
    assert reader.about == "listening through YouTube's API"
    await _stream(api, reader, clock, hours=0.5)
    assert reader.about.endswith("more")


async def test_youtubes_own_interval_is_kept(
    api: YouTubeApi, reading: Reading, clock: FakeClock
) -> None:
    """It never asks sooner than YouTube says, nor later than every 30 seconds, come what may."""
    for polling, gap in [(9000, 9), (17_500, 17.5), (600_000, 30), (0, 5), (-1, 5), ("x", 5)]:
        api.polling = polling
        await reading.answer()
        before = clock.monotonic()
        await reading.answer()
        assert clock.monotonic() - before == gap


async def test_starting_anew_is_not_asking_sooner(
    api: YouTubeApi, reader: ApiReader, clock: FakeClock
) -> None:
    """Whoever opens it again and again spends no more of the quota for that than one unit each."""
    for _ in range(10):
        reading = Reading(reader, clock)
        await reading.answer()
        await reading.close()
    assert clock.monotonic() == 45
    assert api.units == 60


@pytest.mark.parametrize("refusal", [Refusal.QUOTA, Refusal.QUOTA_AS_RATE])
async def test_a_quota_that_is_used_up(
    api: YouTubeApi, reader: ApiReader, clock: FakeClock, refusal: Refusal
) -> None:
    """YouTube's word counts: when there is a new quota is told, and only seldom asked."""
    api.chat_fault = refusal
    failure = await _failure(Reading(reader, clock))
    assert isinstance(failure, UnavailableError)
    assert "used up" in str(failure)
    assert "midnight Pacific Time, in 4 h 55 min at most" in str(failure)
    before = api.units
    await clock.advance(200)
    assert "in 4 h 52 min at most" in str(await _failure(Reading(reader, clock)))
    assert api.units == before
    await clock.advance(100)
    assert "used up" in str(await _failure(Reading(reader, clock)))
    assert api.units > before
    api.chat_fault = None
    await clock.advance(300)
    reading = Reading(reader, clock)
    assert await reading.answer() == []
    await reading.close()


async def test_asking_too_fast_is_answered_with_patience(
    api: YouTubeApi, reading: Reading, clock: FakeClock
) -> None:
    """Where YouTube wants fewer calls, the pauses double; after five refusals it is given up.

    Each refusal is a sign of life, and nothing is lost over it.
    """
    api.items.append(resource("textMessageEvent", "a"))
    assert len(await reading.answer() or []) == 1
    api.chat_fault = Refusal.RATE
    times = list[float]()
    for _ in range(4):
        assert await reading.answer() == []
        times.append(clock.monotonic())
    assert [later - sooner for sooner, later in pairwise(times)] == [10, 20, 30]
    api.chat_fault = None
    api.items.append(resource("textMessageEvent", "b"))
    assert await reading.answer() == api.items[1:]
    api.chat_fault = Refusal.RATE
    for _ in range(4):
        assert await reading.answer() == []
    assert "403" in str(await _failure(reading))
