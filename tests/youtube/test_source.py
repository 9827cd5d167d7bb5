"""Listening to YouTube: what is heard when joining, switching, ending, and beginning again."""

import asyncio
import threading
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from bot.app.platforms import chats, youtube_readers
from bot.chat import Money, Platform, Retraction
from bot.clock import SystemClock
from bot.errors import MisconfiguredError
from bot.settings import Settings
from bot.sources import Heard, Heartbeat
from bot.youtube.dedupe import Deduper
from bot.youtube.options import YouTubeOptions
from bot.youtube.readers.api import ApiReader
from bot.youtube.source import YouTubeSource
from tests.standins.youtube import Action, Fault, Writer, YouTubeStandIn, deletion, message
from tests.standins.youtube_api import resource
from tests.standins.youtube_site import Fault as SiteFault
from tests.support.clock import FakeClock
from tests.support.listening import listening

READERS = pytest.mark.parametrize("reader", ["pytchat", "page"])


class Skewed(FakeClock):
    """A clock whose wall-clock time is wrong."""

    ahead = timedelta(0)

    def now(self) -> Any:
        """Return the wrong time."""
        return super().now() + self.ahead


@READERS
async def test_comments_arrive_once_and_in_order(reader: str) -> None:
    """What is written before and while we listen is heard once, until the stream is over."""
    async with listening(reader) as show:
        texts = [f"number {count}" for count in range(8)]
        for text in texts:
            show.youtube.write(text)
            await show.elapse(4)
        assert show.heard == texts
        assert show.state.startswith("listening")
        show.youtube.end()
        await show.elapse(20)
        assert show.heard == texts
        assert show.state == "over"


@READERS
async def test_every_kind_arrives(reader: str) -> None:
    """Plain, paid and deleted comments come through; the rest is counted, the unreadable told."""
    async with listening(reader) as show:
        at = show.clock.now()
        show.youtube.add(
            message("a", "hello", by=Writer("UC-owner", "@owner", ("OWNER",)), at=at),
            message("b", "take this", amount="5,00 €", at=at),
            {"addLiveChatTickerItemAction": {"item": {"liveChatTickerPaidMessageItemRenderer": 1}}},
            deletion("a"),
            message("d", renderer="liveChatTomorrowRenderer"),
        )
        await show.elapse(2)
        assert show.heard == ["hello", "take this"]
        assert show.comments[0].author.may_moderate
        assert show.comments[1].paid == Money(Decimal("5.00"), "EUR")
        assert show.retractions == [Retraction(Platform.YOUTUBE, comment_id="a")]


@READERS
async def test_what_was_written_long_before_is_left_out(reader: str) -> None:
    """An hour-old command in the first answer is not obeyed; later, no clock is asked."""
    async with listening(reader) as show:
        hour_ago = show.clock.now() - timedelta(hours=1)
        show.youtube.write("!quit", at=hour_ago, by=Writer(badges=("OWNER",)))
        show.youtube.write("long ago", at=hour_ago)
        show.youtube.write("hello")
        await show.elapse(2)
        show.youtube.write("from a slow clock", at=hour_ago)
        await show.elapse(10)
        assert show.heard == ["hello", "from a slow clock"]


@READERS
@pytest.mark.parametrize("hours", [-5, 5])
async def test_a_clock_that_is_wrong(reader: str, hours: int) -> None:
    """A clock that is wrong when joining, or jumps later, makes no command new and hides nobody."""
    clock = Skewed()
    async with listening(reader, clock=clock) as show:
        clock.ahead = timedelta(hours=hours)
        show.youtube.write("long ago", at=FakeClock.now(clock) - timedelta(hours=1))
        if hours < 0:
            show.youtube.write("hello")
        await show.elapse(2)
        show.youtube.write("one")
        await show.elapse(10)
        clock.ahead = timedelta(hours=-hours)
        show.youtube.break_(Fault.BROKEN)
        show.youtube.write("two")
        await show.elapse(30)
        show.youtube.mend()
        await show.elapse(30)
        assert show.heard == ["hello"] * (hours < 0) + ["one", "two"]


async def test_a_quiet_chat_repeats_nothing() -> None:
    """A connection is opened anew again and again while nobody writes; all is heard once."""
    async with listening("pytchat", "page") as show:
        show.youtube.write("hello")
        await show.elapse(600)
        show.youtube.write("still there?")
        await show.elapse(10)
        assert show.heard == ["hello", "still there?"]
        assert 10 < show.youtube.requests.count("/embed/standin-vid") < 22


