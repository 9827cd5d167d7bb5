"""Twitch on loopback: Helix, the token endpoints, and EventSub over a websocket.

It answers as https://dev.twitch.tv/docs/api/reference/,
https://dev.twitch.tv/docs/authentication/ and
https://dev.twitch.tv/docs/eventsub/websocket-reference/ say, as far as a reader of one channel's
chat can see.
"""

import re
import secrets
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any, Self

import pytest
import twitchio.eventsub.websockets
import twitchio.http
from aiohttp import web

from tests.standins.twitch_eventsub import EventSub
from tests.standins.twitch_payloads import (
    BROADCASTER,
    OTHER_CHANNEL,
    READER,
    VIEWER,
    Account,
    profile,
)


@dataclass(frozen=True)
class Grant:
    """What one access token allows, to whom, and what renews it."""

    access_token: str
    refresh_token: str
    client_id: str
    account: Account | None = READER
    scopes: tuple[str, ...] = ("user:read:chat",)
    expires_in: int = 14_000


class TwitchStandIn(EventSub):
    """A Twitch with one channel in it, :data:`BROADCASTER`'s.

    ::

        async with TwitchStandIn() as twitch:
            twitch.attract(monkeypatch)
            ...
            await twitch.subscribed()
            await twitch.say("hello")

    Attributes:
        grant: the token that is good at present. Its refresh token renews it, once.
        client_secret: what renewing a token takes.
        accounts: everyone whom Helix knows.
        failures: a path (``helix/users``, ``ws``) to the status that it fails with from now on.
        expiring_after: a path, after whose next answer the access token expires.
        requests: the paths of all requests so far.
    """

    def __init__(self) -> None:
        super().__init__()
        self.grant = Grant(secrets.token_hex(15), secrets.token_hex(25), secrets.token_hex(15))
        self.client_secret = secrets.token_hex(15)
        self.accounts: tuple[Account, ...] = (BROADCASTER, READER, VIEWER, OTHER_CHANNEL)
        self.failures: dict[str, HTTPStatus] = {}
        self.expiring_after: str | None = None
        self.requests: list[str] = []
        app = web.Application(middlewares=[self._gate])
        app.add_routes(
            [
                web.get("/helix/users", self._users),
                web.post("/helix/eventsub/subscriptions", self._subscribe),
                web.get("/id/oauth2/validate", self._validate),
                web.post("/id/oauth2/token", self._renew),
                web.get("/ws", self.websocket),
            ]
        )
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.vanish()

    # What a test commands.

    @property
    def address(self) -> str:
        """The host and port, good until the server vanishes."""
        host, port = self._runner.addresses[0][:2]
        return f"{host}:{port}"

    def attract(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Make TwitchIO take this server for Twitch."""
        monkeypatch.setattr(twitchio.http.Route, "BASE", f"http://{self.address}/helix/")
        monkeypatch.setattr(twitchio.http.Route, "ID_BASE", f"http://{self.address}/id/")
        monkeypatch.setattr(twitchio.eventsub.websockets, "WSS", f"ws://{self.address}/ws")

    async def vanish(self) -> None:
        """Cut everything, and listen no more."""
        await self.cut()
        await self._runner.cleanup()

    def expire(self) -> None:
        """Let the access token expire; the refresh token stays good."""
        self.grant = replace(self.grant, access_token=secrets.token_hex(15))

    # What the server answers.

    @web.middleware
    async def _gate(self, request: web.Request, handler: Any) -> web.StreamResponse:
        path = request.path.lstrip("/")
        self.requests.append(path)
        if status := self.failures.get(path):
            return _error(status, "out of order")
        if path.startswith("helix/"):
            if request.headers.get("Authorization") != f"Bearer {self.grant.access_token}":
                return _error(HTTPStatus.UNAUTHORIZED, "Invalid OAuth token")
            if request.headers.get("Client-Id") != self.grant.client_id:
                message = "Client ID and OAuth token do not match"
                return _error(HTTPStatus.UNAUTHORIZED, message)
        response: web.StreamResponse = await handler(request)
        if path == self.expiring_after:
            self.expiring_after = None
            self.expire()
        return response

    async def _validate(self, request: web.Request) -> web.Response:
        token = request.headers.get("Authorization", "").removeprefix("OAuth ")
        if token != self.grant.access_token:
            return _error(HTTPStatus.UNAUTHORIZED, "invalid access token")
        account = self.grant.account
        owner = {"login": account.login, "user_id": account.id} if account else {}
        return web.json_response(
            {
                "client_id": self.grant.client_id,
                "scopes": list(self.grant.scopes),
                "expires_in": self.grant.expires_in,
                **owner,
            }
        )

    async def _renew(self, request: web.Request) -> web.Response:
        asked = {**request.query, **await request.post()}
        if asked.get("client_id") != self.grant.client_id:
            return _error(HTTPStatus.BAD_REQUEST, "invalid client")
        if "client_secret" not in asked:
            return _error(HTTPStatus.BAD_REQUEST, "missing client secret")
        if asked["client_secret"] != self.client_secret:
            return _error(HTTPStatus.FORBIDDEN, "invalid client secret")
        if asked.get("refresh_token") != self.grant.refresh_token:
            return _error(HTTPStatus.BAD_REQUEST, "Invalid refresh token")
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

    async def _users(self, request: web.Request) -> web.Response:
        logins = request.query.getall("login", [])
        if any(not re.fullmatch(r"\w{1,25}", login, re.ASCII) for login in logins):
            return _error(HTTPStatus.BAD_REQUEST, "Invalid login names, emails or IDs in request")
        found = [account for account in self.accounts if account.login in logins]
        return web.json_response({"data": [profile(account) for account in found]})

    async def _subscribe(self, request: web.Request) -> web.Response:
        asked = await request.json()
        account = self.grant.account
        wanted = {
            "broadcaster_user_id": BROADCASTER.id,
            "user_id": account.id if account else None,
        }
        if asked["condition"] != wanted or "user:read:chat" not in self.grant.scopes:
            return _error(HTTPStatus.FORBIDDEN, "subscription missing proper authorization")
        subscription = await self.subscribe(asked)
        if subscription is None:
            message = "websocket transport session does not exist or has already disconnected"
            return _error(HTTPStatus.BAD_REQUEST, message)
        answer = {"data": [subscription], "total": 1, "total_cost": 0, "max_total_cost": 10}
        return web.json_response(answer, status=HTTPStatus.ACCEPTED)


def _error(status: HTTPStatus, message: str) -> web.Response:
    body = {"error": status.phrase, "status": status.value, "message": message}
    return web.json_response(body, status=status)
