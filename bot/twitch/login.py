"""Signing in at Twitch, and out, in the terminal.

Nothing but the client id of a public application is needed, by the device code grant flow:
https://dev.twitch.tv/docs/authentication/getting-tokens-oauth/#device-code-grant-flow. TwitchIO has
it too, but waits without our clock, and fails at an answer that it does not know.
"""

from collections.abc import Callable, Sequence

from pydantic import BaseModel, Field, SecretStr
from rich.console import Console
from rich.panel import Panel
from rich.status import Status
from rich.text import Text
from twitchio.http import Route

from bot.clock import Clock
from bot.errors import BotError, MisconfiguredError, UnavailableError
from bot.translation import tr, tr_noop
from bot.twitch.account import DELETE, READ, WRITE, renewal, wrong_application
from bot.twitch.http import TwitchRefusedError, ask, read
from bot.twitch.token import SIGN_IN, Token, TokenFile

NEEDED = (READ, WRITE)

_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
_SLOWER_S = 5.0
_PENDING = "authorization_pending"
_SLOW_DOWN = "slow_down"
_DENIED = "access_denied"
_REGISTER = tr_noop(
    "register an application of the type Public at https://dev.twitch.tv/console/apps (its"
    " redirect URL may be http://localhost), and set TWITCH_CLIENT_ID to its client id"
)


class _Code(BaseModel):
    device_code: SecretStr
    user_code: str
    verification_uri: str
    expires_in: float = Field(gt=0)
    interval: float = Field(default=5, gt=0)


class _Given(BaseModel):
    access_token: SecretStr
    refresh_token: SecretStr
    scope: tuple[str, ...]


class _Valid(BaseModel):
    login: str
    user_id: str


async def login(
    client_id: str,
    file: TokenFile,
    console: Console,
    *,
    clock: Clock,
    open_page: Callable[[str], None] | None,
    may_delete: bool = False,
) -> None:
    """Let the streamer sign in, and keep the sign-in.

    Args:
        client_id: the application's.
        file: where the sign-in is kept.
        console: where the streamer reads what to do.
        clock: the time that Twitch is waited for by.
        open_page: shows the streamer an address, if anything does.
        may_delete: whether the bot is to be allowed to delete what it has posted.

    Raises:
        MisconfiguredError: the application is not the right one, or the streamer did not agree.
        UnavailableError: Twitch does not answer, or nobody entered the code in time.
    """
    if not client_id:
        raise MisconfiguredError(
            tr("TWITCH_CLIENT_ID is missing in .env: {register}.", register=tr(_REGISTER))
        )
    scopes = (*NEEDED, DELETE) if may_delete else NEEDED
    code = await _code(client_id, scopes, clock)
    _show(code, console)
    if open_page:
        open_page(code.verification_uri)
    given = await _given(client_id, scopes, code, console, clock)
    token = await _identified(client_id, scopes, given, clock)
    # What cannot be renewed would end in the middle of a show. Now is the time to know.
    try:
        token = await renewal(token, clock=clock)
    except TwitchRefusedError as refusal:
        raise wrong_application(refusal.message) from None
    file.save(token)
    console.print(
        tr("Signed in at Twitch as {login}.", login=token.login), style="bold green", markup=False
    )
    console.print(
        tr(
            "The sign-in is kept in {path}; show that file to nobody, also not on stream."
            " `vtuber-bot logout twitch` ends it.",
            path=file.path,
        ),
        markup=False,
        soft_wrap=True,
    )


async def logout(file: TokenFile, console: Console, *, clock: Clock) -> None:
    """Give the sign-in back to Twitch, and forget it in any case.

    Raises:
        MisconfiguredError: it is damaged, or its file cannot be removed.
    """
    if not file.path.exists():
        console.print(tr("Nobody is signed in at Twitch here: there is nothing to end."))
        return
    try:
        token = file.load()
    except MisconfiguredError:
        file.remove()  # a damaged one is of no use
        raise
    params = {
        "client_id": token.client_id,
        "token": token.access_token.get_secret_value(),
    }
    route = Route("POST", "oauth2/revoke", use_id=True, params=params)
    said = tr("Signed out at Twitch; {login} is no longer known here.", login=token.login)
    try:
        await ask(route, client_id=token.client_id, clock=clock)
    except TwitchRefusedError:
        pass  # it had ended before
    except UnavailableError as error:
        said = tr(
            "{error} The sign-in of {login} is forgotten here all the same; to end it at"
            " Twitch as well, disconnect the application at"
            " https://www.twitch.tv/settings/connections.",
            error=error,
            login=token.login,
        )
    file.remove()
    console.print(said, markup=False, soft_wrap=True)


