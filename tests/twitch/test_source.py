"""What is heard of Twitch's chat, read by the real TwitchIO from a stand-in on loopback."""

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from http import HTTPStatus
from pathlib import Path

import pytest

from bot.chat import (
    Author,
    Comment,
    Membership,
    Money,
    Occasion,
    Picture,
    Platform,
    Retraction,
    Role,
)
from bot.sources import Heartbeat
from tests.standins.twitch import TwitchStandIn
from tests.standins.twitch_eventsub import KINDS
from tests.standins.twitch_payloads import (
    BROADCASTER,
    OTHER_CHANNEL,
    READER,
    VIEWER,
    Account,
    chat_event,
    notice_event,
    removal_event,
)
from tests.support.twitch import Hearing, hearing, nothing_left_open, source_of

NOTICE = "channel.chat.notification"
_GIFT = {"recipient_user_id": "7", "recipient_user_name": "Neko"}


@pytest.fixture
async def twitch(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[TwitchStandIn]:
    """A Twitch that TwitchIO takes for the real one."""
    async with TwitchStandIn() as standin:
        standin.attract(monkeypatch)
        yield standin
    await nothing_left_open()


@pytest.fixture
async def heard(twitch: TwitchStandIn, tmp_path: Path) -> AsyncIterator[Hearing]:
    """What is heard of it."""
    async with hearing(twitch, source_of(twitch, tmp_path)) as listening:
        yield listening


async def test_a_viewers_comment_arrives_whole(twitch: TwitchStandIn, heard: Hearing) -> None:
    """Every field of a comment is what Twitch sent; the time is in UTC."""
    said = await twitch.say("hello there", at="2026-03-04T05:06:07.123456789Z")
    assert await heard.next() == Comment(
        platform=Platform.TWITCH,
        id=said,
        author=Author("300", "Mika", colour="#1E90FF"),
        text="hello there",
        at=datetime(2026, 3, 4, 5, 6, 7, 123456, UTC),
        channel=BROADCASTER.id,
    )


@pytest.mark.parametrize("at", ["yesterday", "", "0001-01-01T00:00:00+23:00"])
async def test_a_comment_without_a_time_was_written_now(
    twitch: TwitchStandIn, heard: Hearing, at: str
) -> None:
    """What cannot be read of the time loses no comment."""
    await twitch.say("when?", at=at or "2026-03-04 05:06")
    assert (await heard.next()).at.tzinfo is UTC


@pytest.mark.parametrize(
    ("badges", "roles"),
    [
        ((), set()),
        (("vip", "bits"), set()),
        (("moderator",), {Role.MODERATOR}),
        (("lead_moderator",), {Role.MODERATOR}),
        (("broadcaster",), {Role.BROADCASTER}),
        (("subscriber",), {Role.MEMBER}),
        (("founder",), {Role.MEMBER}),
        (("moderator", "subscriber"), {Role.MODERATOR, Role.MEMBER}),
        (("broadcaster", "subscriber"), {Role.BROADCASTER, Role.MEMBER}),
    ],
)
async def test_roles_are_the_badges(
    twitch: TwitchStandIn, heard: Hearing, badges: tuple[str, ...], roles: set[Role]
) -> None:
    """The badges in this channel decide who moderates and who is a member, and no others."""
    await twitch.say("!pause", badges=badges)
    author = (await heard.next()).author
    assert (set(author.roles), author.badges) == (roles, badges)


async def test_a_moderator_elsewhere_is_none_here(twitch: TwitchStandIn, heard: Hearing) -> None:
    """In a shared chat, the badges of the other channel give no role in ours."""
    await twitch.say(
        "!pause",
        badges=["subscriber"],
        written_in=OTHER_CHANNEL,
        source_badges=["moderator", "broadcaster"],
    )
    comment = await heard.next()
    assert comment.author.roles == {Role.MEMBER}
    assert (comment.channel, comment.origin) == (BROADCASTER.id, OTHER_CHANNEL.id)


async def test_our_own_channel_is_no_other(twitch: TwitchStandIn, heard: Hearing) -> None:
    """A comment of a shared chat that was written here has no other origin."""
    await twitch.say("hi", written_in=BROADCASTER)
    assert (await heard.next()).origin == ""


async def test_a_name_is_no_role(twitch: TwitchStandIn, heard: Hearing) -> None:
    """Whoever calls himself as the broadcaster does is still a viewer."""
    await twitch.say("!quit", author=replace(BROADCASTER, id="666"))
    assert not (await heard.next()).author.may_moderate


async def test_what_emotes_look_like(twitch: TwitchStandIn, heard: Hearing) -> None:
    """Twitch gives their ids, of which it makes the addresses."""
    await twitch.say("Kappa so good Kappa", emotes=["Kappa"])
    said = await heard.next()
    assert isinstance(said, Comment)
    address = "https://static-cdn.jtvnw.net/emoticons/v2/25/default/dark/2.0"
    assert said.emotes == (Picture("Kappa", address),)


async def test_what_badges_look_like(twitch: TwitchStandIn, tmp_path: Path) -> None:
    """Everybody's, or the channel's own; it is asked for only where somebody sees it."""
    pictured = source_of(twitch, tmp_path, pictures=True)
    async with hearing(twitch, pictured) as heard:
        await twitch.asked("helix/chat/badges")
        seen = set[tuple[str, ...]]()
        # The answers may still be on their way.
        while (f"{BROADCASTER.id}-subscriber", "global-vip") not in seen:
            await twitch.say("hello", badges=["subscriber", "vip", "unknown"])
            said = await heard.next()
            assert isinstance(said, Comment)
            assert said.author.badges == ("subscriber", "vip", "unknown")
            pictures = said.author.badge_pictures
            seen.add(tuple(picture.address.split("/")[-2] for picture in pictures))
    assert [picture.word for picture in pictures] == ["SUBSCRIBER", "VIP"]
    assert pictures[0].address.startswith("https://static-cdn.jtvnw.net/badges/v1/")


async def test_badges_of_which_twitch_does_not_tell(
    twitch: TwitchStandIn, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The chat is read all the same."""
    twitch.failures["helix/chat/badges/global"] = HTTPStatus.BAD_GATEWAY
    async with hearing(twitch, source_of(twitch, tmp_path, pictures=True)) as heard:
        await twitch.asked("helix/chat/badges/global")
        while "Badges are shown as words" not in caplog.text:
            await twitch.say("hello", badges=["vip"])
            await heard.next()


async def test_badges_stay_words(twitch: TwitchStandIn, tmp_path: Path) -> None:
    """Where Twitch does not tell what they look like, or nobody wants to know."""
    twitch.failures["helix/chat/badges/global"] = HTTPStatus.FORBIDDEN
    twitch.failures["helix/chat/badges"] = HTTPStatus.FORBIDDEN
    async with hearing(twitch, source_of(twitch, tmp_path, pictures=True)) as heard:
        await twitch.asked("helix/chat/badges")
        await twitch.say("hello", badges=["vip"])
        said = await heard.next()
        assert isinstance(said, Comment)
        assert (said.author.badges, said.author.badge_pictures) == (("vip",), ())
    twitch.requests.clear()
    async with hearing(twitch, source_of(twitch, tmp_path)) as heard:
        await twitch.say("hello", badges=["vip"])
        await heard.next()
    assert not any("badges" in path for path in twitch.requests)


async def test_emotes_are_words(twitch: TwitchStandIn, heard: Hearing) -> None:
    """An emote stands in the text by its name."""
    await twitch.say("so good Kappa indeed", emotes=["Kappa"])
    assert (await heard.next()).text == "so good Kappa indeed"


async def test_a_cheer_is_paid_in_bits(twitch: TwitchStandIn, heard: Hearing) -> None:
    """Bits come as money, and stay readable; a comment without them is not a paid one."""
    await twitch.say("Cheer250 great stream", bits=250)
    await twitch.say("hi")
    cheer = await heard.next()
    assert (cheer.text, cheer.paid) == ("Cheer250 great stream", Money(Decimal(250), "BITS"))
    assert (await heard.next()).paid is None


async def test_whom_it_speaks_to(twitch: TwitchStandIn, heard: Hearing) -> None:
    """A comment tells which one it replies to, and whom it mentions."""
    await twitch.say(
        "@Mika and @星野ちゃん hello @nobody", mentions=[VIEWER, BROADCASTER], reply_to="parent-1"
    )
    comment = await heard.next()
    assert (comment.reply_to, comment.mentions) == ("parent-1", ("Mika", "星野ちゃん"))


async def test_japanese(twitch: TwitchStandIn, heard: Hearing) -> None:
    """Text and names in Japanese arrive as they were written."""
    await twitch.say("こんにちは、ロボットアニメ見た？🤖", author=Account("301", "neko", "ねこ"))
    comment = await heard.next()
    assert (comment.author.name, comment.text) == ("ねこ", "こんにちは、ロボットアニメ見た？🤖")


async def test_without_a_display_name_the_login_serves(
    twitch: TwitchStandIn, heard: Hearing
) -> None:
    """An author is never nameless."""
    await twitch.say("hi", author=replace(VIEWER, display_name=""))
    await twitch.say("hi", author=replace(VIEWER, display_name="", login=""))
    assert (await heard.next()).author.name == "mika"
    assert (await heard.next()).author.name == "300"


@pytest.mark.parametrize(
    ("notice", "membership", "author"),
    [
        (("sub", {"sub_tier": "1000"}), Membership(Occasion.NEW), "Mika"),
        (
            ("resub", {"cumulative_months": 14, "streak_months": None}),
            Membership(Occasion.RENEWED, months=14),
            "Mika",
        ),
        (
            ("community_sub_gift", {"id": "g1", "total": 50, "cumulative_total": None}),
            Membership(Occasion.GIFTED, gifts=50),
            "Mika",
        ),
        (
            ("sub_gift", _GIFT | {"community_gift_id": None}),
            Membership(Occasion.GIFTED, gifts=1, recipient="Neko"),
            "Mika",
        ),
        (("sub_gift", _GIFT | {"community_gift_id": "g1"}), Membership(Occasion.RECEIVED), "Neko"),
    ],
)
async def test_memberships(
    twitch: TwitchStandIn,
    heard: Hearing,
    notice: tuple[str, dict[str, object]],
    membership: Membership,
    author: str,
) -> None:
    """Whoever pays is thanked once; of fifty who were given something, nobody has to be."""
    await twitch.notify(notice_event(*notice, text="hooray"), kind=NOTICE)
    comment = await heard.next()
    assert (comment.membership, comment.author.name) == (membership, author)
    assert comment.channel == BROADCASTER.id
    received = membership.occasion is Occasion.RECEIVED
    assert comment.text == ("" if received else "hooray")
    assert comment.is_paid is not received


async def test_a_gift_without_a_name(twitch: TwitchStandIn, heard: Hearing) -> None:
    """Whoever gives anonymously is somebody all the same."""
    about = {"id": "g1", "total": 5, "cumulative_total": None}
    await twitch.notify(notice_event("community_sub_gift", about, author=None), kind=NOTICE)
    assert (await heard.next()).author.name == "An anonymous viewer"


@pytest.mark.parametrize("notice", ["raid", "announcement", "shared_chat_resub", "what_comes_next"])
async def test_other_notices_are_skipped(
    twitch: TwitchStandIn, heard: Hearing, caplog: pytest.LogCaptureFixture, notice: str
) -> None:
    """They leave a line in the log, and nothing more."""
    caplog.set_level(logging.DEBUG, "bot")
    await twitch.notify(notice_event(notice, {"viewer_count": 3}), kind=NOTICE)
    await twitch.say("after it")
    assert (await heard.next()).text == "after it"
    assert "Skipped a notice" in caplog.text


@pytest.mark.parametrize(
    ("kind", "event", "retraction"),
    [
        (
            "channel.chat.message_delete",
            removal_event(message_id="m-1", target=VIEWER),
            Retraction(Platform.TWITCH, BROADCASTER.id, comment_id="m-1"),
        ),
        (
            "channel.chat.clear_user_messages",
            removal_event(target=VIEWER),
            Retraction(Platform.TWITCH, BROADCASTER.id, author_id=VIEWER.id),
        ),
        ("channel.chat.clear", removal_event(), Retraction(Platform.TWITCH, BROADCASTER.id)),
    ],
)
async def test_what_was_written_is_taken_back(
    twitch: TwitchStandIn,
    heard: Hearing,
    kind: str,
    event: dict[str, object],
    retraction: Retraction,
) -> None:
    """A deleted message, a viewer timed out or banned, a cleared chat: in this channel."""
    await twitch.notify(event, kind=kind)
    assert await heard.next_retraction() == retraction


@pytest.mark.parametrize(
    "kind", ["channel.chat.message_delete", "channel.chat.clear_user_messages"]
)
@pytest.mark.parametrize("id_", ["", None])
async def test_a_removal_of_nothing_clears_no_chat(
    twitch: TwitchStandIn, heard: Hearing, kind: str, id_: str | None
) -> None:
    """Without the id of what was removed, nothing is taken back, least of all everything."""
    event = removal_event() | {"message_id": id_, "target_user_id": id_}
    await twitch.notify(event, kind=kind)
    await twitch.say("after it")
    assert (await heard.next()).text == "after it"


async def test_an_event_that_lacks_what_we_do_not_need(
    twitch: TwitchStandIn, heard: Hearing
) -> None:
    """It is heard, where TwitchIO alone would lose it."""
    event = chat_event("no colour")
    for key in ("color", "cheer", "reply", "message_type", "source_badges"):
        del event[key]
    await twitch.notify(event)
    assert (await heard.next()).text == "no colour"


async def test_a_broken_event_is_one_comment_lost(
    twitch: TwitchStandIn, heard: Hearing, caplog: pytest.LogCaptureFixture
) -> None:
    """What cannot be read is told in one line, once for all of a kind, and the next is heard."""
    event = chat_event("broken")
    del event["message"]["text"]
    await twitch.notify(event)
    await twitch.notify(event)
    await twitch.say("whole")
    assert (await heard.next()).text == "whole"
    told = [record for record in caplog.records if record.levelno >= logging.INFO]
    assert [record.message for record in told if "Skipped" in record.message] == [
        "Skipped what Twitch sent, because it cannot be read (message.text: Field required)."
    ]
    assert not [record for record in told if record.exc_info]


async def test_several_channels(twitch: TwitchStandIn, tmp_path: Path) -> None:
    """One connection hears them all, and each comment tells its channel."""
    source = source_of(twitch, tmp_path, BROADCASTER.login, OTHER_CHANNEL.login)
    async with hearing(twitch, source, channels=2) as heard:
        await twitch.say("here", channel=BROADCASTER)
        await twitch.say("there", channel=OTHER_CHANNEL)
        comments = [await heard.next(), await heard.next()]
    assert [(one.text, one.channel) for one in comments] == [
        ("here", BROADCASTER.id),
        ("there", OTHER_CHANNEL.id),
    ]
    assert twitch.connections == 1


async def test_a_chat_shared_by_two_of_ours_is_heard_once(
    twitch: TwitchStandIn, tmp_path: Path
) -> None:
    """A comment is heard in the channel it was written in, and its copy in the other is not."""
    source = source_of(twitch, tmp_path, BROADCASTER.login, OTHER_CHANNEL.login)
    async with hearing(twitch, source, channels=2) as heard:
        await twitch.say("hello all", channel=OTHER_CHANNEL)
        await twitch.say("hello all", channel=BROADCASTER, written_in=OTHER_CHANNEL)
        await twitch.say("next")
        assert [(await heard.next()).text, (await heard.next()).text] == ["hello all", "next"]


async def test_signs_of_life(twitch: TwitchStandIn, heard: Hearing) -> None:
    """Whatever Twitch says shows that it is there, a keepalive as well as a comment."""
    assert heard.signs.empty()
    await twitch.keep_alive()
    async with asyncio.timeout(30):
        assert await heard.signs.get() == Heartbeat("listening, not live", 25.0, live=False)
    await twitch.say("hi")
    await heard.next()
    assert heard.signs.qsize() == 1


async def test_the_stream_begins_and_ends(twitch: TwitchStandIn, tmp_path: Path) -> None:
    """It is live from the moment at which one of the channels is, until none is any more."""
    source = source_of(twitch, tmp_path, BROADCASTER.login, OTHER_CHANNEL.login)
    async with hearing(twitch, source, channels=2) as heard:
        await twitch.go_live(BROADCASTER)
        await heard.told(live=True)
        await twitch.go_live(OTHER_CHANNEL)
        await twitch.go_live(BROADCASTER, is_live=False)
        await heard.told(live=True)
        await heard.told(live=True)
        await twitch.go_live(OTHER_CHANNEL, is_live=False)
        await heard.told(live=False)


async def test_a_stream_that_is_live_already_is_known(
    twitch: TwitchStandIn, tmp_path: Path
) -> None:
    """The bot is started again in the middle of a stream."""
    await twitch.go_live()
    listening = Hearing(source_of(twitch, tmp_path))
    await listening.told(live=True)
    listening.listening.cancel()
    await asyncio.wait({listening.listening})


@pytest.mark.parametrize("status", [HTTPStatus.FORBIDDEN, HTTPStatus.BAD_GATEWAY])
async def test_chat_is_read_where_twitch_does_not_tell(
    twitch: TwitchStandIn, tmp_path: Path, status: HTTPStatus
) -> None:
    """Whether the stream is live is not known then, and no reason to hear nothing."""
    twitch.failures["helix/streams"] = status
    async with hearing(twitch, source_of(twitch, tmp_path)) as heard:
        await twitch.keep_alive()
        async with asyncio.timeout(30):
            assert (await heard.signs.get()).live is None
        await twitch.say("hi")
        assert (await heard.next()).text == "hi"


@pytest.mark.parametrize(
    ("text", "about", "heard_as"),
    [
        ("\x01ACTION waves to all\x01", {}, "waves to all"),
        ("\x01ACTION waves", {}, "waves"),
        ("@Mika !pause", {"reply_to": "p"}, "!pause"),
        ("@Mika so do I, @Mika", {"reply_to": "p"}, "so do I, @Mika"),
        ("@Mika hello", {}, "@Mika hello"),
        ("ACTION is what I like", {}, "ACTION is what I like"),
    ],
)
async def test_what_the_protocol_adds_is_not_heard(
    twitch: TwitchStandIn, heard: Hearing, text: str, about: dict[str, str], heard_as: str
) -> None:
    """The mark of ``/me``, and the name that Twitch puts before a reply, are nobody's words."""
    await twitch.say(text, **about)
    assert (await heard.next()).text == heard_as


async def test_lists_that_are_null_are_empty(twitch: TwitchStandIn, heard: Hearing) -> None:
    """Twitch sends null where there is nothing: no comment is lost for it."""
    event = chat_event("hi")
    event["message"]["fragments"] = event["badges"] = None
    await twitch.notify(event)
    assert (await heard.next()).text == "hi"
    gifts = notice_event("community_sub_gift", {"total": 5})
    gifts["message"] = {"text": None, "fragments": None}
    await twitch.notify(gifts, kind=NOTICE)
    assert (await heard.next()).membership == Membership(Occasion.GIFTED, gifts=5)


async def test_words_in_a_notice_are_heard(twitch: TwitchStandIn, heard: Hearing) -> None:
    """Twitch sends them nowhere else; a notice without words is nothing to answer."""
    streak = {"streak_count": 115, "channel_points_awarded": 450}
    await twitch.notify(notice_event("watch_streak", streak), kind=NOTICE)
    await twitch.notify(notice_event("watch_streak", streak, text="五回目！"), kind=NOTICE)
    comment = await heard.next()
    assert (comment.text, comment.membership, comment.is_paid) == ("五回目！", None, False)


async def test_a_donation_is_paid(twitch: TwitchStandIn, heard: Hearing) -> None:
    """What is given to charity is given: it is thanked as well."""
    amount = {"value": 550, "decimal_place": 2, "currency": "USD"}
    donation = {"charity_name": "Gulls", "amount": amount}
    await twitch.notify(notice_event("charity_donation", donation), kind=NOTICE)
    assert (await heard.next()).paid == Money(Decimal("5.50"), "USD")


async def test_the_reader_is_heard(twitch: TwitchStandIn, heard: Hearing) -> None:
    """What a person writes with the bot's account is a comment like any other."""
    await twitch.say("it is me", author=READER)
    assert (await heard.next()).text == "it is me"


async def test_a_planned_reconnect_goes_unnoticed(twitch: TwitchStandIn, heard: Hearing) -> None:
    """Where Twitch asks us to move to another server, listening goes on there."""
    async with asyncio.timeout(30):
        await twitch.reconnect()
        await twitch.reconnect()
    await twitch.say("still here?")
    assert (await heard.next()).text == "still here?"
    assert twitch.requests.count("helix/eventsub/subscriptions") == KINDS + 2
    await twitch.keep_alive()
    async with asyncio.timeout(30):
        await heard.signs.get()


async def test_nothing_is_lost_while_moving(twitch: TwitchStandIn, heard: Hearing) -> None:
    """What comes on the old connection is heard until the new one has welcomed us."""
    twitch.welcoming = False
    async with asyncio.timeout(30):
        asked = await twitch.ask_to_move()
        await twitch.arrived()
        await twitch.say("in between")
        assert (await heard.next()).text == "in between"
        await twitch.welcome()
        await twitch.left(asked)
    await twitch.say("after it")
    assert (await heard.next()).text == "after it"


async def test_cancelling_closes_everything(twitch: TwitchStandIn, heard: Hearing) -> None:
    """A cancelled source says goodbye to Twitch."""
    heard.listening.cancel()
    async with asyncio.timeout(30):
        await twitch.deserted()
    with pytest.raises(asyncio.CancelledError):
        await heard.end()


async def test_cancelling_while_connecting_closes_everything(
    twitch: TwitchStandIn, tmp_path: Path
) -> None:
    """So does one that was cancelled before Twitch had welcomed it."""
    twitch.welcoming = False
    listening = Hearing(source_of(twitch, tmp_path))
    async with asyncio.timeout(30):
        await twitch.connected()
        listening.listening.cancel()
        await twitch.deserted()
    with pytest.raises(asyncio.CancelledError):
        await listening.end()


async def test_its_name(twitch: TwitchStandIn, tmp_path: Path) -> None:
    """The log calls the source by its platform."""
    assert source_of(twitch, tmp_path).label == "Twitch"
