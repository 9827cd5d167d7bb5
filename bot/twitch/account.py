"""The account that the bot is signed in with at Twitch."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from pydantic import BaseModel, SecretStr
from twitchio.http import Route

from bot.clock import Clock
from bot.errors import MisconfiguredError, UnavailableError
from bot.translation import tr
from bot.twitch.echoes import Echoes
from bot.twitch.http import TwitchRefusedError, ask, read
from bot.twitch.token import SIGN_IN, Token, TokenFile

READ = "user:read:chat"
"""What a sign-in must allow to read a chat, and"""
WRITE = "user:write:chat"
"""to write in it."""
DELETE = "moderator:manage:chat_messages"
"""And what lets it take its own words out of it, where it is wanted and the account a moderator."""
BETWEEN_CHECKS = 3600.0
BETWEEN_SAVES = 60.0
"""Twitch wants every sign-in checked once an hour:
https://dev.twitch.tv/docs/authentication/validate-tokens/."""

_LEFT = BETWEEN_CHECKS + 300
_RENEWAL_S = 30.0

log = logging.getLogger(__name__)


class _Renewed(BaseModel):
    access_token: SecretStr
    refresh_token: SecretStr


class _Valid(BaseModel):
    expires_in: float


class TwitchAccount:
    """Asks Twitch in the name of one account, and renews the sign-in when that is due.

    The file is the truth: whoever signs in while the show is on is taken over at once. A new token
    is in the file before it is used, and a renewal under way is waited for, whatever is cancelled:
    the one that it replaces is spent.

    Attributes:
        echoes: what this account was made to post by the bot itself.
    """

    def __init__(self, client_id: str, file: TokenFile, *, clock: Clock) -> None:
        self.echoes = Echoes()
        self._client_id = client_id
        self._file = file
        self._clock = clock
        self._kept: Token | None = None
        self._token: Token | None = None
        self._renewing: asyncio.Task[Token] | None = None
        self.good_for = 0.0
        """Seconds, as Twitch told when it was asked last; before that it is renewed."""
        self._is_unsaved = False
        """Whether the file holds a sign-in that is spent, since it could not be written."""

    @property
    def token(self) -> Token:
        """The sign-in as it is kept now.

        Raises:
            MisconfiguredError: there is none, or none for this application.
        """
        kept = self._file.load()
        if kept != self._kept or self._token is None:
            self._kept = self._token = kept
        if kept.client_id != self._client_id:
            raise MisconfiguredError(
                tr(
                    "The bot is signed in at Twitch for another application than the one in"
                    " TWITCH_CLIENT_ID: run `{sign_in}`.",
                    sign_in=SIGN_IN,
                )
            )
        return self._token

    def demand(self, scope: str, purpose: str) -> None:
        """See that the sign-in allows something.

        Raises:
            MisconfiguredError: it does not.
        """
        if scope not in self.token.scopes:
            raise MisconfiguredError(
                tr(
                    "The sign-in at Twitch does not allow {purpose} ({scope}): run `{sign_in}`"
                    " once more, and agree to it there.",
                    purpose=purpose,
                    scope=scope,
                    sign_in=SIGN_IN,
                )
            )

    async def check(self) -> None:
        """Have Twitch confirm the sign-in, and renew it where it ends before the next check.

        Raises:
            UnavailableError: Twitch does not answer.
            MisconfiguredError: a person must sign in again.
        """
        token = self.token
        access = token.access_token.get_secret_value()
        headers = {"Authorization": f"OAuth {access}"}
        try:
            answer = await self._ask(Route("GET", "oauth2/validate", use_id=True, headers=headers))
        except TwitchRefusedError as refusal:
            if refusal.status != HTTPStatus.UNAUTHORIZED:
                raise UnavailableError(
                    tr("Twitch does not check the sign-in ({refusal}).", refusal=refusal)
                ) from None
            await self._renewed(token)
            return
        self.good_for = read(_Valid, answer).expires_in
        if self.good_for < _LEFT:
            try:
                await self._renewed(token)
            except UnavailableError as error:
                log.debug("The sign-in at Twitch is renewed later: %s", error)

    def keep(self) -> None:
        """Write down a renewed sign-in that could not be written then, if that can be done now."""
        if self._is_unsaved and self._token:
            with suppress(MisconfiguredError):
                self._file.save(self._token)
                self._kept, self._is_unsaved = self._token, False
                log.info(tr("The sign-in at Twitch is kept now."))

    async def call(
        self,
        method: Any,
        path: str,
        *,
        params: Mapping[str, Sequence[str]] | None = None,
        json: Mapping[str, Any] | None = None,
    ) -> object:
        """Send one request to Helix.

        Raises:
            TwitchRefusedError: Twitch does not do what was asked.
            UnavailableError: Twitch does not answer.
            MisconfiguredError: a person must sign in again.
        """
        token = self.token
        for is_last in (False, True):
            headers = {"Authorization": f"Bearer {token.access_token.get_secret_value()}"}
            route = Route(method, path, params=dict(params or {}), json=json, headers=headers)
            try:
                return await self._ask(route)
            except TwitchRefusedError as refusal:
                if refusal.status != HTTPStatus.UNAUTHORIZED:
                    raise
                if is_last:
                    raise signed_out() from None
            token = await self._renewed(token)
        raise AssertionError  # the second round returns or raises

    async def subscribe(self, kind: str, session: str, **condition: str) -> object:
        """Have a websocket session told of what happens of a kind.

        Raises: as ``call`` does.
        """
        asked = {
            "type": kind,
            "version": "1",
            "condition": condition,
            "transport": {"method": "websocket", "session_id": session},
        }
        return await self.call("POST", "eventsub/subscriptions", json=asked)

    async def _ask(self, route: Route) -> object:
        return await ask(route, client_id=self._client_id, clock=self._clock)

    async def _renewed(self, spent: Token) -> Token:
        """Return what replaces a token; whoever asks meanwhile gets the same."""
        if self._renewing is None or self._renewing.done():
            self._renewing = asyncio.create_task(self._renew(spent))
        renewing = self._renewing
        try:
            return await asyncio.shield(renewing)
        except asyncio.CancelledError:
            await asyncio.wait({renewing})
            if not renewing.cancelled():
                renewing.exception()  # nobody is left who would care
            raise

    async def _renew(self, spent: Token) -> Token:
        token = self.token
        if token.access_token != spent.access_token:
            return token  # another run of the bot has renewed it, or somebody has signed in
        try:
            renewed = await renewal(token, clock=self._clock)
        except TwitchRefusedError as refusal:
            if self.token.access_token != spent.access_token:
                return self.token  # the other was quicker
            if "client" in refusal.message:
                raise wrong_application(refusal.message) from None
            raise signed_out() from None
        self._token = renewed
        try:
            self._file.save(renewed)
        except MisconfiguredError as error:
            self._is_unsaved = True
            log.error(tr("{error} It is tried again as long as the bot runs.", error=error))
        else:
            self._kept, self._is_unsaved = renewed, False
        return renewed


