"""Signing in at Twitch with a code, and out again, as the streamer sees it."""

import asyncio
import io
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from bot.cli import app
from bot.errors import BotError, MisconfiguredError, UnavailableError
from bot.twitch.login import NEEDED, login, logout
from bot.twitch.token import TokenFile
from tests.standins.twitch import TwitchStandIn
from tests.support.clock import FakeClock
from tests.support.twitch import hearing, nothing_left_open, source_of, until

DEVICE = "id/oauth2/device"
TOKEN = "id/oauth2/token"
REVOKE = "id/oauth2/revoke"


class Streamer:
    """Sits before the terminal, and signs in."""

    def __init__(self, twitch: TwitchStandIn, folder: Path) -> None:
        self.twitch = twitch
        self.clock = FakeClock()
        self.file = TokenFile(folder / "twitch.json")
        self.opened: list[str] = []
        self._screen = io.StringIO()
        self.console = Console(file=self._screen, width=100, force_terminal=True)

    @property
    def seen(self) -> str:
        """What stands in the terminal, without colours."""
        return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", self._screen.getvalue())

    async def signs_in(
        self,
        *,
        after: float = 0,
        client_id: str | None = None,
        open_browser: bool = False,
        may_delete: bool = False,
    ) -> None:
        """Run the login to its end, entering the code after so many seconds."""
        client_id = self.twitch.grant.client_id if client_id is None else client_id
        signing_in = asyncio.create_task(
            login(
                client_id,
                self.file,
                self.console,
                clock=self.clock,
                open_page=self.opened.append if open_browser else None,
                may_delete=may_delete,
            )
        )

        def is_waiting() -> bool:
            return signing_in.done() or self.clock.slept[-1:].count(1.0) > 0

        async with asyncio.timeout(30):
            while not signing_in.done():
                await until(is_waiting)
                if after and self.clock.monotonic() >= after:
                    self.twitch.enter_code()
                await self.clock.advance(1)
        await signing_in

    async def fails(self, error: type[BotError], *, after: float = 0, **about: str) -> str:
        """Return the one line that says why it did not work; nothing is kept then."""
        with pytest.raises(error) as caught:
            await self.signs_in(after=after, **about)  # type: ignore[arg-type]
        assert not self.file.path.exists()
        assert "\n" not in str(caught.value)
        return str(caught.value)


