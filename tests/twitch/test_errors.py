"""What stands in the way of listening to Twitch is told in one line that says what to mend."""

import asyncio
import errno
import logging
import os
import traceback
from collections.abc import AsyncIterator
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path

import pytest

from bot.app.platforms import chats, twitch_stage
from bot.clock import SystemClock
from bot.errors import BotError, MisconfiguredError, UnavailableError
from bot.settings import Settings
from bot.twitch.errors import channel_names
from bot.twitch.http import TwitchRefusedError
from bot.twitch.options import TwitchOptions
from bot.twitch.token import TokenFile
from bot.youtube.options import YouTubeOptions
from tests.standins.twitch import TwitchStandIn
from tests.standins.twitch_payloads import BROADCASTER, OTHER_CHANNEL
from tests.support.clock import FakeClock
from tests.support.twitch import Hearing, hearing, nothing_left_open, source_of, until

LOGIN = "vtuber-bot login twitch"


@pytest.fixture
async def twitch(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[TwitchStandIn]:
    """A Twitch that TwitchIO takes for the real one."""
    async with TwitchStandIn() as standin:
        standin.attract(monkeypatch)
        yield standin
    await nothing_left_open()


def _files(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


def settings(**twitch: object) -> Settings:
    """Return settings that name a channel on Twitch, and what is given."""
    section = TwitchOptions.model_validate({"channel": "hoshino_ch", "client_id": "abc"} | twitch)
    return Settings.model_construct(twitch=section, youtube=YouTubeOptions())


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the bot's data, with nothing in it."""
    monkeypatch.setattr("bot.twitch.token.user_data_path", lambda *_, **__: tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("hoshino_ch", ("hoshino_ch",)),
        ("Hoshino_CH, guest,hoshino_ch", ("hoshino_ch", "guest")),
        ("https://www.twitch.tv/Hoshino_CH/", ("hoshino_ch",)),
        ("twitch.tv/a m.twitch.tv/b?x=1 #c @d", ("a", "b", "c", "d")),
    ],
)
def test_how_channels_may_be_written(written: str, names: tuple[str, ...]) -> None:
    """People copy a channel's name as it is shown, or its address."""
    assert channel_names(written) == names


@pytest.mark.parametrize(
    "written", ["星野ちゃん", "https://youtube.com/@x", "a/b", ",", "x" * 26, "twitch.tv/"]
)
def test_what_is_no_channel(written: str) -> None:
    """What cannot be a channel's name is refused before the show begins."""
    with pytest.raises(MisconfiguredError, match="TWITCH_CHANNEL"):
        channel_names(written)


def test_without_a_sign_in_no_show_begins(kept: Path) -> None:
    """The streamer is told the one command that mends it, whatever is wrong with the file."""
    with pytest.raises(MisconfiguredError, match=LOGIN):
        chats(settings(), SystemClock())
    (kept / "twitch.json").write_text('{"access_token": "half', encoding="utf-8")
    with pytest.raises(MisconfiguredError, match=f"damaged.*{LOGIN}"):
        chats(settings(), SystemClock())
    with pytest.raises(MisconfiguredError, match="TWITCH_CLIENT_ID"):
        chats(settings(client_id=""), SystemClock())


async def test_with_a_sign_in_the_show_begins(twitch: TwitchStandIn, kept: Path) -> None:
    """One source listens to Twitch, and replies are posted only where that is wanted."""
    twitch.sign_in(kept)
    clock = SystemClock()
    client_id = twitch.grant.client_id
    for wanted, expected in [(False, False), (True, True)]:
        wishes = settings(client_id=client_id, post_replies=wanted)
        sources = chats(wishes, clock)
        assert [source.label for source in sources] == ["Twitch"]
        assert (twitch_stage(wishes, sources, clock) is not None) is expected
    with pytest.raises(MisconfiguredError, match=f"another application.*{LOGIN}"):
        chats(settings(client_id="another"), clock)


async def test_a_sign_in_without_the_scopes(twitch: TwitchStandIn, kept: Path) -> None:
    """The streamer is told what the sign-in does not allow, before the show begins."""
    wishes = settings(client_id=twitch.grant.client_id, post_replies=True)
    twitch.grant = replace(twitch.grant, scopes=("user:read:chat",))
    twitch.sign_in(kept)
    sources = chats(wishes, FakeClock())
    with pytest.raises(MisconfiguredError, match=f"user:write:chat.*{LOGIN}"):
        twitch_stage(wishes, sources, FakeClock())
    twitch.grant = replace(twitch.grant, scopes=("chat:read",))
    twitch.sign_in(kept)
    with pytest.raises(MisconfiguredError, match=f"user:read:chat.*{LOGIN}"):
        chats(wishes, FakeClock())


async def test_an_unknown_channel(twitch: TwitchStandIn, tmp_path: Path) -> None:
    """The streamer is told which setting names no channel."""
    with pytest.raises(MisconfiguredError, match=r"nobody_here.*TWITCH_CHANNEL"):
        await Hearing(source_of(twitch, tmp_path, "nobody_here")).end()


async def test_an_unknown_channel_among_others(
    twitch: TwitchStandIn, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """It is told once, and the others are heard."""
    source = source_of(twitch, tmp_path, "nobody_here", BROADCASTER.login)
    for _ in range(2):
        async with hearing(twitch, source) as heard:
            await twitch.say("hi")
            assert (await heard.next()).text == "hi"
    told = [one.message for one in caplog.records if one.levelno == logging.ERROR]
    assert len(told) == 1
    assert "nobody_here" in told[0]


async def test_a_channel_that_may_not_be_read(twitch: TwitchStandIn, tmp_path: Path) -> None:
    """Where the account is banned in the only channel, the streamer is told."""
    twitch.banned.add(BROADCASTER.id)
    with pytest.raises(MisconfiguredError, match=r"hoshino_ch.*banned"):
        await Hearing(source_of(twitch, tmp_path)).end()


@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_channel_that_may_not_be_read_among_others(
    twitch: TwitchStandIn, tmp_path: Path, caplog: pytest.LogCaptureFixture, when: str
) -> None:
    """The others are heard, on the connection that there is."""
    source = source_of(twitch, tmp_path, BROADCASTER.login, OTHER_CHANNEL.login)
    if when == "before":
        twitch.banned.add(BROADCASTER.id)
    async with hearing(twitch, source) as heard:
        if when == "after":
            await twitch.revoke("chat_user_banned")
        await twitch.say("hi", channel=OTHER_CHANNEL)
        assert (await heard.next()).text == "hi"
    assert twitch.connections == 1
    told = [one.message for one in caplog.records if one.levelno > logging.INFO]
    assert len(told) == 1
    assert "hoshino_ch" in told[0]


@pytest.mark.parametrize(
    ("status", "error", "text"),
    [
        ("authorization_revoked", MisconfiguredError, LOGIN),
        ("chat_user_banned", MisconfiguredError, "hoshino_ch.*banned"),
        ("user_removed", MisconfiguredError, "TWITCH_CHANNEL"),
        ("version_removed", UnavailableError, "version_removed"),
    ],
)
async def test_a_revoked_subscription(
    twitch: TwitchStandIn, tmp_path: Path, status: str, error: type[BotError], text: str
) -> None:
    """When Twitch ends the subscription, the reason says what to mend."""
    async with hearing(twitch, source_of(twitch, tmp_path)) as heard:
        await twitch.revoke(status)
        with pytest.raises(error, match=text):
            await heard.end()


_PATHS = ["id/oauth2/validate", "helix/users", "helix/eventsub/subscriptions"]


@pytest.mark.parametrize("path", _PATHS)
@pytest.mark.parametrize("answer", ["<html>Welcome to the hotel</html>", "{", "[]", "{}"])
async def test_an_answer_that_is_not_twitchs(
    twitch: TwitchStandIn, tmp_path: Path, path: str, answer: str
) -> None:
    """A network that wants a login first is no success, and what is cut off is none."""
    twitch.answering[path] = answer
    with pytest.raises(UnavailableError, match="cannot be read"):
        await Hearing(source_of(twitch, tmp_path)).end()


@pytest.mark.parametrize("path", [*_PATHS, "ws"])
async def test_too_many_requests(twitch: TwitchStandIn, tmp_path: Path, path: str) -> None:
    """That passes, and nobody has to mend anything."""
    twitch.failures[path] = HTTPStatus.TOO_MANY_REQUESTS
    with pytest.raises(UnavailableError, match=r"429|does not answer"):
        await Hearing(source_of(twitch, tmp_path)).end()


@pytest.mark.parametrize("text", ["{}", "null", '{"metadata": {"message_type": "revocation"}}'])
async def test_what_is_no_message_ends_the_listening(
    twitch: TwitchStandIn, tmp_path: Path, caplog: pytest.LogCaptureFixture, text: str
) -> None:
    """TwitchIO would stop reading without a word; here it is told, and can be started again."""
    async with hearing(twitch, source_of(twitch, tmp_path)) as heard:
        await twitch.send_text(text)
        with pytest.raises(UnavailableError, match="was lost"):
            await heard.end()
    assert "Twitch's chat sent what cannot be read" in caplog.text


async def test_a_sign_in_that_was_ended(twitch: TwitchStandIn, tmp_path: Path) -> None:
    """What cannot be renewed has to be made anew."""
    source = source_of(twitch, tmp_path)
    twitch.revoke_grant()
    with pytest.raises(MisconfiguredError, match=LOGIN):
        await Hearing(source).end()


@pytest.mark.parametrize(
    ("said", "text"),
    [("missing client secret", "type Public"), ("invalid client", "does not know")],
)
async def test_an_application_that_is_not_public(
    twitch: TwitchStandIn, tmp_path: Path, said: str, text: str
) -> None:
    """The streamer is told what is wrong with the application."""
    if "secret" in said:
        twitch.confidential = True
        source = source_of(twitch, tmp_path)
    else:
        source = source_of(twitch, tmp_path)
        twitch.grant = replace(twitch.grant, client_id="another")
    twitch.expire()
    with pytest.raises(MisconfiguredError, match=f"{text}.*"):
        await Hearing(source).end()


async def test_a_renewed_token_is_kept_before_it_is_used(
    twitch: TwitchStandIn, tmp_path: Path
) -> None:
    """Whatever fails after a renewal, the new token is in the file; the old one is spent."""
    source = source_of(twitch, tmp_path)
    twitch.expire()
    twitch.failures["helix/users"] = HTTPStatus.INTERNAL_SERVER_ERROR
    with pytest.raises(UnavailableError):
        await Hearing(source).end()
    file = TokenFile(tmp_path / "twitch.json")
    assert file.load().refresh_token.get_secret_value() == twitch.grant.refresh_token
    twitch.heal()
    async with hearing(twitch, source_of(twitch, tmp_path)) as heard:
        await twitch.say("renewed")
        assert (await heard.next()).text == "renewed"
    assert (twitch.requests.count("id/oauth2/token"), twitch.reused) == (1, 0)


async def test_a_renewal_under_way_is_not_lost(twitch: TwitchStandIn, tmp_path: Path) -> None:
    """Who cancels while Twitch renews waits for the answer: the old token is spent by then."""
    source = source_of(twitch, tmp_path)
    old = twitch.grant.refresh_token
    twitch.expire()
    twitch.delaying["id/oauth2/token"] = asyncio.Event()
    heard = Hearing(source)
    async with asyncio.timeout(30):
        await twitch.asked("id/oauth2/token")
        heard.listening.cancel()
        await asyncio.sleep(0)
        assert not heard.listening.done()
        twitch.delaying["id/oauth2/token"].set()
        with pytest.raises(asyncio.CancelledError):
            await heard.listening
    assert twitch.grant.refresh_token != old
    file = TokenFile(tmp_path / "twitch.json")
    assert file.load().refresh_token.get_secret_value() == twitch.grant.refresh_token


async def test_many_who_need_a_new_token_renew_once(twitch: TwitchStandIn, tmp_path: Path) -> None:
    """A refresh token is good for one renewal, so whoever asks at the same time shares it."""
    account = source_of(twitch, tmp_path).account
    twitch.expire()
    await asyncio.gather(*[account.call("GET", "users", params={"login": ["a"]}) for _ in range(5)])
    assert (twitch.requests.count("id/oauth2/token"), twitch.reused) == (1, 0)


async def test_a_refusal_that_comes_late(twitch: TwitchStandIn, tmp_path: Path) -> None:
    """Who learns that a token is spent when it was renewed already takes the new one."""
    account = source_of(twitch, tmp_path).account
    twitch.expire()
    twitch.delaying["helix/users"] = asyncio.Event()
    calling = asyncio.create_task(account.call("GET", "users", params={"login": ["a"]}))
    async with asyncio.timeout(30):
        await twitch.asked("helix/users")
        await account.check()
        twitch.delaying["helix/users"].set()
        await calling
    assert twitch.requests.count("id/oauth2/token") == 1


async def test_another_run_of_the_bot_may_renew(twitch: TwitchStandIn, tmp_path: Path) -> None:
    """Two that keep the same file take over what the other has renewed."""
    one, other = (source_of(twitch, tmp_path).account for _ in range(2))
    for account in (one, other, other, one):
        await account.check()
        twitch.expire()
        await account.call("GET", "users", params={"login": ["a"]})
    assert twitch.reused == 0


async def test_a_disk_that_is_full(
    twitch: TwitchStandIn,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A token that cannot be kept serves for this show, and is kept as soon as it can be."""
    caplog.set_level(logging.INFO)

    def fail(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    account = source_of(twitch, tmp_path).account
    old = TokenFile(tmp_path / "twitch.json").load()
    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", fail)
        for _ in range(2):
            twitch.expire()
            await account.check()
            account.keep()
    assert caplog.text.count("cannot be written") == 2
    assert [one.name for one in _files(tmp_path)] == ["twitch.json"]
    assert TokenFile(tmp_path / "twitch.json").load() == old
    account.keep()
    kept = TokenFile(tmp_path / "twitch.json").load()
    assert kept.refresh_token.get_secret_value() == twitch.grant.refresh_token
    assert caplog.text.count("is kept now") == 1
    for _ in range(2):
        twitch.expire()
        await account.check()
        account.keep()
    assert caplog.text.count("is kept now") == 1
    assert twitch.reused == 0


@pytest.mark.parametrize("path", ["id/oauth2/validate", "id/oauth2/token", "helix/users"])
@pytest.mark.parametrize("status", [HTTPStatus.BAD_REQUEST, HTTPStatus.INTERNAL_SERVER_ERROR])
async def test_no_secret_is_told(
    twitch: TwitchStandIn,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    path: str,
    status: HTTPStatus,
) -> None:
    """Neither the log nor an error with its traceback holds a token, and TwitchIO says nothing."""
    caplog.set_level(logging.DEBUG)
    source = source_of(twitch, tmp_path)
    grants = [twitch.grant]
    twitch.expire()
    twitch.failures[path] = status
    with pytest.raises((MisconfiguredError, UnavailableError)) as caught:
        await Hearing(source).end()
    grants.append(twitch.grant)
    hidden = {token for one in grants for token in (one.access_token, one.refresh_token)}
    told = caplog.text + repr(source) + repr(source.account.token) + str(source.account.token)
    told += "".join(traceback.format_exception(caught.value))
    assert not [secret for secret in hidden if secret in told]
    assert not [record for record in caplog.records if record.name.startswith("twitchio")]


async def test_a_sign_in_that_ends_soon_is_renewed_in_time(
    twitch: TwitchStandIn, tmp_path: Path
) -> None:
    """Before the next check; where Twitch cannot now, it is done later, and nobody is bothered."""
    account = source_of(twitch, tmp_path).account
    twitch.grant = replace(twitch.grant, expires_in=60)
    twitch.failures["id/oauth2/token"] = HTTPStatus.BAD_GATEWAY
    await account.check()
    assert account.token.access_token.get_secret_value() == twitch.grant.access_token
    twitch.heal()
    before = twitch.grant.access_token
    await account.check()
    assert account.token.access_token.get_secret_value() == twitch.grant.access_token != before


async def test_a_sign_in_that_is_refused_though_it_was_renewed(
    twitch: TwitchStandIn, tmp_path: Path
) -> None:
    """The streamer has to sign in again: no third attempt."""
    account = source_of(twitch, tmp_path).account
    twitch.failures["helix/users"] = HTTPStatus.UNAUTHORIZED
    with pytest.raises(MisconfiguredError, match=LOGIN):
        await account.call("GET", "users", params={"login": ["a"]})
    assert twitch.requests.count("id/oauth2/token") == 1


async def test_what_twitch_does_not_do_is_told_as_that(
    twitch: TwitchStandIn, tmp_path: Path
) -> None:
    """A refusal that has nothing to do with the sign-in is the caller's to explain."""
    account = source_of(twitch, tmp_path).account
    twitch.failures["helix/users"] = HTTPStatus.FORBIDDEN
    with pytest.raises(TwitchRefusedError) as refused:
        await account.call("GET", "users", params={"login": ["a"]})
    assert refused.value.status == HTTPStatus.FORBIDDEN
    assert twitch.requests.count("id/oauth2/token") == 0


async def test_a_check_that_fails_does_not_end_the_listening(
    twitch: TwitchStandIn, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The chat goes on as long as Twitch sends it; the streamer is told."""
    clock = FakeClock()
    async with hearing(twitch, source_of(twitch, tmp_path, clock=clock)) as heard:
        twitch.failures["id/oauth2/validate"] = HTTPStatus.BAD_GATEWAY
        await clock.advance(3600)
        await until(lambda: "error (502)" in caplog.text)
        await twitch.say("still here")
        assert (await heard.next()).text == "still here"


async def test_a_subscription_that_is_refused(twitch: TwitchStandIn, tmp_path: Path) -> None:
    """For another reason than that it is forbidden: the session has ended, say."""
    twitch.failures["helix/eventsub/subscriptions"] = HTTPStatus.BAD_REQUEST
    with pytest.raises(UnavailableError, match=r"did not let us subscribe to the chat \(400\)"):
        await Hearing(source_of(twitch, tmp_path)).end()
