"""Whatever befalls the connection to Twitch, the chat is heard again within a minute.

The real listener, source, TwitchIO and intake, on a clock that moves only where something waits.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path
from typing import TypeAlias

import pytest

from bot.sources.listener import Listener
from bot.twitch.token import TokenFile
from tests.standins.twitch import TwitchStandIn
from tests.standins.twitch_payloads import BROADCASTER, chat_event
from tests.support.clock import FakeClock
from tests.support.twitch import dispatcher_of, nothing_left_open, source_of

pytestmark = pytest.mark.slow

VALIDATE = "id/oauth2/validate"
TOKEN = "id/oauth2/token"
USERS = "helix/users"
SUBSCRIBE = "helix/eventsub/subscriptions"
PATHS = [VALIDATE, USERS, SUBSCRIBE, "ws"]


class Show:
    """A listener that listens to Twitch, and the intake that it fills."""

    def __init__(self, twitch: TwitchStandIn, folder: Path) -> None:
        self.twitch = twitch
        self.folder = folder
        self.clock = FakeClock()
        self.heard = Counter[str]()
        self.listener = Listener(source_of(twitch, folder, clock=self.clock), clock=self.clock)
        intake = dispatcher_of(lambda comment: self.heard.update([comment.text]), self.clock)
        self.listening = asyncio.create_task(self.listener.run(intake.receive))

    async def until(self, condition: Callable[[], bool], *, is_stuck: bool = False) -> None:
        """Let time pass while the listener waits, or where all is stuck, until it is so."""
        async with asyncio.timeout(30):
            while not condition():
                if is_stuck or self.listener.state.startswith("not listening"):
                    await self.clock.advance(0.5)
                # The network needs turns of the loop, not time of the clock.
                await asyncio.sleep(0)

    async def subscribed_anew(self, before: set[str]) -> None:
        """Return when there is a connection with all subscriptions that was not there before."""
        await self.until(lambda: bool(self.twitch.subscribers() - before))

    async def hears(self, text: str) -> None:
        """Return when a comment has come."""
        await self.until(lambda: self.heard[text] > 0)

    def kept(self) -> str:
        """Return the refresh token that is in the file."""
        file = TokenFile(self.folder / "twitch.json")
        return file.load().refresh_token.get_secret_value()

    async def close(self) -> None:
        """End the listening."""
        self.listening.cancel()
        async with asyncio.timeout(30):
            while not self.listening.done():
                await self.clock.advance(0.5)


@pytest.fixture
async def show(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AsyncIterator[Show]:
    """A show that has begun to listen."""
    async with TwitchStandIn() as twitch:
        twitch.attract(monkeypatch)
        twitch.keepalive = None  # it would come by the real time
        show = Show(twitch, tmp_path)
        try:
            await show.subscribed_anew(set())
            yield show
        finally:
            twitch.heal()
            await show.close()
    await nothing_left_open()


Fault: TypeAlias = Callable[[Show], Awaitable[None]]


def closes(code: int) -> Fault:
    """Twitch closes the connection with one of its codes, or with none that is an error."""

    async def befall(show: Show) -> None:
        await show.twitch.close(code)

    return befall


async def is_cut(show: Show) -> None:
    """The network breaks."""
    await show.twitch.cut()


async def falls_silent(show: Show) -> None:
    """The connection stays open, and nothing comes any more; also no goodbye."""
    show.twitch.silence()
    await show.clock.advance(30)


async def moves(show: Show) -> None:
    """Twitch asks to move."""
    async with asyncio.timeout(30):
        await show.twitch.reconnect()


async def moves_nowhere(show: Show) -> None:
    """Twitch asks to move to a server that accepts, and gives no welcome."""
    show.twitch.welcoming = False
    await show.twitch.ask_to_move()
    async with asyncio.timeout(30):
        await show.twitch.arrived()
    await show.clock.advance(15)


async def moves_to_a_refusal(show: Show) -> None:
    """Twitch asks to move to a server that refuses."""
    show.twitch.failures["ws"] = HTTPStatus.BAD_GATEWAY
    await show.twitch.ask_to_move()
    await show.until(lambda: show.twitch.requests.count("ws") >= 3)


async def gives_no_welcome(show: Show) -> None:
    """No new connection is welcomed, for a while."""
    show.twitch.welcoming = False
    await show.twitch.cut()
    await show.until(lambda: show.twitch.connections >= 3, is_stuck=True)
    await show.clock.advance(15)


async def is_closed_before_the_welcome(show: Show) -> None:
    """The connection is closed before anything was said."""
    show.twitch.welcoming = False
    await show.twitch.cut()
    await show.until(lambda: show.twitch.connections >= 2)
    async with asyncio.timeout(30):
        await show.twitch.connected()
        await show.twitch.cut()
    await show.clock.advance(15)


def fails(path: str, status: HTTPStatus) -> Fault:
    """The connection breaks, and a path answers with an error."""

    async def befall(show: Show) -> None:
        show.twitch.failures[path] = status
        before = show.twitch.requests.count(path)
        await show.twitch.cut()
        # TwitchIO asks once more after a 503, three real seconds later: longer than we wait.
        is_stuck = status is HTTPStatus.SERVICE_UNAVAILABLE
        await show.until(lambda: show.twitch.requests.count(path) >= before + 2, is_stuck=is_stuck)
        await show.clock.advance(12 if is_stuck else 0)

    return befall


def breaks(path: str) -> Fault:
    """The connection breaks, and so does that to a path."""

    async def befall(show: Show) -> None:
        show.twitch.cutting.add(path)
        before = show.twitch.requests.count(path)
        await show.twitch.cut()
        await show.until(lambda: show.twitch.requests.count(path) >= before + 2)

    return befall


def hangs(path: str) -> Fault:
    """The connection breaks, and a path does not answer."""

    async def befall(show: Show) -> None:
        show.twitch.hanging.add(path)
        before = show.twitch.requests.count(path)
        await show.twitch.cut()
        await show.until(lambda: show.twitch.requests.count(path) >= before + 2, is_stuck=True)
        show.twitch.heal()
        await show.clock.advance(12)

    return befall


def talks_nonsense(path: str, text: str) -> Fault:
    """The connection breaks, and a path answers what is not Twitch's."""

    async def befall(show: Show) -> None:
        show.twitch.answering[path] = text
        before = show.twitch.requests.count(path)
        await show.twitch.cut()
        await show.until(lambda: show.twitch.requests.count(path) >= before + 2)

    return befall


