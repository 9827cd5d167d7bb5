"""The real pytchat against a YouTube on loopback, and the parser against anything at all."""

import asyncio
import logging
import threading
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import httpx
import pytchat.core.pytchat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chat import Author, Comment, Money, Platform, Role
from bot.clock import SystemClock
from bot.errors import MisconfiguredError, UnavailableError
from bot.sources.youtube import YouTubeSource, video_id
from bot.sources.youtube_chat import COMMENT_KINDS, kind, parse
from tests.standins.youtube import Action, Fault, Writer, YouTubeStandIn, message

pytestmark = pytest.mark.timeout(30)

_NOON = datetime(2026, 1, 2, 12, 0, 0, 123456, tzinfo=UTC)


class Heard:
    """Receives comments, and can be waited for."""

    def __init__(self) -> None:
        self.comments: list[Comment] = []
        self._more = asyncio.Event()

    def __call__(self, comment: Comment) -> None:
        """Receive a comment."""
        self.comments.append(comment)
        self._more.set()

    @property
    def ids(self) -> list[str]:
        """What was heard, in order."""
        return [comment.id for comment in self.comments]

    async def until(self, count: int) -> None:
        """Wait until so many comments have been heard."""
        async with asyncio.timeout(10):
            while len(self.comments) < count:
                self._more.clear()
                await self._more.wait()


class Jumping(SystemClock):
    """The machine's time, some time from now."""

    ahead = timedelta(0)

    def now(self) -> datetime:
        """Return the wall-clock time it will be."""
        return super().now() + self.ahead


class _Cut(httpx.BaseTransport):
    """A line that can be cut."""

    def __init__(self, line: httpx.BaseTransport) -> None:
        self._line = line
        self.is_cut = False
        self.refused = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if self.is_cut:
            self.refused += 1
            raise httpx.ConnectError("cut", request=request)
        return self._line.handle_request(request)


@pytest.fixture
async def youtube() -> AsyncIterator[YouTubeStandIn]:
    """Serve a live chat."""
    async with YouTubeStandIn() as standin:
        yield standin


@pytest.fixture
def source(youtube: YouTubeStandIn) -> YouTubeSource:
    """Listen to that chat, on the machine's own time."""
    return YouTubeSource(youtube.video, clock=SystemClock(), transport=youtube.transport)


async def _stop(listening: asyncio.Task[None]) -> None:
    listening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await listening


# The listener


async def test_comments_arrive_once_and_in_order(
    youtube: YouTubeStandIn, source: YouTubeSource
) -> None:
    """What is written before and while we listen is heard once, until the stream is over."""
    heard = Heard()
    written = [youtube.write("first"), youtube.write("second")]
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(source.listen(heard))
        await heard.until(2)
        for count in range(3, 8):
            written.append(youtube.write(f"number {count}"))
            await heard.until(count)
        await youtube.asked(2)
        youtube.end()
    assert heard.ids == written


async def test_every_kind_of_comment_arrives(
    youtube: YouTubeStandIn, source: YouTubeSource
) -> None:
    """Plain, paid and member comments come through the library; the rest is counted."""
    heard = Heard()
    owner = Writer("UC-owner", "@owner", ("OWNER",))
    youtube.add(
        message("a", "hello", by=owner),
        message("b", "take this", amount="5,00 €"),
        message("c", renderer="liveChatMembershipItemRenderer", **_WELCOME),
        {"addLiveChatTickerItemAction": {"item": {"liveChatTickerSponsorItemRenderer": {}}}},
        {"removeChatItemAction": {"targetItemId": "a"}},
        message("d", renderer="liveChatTomorrowRenderer"),
    )
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(source.listen(heard))
        await heard.until(3)
        youtube.end()
    assert heard.ids == ["a", "b", "c"]
    assert heard.comments[0].author.may_moderate
    assert heard.comments[1].paid == Money(Decimal("5.00"), "EUR")
    assert dict(source.skipped) == {
        "addLiveChatTickerItemAction": 1,
        "removeChatItemAction": 1,
        "liveChatTomorrowRenderer": 1,
    }


async def test_what_was_written_long_before_is_left_out(
    youtube: YouTubeStandIn, source: YouTubeSource
) -> None:
    """An hour-old command in the first answer is not obeyed; later, no clock is asked."""
    heard = Heard()
    hour_ago = datetime.now(UTC) - timedelta(hours=1)
    youtube.write("!quit", at=hour_ago)
    fresh = youtube.write("hello")
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(source.listen(heard))
        await heard.until(1)
        late = youtube.write("from a slow clock", at=hour_ago)
        await heard.until(2)
        youtube.end()
    assert heard.ids == [fresh, late]