async def _code(client_id: str, scopes: Sequence[str], clock: Clock) -> _Code:
    params = {"client_id": client_id, "scopes": " ".join(scopes)}
    route = Route("POST", "oauth2/device", use_id=True, params=params)
    try:
        return read(_Code, await ask(route, client_id=client_id, clock=clock))
    except TwitchRefusedError as refusal:
        raise wrong_application(refusal.message) from None


def _show(code: _Code, console: Console) -> None:
    text = Text.assemble(
        tr("1. Open this address in any browser, on any device:\n   "),
        (code.verification_uri, "bold cyan"),
        tr("\n2. See that this code stands there, or type it in:\n   "),
        (code.user_code, "bold yellow"),
        tr(
            "\n3. Sign in with the account that shall read the chat: your own, or one for the"
            " bot.\n"
        ),
        tr("   Agree to reading chat, and to writing in it. The bot writes only if you set\n"),
        tr("   TWITCH_POST_REPLIES=true; agreeing now saves you doing this again then."),
    )
    console.print(Panel(text, title=tr("Sign in at Twitch"), expand=False))
    if len(code.verification_uri) + 7 > console.width:
        # In the panel it is broken into lines, and cannot be copied whole.
        console.print(code.verification_uri, markup=False, highlight=False, soft_wrap=True)


async def _given(
    client_id: str, scopes: Sequence[str], code: _Code, console: Console, clock: Clock
) -> _Given:
    """Wait until the code was entered, and ask as often as Twitch allows."""
    params = {
        "client_id": client_id,
        "scopes": " ".join(scopes),
        "device_code": code.device_code.get_secret_value(),
        "grant_type": _GRANT,
    }
    end = clock.monotonic() + code.expires_in
    interval = code.interval
    told = ""
    with console.status("") as status:
        while True:
            await _count_down(status, min(interval, end - clock.monotonic()), end, clock)
            if clock.monotonic() >= end:
                raise UnavailableError(
                    tr("The code has expired: run `{sign_in}` again.", sign_in=SIGN_IN)
                )
            route = Route("POST", "oauth2/token", use_id=True, params=params)
            try:
                return read(_Given, await ask(route, client_id=client_id, clock=clock))
            except UnavailableError as error:
                if str(error) != told:
                    told = str(error)
                    console.print(tr("{told} Trying on.", told=told), markup=False)
            except TwitchRefusedError as refusal:
                if refusal.message == _SLOW_DOWN:
                    interval += _SLOWER_S
                elif refusal.message != _PENDING:
                    raise _not_given(refusal.message) from None


def _not_given(message: str) -> BotError:
    if message == _DENIED:
        return MisconfiguredError(
            tr(
                "You did not agree at Twitch, so the bot is not signed in: run `{sign_in}` to"
                " try again.",
                sign_in=SIGN_IN,
            )
        )
    if "client" in message:
        return wrong_application(message)
    return UnavailableError(
        tr(
            "Twitch no longer takes the code, because it was refused or has expired: run"
            " `{sign_in}` again.",
            sign_in=SIGN_IN,
        )
    )


async def _count_down(status: Status, seconds: float, end: float, clock: Clock) -> None:
    until = clock.monotonic() + seconds
    while (now := clock.monotonic()) < until:
        minutes, rest = divmod(int(end - now), 60)
        status.update(
            tr(
                "Waiting for you; the code is good for {minutes}:{rest:02} more ...",
                minutes=minutes,
                rest=rest,
            )
        )
        await clock.sleep(min(1.0, until - now))


async def _identified(client_id: str, scopes: Sequence[str], given: _Given, clock: Clock) -> Token:
    """Return what was given as a sign-in, once Twitch has said whose it is."""
    headers = {"Authorization": f"OAuth {given.access_token.get_secret_value()}"}
    route = Route("GET", "oauth2/validate", use_id=True, headers=headers)
    try:
        valid = read(_Valid, await ask(route, client_id=client_id, clock=clock))
    except TwitchRefusedError:
        raise UnavailableError(
            tr("Twitch takes back what it has just given: run `{sign_in}` again.", sign_in=SIGN_IN)
        ) from None
    missing = [scope for scope in scopes if scope not in given.scope]
    if missing:
        raise MisconfiguredError(
            tr(
                "Twitch signed {login} in, but without leave for {missing}: run `{sign_in}`"
                " again, and agree to all of it.",
                login=valid.login,
                missing=" and ".join(missing),
                sign_in=SIGN_IN,
            )
        )
    return Token(
        client_id=client_id,
        access_token=given.access_token,
        refresh_token=given.refresh_token,
        user_id=valid.user_id,
        login=valid.login,
        scopes=given.scope,
    )