def revokes(status: str) -> Fault:
    """Twitch ends the subscriptions, and takes new ones later."""

    async def befall(show: Show) -> None:
        await show.twitch.revoke(status)

    return befall


async def ends_the_sign_in(show: Show) -> None:
    """The account takes back what it granted; the streamer signs in again while the show is on."""
    show.twitch.revoke_grant()
    await show.twitch.revoke("authorization_revoked")
    before = show.twitch.requests.count(TOKEN)
    await show.until(lambda: show.twitch.requests.count(TOKEN) >= before + 2)
    await show.until(lambda: "vtuber-bot login twitch" in show.listener.state)
    show.twitch.sign_in(show.folder)


async def bans_the_reader(show: Show) -> None:
    """The reader is banned, and unbanned after a while."""
    show.twitch.banned.add(BROADCASTER.id)
    await show.twitch.revoke("chat_user_banned")
    before = show.twitch.requests.count(SUBSCRIBE)
    await show.until(lambda: show.twitch.requests.count(SUBSCRIBE) >= before + 2)
    await show.until(lambda: "banned" in show.listener.state)
    show.twitch.banned.clear()


async def lets_the_token_expire(show: Show) -> None:
    """The token expires in the middle of the show, which shows at the next start."""
    show.twitch.expire()
    await show.twitch.cut()


def lets_the_token_expire_after(path: str) -> Fault:
    """The token expires in the middle of a start."""

    async def befall(show: Show) -> None:
        show.twitch.expiring_after = path
        await show.twitch.cut()

    return befall


def renews_nothing(status: HTTPStatus) -> Fault:
    """The token expires, and the endpoint that renews it has trouble."""

    async def befall(show: Show) -> None:
        show.twitch.expire()
        await fails(TOKEN, status)(show)

    return befall


def sends(text: str) -> Fault:
    """Something comes that is no message of EventSub's."""

    async def befall(show: Show) -> None:
        await show.twitch.send_text(text)

    return befall


