"""Twitch on loopback: Helix, the token endpoints, and EventSub over a websocket.

It answers as https://dev.twitch.tv/docs/api/reference/,
https://dev.twitch.tv/docs/authentication/ and
https://dev.twitch.tv/docs/eventsub/websocket-reference/ say, as far as a reader and writer of chat
can see, and fails on command.
"""

import asyncio
import re
from http import HTTPStatus
from typing import Any, Self

import pytest
import twitchio.eventsub.websockets
import twitchio.http
from aiohttp import web

from tests.standins.twitch_eventsub import EventSub
from tests.standins.twitch_id import Id, error
from tests.standins.twitch_payloads import (
    BROADCASTER,
    OTHER_CHANNEL,
    READER,
    VIEWER,
    Account,
    badge_set,
    chat_event,
    profile,
)


class TwitchStandIn(EventSub, Id):
    """A Twitch with two channels in it, :data:`BROADCASTER`'s and :data:`OTHER_CHANNEL`'s.

    ::

        async with TwitchStandIn() as twitch:
            twitch.attract(monkeypatch)
            ...
            await twitch.subscribed()
            await twitch.say("hello")

    Attributes:
        accounts: everyone whom Helix knows.
        banned: the ids of the channels in which the reader is banned.
        failures: a path (``helix/users``, ``ws``) to the status that it fails with from now on.
        delaying: a path to the event that its answers wait for.
        hanging: the paths that never answer from now on.
        cutting: the paths whose connection breaks from now on.
        answering: a path to a text that is all that it answers from now on.
        expiring_after: a path, after whose next answer the access token expires.
        requests: the paths of all requests so far.
        posts: the messages that were posted, as they were asked for.
        deleted: what was asked of each message that was deleted.
        echoes: the events that tell of them.
        dropping: why a posted message is dropped; empty where it is taken.
        echo_first: whether a message is told of before the answer to who posted it.
        losing_answers: whether the answer to a posted message is lost on its way.
        late: the events that tell of messages whose answer was lost, and were not sent.
    """

    def __init__(self) -> None:
        EventSub.__init__(self)
        Id.__init__(self)
        self.accounts: tuple[Account, ...] = (BROADCASTER, READER, VIEWER, OTHER_CHANNEL)
        self.banned = set[str]()
        self.failures: dict[str, HTTPStatus] = {}
        self.delaying: dict[str, asyncio.Event] = {}
        self.hanging = set[str]()
        self.cutting = set[str]()
        self.answering: dict[str, str] = {}
        self.expiring_after: str | None = None
        self.requests: list[str] = []
        self.posts: list[dict[str, Any]] = []
        self.deleted: list[dict[str, str]] = []
        self.echoes: list[dict[str, Any]] = []
        self.dropping = ""
        self.echo_first = False
        self.losing_answers = False
        self.late: list[dict[str, Any]] = []
        app = web.Application(middlewares=[self._gate])
        app.add_routes(
            [
                web.get("/helix/users", self._users),
                web.get("/helix/streams", self._streams),
                web.get("/helix/chat/badges/global", self._badges),
                web.get("/helix/chat/badges", self._badges),
                web.post("/helix/eventsub/subscriptions", self._subscribe),
                web.post("/helix/chat/messages", self._post),
                web.delete("/helix/moderation/chat", self._delete),
                web.post("/id/oauth2/device", self.device),
                web.get("/id/oauth2/validate", self.validate),
                web.post("/id/oauth2/token", self.token),
                web.post("/id/oauth2/revoke", self.revoke_token),
                web.get("/ws", self.websocket),
            ]
        )
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        self._over = asyncio.Event()

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
        self._over.set()
        await self.cut()
        await self._runner.cleanup()

    def heal(self) -> None:
        """Let every path answer as it should again."""
        self.welcoming = True
        self.failures.clear()
        self.hanging.clear()
        self.cutting.clear()
        self.answering.clear()

    async def asked(self, path: str, times: int = 1) -> None:
        """Return when a path was asked for so many times."""
        await self._until(lambda: self.requests.count(path) >= times)

    # What the server answers.

    @web.middleware
    async def _gate(self, request: web.Request, handler: Any) -> web.StreamResponse:
        path = request.path.lstrip("/")
        self.requests.append(path)
        await self._notify_change()
        response = await self._serve(path, request, handler)
        if delay := self.delaying.get(path):
            await delay.wait()
        return response

    async def _serve(self, path: str, request: web.Request, handler: Any) -> web.StreamResponse:
        if path in self.hanging:
            await self._over.wait()
        if path in self.cutting and request.transport:
            request.transport.abort()
        if text := self.answering.get(path):
            is_page = text.startswith("<")
            return web.Response(
                text=text, content_type="text/html" if is_page else "application/json"
            )
        if status := self.failures.get(path):
            return error(status, "out of order")
        if path.startswith("helix/"):
            if request.headers.get("Authorization") != f"Bearer {self.grant.access_token}":
                return error(HTTPStatus.UNAUTHORIZED, "Invalid OAuth token")
            if request.headers.get("Client-Id") != self.grant.client_id:
                message = "Client ID and OAuth token do not match"
                return error(HTTPStatus.UNAUTHORIZED, message)
        response: web.StreamResponse = await handler(request)
        if path == self.expiring_after:
            self.expiring_after = None
            self.expire()
        return response

    async def _users(self, request: web.Request) -> web.Response:
        logins = request.query.getall("login", [])
        if any(not re.fullmatch(r"\w{1,25}", login, re.ASCII) for login in logins):
            return error(HTTPStatus.BAD_REQUEST, "Invalid login names, emails or IDs in request")
        found = [account for account in self.accounts if account.login in logins]
        return web.json_response({"data": [profile(account) for account in found]})

    async def _badges(self, request: web.Request) -> web.Response:
        channel = request.query.get("broadcaster_id", "")
        names = ("subscriber",) if channel else ("vip", "subscriber")
        return web.json_response({"data": [badge_set(name, channel) for name in names]})

    async def _streams(self, request: web.Request) -> web.Response:
        live = self.live & set(request.query.getall("user_id", []))
        data = [{"id": "9001", "user_id": channel, "type": "live"} for channel in sorted(live)]
        return web.json_response({"data": data, "pagination": {}})

    async def _subscribe(self, request: web.Request) -> web.Response:
        asked = await request.json()
        condition = asked["condition"]
        is_of_chat = "user_id" in condition
        if is_of_chat and (
            condition["user_id"] != self.grant.account.id
            or condition["broadcaster_user_id"] in self.banned
            or "user:read:chat" not in self.grant.scopes
        ):
            return error(HTTPStatus.FORBIDDEN, "subscription missing proper authorization")
        subscription = await self.subscribe(asked)
        if subscription is None:
            message = "websocket transport session does not exist or has already disconnected"
            return error(HTTPStatus.BAD_REQUEST, message)
        answer = {"data": [subscription], "total": 1, "total_cost": 0, "max_total_cost": 10}
        return web.json_response(answer, status=HTTPStatus.ACCEPTED)

    async def _post(self, request: web.Request) -> web.Response:
        asked = await request.json()
        if "user:write:chat" not in self.grant.scopes:
            return error(HTTPStatus.UNAUTHORIZED, "Missing scope: user:write:chat")
        if asked["sender_id"] != self.grant.account.id or len(asked["message"]) > 500:
            return error(HTTPStatus.BAD_REQUEST, "The message or its sender is wrong")
        if asked["broadcaster_id"] in self.banned:
            return error(HTTPStatus.FORBIDDEN, "The sender is not permitted to send messages")
        self.posts.append(asked)
        await self._notify_change()
        if self.dropping:
            reason = {"code": "msg_rejected", "message": self.dropping}
            data = {"message_id": "", "is_sent": False, "drop_reason": reason}
            return web.json_response({"data": [data]})
        channel = next(one for one in self.accounts if one.id == asked["broadcaster_id"])
        parent = asked.get("reply_parent_message_id")
        text = f"@Mika {asked['message']}" if parent else asked["message"]
        event = chat_event(text, channel=channel, author=self.grant.account, reply_to=parent)
        data = {"message_id": event["message_id"], "is_sent": True, "drop_reason": None}
        if self.echo_first:
            await self._echo(event)
        if self.losing_answers and request.transport:
            request.transport.abort()
            self.late += [] if self.echo_first else [event]
            return web.json_response({})
        response = web.json_response({"data": [data]})
        await response.prepare(request)
        await response.write_eof()
        if not self.echo_first:
            await self._echo(event)
        return response

    async def _delete(self, request: web.Request) -> web.Response:
        if "moderator:manage:chat_messages" not in self.grant.scopes:
            message = "Missing scope: moderator:manage:chat_messages"
            return error(HTTPStatus.UNAUTHORIZED, message)
        asked = dict(request.query)
        if asked["broadcaster_id"] == asked["moderator_id"]:
            # Whatever the broadcaster has written stays, the real one says.
            message = "You cannot delete the broadcaster's messages."
            return error(HTTPStatus.BAD_REQUEST, message)
        self.deleted.append(asked)
        await self._notify_change()
        return web.Response(status=HTTPStatus.NO_CONTENT)

    async def _echo(self, event: dict[str, Any]) -> None:
        await self.notify(event)
        self.echoes.append(event)
