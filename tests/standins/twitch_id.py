"""The half of the stand-in for Twitch that gives, renews and takes back tokens.

It is strict where Twitch is strict with public clients: a renewal brings no secret, and a refresh
token is good for one: https://dev.twitch.tv/docs/authentication/refresh-tokens/.
"""

import secrets
from dataclasses import dataclass, replace
from http import HTTPStatus
from pathlib import Path

from aiohttp import web
from pydantic import SecretStr

from bot.twitch.token import Token, TokenFile
from tests.standins.twitch_payloads import READER, Account

SCOPES = ("user:read:chat", "user:write:chat")
DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"


@dataclass(frozen=True)
class Grant:
    """What one access token allows, to whom, and what renews it."""

    access_token: str
    refresh_token: str
    client_id: str
    account: Account = READER
    scopes: tuple[str, ...] = SCOPES
    expires_in: int = 14_000


class Id:
    """``id.twitch.tv``.

    Attributes:
        grant: the token that is good at present. Its refresh token renews it, once.
        confidential: whether the application has a secret, which a renewal would then need.
        reused: how often a refresh token came that had been used before.
        codes: the device codes given so far.
        interval: seconds between two questions whether a code was entered.
    """

    def __init__(self) -> None:
        self.grant = Grant(secrets.token_hex(15), secrets.token_hex(25), secrets.token_hex(15))
        self.confidential = False
        self.reused = 0
        self.codes: list[str] = []
        self.interval = 5
        self._spent = set[str]()
        self._answer = "authorization_pending"

    # What a test commands.

    def sign_in(self, folder: Path) -> TokenFile:
        """Return the file that holds the token, as after a login."""
        file = TokenFile(folder / "twitch.json")
        file.save(
            Token(
                client_id=self.grant.client_id,
                access_token=SecretStr(self.grant.access_token),
                refresh_token=SecretStr(self.grant.refresh_token),
                user_id=self.grant.account.id,
                login=self.grant.account.login,
                scopes=self.grant.scopes,
            )
        )
        return file

    def expire(self) -> None:
        """Let the access token expire; the refresh token stays good."""
        self.grant = replace(self.grant, access_token=secrets.token_hex(15))

    def revoke_grant(self) -> None:
        """Let the account take back what it has granted."""
        self.expire()
        self.grant = replace(self.grant, refresh_token=secrets.token_hex(25))

    def enter_code(self) -> None:
        """Let the streamer enter the code, and agree."""
        self._answer = ""

    def answer_device(self, message: str) -> None:
        """Answer with an error from now on when it is asked whether the code was entered."""
        self._answer = message

    # What the server answers.

    async def device(self, request: web.Request) -> web.Response:
        """Give a code that a streamer can enter."""
        asked = {**request.query, **await request.post()}
        if asked.get("client_id") != self.grant.client_id:
            return error(HTTPStatus.BAD_REQUEST, "invalid client")
        self.grant = replace(self.grant, scopes=tuple(str(asked["scopes"]).split()))
        self.codes.append(secrets.token_hex(20))
        return web.json_response(
            {
                "device_code": self.codes[-1],
                "expires_in": 1800,
                "interval": self.interval,
                "user_code": "ABCDEFGH",
                "verification_uri": "https://www.twitch.tv/activate?device-code=ABCDEFGH",
            }
        )

    async def validate(self, request: web.Request) -> web.Response:
        """Say whose token it is."""
        token = request.headers.get("Authorization", "").removeprefix("OAuth ")
        if token != self.grant.access_token:
            return error(HTTPStatus.UNAUTHORIZED, "invalid access token")
        return web.json_response(
            {
                "client_id": self.grant.client_id,
                "scopes": list(self.grant.scopes),
                "expires_in": self.grant.expires_in,
                "login": self.grant.account.login,
                "user_id": self.grant.account.id,
            }
        )

    async def token(self, request: web.Request) -> web.Response:
        """Give a token for a code that was entered, or for a refresh token."""
        asked = {**request.query, **await request.post()}
        if asked.get("client_id") != self.grant.client_id:
            return error(HTTPStatus.BAD_REQUEST, "invalid client")
        if asked.get("grant_type") == DEVICE_GRANT:
            return self._enter(str(asked.get("device_code")))
        if self.confidential:
            return error(HTTPStatus.BAD_REQUEST, "missing client secret")
        assert "client_secret" not in asked, "a public client has none"
        refresh = str(asked.get("refresh_token"))
        if refresh != self.grant.refresh_token:
            self.reused += refresh in self._spent
            return error(HTTPStatus.BAD_REQUEST, "Invalid refresh token")
        return self.give()

    async def revoke_token(self, request: web.Request) -> web.Response:
        """Take a token back; Twitch answers with nothing at all."""
        asked = {**request.query, **await request.post()}
        if asked.get("client_id") != self.grant.client_id:
            return error(HTTPStatus.NOT_FOUND, "client does not exist")
        if asked.get("token") != self.grant.access_token:
            return error(HTTPStatus.BAD_REQUEST, "Invalid token")
        self.revoke_grant()
        return web.Response()

    def _enter(self, code: str) -> web.Response:
        if code not in self.codes[-1:]:
            return error(HTTPStatus.BAD_REQUEST, "invalid device code")
        if self._answer:
            return error(HTTPStatus.BAD_REQUEST, self._answer)
        self._answer = "invalid device code"
        return self.give()

    def give(self) -> web.Response:
        """Give new tokens; the refresh token that there was is spent."""
        self._spent.add(self.grant.refresh_token)
        self.grant = replace(
            self.grant,
            access_token=secrets.token_hex(15),
            refresh_token=secrets.token_hex(25),
            expires_in=14_000,
        )
        return web.json_response(
            {
                "access_token": self.grant.access_token,
                "refresh_token": self.grant.refresh_token,
                "expires_in": self.grant.expires_in,
                "scope": list(self.grant.scopes),
                "token_type": "bearer",
            }
        )


def error(status: HTTPStatus, message: str) -> web.Response:
    """Return an error as Twitch words it."""
    body = {"error": status.phrase, "status": status.value, "message": message}
    return web.json_response(body, status=status)