async def test_the_page_leaves_nobody_out() -> None:
    """Where the page shows the top comments only, all of them are asked for."""
    async with listening("page") as show:
        show.youtube.offers_choice = True
        show.youtube.write("long ago", at=show.clock.now() - timedelta(hours=1))
        show.youtube.write("one")
        show.youtube.write("two")
        await show.elapse(2)
        show.youtube.write("three")
        await show.elapse(10)
        assert show.heard == ["one", "two", "three"]


# Whose turn it is


async def test_the_one_that_works_is_kept(caplog: pytest.LogCaptureFixture) -> None:
    """Once pytchat works again nothing changes; the next stream begins with pytchat."""
    async with listening("pytchat", "page", wanted="@botan") as show:
        show.youtube.site.channels["@botan"] = show.youtube.video
        show.youtube.break_(Fault.HTML, "chat", "pytchat")
        show.youtube.write("one")
        await show.elapse(10)
        show.youtube.mend()
        await show.elapse(60)
        show.youtube.write("two")
        await show.elapse(60)
        assert show.state == "listening through YouTube's page"
        [told] = [line for line in caplog.messages if "another way" in line]
        assert "(page). YouTube gave something else" in told
        show.youtube.end()
        await show.elapse(130)
        assert show.state == "waiting for the next stream of @botan"
        show.youtube.begin("second-vid1", "@botan")
        show.youtube.write("three")
        await show.elapse(90)
        show.youtube.write("four")
        await show.elapse(10)
        assert show.state == "listening"
        assert show.heard == ["one", "two", "four"]


async def test_a_reader_that_was_chosen_is_not_left(caplog: pytest.LogCaptureFixture) -> None:
    """With one reader, a failure is told, and the listener tries again."""
    async with listening("pytchat") as show:
        show.youtube.break_(Fault.FORBIDDEN)
        await show.elapse(60)
        assert "403 Forbidden" in show.state
        assert "/live_chat" not in show.youtube.requests
        assert "another way" not in caplog.text
        assert "Traceback" not in caplog.text


@READERS
async def test_a_wait_that_youtube_asks_for(reader: str) -> None:
    """After a 429 with Retry-After, nothing is asked until then."""
    async with listening(reader) as show:
        await show.elapse(2)
        show.youtube.break_(Fault.RATE_LIMITED_FOR)
        await show.elapse(5)
        asked = len(show.youtube.requests)
        await show.elapse(12)
        assert len(show.youtube.requests) == asked
        await show.elapse(6)
        assert len(show.youtube.requests) > asked


async def test_the_api_is_the_last_resort() -> None:
    """Where both pages fail the API takes over; what the others read it does not tell again."""
    wrapped = "ChwKGkNMdnAyS191a0pRREZRZmVQd1FkN0tNbGVR"
    clock = FakeClock()
    items: list[Action] = []

    def api(request: httpx.Request) -> httpx.Response:
        assert "AIza" not in str(request.url)
        if request.url.path.endswith("videos"):
            chat = {"liveStreamingDetails": {"activeLiveChatId": "chat"}}
            return httpx.Response(200, json={"items": [chat]})
        seen = int(request.url.params.get("pageToken", "0"))
        answer = {"items": items[seen:], "nextPageToken": str(len(items))}
        return httpx.Response(200, json=answer)

    def write(comment_id: str, text: str) -> None:
        comment = resource("textMessageEvent", comment_id, messageText=text)
        comment["snippet"]["publishedAt"] = clock.now().isoformat()
        items.append(comment)

    key = ApiReader(SecretStr("AIza"), clock=clock, transport=httpx.MockTransport(api))
    async with listening("pytchat", "page", clock=clock, also=[key]) as show:
        show.youtube.add(message(wrapped, "before", at=clock.now()))
        write(f"LCC.Eh{wrapped[2:]}", "before")
        show.youtube.add(message("of-another-form", "odd", at=clock.now()))
        write("LCC.odd", "odd")
        await show.elapse(2)
        assert show.heard == ["before", "odd"]
        show.youtube.break_(Fault.SILENT)
        write("LCC.1", "meanwhile")
        await show.elapse(59)
        assert show.heard == ["before", "odd", "meanwhile"]
        assert show.state.startswith("listening through YouTube's API")


@pytest.mark.parametrize("reader", ["pytchat", "page"])
@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (Fault.CONSENT, "another page, to ask for consent"),
        (Fault.REFUSED, "cannot be reached (ConnectError)"),
        (Fault.CUT, "cannot be reached (RemoteProtocolError)"),
        (Fault.SILENT, "has not answered for 8 s"),
        (Fault.HTML, "something else where its live chat should be"),
        (Fault.OVERLOADED, "503 Service Unavailable"),
        (Fault.RATE_LIMITED, "asked too often"),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
