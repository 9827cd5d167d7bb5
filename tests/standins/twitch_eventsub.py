"""The websocket half of the stand-in for Twitch: sessions, and what is sent to them."""

import asyncio
import itertools
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from aiohttp import WSMsgType, web
from yarl import URL

from tests.standins.twitch_payloads import CREATED_AT, chat_event, session_payload


@dataclass(eq=False)
class Session:
    """One websocket connection, and the subscription that came in over Helix for it."""

    id: str
    socket: web.WebSocketResponse
    transport: asyncio.Transport
    url: URL
    subscription: dict[str, Any] | None = None


class EventSub:
    """The sessions of everyone connected.

    Attributes:
        welcoming: whether a new connection is welcomed.
        keepalive: seconds of silence after which a connection hears a keepalive; ``None`` is never.
    """

    def __init__(self) -> None:
        self.welcoming = True
        self.keepalive: float | None = 5.0
        self._sessions: dict[str, Session] = {}
        self._moving: dict[str, Session] = {}
        self._changed = asyncio.Condition()
        self._ids = (f"id-{number}" for number in itertools.count(1))

    async def connected(self) -> None:
        """Return when someone is connected, subscribed or not."""
        await self._until(lambda: bool(self._sessions))

    async def subscribed(self) -> None:
        """Return when someone is subscribed to the chat."""
        await self._until(lambda: any(s.subscription for s in self._sessions.values()))

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

    async def notify(self, event: dict[str, Any], *, at: str | None = None) -> None:
        """Send any event, whole or broken, to whoever is subscribed."""
        for session in self._subscribed():
            payload = {"subscription": session.subscription, "event": event}
            await self._send(session, "notification", payload, at=at)

    async def reconnect(self) -> None:
        """Ask everyone to move to a new connection, and return when all who were asked have."""
        asked = self._subscribed()
        for session in asked:
            self._moving[session.id] = session
            url = session.url.update_query(moving=session.id)
            payload = session_payload(session.id, "reconnecting", str(url))
            await self._send(session, "session_reconnect", payload)
        await self._until(lambda: not any(s.id in self._sessions for s in asked))

    async def revoke(self, status: str = "authorization_revoked") -> None:
        """End every subscription, for a reason."""
        for session in self._subscribed():
            subscription = {**(session.subscription or {}), "status": status}
            session.subscription = None
            await self._send(session, "revocation", {"subscription": subscription})

    async def close(self, code: int) -> None:
        """Close every connection with one of Twitch's codes (4000 and up)."""
        for session in list(self._sessions.values()):
            await session.socket.close(code=code)

    async def cut(self) -> None:
        """Cut every connection without a word, as a network does."""
        for session in list(self._sessions.values()):
            session.transport.abort()
        await self.deserted()

    # What the server does.

    async def subscribe(self, asked: dict[str, Any]) -> dict[str, Any] | None:
        """Subscribe the session that is asked for; ``None`` if there is none such."""
        session = self._sessions.get(asked["transport"]["session_id"])
        if session is None:
            return None
        session.subscription = {
            **asked,
            "id": next(self._ids),
            "status": "enabled",
            "created_at": CREATED_AT,
            "cost": 0,
        }
        await self._notify_change()
        return session.subscription

    async def websocket(self, request: web.Request) -> web.WebSocketResponse:
        """Serve one connection."""
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        assert isinstance(request.transport, asyncio.Transport)
        session = Session(next(self._ids), socket, request.transport, request.url.with_scheme("ws"))
        self._sessions[session.id] = session
        left = self._moving.pop(request.query.get("moving", ""), None)
        if left is not None:
            session.subscription, left.subscription = left.subscription, None
        await self._notify_change()
        try:
            if self.welcoming:
                await self._send(
                    session, "session_welcome", session_payload(session.id, "connected")
                )
            await self._keep_alive(session)
        finally:
            del self._sessions[session.id]
            await self._notify_change()
        return socket

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
        self, session: Session, kind: str, payload: dict[str, Any], *, at: str | None = None
    ) -> None:
        about = session.subscription if kind == "notification" else None
        metadata = {
            "message_id": next(self._ids),
            "message_type": kind,
            "message_timestamp": at or datetime.now(UTC).isoformat().replace("+00:00", "Z"),
            **({"subscription_type": about["type"], "subscription_version": "1"} if about else {}),
        }
        with suppress(ConnectionResetError):  # it left meanwhile, which Twitch would not mind
            await session.socket.send_json({"metadata": metadata, "payload": payload})

    def _subscribed(self) -> list[Session]:
        return [session for session in self._sessions.values() if session.subscription]

    async def _until(self, condition: Callable[[], bool]) -> None:
        async with self._changed:
            await self._changed.wait_for(condition)

    async def _notify_change(self) -> None:
        async with self._changed:
            self._changed.notify_all()