async def renewal(token: Token, *, clock: Clock) -> Token:
    """Have Twitch renew a token of a public client, which takes no secret; the old one is spent.

    Raises:
        TwitchRefusedError: Twitch does not renew it.
        UnavailableError: Twitch does not answer.
    """
    params = {
        "client_id": token.client_id,
        "grant_type": "refresh_token",
        "refresh_token": quote(token.refresh_token.get_secret_value(), safe=""),
    }
    route = Route("POST", "oauth2/token", use_id=True, params=params)
    answer = await ask(route, client_id=token.client_id, clock=clock, limit=_RENEWAL_S)
    return token.model_copy(update=dict(read(_Renewed, answer)))


def signed_out() -> MisconfiguredError:
    """Return the error for a sign-in that Twitch takes no more."""
    return MisconfiguredError(
        tr("The sign-in at Twitch has expired or was revoked: run `{sign_in}`.", sign_in=SIGN_IN)
    )


def wrong_application(message: str) -> MisconfiguredError:
    """Return the error for an application that Twitch does not know, or that is not public."""
    if "secret" in message:
        return MisconfiguredError(
            tr(
                "The application in TWITCH_CLIENT_ID is of the type Confidential, for which"
                " Twitch does not renew a sign-in: register one of the type Public at"
                " https://dev.twitch.tv/console/apps, set its client id and run `{sign_in}`.",
                sign_in=SIGN_IN,
            )
        )
    return MisconfiguredError(
        tr(
            "Twitch does not know the application in TWITCH_CLIENT_ID: copy the client id from https://dev.twitch.tv/console/apps."
        )
    )
