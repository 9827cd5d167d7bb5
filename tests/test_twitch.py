"""Twitch's chat, read by the real TwitchIO from a stand-in on loopback."""

import asyncio
import gc
import logging
import traceback
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from http import HTTPStatus
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.chat import Author, Comment, Money, Platform, Role
from bot.errors import MisconfiguredError, UnavailableError
from bot.sources import Source
from bot.sources.twitch import TwitchSource
from tests.standins.twitch import TwitchStandIn
from tests.standins.twitch_payloads import BROADCASTER, OTHER_CHANNEL, VIEWER, Account, chat_event


@pytest.fixture
async def twitch(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[TwitchStandIn]:
    """A Twitch that TwitchIO takes for the real one."""
    async with TwitchStandIn() as standin:
        standin.attract(monkeypatch)
        yield standin


@pytest.fixture(autouse=True)
async def _nothing_left_open() -> AsyncIterator[None]:
    """Leave no task behind, and let what was left unclosed warn now, where warnings are errors."""
    yield
    this = asyncio.current_task()
    async with asyncio.timeout(5):
        while left := [task for task in asyncio.all_tasks() if task is not this]:
            await asyncio.wait(left)
    gc.collect()


@pytest.fixture
def _nothing_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Run the test in an empty folder, which must stay so."""
    monkeypatch.chdir(tmp_path)
    yield
    assert list(tmp_path.iterdir()) == []


def source_of(
    twitch: TwitchStandIn,
    *,
    channel: str = BROADCASTER.login,
    client_id: str | None = None,
    refreshing: bool = True,
    client_secret: str | None = None,
) -> TwitchSource:
    """Return a source configured as the stand-in wants it, but for what is given."""
    return TwitchSource(
        channel,
        client_id or twitch.grant.client_id,
        SecretStr(twitch.grant.access_token),
        SecretStr(twitch.grant.refresh_token) if refreshing else None,
        SecretStr(client_secret or twitch.client_secret),
    )


class Heard:
    """What a source has handed on, and its listening."""

    def __init__(self, source: Source) -> None:
        self._comments = asyncio.Queue[Comment]()
        self.listening = asyncio.create_task(source.listen(self._comments.put_nowait))

    async def next(self) -> Comment:
        """Return the next comment."""
        async with asyncio.timeout(5):
            return await self._comments.get()

    async def end(self) -> None:
        """Return when listening ends, and raise what it raised."""
        async with asyncio.timeout(15):
            await self.listening


@asynccontextmanager
async def hearing(twitch: TwitchStandIn, source: Source) -> AsyncIterator[Heard]:
    """Listen for as long as the block runs."""
    heard = Heard(source)
    try:
        async with asyncio.timeout(5):
            await twitch.subscribed()
        yield heard
    finally:
        heard.listening.cancel()
        await asyncio.wait([heard.listening])


async def test_a_viewers_comment_arrives_whole(twitch: TwitchStandIn) -> None:
    """Every field of a comment is what Twitch sent; the time is in UTC."""
    async with hearing(twitch, source_of(twitch)) as heard:
        said = await twitch.say("hello there", at="2026-03-04T05:06:07.123456789Z")
        assert await heard.next() == Comment(
            platform=Platform.TWITCH,
            id=said,
            author=Author("300", "Mika"),
            text="hello there",
            at=datetime(2026, 3, 4, 5, 6, 7, 123456, UTC),
        )


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
    twitch: TwitchStandIn, badges: tuple[str, ...], roles: set[Role]
) -> None:
    """The badges in this channel decide who moderates and who is a member, and no others."""
    async with hearing(twitch, source_of(twitch)) as heard:
        await twitch.say("!pause", badges=badges)
        assert (await heard.next()).author.roles == roles


async def test_a_moderator_elsewhere_is_none_here(twitch: TwitchStandIn) -> None:
    """In a shared chat, the badges of the other channel give no role in ours."""
    async with hearing(twitch, source_of(twitch)) as heard:
        await twitch.say(
            "!pause",
            badges=["subscriber"],
            written_in=OTHER_CHANNEL,
            source_badges=["moderator", "broadcaster"],
        )
        assert (await heard.next()).author.roles == {Role.MEMBER}


async def test_a_name_is_no_role(twitch: TwitchStandIn) -> None:
    """Whoever calls himself as the broadcaster does is still a viewer."""
    async with hearing(twitch, source_of(twitch)) as heard:
        await twitch.say("!quit", author=replace(BROADCASTER, id="666"))
        assert not (await heard.next()).author.may_moderate


async def test_emotes_are_words(twitch: TwitchStandIn) -> None:
    """An emote stands in the text by its name."""
    async with hearing(twitch, source_of(twitch)) as heard:
        await twitch.say("so good Kappa indeed", emotes=["Kappa"])
        assert (await heard.next()).text == "so good Kappa indeed"


async def test_a_cheer_is_paid_in_bits(twitch: TwitchStandIn) -> None:
    """Bits come as money; a comment without them is not a paid one."""
    async with hearing(twitch, source_of(twitch)) as heard:
        await twitch.say("Cheer250 great stream", bits=250)
        await twitch.say("hi")
        assert (await heard.next()).paid == Money(Decimal(250), "BITS")
        assert (await heard.next()).paid is None


async def test_japanese(twitch: TwitchStandIn) -> None:
    """Text and names in Japanese arrive as they were written."""
    async with hearing(twitch, source_of(twitch)) as heard:
        await twitch.say(
            "こんにちは、ロボットアニメ見た？🤖", author=Account("301", "neko", "ねこ")
        )
        comment = await heard.next()
        assert (comment.author.name, comment.text) == ("ねこ", "こんにちは、ロボットアニメ見た？🤖")


async def test_without_a_display_name_the_login_serves(twitch: TwitchStandIn) -> None:
    """An author is never nameless."""
    async with hearing(twitch, source_of(twitch)) as heard:
        await twitch.say("hi", author=replace(VIEWER, display_name=""))
        assert (await heard.next()).author.name == "mika"


async def test_the_channel_may_be_written_in_capitals(twitch: TwitchStandIn) -> None:
    """People copy a channel's name as it is shown."""
    async with hearing(twitch, source_of(twitch, channel="Hoshino_CH")) as heard:
        await twitch.say("hi")
        assert (await heard.next()).text == "hi"


async def test_a_broken_event_is_one_comment_lost(
    twitch: TwitchStandIn, caplog: pytest.LogCaptureFixture
) -> None:
    """An event that cannot be read is loud in the log, and the next one is heard."""
    async with hearing(twitch, source_of(twitch)) as heard:
        event = chat_event("broken")
        del event["color"]
        await twitch.notify(event)
        await twitch.notify(chat_event("when?"), at="yesterday")
        await twitch.say("whole")
        assert (await heard.next()).text == "whole"
    assert [record.levelno for record in caplog.records if record.exc_info] == [
        logging.CRITICAL,
        logging.ERROR,
    ]


async def test_a_planned_reconnect_goes_unnoticed(twitch: TwitchStandIn) -> None:
    """Where Twitch asks us to move to another server, listening goes on there."""
    async with hearing(twitch, source_of(twitch)) as heard:
        async with asyncio.timeout(5):
            await twitch.reconnect()
            await twitch.reconnect()
        await twitch.say("still here?")
        assert (await heard.next()).text == "still here?"
        assert twitch.requests.count("helix/eventsub/subscriptions") == 1


@pytest.mark.parametrize("code", [4000, 4003, 4005, 4007])
async def test_a_closed_connection_is_unavailable(twitch: TwitchStandIn, code: int) -> None:
    """Whatever code Twitch closes with, the caller is told to start again, and may."""
    source = source_of(twitch)
    async with hearing(twitch, source) as heard:
        await twitch.close(code)
        with pytest.raises(UnavailableError):
            await heard.end()
    async with hearing(twitch, source) as heard:
        await twitch.say("back again")
        assert (await heard.next()).text == "back again"


async def test_a_cut_connection_is_unavailable(twitch: TwitchStandIn) -> None:
    """A network that breaks ends the listening, where TwitchIO alone would try on in silence."""
    async with hearing(twitch, source_of(twitch)) as heard:
        await twitch.cut()
        with pytest.raises(UnavailableError):
            await heard.end()


async def test_a_server_that_is_gone_is_unavailable(twitch: TwitchStandIn) -> None:
    """Also when nothing listens any more: at once, and again at the next start."""
    source = source_of(twitch)
    async with hearing(twitch, source) as heard:
        await twitch.vanish()
        with pytest.raises(UnavailableError):
            await heard.end()
    with pytest.raises(UnavailableError):
        await Heard(source).end()


async def test_a_failed_move_is_unavailable(twitch: TwitchStandIn) -> None:
    """A reconnect that Twitch asks for and then refuses does not leave us deaf."""
    async with hearing(twitch, source_of(twitch)) as heard:
        twitch.failures["ws"] = HTTPStatus.BAD_GATEWAY
        async with asyncio.timeout(5):
            await twitch.reconnect()
        with pytest.raises(UnavailableError):
            await heard.end()


@pytest.mark.parametrize(
    "path", ["id/oauth2/validate", "helix/users", "helix/eventsub/subscriptions", "ws"]
)
@pytest.mark.parametrize("refreshing", [True, False])
@pytest.mark.parametrize("status", [HTTPStatus.INTERNAL_SERVER_ERROR, HTTPStatus.TOO_MANY_REQUESTS])
async def test_a_failing_twitch_is_unavailable(
    twitch: TwitchStandIn, path: str, status: HTTPStatus, *, refreshing: bool
) -> None:
    """Trouble on Twitch's side, wherever it strikes, passes."""
    twitch.failures[path] = status
    with pytest.raises(UnavailableError):
        await Heard(source_of(twitch, refreshing=refreshing)).end()


@pytest.mark.parametrize("channel", ["nobody_of_that_name", "https://twitch.tv/hoshino_ch"])
async def test_an_unknown_channel(twitch: TwitchStandIn, channel: str) -> None:
    """The streamer is told which setting names no channel."""
    with pytest.raises(MisconfiguredError, match="TWITCH_CHANNEL"):
        await Heard(source_of(twitch, channel=channel)).end()


async def test_a_token_without_the_scope(twitch: TwitchStandIn) -> None:
    """The streamer is told which scope is missing."""
    twitch.grant = replace(twitch.grant, scopes=("chat:read",))
    with pytest.raises(MisconfiguredError, match=r"TWITCH_ACCESS_TOKEN.*user:read:chat"):
        await Heard(source_of(twitch)).end()


async def test_a_token_of_an_application(twitch: TwitchStandIn) -> None:
    """A token that belongs to nobody cannot read chat."""
    twitch.grant = replace(twitch.grant, account=None)
    with pytest.raises(MisconfiguredError, match="belongs to an application"):
        await Heard(source_of(twitch, refreshing=False)).end()


async def test_a_foreign_client_id(twitch: TwitchStandIn) -> None:
    """A token works with the application it was made for only."""
    with pytest.raises(MisconfiguredError, match="TWITCH_CLIENT_ID"):
        await Heard(source_of(twitch, client_id="another")).end()


@pytest.mark.parametrize("path", ["id/oauth2/validate", "helix/users"])
async def test_a_token_that_expires_meanwhile(twitch: TwitchStandIn, path: str) -> None:
    """A token that ends right after it was found valid cannot be renewed without another."""
    twitch.expiring_after = path
    with pytest.raises(MisconfiguredError, match="TWITCH_ACCESS_TOKEN"):
        await Heard(source_of(twitch, refreshing=False)).end()
    assert "id/oauth2/token" not in twitch.requests


@pytest.mark.parametrize("path", ["id/oauth2/validate", "helix/users"])
async def test_a_token_that_is_renewed_meanwhile(twitch: TwitchStandIn, path: str) -> None:
    """With a refresh token, that is no trouble."""
    source = source_of(twitch)
    twitch.expiring_after = path
    async with hearing(twitch, source) as heard:
        await twitch.say("as if nothing had been")
        assert (await heard.next()).text == "as if nothing had been"


async def test_a_reader_who_is_banned(twitch: TwitchStandIn) -> None:
    """Twitch may refuse the subscription to an account that is banned in the channel."""
    twitch.failures["helix/eventsub/subscriptions"] = HTTPStatus.FORBIDDEN
    with pytest.raises(MisconfiguredError, match="banned"):
        await Heard(source_of(twitch)).end()


@pytest.mark.parametrize(
    ("status", "error", "text"),
    [
        ("authorization_revoked", MisconfiguredError, "TWITCH_ACCESS_TOKEN"),
        ("chat_user_banned", MisconfiguredError, "banned"),
        ("user_removed", MisconfiguredError, "TWITCH_CHANNEL"),
        ("version_removed", UnavailableError, "version_removed"),
    ],
)
async def test_a_revoked_subscription(
    twitch: TwitchStandIn, status: str, error: type[Exception], text: str
) -> None:
    """When Twitch ends the subscription, the reason says what to mend."""
    async with hearing(twitch, source_of(twitch)) as heard:
        await twitch.revoke(status)
        with pytest.raises(error, match=text):
            await heard.end()


async def test_an_expired_token_without_another(twitch: TwitchStandIn) -> None:
    """What cannot be renewed has to be made anew."""
    source = source_of(twitch, refreshing=False)
    twitch.expire()
    with pytest.raises(MisconfiguredError, match=r"TWITCH_ACCESS_TOKEN.*TWITCH_REFRESH_TOKEN"):
        await Heard(source).end()
    assert "id/oauth2/token" not in twitch.requests


async def test_a_token_in_its_last_hour_serves(twitch: TwitchStandIn) -> None:
    """Without a refresh token, a token is good until it expires."""
    twitch.grant = replace(twitch.grant, expires_in=60)
    async with hearing(twitch, source_of(twitch, refreshing=False)) as heard:
        await twitch.say("just in time")
        assert (await heard.next()).text == "just in time"


async def test_a_renewed_token_is_kept(twitch: TwitchStandIn) -> None:
    """An expired token is renewed, and the new pair serves the next start: the old is spent."""
    source = source_of(twitch)
    spent = twitch.grant
    twitch.expire()
    async with hearing(twitch, source) as heard:
        assert twitch.grant.refresh_token != spent.refresh_token
        await twitch.close(4000)
        with pytest.raises(UnavailableError):
            await heard.end()
    twitch.expire()
    async with hearing(twitch, source) as heard:
        await twitch.say("renewed twice")
        assert (await heard.next()).text == "renewed twice"


@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        ({"client_secret": "wrong"}, "TWITCH_CLIENT_SECRET"),
        ({"client_id": "wrong"}, "TWITCH_CLIENT_ID"),
    ],
)
async def test_a_token_that_cannot_be_renewed(
    twitch: TwitchStandIn, wrong: dict[str, str], text: str
) -> None:
    """The streamer is told which of the settings stands in the way."""
    source = source_of(twitch, **wrong)  # type: ignore[arg-type]
    twitch.expire()
    with pytest.raises(MisconfiguredError, match=text):
        await Heard(source).end()