async def test_what_is_told_of_a_failure(reader: str, fault: Fault, told: str) -> None:
    """The streamer reads what happened, and hears of it once."""
    async with listening(reader) as show:
        await show.elapse(2)
        show.youtube.break_(fault, "chat")
        await show.until(told)
        assert show.state.startswith("not listening")


async def test_failures_far_apart_are_no_reason_to_switch() -> None:
    """One that fails now and then, and works in between, is kept."""
    async with listening("pytchat", "page") as show:
        for count in range(6):
            await show.elapse(75)
            show.youtube.break_(Fault.BROKEN, "chat")
            await show.until("trying to listen again")
            show.youtube.mend()
            show.youtube.write(f"number {count}")
        await show.elapse(20)
        assert len(show.heard) == 6
        assert show.state == "listening"


async def test_after_all_have_failed_the_first_is_first_again() -> None:
    """An outage of all of YouTube says nothing against pytchat, however often there is one."""
    async with listening("pytchat", "page") as show:
        for _ in range(3):
            await show.elapse(60)
            assert show.state == "listening"
            show.youtube.break_(Fault.BROKEN)
            await show.until("500")
            show.youtube.mend()
        show.youtube.break_(Fault.BROKEN, "everything", "pytchat")
        await show.elapse(60)
        assert show.state == "listening through YouTube's page"


async def test_the_streamer_sees_that_it_is_tried_again() -> None:
    """While nothing answers, the state is not that of the last answer."""
    async with listening("pytchat", "page") as show:
        await show.elapse(2)
        show.youtube.break_(Fault.SILENT)
        await show.until("trying to listen again")


# What is new


def _answer(*comments: tuple[str, str, float]) -> list[object]:
    at = FakeClock().now()
    return [message(id_, text, at=at + timedelta(seconds=s)) for id_, text, s in comments]


@pytest.mark.parametrize(
    ("again", "is_new"),
    [
        (("other-id", "hello", 0.0), False),
        (("other-id", "hello", 1.9), False),
        (("other-id", "hello", 5.0), True),
        (("other-id", "hullo", 0.0), True),
        (("same-id", "hullo", 50.0), False),
    ],
)
def test_the_same_comment_read_in_another_way(
    again: tuple[str, str, float], *, is_new: bool
) -> None:
    """A comment under another id is known by who wrote what when."""
    heard = Deduper()
    now = FakeClock().now()
    heard.fresh(_answer(("same-id", "hello", 0)), reader="pytchat", opening=True, now=now)
    assert bool(heard.fresh(_answer(again), reader="page", opening=True, now=now)) == is_new


def test_a_viewer_may_repeat_themselves() -> None:
    """Two comments alike that are read in one way are two."""
    heard = Deduper()
    answer = _answer(("a", "www", 0), ("b", "www", 0.5))
    assert len(heard.fresh(answer, reader="page", opening=True, now=FakeClock().now())) == 2
    assert not heard.fresh(answer, reader="pytchat", opening=True, now=FakeClock().now())


@pytest.mark.slow
def test_what_is_approved_after_it_was_held_is_heard_again() -> None:
    """Under the same id; what was deleted for good is not."""
    heard = Deduper()
    now = datetime.now(UTC)
    written = message("a", "hello", at=now)
    item = written["addChatItemAction"]["item"]
    placeholder = {"liveChatPlaceholderItemRenderer": {"id": "a"}}
    held = {"replaceChatItemAction": {"targetItemId": "a", "replacementItem": placeholder}}
    approved = {"replaceChatItemAction": {"targetItemId": "a", "replacementItem": item}}
    brought = [
        heard.fresh([action], reader="page", opening=False, now=now)
        for action in (written, held, approved, deletion("a"), approved)
    ]
    assert [len(one) for one in brought] == [1, 1, 1, 1, 0]


def test_what_is_remembered_is_bounded() -> None:
    """A stream that goes on for days fills no memory, whatever it sends."""
    heard = Deduper()
    now = FakeClock().now()
    for count in range(0, 30_000, 1000):
        numbers = range(count, count + 1000)
        answer = _answer(*((f"id-{number}", f"text {number}", 0.0) for number in numbers))
        answer += [{f"kind{number}Action": {}} for number in numbers]
        assert len(heard.fresh(answer, reader="page", opening=False, now=now)) == 1000
    first, last = (_answer((f"id-{number}", f"text {number}", 0.0)) for number in (0, 29_999))
    assert heard.fresh(last, reader="page", opening=False, now=now) == []
    assert len(heard.fresh(first, reader="page", opening=False, now=now)) == 1, "long forgotten"
    assert len(heard.skipped) <= 65