async def test_listening_again_repeats_nothing(youtube: YouTubeStandIn) -> None:
    """After a failure the next connection hands on just what the one before did not.

    Also what was written longer ago than a first connection cares for: it was missed meanwhile.
    """
    heard = Heard()
    clock = Jumping()
    source = YouTubeSource(youtube.video, clock=clock, transport=youtube.transport)
    first = youtube.write("first")
    listening = asyncio.create_task(source.listen(heard))
    await heard.until(1)
    youtube.chat = Fault.BROKEN
    with pytest.raises(UnavailableError):
        await listening
    youtube.chat = None
    second = youtube.write("second")
    clock.ahead = timedelta(minutes=5)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(source.listen(heard))
        await heard.until(2)
        youtube.end()
    assert heard.ids == [first, second]


async def test_a_recording_is_refused(
    youtube: YouTubeStandIn, source: YouTubeSource, caplog: pytest.LogCaptureFixture
) -> None:
    """Of a stream that is over nothing is heard, though pytchat offers it as if it were live."""
    heard = Heard()
    youtube.write("this was last week")
    youtube.end_recorded()
    await source.listen(heard)
    assert not heard.comments
    assert "was over before we came" in caplog.text


async def test_a_stream_that_ends_between_two_connections(
    youtube: YouTubeStandIn, source: YouTubeSource
) -> None:
    """A chat that once answered and is gone when asked again is over, not misconfigured."""
    heard = Heard()
    youtube.write("hello")
    listening = asyncio.create_task(source.listen(heard))
    await heard.until(1)
    await _stop(listening)
    youtube.end()
    await source.listen(heard)
    assert len(heard.comments) == 1


@pytest.mark.parametrize(
    "fault",
    [
        Fault.FORBIDDEN,
        Fault.RATE_LIMITED,
        Fault.BROKEN,
        Fault.EMPTY,
        Fault.HTML,
        Fault.NOT_OBJECT,
        Fault.STRANGE,
        Fault.UNKNOWN_VIDEO,
        Fault.CONSENT,
    ],
)
async def test_a_chat_that_fails_is_unavailable(
    youtube: YouTubeStandIn,
    source: YouTubeSource,
    caplog: pytest.LogCaptureFixture,
    fault: Fault,
) -> None:
    """A bad answer in mid-stream is told in words, at once, and fills nobody's log."""
    heard = Heard()
    youtube.write("hello")
    listening = asyncio.create_task(source.listen(heard))
    await heard.until(1)
    youtube.chat = fault
    before = time.monotonic()
    with pytest.raises(UnavailableError, match="YouTube"):
        await listening
    assert time.monotonic() - before < 1.9  # pytchat's own pause is two seconds
    assert "Traceback" not in caplog.text
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


@pytest.mark.parametrize("fault", [Fault.RATE_LIMITED, Fault.BROKEN])
async def test_pages_that_fail_are_unavailable(
    youtube: YouTubeStandIn, source: YouTubeSource, fault: Fault
) -> None:
    """Trouble with the pages that a connection begins with is not called a wrong address."""
    youtube.pages = fault
    with pytest.raises(UnavailableError, match=str(fault.value[0])):
        await source.listen(Heard())


@pytest.mark.parametrize("fault", [Fault.NO_VIDEO, Fault.CONSENT])
async def test_no_such_video(youtube: YouTubeStandIn, source: YouTubeSource, fault: Fault) -> None:
    """The streamer is told what to set, and that a page in the way looks just like that."""
    youtube.pages = fault
    with pytest.raises(MisconfiguredError, match=r"YOUTUBE_VIDEO.*consent"):
        await source.listen(Heard())


async def test_no_chat(youtube: YouTubeStandIn, source: YouTubeSource) -> None:
    """A video that has neither a live chat nor a recorded one is the wrong video."""
    youtube.end()
    with pytest.raises(MisconfiguredError, match=r"YOUTUBE_VIDEO.*no live chat"):
        await source.listen(Heard())


async def test_pages_that_vanish_later_are_unavailable(
    youtube: YouTubeStandIn, source: YouTubeSource
) -> None:
    """The address of a chat that has answered is right, whatever page stands there now."""
    heard = Heard()
    youtube.write("hello")
    listening = asyncio.create_task(source.listen(heard))
    await heard.until(1)
    await _stop(listening)
    youtube.pages = Fault.NO_VIDEO
    with pytest.raises(UnavailableError, match="cannot be read"):
        await source.listen(heard)