@pytest.mark.parametrize("path", ["id/oauth2/validate", "id/oauth2/token"])
@pytest.mark.parametrize("status", [HTTPStatus.BAD_REQUEST, HTTPStatus.INTERNAL_SERVER_ERROR])
async def test_no_secret_is_told(
    twitch: TwitchStandIn, caplog: pytest.LogCaptureFixture, path: str, status: HTTPStatus
) -> None:
    """Neither the log nor an error with its traceback holds a token, and TwitchIO says nothing."""
    caplog.set_level(logging.DEBUG)
    source = source_of(twitch)
    hidden = (twitch.grant.access_token, twitch.grant.refresh_token, twitch.client_secret)
    twitch.expire()
    twitch.failures[path] = status
    with pytest.raises((MisconfiguredError, UnavailableError)) as caught:
        await Heard(source).end()
    told = caplog.text + repr(source) + "".join(traceback.format_exception(caught.value))
    assert not [secret for secret in hidden if secret in told]
    assert not [record for record in caplog.records if record.name.startswith("twitchio")]


@pytest.mark.usefixtures("_nothing_written")
async def test_cancelling_closes_everything(twitch: TwitchStandIn) -> None:
    """A cancelled source says goodbye to Twitch, and writes no token to the disk."""
    async with hearing(twitch, source_of(twitch)) as heard:
        heard.listening.cancel()
        async with asyncio.timeout(5):
            await twitch.deserted()
        with pytest.raises(asyncio.CancelledError):
            await heard.end()


async def test_cancelling_while_connecting_closes_everything(twitch: TwitchStandIn) -> None:
    """So does one that was cancelled before Twitch had welcomed it."""
    twitch.welcoming = False
    heard = Heard(source_of(twitch))
    async with asyncio.timeout(5):
        await twitch.connected()
        heard.listening.cancel()
        await twitch.deserted()
    with pytest.raises(asyncio.CancelledError):
        await heard.end()


async def test_its_name(twitch: TwitchStandIn) -> None:
    """The log calls the source by its platform."""
    assert source_of(twitch).name == "twitch"