def test_a_known_kind_that_cannot_be_read_is_told(caplog: pytest.LogCaptureFixture) -> None:
    """When YouTube changes, the streamer hears of it once, instead of a bot that fell silent."""
    answer: list[object] = [message("a", "hi", timestampUsec="soon")] * 3
    heard = Deduper()
    assert not heard.fresh(answer, reader="page", opening=True, now=FakeClock().now())
    assert caplog.text.count("could not be read") == 1
    assert heard.skipped == {"liveChatTextMessageRenderer": 3}


# The end


@READERS
async def test_a_recording_is_refused(reader: str) -> None:
    """Of a stream that is over nothing is heard, though YouTube offers it as if it were live."""
    async with listening(reader) as show:
        show.youtube.write("this was last week")
        show.youtube.end_recorded()
        show.youtube.site.fault = SiteFault.BROKEN  # so that the chat must find it out
        await show.elapse(60)
        assert not show.heard
        assert show.state != "over"
        show.youtube.site.fault = None
        await show.elapse(60)
        assert not show.heard
        assert show.state == "over"


@READERS
async def test_a_recording_that_follows_is_refused(reader: str) -> None:
    """When the stream ends, what was heard is not told again from its recording."""
    async with listening(reader) as show:
        show.youtube.write("hello")
        await show.elapse(3)
        show.youtube.end_recorded()
        await show.elapse(60)
        assert show.heard == ["hello"]
        assert show.state == "over"


async def test_a_video_without_chat_is_told() -> None:
    """The streamer reads what YouTube says, and what to set."""
    async with listening("page") as show:
        show.youtube.break_(Fault.DISABLED)
        await show.elapse(5)
        assert "Chat is disabled for this live stream." in show.state
        assert "YOUTUBE_VIDEO" in show.state


# On the machine's own time


async def _signs(source: YouTubeSource, signs: asyncio.Queue[Heartbeat]) -> None:
    def receive(heard: Heard | Heartbeat) -> None:
        if isinstance(heard, Heartbeat):
            signs.put_nowait(heard)

    await source.listen(receive)


@pytest.mark.parametrize("fault", [None, Fault.SILENT])
async def test_cancelling_waits_for_nothing(fault: Fault | None) -> None:
    """Neither an interval nor a request that is never answered holds up who wants to stop."""
    async with YouTubeStandIn(interval=3600) as youtube:
        signs: asyncio.Queue[Heartbeat] = asyncio.Queue()
        if fault:
            youtube.break_(fault, "chat")
        task = asyncio.create_task(_signs(youtube.source(SystemClock(), ["pytchat"]), signs))
        async with asyncio.timeout(30):
            while (await signs.get()).about != "listening" and not fault:
                pass
            while fault and not youtube.stuck:
                await asyncio.to_thread(threading.Event().wait, 0.01)
            asked = len(youtube.requests)
            task.cancel()
            await asyncio.wait({task})
        youtube.closing.set()
        for thread in threading.enumerate():
            if thread.name == "youtube-chat":
                await asyncio.to_thread(thread.join, 10)
                assert not thread.is_alive()
        assert len(youtube.requests) == asked


# What the settings say


def _source(**settings: Any) -> list[str]:
    options = YouTubeOptions(**settings)
    [source] = chats(Settings(youtube=options), SystemClock())
    assert isinstance(source, YouTubeSource)
    return [reader.name for reader in youtube_readers(options, SystemClock())]


def test_the_settings_choose_the_readers() -> None:
    """By default all are tried, the API only with a key; one that is named is the only one."""
    key = SecretStr("AIza")
    assert _source(video="@botan") == ["pytchat", "page"]
    assert _source(video="@botan", api_key=key) == ["pytchat", "page", "api"]
    assert _source(video="@botan", api_key=key, reader="page") == ["page"]
    assert _source(video="@botan", api_key=key, reader="api") == ["api"]


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"video": "@botan", "reader": "api"}, "YOUTUBE_API_KEY is missing"),
        ({"video": "https://example.com/"}, "YOUTUBE_VIDEO"),
    ],
)
def test_settings_that_cannot_work(settings: dict[str, Any], told: str) -> None:
    """They are refused before the show, with the name of the setting."""
    with pytest.raises(MisconfiguredError, match=told):
        _source(**settings)