async def test_offline() -> None:
    """Without a network the message says so, and names no address or traceback."""

    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    source = YouTubeSource(
        "standin-vid", clock=SystemClock(), transport=httpx.MockTransport(refuse)
    )
    with pytest.raises(UnavailableError, match="online"):
        await source.listen(Heard())


async def test_the_network_goes_in_mid_stream(
    youtube: YouTubeStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After three requests without an answer the listener gives up, sooner than pytchat does."""
    monkeypatch.setattr(
        pytchat.core.pytchat,
        "time",
        SimpleNamespace(sleep=lambda _seconds: None),
    )
    cut = _Cut(youtube.transport)
    source = YouTubeSource(youtube.video, clock=SystemClock(), transport=cut)
    heard = Heard()
    youtube.write("hello")
    listening = asyncio.create_task(source.listen(heard))
    await heard.until(1)
    cut.is_cut = True
    with pytest.raises(UnavailableError, match="3 times in a row"):
        await listening
    assert cut.refused == 3


async def test_cancelling_waits_for_no_answer(
    youtube: YouTubeStandIn, source: YouTubeSource
) -> None:
    """A request that YouTube never answers does not hold up who wants to stop."""
    youtube.chat = Fault.SILENT
    listening = asyncio.create_task(source.listen(Heard()))
    await youtube.asked(1)
    before = time.monotonic()
    await _stop(listening)
    assert time.monotonic() - before < 2


async def test_cancelling_waits_for_no_interval(
    youtube: YouTubeStandIn, source: YouTubeSource
) -> None:
    """While it waits to ask again the listener stops at once, and asks no more."""
    heard = Heard()
    youtube.interval = 3600
    youtube.write("hello")
    listening = asyncio.create_task(source.listen(heard))
    await heard.until(1)
    before = time.monotonic()
    await _stop(listening)
    assert time.monotonic() - before < 2
    for thread in threading.enumerate():
        if thread.name == "youtube-chat":
            await asyncio.to_thread(thread.join, 5)
            assert not thread.is_alive()
    assert youtube.requests == 1


# The video's address


@pytest.mark.parametrize(
    "video",
    [
        "abc-DEF_123",
        " abc-DEF_123\n",
        "https://www.youtube.com/watch?v=abc-DEF_123",
        "https://www.youtube.com/watch?app=desktop&v=abc-DEF_123&t=42s",
        "http://youtube.com/watch?v=abc-DEF_123#chat",
        "https://m.youtube.com/watch?v=abc-DEF_123",
        "https://music.youtube.com/watch?v=abc-DEF_123&list=RD",
        "https://youtu.be/abc-DEF_123?si=share",
        "youtu.be/abc-DEF_123",
        "www.youtube.com/live/abc-DEF_123?feature=share",
        "https://www.youtube.com/shorts/abc-DEF_123",
        "https://www.youtube.com/embed/abc-DEF_123?autoplay=1",
        "https://www.youtube-nocookie.com/embed/abc-DEF_123",
        "https://studio.youtube.com/video/abc-DEF_123/livestreaming",
        "https://www.youtube.com/live_chat?is_popout=1&v=abc-DEF_123",
    ],
)
def test_addresses_of_a_video(video: str) -> None:
    """Whatever form of address people copy, the video is found in it."""
    assert video_id(video) == "abc-DEF_123"


@pytest.mark.parametrize(
    "video",
    [
        "",
        "abc",
        "https://www.youtube.com/@channel/live",
        "https://www.youtube.com/somechannel",
        "https://www.youtube.com/watch?v=short",
        "https://example.com/watch?v=abc-DEF_123",
        "https://notyoutube.com/watch?v=abc-DEF_123",
        "https://[x/watch?v=abc-DEF_123",
    ],
)
def test_other_addresses_are_refused(video: str) -> None:
    """What leads to no video is refused before the show, with the name of the setting."""
    with pytest.raises(MisconfiguredError, match="YOUTUBE_VIDEO"):
        YouTubeSource(video, clock=SystemClock())


@settings(deadline=None)  # the machine may be busy
@given(st.text() | st.text().map("https://www.youtube.com/".__add__))
def test_any_address_is_understood_or_refused(video: str) -> None:
    """No text at all makes anything but an id or a sentence."""
    with suppress(MisconfiguredError):
        assert len(video_id(video)) == 11


# The parser

_WELCOME: dict[str, Any] = {
    "message": None,
    "headerSubtext": {"runs": [{"text": "Welcome to "}, {"text": "Stars"}, {"text": "!"}]},
}


def test_a_message_in_full() -> None:
    """Every part of a comment is where it belongs, and its time is in microseconds."""
    assert parse(message("id-1", "Hello ", "there", at=_NOON)) == Comment(
        platform=Platform.YOUTUBE,
        id="id-1",
        author=Author("UC-viewer", "@viewer"),
        text="Hello there",
        at=_NOON,
    )


def _parsed(*runs: str | Action, **fields: Any) -> Comment:
    comment = parse(message("id-1", *runs, **fields))
    assert comment is not None
    return comment


@pytest.mark.parametrize(
    ("run", "text"),
    [
        ({"emoji": {"emojiId": "👋🏽", "shortcuts": [":wave:"]}}, "👋🏽"),
        (
            {
                "emoji": {
                    "emojiId": "UC-channel/abc",
                    "shortcuts": [":_hooray:", ":hooray:"],
                    "isCustomEmoji": True,
                }
            },
            ":_hooray:",
        ),
        (
            {
                "emoji": {
                    "emojiId": "UC-channel/abc",
                    "isCustomEmoji": True,
                    "image": {"accessibility": {"accessibilityData": {"label": "hooray"}}},
                }
            },
            ":hooray:",
        ),
        ({"text": "example.com/…", "navigationEndpoint": {"urlEndpoint": {}}}, "example.com/…"),
        ({"text": "bold", "bold": True}, "bold"),
        ({"hologram": "?"}, ""),
    ],
)
def test_what_a_text_is_made_of(run: Action, text: str) -> None:
    """Emoji are characters, or words where a channel drew them; links are their text."""
    assert _parsed("(", run, ")").text == f"({text})"


@pytest.mark.parametrize(
    ("badges", "roles", "may_moderate"),
    [
        ((), set(), False),
        (("VERIFIED",), set(), False),
        (("MEMBER",), {Role.MEMBER}, False),
        (("MODERATOR", "MEMBER"), {Role.MODERATOR, Role.MEMBER}, True),
        (("OWNER",), {Role.BROADCASTER}, True),
    ],
)
def test_roles_are_the_badges(
    badges: tuple[str, ...], roles: set[Role], *, may_moderate: bool
) -> None:
    """Only YouTube's own badges give a role; a name or a text that claims one gives nothing."""
    writer = Writer(name="@OWNER MODERATOR", badges=badges)
    author = _parsed("MODERATOR", by=writer).author
    assert author.roles == roles
    assert author.may_moderate == may_moderate


def test_a_super_chat() -> None:
    """What was paid stands beside the viewer's own words."""
    comment = _parsed("take this", amount="￥1,500")
    assert comment.text == "take this"
    assert comment.paid == Money(Decimal(1500), "JPY")


def test_a_super_chat_without_words() -> None:
    """A super chat may be silent: it is paid all the same."""
    comment = _parsed(amount="$5.00")
    assert comment.text == ""
    assert comment.paid == Money(Decimal("5.00"), "$")


def test_a_super_sticker() -> None:
    """A sticker says what its picture shows."""
    comment = _parsed(
        renderer="liveChatPaidStickerRenderer",
        amount="R$ 10,00",
        sticker={"accessibility": {"accessibilityData": {"label": "A fox that claps"}}},
    )
    assert comment.text == "A fox that claps"
    assert comment.paid == Money(Decimal("10.00"), "BRL")


def test_a_new_member() -> None:
    """A new member says what YouTube writes over them."""
    comment = _parsed(renderer="liveChatMembershipItemRenderer", **_WELCOME)
    assert comment.text == "Welcome to Stars!"


def test_a_milestone() -> None:
    """A milestone has the months, the tier and the member's own words."""
    comment = _parsed(
        "half a year already",
        renderer="liveChatMembershipItemRenderer",
        headerPrimaryText={"runs": [{"text": "Member for "}, {"text": "6"}, {"text": " months"}]},
        headerSubtext={"simpleText": "Stars"},
    )
    assert comment.text == "Member for 6 months · Stars · half a year already"


def test_gifted_memberships() -> None:
    """The buyer is named in a header of its own; who receives a gift wrote nothing."""
    buyer = {
        "authorName": {"simpleText": "@buyer"},
        "authorBadges": [{"liveChatAuthorBadgeRenderer": {"icon": {"iconType": "MODERATOR"}}}],
        "primaryText": {"runs": [{"text": "Gifted "}, {"text": "5"}, {"text": " memberships"}]},
    }
    item = {
        "id": "gift-1",
        "timestampUsec": "1767355200000000",
        "authorExternalChannelId": "UC-buyer",
        "header": {"liveChatSponsorshipsHeaderRenderer": buyer},
    }
    name = "liveChatSponsorshipsGiftPurchaseAnnouncementRenderer"
    comment = parse({"addChatItemAction": {"item": {name: item}}})
    assert comment is not None
    assert comment.author == Author("UC-buyer", "@buyer", frozenset({Role.MODERATOR}))
    assert comment.text == "Gifted 5 memberships"
    received = "liveChatSponsorshipsGiftRedemptionAnnouncementRenderer"
    assert parse(message("gift-2", "was gifted one", renderer=received)) is None


def test_a_comment_that_was_held_for_review() -> None:
    """A comment that takes its placeholder's place is a comment like any other."""
    item = message("id-1", "hello")["addChatItemAction"]["item"]
    placeholder = message("id-1", renderer="liveChatPlaceholderItemRenderer")
    assert parse(placeholder) is None
    approved = parse({"replaceChatItemAction": {"targetItemId": "id-1", "replacementItem": item}})
    assert approved is not None
    assert approved.text == "hello"


@pytest.mark.parametrize(
    ("action", "name"),
    [
        (message("a", "hi"), "liveChatTextMessageRenderer"),
        (message("a", renderer="giftMessageViewModel"), "giftMessageViewModel"),
        (
            {"clickTrackingParams": "x", "markChatItemAsDeletedAction": {"targetItemId": "a"}},
            "markChatItemAsDeletedAction",
        ),
        ({"addChatItemAction": {"item": {}}}, "addChatItemAction"),
        ({}, "unknown"),
        ([], "unknown"),
        (None, "unknown"),
    ],
)
def test_the_kind_of_an_action(action: object, name: str) -> None:
    """The log can name what was skipped."""
    assert kind(action) == name


@pytest.mark.parametrize(
    "broken",
    [
        {"id": None},
        {"id": ""},
        {"timestampUsec": "soon"},
        {"timestampUsec": "9" * 30},
        {"timestampUsec": None},
        {"authorExternalChannelId": 7},
    ],
)
def test_without_the_essentials_there_is_no_comment(broken: Action) -> None:
    """A comment that cannot be told from others, or be moderated, is left out."""
    assert parse(message("a", "hi", **broken)) is None


async def test_a_known_kind_that_cannot_be_read_is_told(
    youtube: YouTubeStandIn, source: YouTubeSource, caplog: pytest.LogCaptureFixture
) -> None:
    """When YouTube changes, the streamer hears of it once, instead of a bot that fell silent."""
    heard = Heard()
    youtube.add(*[message("a", "hi", timestampUsec="soon")] * 3)
    youtube.write("hello")
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(source.listen(heard))
        await heard.until(1)
        youtube.end()
    assert caplog.text.count("could not be read") == 1


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)
_RUNS = st.lists(_JSON | st.fixed_dictionaries({"emoji": _JSON}), max_size=3)
_FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "id": _JSON,
        "timestampUsec": _JSON,
        "authorExternalChannelId": _JSON,
        "authorName": _JSON | st.fixed_dictionaries({"simpleText": _JSON}),
        "authorBadges": st.lists(
            _JSON | st.fixed_dictionaries({"liveChatAuthorBadgeRenderer": _JSON}), max_size=2
        ),
        "message": _JSON | st.fixed_dictionaries({"runs": _JSON | _RUNS}),
        "purchaseAmountText": _JSON | st.fixed_dictionaries({"simpleText": _JSON}),
        "sticker": _JSON,
        "header": st.fixed_dictionaries({"liveChatSponsorshipsHeaderRenderer": _JSON}),
    },
)


@settings(deadline=None)  # the machine may be busy
@given(_JSON)
def test_any_json_is_parsed(action: object) -> None:
    """Whatever YouTube sends instead of an action raises nothing, and has a name for the log."""
    assert parse(action) is None
    assert kind(action)


@settings(deadline=None)  # the machine may be busy
@given(st.sampled_from(sorted(COMMENT_KINDS)), _FIELDS)
def test_any_json_in_a_comment_is_parsed(renderer: str, fields: dict[str, Any]) -> None:
    """Whatever stands in a comment's fields gives a comment with an id and an author, or none."""
    comment = parse(message("id-1", renderer=renderer, **{"at": _NOON} | fields))
    assert comment is None or (comment.id and comment.author.id)