_BAD = [HTTPStatus.INTERNAL_SERVER_ERROR, HTTPStatus.BAD_GATEWAY, HTTPStatus.TOO_MANY_REQUESTS]
FAULTS: dict[str, Fault] = {
    **{f"closed with {code}": closes(code) for code in [1000, 1001, *range(4000, 4008)]},
    **{
        f"{status.value} from {path}": fails(path, status)
        for path in PATHS
        for status in [*_BAD, HTTPStatus.SERVICE_UNAVAILABLE]
    },
    **{f"{path} breaks": breaks(path) for path in PATHS},
    **{f"{path} hangs": hangs(path) for path in PATHS},
    **{f"{path} says nonsense": talks_nonsense(path, "<html>Log in</html>") for path in PATHS},
    **{f"revoked: {status}": revokes(status) for status in ["version_removed", "user_removed"]},
    **{f"token expires after {path}": lets_the_token_expire_after(path) for path in PATHS[:3]},
    **{f"{status.value} while renewing": renews_nothing(status) for status in _BAD},
    **{f"sent {text!r}": sends(text) for text in ["{}", "[]", "null", '{"metadata": 1}']},
    "sent a move to nowhere": sends('{"metadata": {"message_type": "session_reconnect"}}'),
    "sent a broken revocation": sends('{"metadata": {"message_type": "revocation"}}'),
    "cut": is_cut,
    "silent": falls_silent,
    "moved": moves,
    "moved nowhere": moves_nowhere,
    "moved to a refusal": moves_to_a_refusal,
    "no welcome": gives_no_welcome,
    "closed before the welcome": is_closed_before_the_welcome,
    "sign-in ended": ends_the_sign_in,
    "banned": bans_the_reader,
    "token expired": lets_the_token_expire,
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_the_chat_is_heard_again(show: Show, fault: str) -> None:
    """One comment before, one after the fault is over: each is heard once, the latter in time."""
    event = chat_event("before")
    await show.twitch.notify(event)
    await show.hears("before")
    before = show.twitch.subscribers()

    await FAULTS[fault](show)
    show.twitch.heal()
    over = show.clock.monotonic()
    await show.subscribed_anew(before)
    await show.twitch.say("after")
    await show.hears("after")
    assert show.clock.monotonic() - over <= 60

    await show.twitch.notify(event)  # EventSub delivers at least once
    await show.twitch.say("last")
    await show.hears("last")
    assert show.heard == {"before": 1, "after": 1, "last": 1}
    assert show.twitch.reused == 0, "a refresh token is good for one renewal"


@pytest.mark.parametrize("text", ["not JSON", '{"metadata": {"message_type": "what"}}'])
async def test_what_twitchio_cannot_read_is_skipped(show: Show, text: str) -> None:
    """The connection goes on."""
    await show.twitch.send_text(text)
    await show.twitch.notify({})
    await show.twitch.notify([])
    await show.twitch.say("after")
    await show.hears("after")
    assert show.twitch.connections == 1


async def test_a_quiet_chat_is_no_fault(show: Show) -> None:
    """As long as keepalives come, nothing is started again."""
    for _ in range(20):
        alive_at = show.listener.alive_at
        await show.clock.advance(10)
        await show.twitch.keep_alive()
        await show.until(lambda: show.listener.alive_at != alive_at)  # noqa: B023 - awaited here
    assert show.twitch.connections == 1


@pytest.mark.parametrize("left", [60, 14_000])
async def test_the_sign_in_is_checked_every_hour(show: Show, left: int) -> None:
    """A token that is about to end is renewed in the middle of the show; the chat goes on."""
    show.twitch.grant = replace(show.twitch.grant, expires_in=left)
    old = show.twitch.grant
    before = show.twitch.requests.count(VALIDATE)
    for _ in range(181):
        alive_at = show.listener.alive_at
        await show.clock.advance(20)
        await show.twitch.keep_alive()
        await show.until(lambda: show.listener.alive_at != alive_at)  # noqa: B023 - awaited here
    await show.until(lambda: show.twitch.requests.count(VALIDATE) > before)
    await show.twitch.say("still here")
    await show.hears("still here")
    if left == 60:
        await show.until(lambda: show.twitch.grant != old)
        await show.until(lambda: show.kept() == show.twitch.grant.refresh_token)
    assert (show.twitch.connections, show.twitch.reused) == (1, 0)
    assert show.kept() == show.twitch.grant.refresh_token
