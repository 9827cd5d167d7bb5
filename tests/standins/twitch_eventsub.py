"""The websocket half of the stand-in for Twitch: sessions, and what is sent to them."""

import asyncio
import itertools
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from aiohttp import WSMsgType, web
from yarl import URL

from tests.standins.twitch_payloads import (
    BROADCASTER,
    CREATED_AT,
    Account,
    chat_event,
    session_payload,
)

MESSAGE = "channel.chat.message"
KINDS = 5
"""How many types of events a reader of a chat subscribes to."""


@dataclass(eq=False)
class Session:
    """One websocket connection, and the subscriptions that came in over Helix for it."""

    id: str
    socket: web.WebSocketResponse
    transport: asyncio.Transport
    url: URL
    subscriptions: list[dict[str, Any]] = field(default_factory=list)
    is_silent: bool = False

    @property
    def of_chats(self) -> int:
        """How many subscriptions are to what happens in chats."""
        return sum(one["type"].startswith("channel.") for one in self.subscriptions)


class EventSub:
    """The sessions of everyone connected.

    Attributes:
        welcoming: whether a new connection is welcomed; :meth:`welcome` makes up for it.
        keepalive: seconds of silence after which a connection hears a keepalive; ``None`` is never.
        live: the ids of the channels that are live.
        connections: how many there have been.
    """

    def __init__(self) -> None:
        self.welcoming = True
        self.keepalive: float | None = 5.0
        self.connections = 0
        self.live = set[str]()
        self._sessions: dict[str, Session] = {}
        self._unwelcomed: list[tuple[Session, str]] = []
        self._silenced: list[Session] = []
        self._changed = asyncio.Condition()
        self._ids = (f"id-{number}" for number in itertools.count(1))

    async def connected(self) -> None:
        """Return when someone is connected, subscribed or not."""
        await self._until(lambda: bool(self._sessions))

    async def subscribed(self, channels: int = 1) -> None:
        """Return when someone is subscribed to all that happens in the chats of channels."""
        await self._until(
            lambda: any(session.of_chats >= KINDS * channels for session in self._sessions.values())
        )

    def subscribers(self) -> set[str]:
        """Return the ids of the connections that are subscribed to all of a chat."""
        return {one.id for one in self._sessions.values() if one.of_chats >= KINDS}

    async def deserted(self) -> None:
        """Return when no connection is left."""
        await self._until(lambda: not self._sessions)

    async def say(self, text: str, *, at: str | None = None, **about: Any) -> str:
        """Send a comment to whoever is subscribed, and return its id.

        Args:
            text: what was written.
            at: when Twitch sent it, in RFC 3339; now, if left out.
            about: by whom, with which badges and so on, as :func:`chat_event` takes it.
        """
        event = chat_event(text, **about)
        await self.notify(event, at=at)
        return str(event["message_id"])

    async def notify(self, event: Any, *, kind: str = MESSAGE, at: str | None = None) -> None:
        """Send any event, whole or broken, to whoever is subscribed to such in its channel."""
        channel = BROADCASTER.id
        if isinstance(event, dict):
            channel = event.get("broadcaster_user_id", channel)
        for session, subscription in self._subscriptions():
            wanted = (subscription["type"], subscription["condition"]["broadcaster_user_id"])
            if wanted == (kind, channel) or (kind == wanted[0] and not isinstance(channel, str)):
                payload = {"subscription": subscription, "event": event}
                await self._send(session, "notification", payload, at=at, kind=kind)

    async def go_live(self, channel: Account = BROADCASTER, *, is_live: bool = True) -> None:
        """Begin a channel's stream, or end it, and tell whoever is subscribed to that."""
        (self.live.add if is_live else self.live.discard)(channel.id)
        event = {
            "broadcaster_user_id": channel.id,
            "broadcaster_user_login": channel.login,
            "broadcaster_user_name": channel.display_name,
            **({"id": "9001", "type": "live", "started_at": CREATED_AT} if is_live else {}),
        }
        await self.notify(event, kind="stream.online" if is_live else "stream.offline")

    async def keep_alive(self) -> None:
        """Send everyone a keepalive now."""
        for session in list(self._sessions.values()):
            await self._send(session, "session_keepalive", {})

    async def send_text(self, text: str) -> None:
        """Send everyone anything at all."""
        for session in list(self._sessions.values()):
            await session.socket.send_str(text)

    async def ask_to_move(self) -> list[Session]:
        """Ask everyone to move to a new connection, and return those who were asked."""
        asked = list(self._sessions.values())
        for session in asked:
            url = session.url.update_query(moving=session.id)
            payload = session_payload(session.id, "reconnecting", str(url))
            await self._send(session, "session_reconnect", payload)
        return asked

    async def reconnect(self) -> None:
        """Ask everyone to move to a new connection, and return when all who were asked have."""
        await self.left(await self.ask_to_move())

    async def left(self, sessions: list[Session]) -> None:
        """Return when these connections are left."""
        await self._until(lambda: not any(one.id in self._sessions for one in sessions))

    async def arrived(self) -> None:
        """Return when someone waits for a welcome that is held back."""
        await self._until(lambda: bool(self._unwelcomed))

    async def welcome(self) -> None:
        """Welcome those whom it was held back from."""
        for session, moving in self._unwelcomed:
            await self._welcome(session, moving)
        self._unwelcomed.clear()

    async def revoke(
        self, status: str = "authorization_revoked", channel: str = BROADCASTER.id
    ) -> None:
        """End every subscription to a channel, for a reason."""
        for session, subscription in self._subscriptions():
            if subscription["condition"]["broadcaster_user_id"] == channel:
                session.subscriptions.remove(subscription)
                payload = {"subscription": {**subscription, "status": status}}
                await self._send(session, "revocation", payload)

    async def close(self, code: int) -> None:
        """Close every connection with one of Twitch's codes (4000 and up)."""
        for session in list(self._sessions.values()):
            await session.socket.close(code=code)

    async def cut(self) -> None:
        """Cut every connection without a word, as a network does."""
        for session in (*self._sessions.values(), *self._silenced):
            session.transport.abort()
        self._silenced.clear()
        await self.deserted()

    def silence(self) -> None:
        """Leave every connection open, and neither say nor hear anything on it any more."""
        for session in self._sessions.values():
            session.is_silent = True
            session.transport.pause_reading()
        self._silenced += self._sessions.values()
        self._sessions.clear()

    # What the server does.

    async def subscribe(self, asked: dict[str, Any]) -> dict[str, Any] | None:
        """Subscribe the session that is asked for; ``None`` if there is none such."""
        session = self._sessions.get(asked["transport"]["session_id"])
        if session is None:
            return None
        subscription = {
            **asked,
            "id": next(self._ids),
            "status": "enabled",
            "created_at": CREATED_AT,
            "cost": 0,
        }
        session.subscriptions.append(subscription)
        await self._notify_change()
        return subscription

    async def websocket(self, request: web.Request) -> web.WebSocketResponse:
        """Serve one connection."""
        socket = web.WebSocketResponse(timeout=1.0)
        await socket.prepare(request)
        assert isinstance(request.transport, asyncio.Transport)
        session = Session(next(self._ids), socket, request.transport, request.url.with_scheme("ws"))
        self._sessions[session.id] = session
        self.connections += 1
        moving = request.query.get("moving", "")
        try:
            if self.welcoming:
                await self._welcome(session, moving)
            else:
                self._unwelcomed.append((session, moving))
            await self._notify_change()
            await self._keep_alive(session)
        finally:
            self._sessions.pop(session.id, None)
            await self._notify_change()
        return socket

    async def _welcome(self, session: Session, moving: str) -> None:
        left = self._sessions.get(moving)
        if left is not None:
            session.subscriptions, left.subscriptions = left.subscriptions, []
        payload = session_payload(session.id, "connected")
        await self._send(session, "session_welcome", payload)

    async def _keep_alive(self, session: Session) -> None:
        """Return when the connection is closed; a word from the client closes it."""
        while True:
            try:
                message = await session.socket.receive(timeout=self.keepalive)
            except TimeoutError:
                await self._send(session, "session_keepalive", {})
                continue
            if message.type is WSMsgType.TEXT:
                await session.socket.close(code=4001, message=b"client sent inbound traffic")
            if session.socket.closed:
                return

    async def _send(
        self,
        session: Session,
        type_: str,
        payload: dict[str, Any],
        *,
        at: str | None = None,
        kind: str | None = None,
    ) -> None:
        if session.is_silent:
            return
        metadata = {
            "message_id": next(self._ids),
            "message_type": type_,
            "message_timestamp": at or datetime.now(UTC).isoformat().replace("+00:00", "Z"),
            **({"subscription_type": kind, "subscription_version": "1"} if kind else {}),
        }
        with suppress(ConnectionResetError):  # it left meanwhile, which Twitch would not mind
            await session.socket.send_json({"metadata": metadata, "payload": payload})

    def _subscriptions(self) -> list[tuple[Session, dict[str, Any]]]:
        return [(one, sub) for one in self._sessions.values() for sub in one.subscriptions]

    async def _until(self, condition: Callable[[], bool]) -> None:
        async with self._changed:
            await self._changed.wait_for(condition)

    async def _notify_change(self) -> None:
        async with self._changed:
            self._changed.notify_all()