@pytest.fixture
async def twitch(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[TwitchStandIn]:
    """A Twitch that TwitchIO takes for the real one."""
    async with TwitchStandIn() as standin:
        standin.attract(monkeypatch)
        yield standin
    await nothing_left_open()


@pytest.fixture
def streamer(twitch: TwitchStandIn, tmp_path: Path) -> Streamer:
    """Somebody with a client id and nothing else."""
    return Streamer(twitch, tmp_path)


async def test_signing_in(streamer: Streamer, tmp_path: Path) -> None:
    """Address, code and countdown are shown; then whose account it is, and where it is kept."""
    await streamer.signs_in(after=12)
    twitch = streamer.twitch
    assert "https://www.twitch.tv/activate?device-code=ABCDEFGH" in streamer.seen
    assert "ABCDEFGH" in streamer.seen
    assert "the code is good for 29:46 more" in streamer.seen
    assert "TWITCH_POST_REPLIES" in streamer.seen
    assert "Signed in at Twitch as hoshino_bot." in streamer.seen
    assert str(streamer.file.path) in streamer.seen
    kept = streamer.file.load()
    assert (kept.login, kept.user_id) == ("hoshino_bot", "200")
    assert kept.scopes == ("user:read:chat", "user:write:chat")
    # The sign-in was renewed at once, to see that it can be.
    assert kept.refresh_token.get_secret_value() == twitch.grant.refresh_token
    assert twitch.reused == 0
    async with hearing(twitch, source_of(twitch, tmp_path)) as heard:
        await twitch.say("welcome")
        assert (await heard.next()).text == "welcome"


async def test_leave_to_delete_is_asked_for_only_where_it_is_wanted(streamer: Streamer) -> None:
    """It is kept with the sign-in."""
    await streamer.signs_in(after=12, may_delete=True)
    assert streamer.file.load().scopes == (*NEEDED, "moderator:manage:chat_messages")


async def test_twitch_is_asked_no_more_often_than_it_allows(streamer: Streamer) -> None:
    """It names an interval; whoever asks too soon is told to slow down."""
    streamer.twitch.interval = 7
    await streamer.signs_in(after=30)
    asked = streamer.twitch.requests.count(TOKEN) - 1  # the renewal at the end
    assert asked == 5
    assert streamer.clock.monotonic() >= 35


async def test_slowing_down(streamer: Streamer) -> None:
    """The interval grows by five seconds: https://datatracker.ietf.org/doc/html/rfc8628."""
    streamer.twitch.answer_device("slow_down")
    await streamer.signs_in(after=16)
    assert streamer.twitch.requests.count(TOKEN) - 1 == 3  # at 5, 15 and 30 s


async def test_a_code_that_nobody_enters(streamer: Streamer) -> None:
    """It expires after half an hour, and one line says what to do."""
    told = await streamer.fails(UnavailableError)
    assert told == "The code has expired: run `vtuber-bot login twitch` again."
    assert streamer.clock.monotonic() == 1800


@pytest.mark.parametrize(
    ("answer", "error", "text"),
    [
        ("invalid device code", UnavailableError, "refused or has expired"),
        ("expired_token", UnavailableError, "refused or has expired"),
        ("access_denied", MisconfiguredError, "did not agree"),
        ("invalid client", MisconfiguredError, "TWITCH_CLIENT_ID"),
    ],
)
async def test_a_code_that_twitch_does_not_take(
    streamer: Streamer, answer: str, error: type[BotError], text: str
) -> None:
    """Denied, used or expired: one line says so."""
    streamer.twitch.answer_device(answer)
    assert text in await streamer.fails(error)


async def test_without_a_client_id(streamer: Streamer) -> None:
    """The streamer is told where to get one."""
    told = await streamer.fails(MisconfiguredError, client_id="")
    assert "https://dev.twitch.tv/console" in told
    assert "Public" in told


async def test_a_client_id_that_twitch_does_not_know(streamer: Streamer) -> None:
    """The streamer is told which setting is wrong."""
    told = await streamer.fails(MisconfiguredError, client_id="another")
    assert "does not know the application in TWITCH_CLIENT_ID" in told


async def test_an_application_that_is_not_public(streamer: Streamer) -> None:
    """It is found out at once, not when the token has to be renewed in the middle of a show."""
    streamer.twitch.confidential = True
    told = await streamer.fails(MisconfiguredError, after=1)
    assert "type Confidential" in told


async def test_agreeing_to_less(streamer: Streamer, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was not granted is named, with the account."""
    give = streamer.twitch.give

    def give_less() -> object:
        streamer.twitch.grant = replace(streamer.twitch.grant, scopes=("user:read:chat",))
        return give()

    monkeypatch.setattr(streamer.twitch, "give", give_less)
    told = await streamer.fails(MisconfiguredError, after=1)
    assert "hoshino_bot" in told
    assert "user:write:chat" in told


@pytest.mark.parametrize("fault", ["cut", "failing", "nonsense"])
async def test_a_network_that_is_down(streamer: Streamer, fault: str) -> None:
    """One line says so, and nothing is kept."""
    if fault == "cut":
        await streamer.twitch.vanish()
    elif fault == "failing":
        streamer.twitch.failures[DEVICE] = HTTPStatus.BAD_GATEWAY
    else:
        streamer.twitch.answering[DEVICE] = "<html>Log in to the hotel</html>"
    assert "Twitch" in await streamer.fails(UnavailableError)


async def test_a_network_that_is_down_for_a_while(streamer: Streamer) -> None:
    """The code stays good, so it is tried on, and told once."""
    streamer.twitch.failures[TOKEN] = HTTPStatus.BAD_GATEWAY

    async def heal() -> None:
        await streamer.clock.sleep(17)
        streamer.twitch.heal()

    healing = asyncio.create_task(heal())
    await streamer.signs_in(after=1)
    await healing
    assert streamer.seen.count("Trying on.") == 1
    assert "Signed in at Twitch as hoshino_bot." in streamer.seen


@pytest.mark.parametrize("wanted", [True, False])
async def test_the_browser(streamer: Streamer, *, wanted: bool) -> None:
    """It shows Twitch's page, where it is wanted."""
    await streamer.signs_in(after=1, open_browser=wanted)
    address = "https://www.twitch.tv/activate?device-code=ABCDEFGH"
    assert streamer.opened == ([address] if wanted else [])


async def test_no_token_is_shown(streamer: Streamer, caplog: pytest.LogCaptureFixture) -> None:
    """Neither on the screen, which may be on stream, nor in the log."""
    caplog.set_level("DEBUG")
    await streamer.signs_in(after=1)
    grant = streamer.twitch.grant
    for secret in (grant.access_token, grant.refresh_token, streamer.twitch.codes[0]):
        assert secret not in streamer.seen + caplog.text


async def test_signing_out(streamer: Streamer) -> None:
    """Twitch takes the token back, and the file is gone."""
    file = streamer.twitch.sign_in(streamer.file.path.parent)
    old = streamer.twitch.grant
    await logout(file, streamer.console, clock=streamer.clock)
    assert "Signed out at Twitch; hoshino_bot" in streamer.seen
    assert not file.path.exists()
    assert streamer.twitch.grant.refresh_token != old.refresh_token
    await logout(file, streamer.console, clock=streamer.clock)
    assert "there is nothing to end" in streamer.seen


async def test_signing_out_of_what_has_ended(streamer: Streamer) -> None:
    """That is as good."""
    file = streamer.twitch.sign_in(streamer.file.path.parent)
    streamer.twitch.revoke_grant()
    await logout(file, streamer.console, clock=streamer.clock)
    assert "Signed out" in streamer.seen
    assert not file.path.exists()


async def test_signing_out_without_a_network(streamer: Streamer) -> None:
    """The file goes all the same, and the streamer is told how to end it at Twitch."""
    file = streamer.twitch.sign_in(streamer.file.path.parent)
    streamer.twitch.failures[REVOKE] = HTTPStatus.BAD_GATEWAY
    await logout(file, streamer.console, clock=streamer.clock)
    assert "forgotten here all the same" in streamer.seen
    assert "https://www.twitch.tv/settings/connections" in streamer.seen
    assert not file.path.exists()


async def test_signing_out_with_a_damaged_file(streamer: Streamer) -> None:
    """It is told, and removed."""
    streamer.file.path.write_text("{", encoding="utf-8")
    with pytest.raises(MisconfiguredError, match="damaged"):
        await logout(streamer.file, streamer.console, clock=streamer.clock)
    assert not streamer.file.path.exists()


def test_the_commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both are there, and a mistake is one line without a traceback."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TWITCH_CLIENT_ID", raising=False)
    monkeypatch.setattr("bot.twitch.token.user_data_path", lambda *_, **__: tmp_path)
    monkeypatch.setattr("bot.app.log.user_log_path", lambda *_, **__: tmp_path)
    runner = CliRunner()
    for command, status, told in [
        (["login", "twitch", "--no-open"], 1, "TWITCH_CLIENT_ID is missing"),
        (["logout", "twitch"], 0, "there is nothing to end"),
    ]:
        result = runner.invoke(app, command)
        assert (result.exit_code, told in result.output) == (status, True)
        assert "Traceback" not in result.output


async def test_an_address_that_is_too_long_for_the_terminal(streamer: Streamer) -> None:
    """It stands whole on a line of its own, so that it can be copied."""
    streamer.console.width = 40
    await streamer.signs_in(after=1)
    assert any(len(line) > 40 and "http" in line for line in streamer.seen.splitlines())


async def test_a_token_that_is_taken_back_at_once(streamer: Streamer) -> None:
    """The streamer tries again; nothing is kept."""
    streamer.twitch.failures["id/oauth2/validate"] = HTTPStatus.UNAUTHORIZED
    told = await streamer.fails(UnavailableError, after=1)
    assert "takes back what it has just given" in told
    assert not streamer.file.path.exists()
