"""A connection to Twitch's EventSub: TwitchIO's websocket, watched and moved by us.

Twitch describes its side at https://dev.twitch.tv/docs/eventsub/handling-websocket-events/.

There is one way of recovery: whatever ends the connection is told in ``ended``, and the caller
starts anew. TwitchIO's own recovery (3.3) can leave it connected without a subscription, and deaf
for good, so it is switched off. What Twitch plans and announces itself, a ``session_reconnect``, is
followed, because it loses no comment.
"""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any

from twitchio.authentication.tokens import ManagedHTTPClient
from twitchio.eventsub.websockets import Websocket
from twitchio.exceptions import WebsocketConnectionException

from bot.clock import Clock, time_limit
from bot.errors import BotError, UnavailableError
from bot.tasks import cancel_and_wait
from bot.translation import tr

_WELCOME_S = 11.0
_GOODBYE_S = 2.0

log = logging.getLogger(__name__)


class EventSubConnection:
    """One connection, which may pass from one of Twitch's servers to another.

    Attributes:
        ended: holds why nothing more will come, once that is so.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        alive: Callable[[], None],
        notified: Callable[[Any], None],
        revoked: Callable[[Any], None],
    ) -> None:
        """Do not connect yet.

        Args:
            clock: limits how long is waited for Twitch.
            alive: is called whenever Twitch says anything.
            notified: takes each notification, as it came.
            revoked: takes each revocation, as it came.
        """
        self.ended: asyncio.Future[BotError] = asyncio.get_running_loop().create_future()
        self.alive = alive
        self.notified = notified
        self.revoked = revoked
        self._clock = clock
        self._sessions: list[_Session] = []
        self._current: _Session | None = None
        self._moving: asyncio.Task[None] | None = None

    async def open(self) -> str:
        """Connect, and return the id to subscribe with, which takes no longer than 10 s.

        Raises:
            UnavailableError: Twitch does not welcome us.
        """
        self._current = await self._welcomed(None)
        return self._current.session_id or ""

    async def close(self) -> None:
        """Close, without waiting long for a goodbye from a neighbour that may be gone."""
        await cancel_and_wait(self._moving)
        for session in self._sessions.copy():
            with suppress(TimeoutError):
                async with time_limit(self._clock, _GOODBYE_S):
                    await session.close()

    def end(self, why: BotError) -> None:
        """Tell why nothing more will come."""
        if not self.ended.done():
            self.ended.set_result(why)

    # What the sessions tell.

    def move(self, url: str) -> None:
        """Go over to another server. The old one is heard until the new one has welcomed us."""
        if self._moving is None:
            self._moving = asyncio.create_task(self._move(url))

    def closed(self, session: "_Session") -> None:
        """Note that a session is no more."""
        if session in self._sessions:
            self._sessions.remove(session)
        if session is self._current and self._moving is None:
            self.end(UnavailableError(tr("The connection to Twitch's chat was lost.")))

    async def _move(self, url: str) -> None:
        left = self._current
        try:
            self._current = await self._welcomed(url)
        except UnavailableError as error:
            self.end(error)
            return
        self._moving = None
        if left:
            await left.close()

    async def _welcomed(self, url: str | None) -> "_Session":
        session = _Session(self)
        self._sessions.append(session)
        try:
            async with time_limit(self._clock, _WELCOME_S):
                await session.connect(url=url, fail_once=True)
        except (WebsocketConnectionException, TimeoutError):
            raise UnavailableError(tr("Twitch's chat does not answer.")) from None
        if not session.connected:
            raise UnavailableError(tr("Twitch's chat closed the connection at once."))
        return session


class _Session(Websocket):
    """TwitchIO's connection to one server. It hands on all that comes, and never recovers."""

    def __init__(self, connection: EventSubConnection) -> None:
        self._connection = connection
        self._heard_at: datetime | None = None
        super().__init__(
            reconnect_attempts=None,  # none, that is; leaving it out means for ever
            token_for="nobody",  # it subscribes to nothing, but must say for whom  # noqa: S106
            http=ManagedHTTPClient(client_id=""),
        )

    @property
    def _last_keepalive(self) -> datetime | None:
        # Where TwitchIO notes each message that comes in; of keepalives it tells nobody else.
        return self._heard_at

    @_last_keepalive.setter
    def _last_keepalive(self, at: datetime | None) -> None:
        self._heard_at = at
        if at is not None:
            self._connection.alive()

    async def _listen(self) -> None:
        try:
            await super()._listen()
        except Exception as error:  # noqa: BLE001 - TwitchIO would fall silent, whatever it was
            log.error(
                tr("Twitch's chat sent what cannot be read ({kind}).", kind=type(error).__name__)
            )
            await self.close()

    async def _process_notification(self, data: Any) -> None:
        self._connection.notified(data)

    async def _process_revocation(self, data: Any) -> None:
        self._connection.revoked(data)

    async def _process_reconnect(self, data: Any) -> None:
        # TwitchIO would not read on until the new connection stands, and lose what comes meanwhile.
        self._connection.move(data["payload"]["session"]["reconnect_url"])

    async def close(self, cleanup: bool = True, *, reassociate: bool = True) -> None:  # noqa: FBT001, FBT002 - TwitchIO's
        await super().close(cleanup, reassociate=reassociate)
        self._connection.closed(self)
