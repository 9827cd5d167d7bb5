"""Twitch's chat, through TwitchIO: EventSub's ``channel.chat.message`` over its websocket.

Twitch describes its side at https://dev.twitch.tv/docs/eventsub/handling-websocket-events/ and
https://dev.twitch.tv/docs/eventsub/eventsub-subscription-types/#channelchatmessage.

There is one way of recovery: whatever ends the connection ends :meth:`TwitchSource.listen`, and
the caller starts it anew. TwitchIO's own recovery (3.3) can leave it connected without a
subscription, and deaf for good, so it is switched off. What Twitch plans and announces itself, a
``session_reconnect``, is still followed, because it loses no comment.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, suppress
from datetime import UTC, datetime
from decimal import Decimal

import twitchio
from pydantic import SecretStr
from twitchio.authentication import OAuth, ValidateTokenPayload
from twitchio.eventsub import ChatMessageSubscription, SubscriptionType
from twitchio.eventsub.websockets import Websocket, WebsocketClosed

from bot.chat import Author, Comment, Money, Platform, Role
from bot.errors import BotError, MisconfiguredError, UnavailableError
from bot.sources import Receive
from bot.sources.twitch_errors import SCOPE, no_such_channel, revocation, translated

_SET_UP_S = 30.0
_GOODBYE_S = 2.0

log = logging.getLogger(__name__)

# TwitchIO's warnings speak to programmers, and its errors quote the address that failed, which for
# a refresh holds the refresh token and the client secret. We raise what matters of them ourselves.
logging.getLogger("twitchio").setLevel(logging.CRITICAL)


class TwitchSource:
    """The comments of one Twitch channel, read by the account that the token belongs to.

    A token that TwitchIO refreshes is kept in memory, and the next :meth:`listen` goes on with it.

    Args:
        channel: the channel's login, as in ``twitch.tv/<login>``.
        client_id: of the application that the token was made for.
        access_token: a user token with the scope ``user:read:chat``.
        refresh_token: without it, an expired token has to be replaced by hand.
        client_secret: needed to refresh, unless the application is a public client.
    """

    name = "twitch"

    def __init__(
        self,
        channel: str,
        client_id: str,
        access_token: SecretStr,
        refresh_token: SecretStr | None = None,
        client_secret: SecretStr | None = None,
    ) -> None:
        self._channel = channel.lower()
        self._client_id = client_id
        self._access_token = access_token
        self._refresh_token = refresh_token
        self._client_secret = client_secret

    async def listen(self, receive: Receive) -> None:
        """Hand every comment to ``receive``; Twitch's chat has no end, so this never returns.

        Raises:
            UnavailableError: Twitch does not answer, or the connection ended: start it again.
            MisconfiguredError: the token, the client id or the channel has to be mended.
        """
        async with AsyncExitStack() as stack:
            client = _Client(
                client_id=self._client_id,
                # It serves to refresh. With a secret but nothing to refresh, TwitchIO would go on
                # with a token for the application, which may not read the chat.
                client_secret=_reveal(self._client_secret) if self._refresh_token else None,
                receive=receive,
                keep_tokens=self._keep_tokens,
            )
            stack.push_async_callback(_hang_up, lambda: client.close(save_tokens=False))
            with translated(self._channel):
                async with asyncio.timeout(_SET_UP_S):
                    await self._set_up(client, stack)
            raise await client.ended

    async def _set_up(self, client: "_Client", stack: AsyncExitStack) -> None:
        token = await self._validate(client)
        reader = self._checked(token)
        await client.login(token=self._access_token.get_secret_value(), load_tokens=False)
        broadcaster = await client.fetch_user(login=self._channel, token_for=reader)
        if broadcaster is None:
            raise no_such_channel(self._channel)
        socket = Websocket(
            client=client,
            token_for=reader,
            http=client.http,
            reconnect_attempts=None,  # none, that is; leaving it out means for ever
        )
        stack.push_async_callback(_hang_up, socket.close)
        await socket.connect(fail_once=True)
        chat = ChatMessageSubscription(broadcaster_user_id=broadcaster.id, user_id=reader)
        await client.http.create_eventsub_subscription(
            type=SubscriptionType.ChannelChatMessage,
            version=chat.version,
            condition=chat.condition,
            transport={"method": "websocket", "session_id": socket.session_id or ""},
            token_for=reader,
        )
        log.info("Reading Twitch's chat of %s as %s", self._channel, token.login)

    async def _validate(self, client: "_Client") -> ValidateTokenPayload:
        if self._refresh_token is not None:
            # This also renews the token, now if need be, and later on by itself.
            return await client.add_token(
                self._access_token.get_secret_value(), self._refresh_token.get_secret_value()
            )
        # add_token() would refuse a token in its last hour that it cannot renew.
        oauth = OAuth(client_id=self._client_id)
        try:
            return await oauth.validate_token(self._access_token.get_secret_value())
        finally:
            await oauth.close()

    def _checked(self, token: ValidateTokenPayload) -> str:
        """Return the id of the account that the token belongs to, if it may read the chat."""
        if token.client_id != self._client_id:
            raise MisconfiguredError(
                "TWITCH_CLIENT_ID is not the application that TWITCH_ACCESS_TOKEN was made for: "
                "set both from the same application."
            )
        if token.user_id is None:
            raise MisconfiguredError(
                "TWITCH_ACCESS_TOKEN belongs to an application, not to an account: make a user "
                f"token with the scope {SCOPE} and set it."
            )
        if SCOPE not in token.scopes:
            raise MisconfiguredError(
                f"TWITCH_ACCESS_TOKEN may not read chat: it lacks the scope {SCOPE}. Make a token "
                "with that scope and set it."
            )
        return token.user_id

    def _keep_tokens(self, access: str, refresh: str) -> None:
        self._access_token = SecretStr(access)
        self._refresh_token = SecretStr(refresh)


class _Client(twitchio.Client):
    """TwitchIO's client, handing on what it hears.

    ``ended`` holds why nothing more will be heard, once that is so.
    """

    def __init__(
        self,
        *,
        client_id: str,
        client_secret: str | None,
        receive: Receive,
        keep_tokens: Callable[[str, str], None],
    ) -> None:
        super().__init__(client_id=client_id, client_secret=client_secret)
        self.ended: asyncio.Future[BotError] = asyncio.get_running_loop().create_future()
        self._receive = receive
        self._keep_tokens = keep_tokens
        self._session_id: str | None = None

    async def event_message(self, payload: twitchio.ChatMessage) -> None:
        # A connection that TwitchIO was just opening for a planned reconnect may outlive us.
        if not self.ended.done():
            self._receive(comment_of(payload))

    async def event_token_refreshed(self, payload: twitchio.TokenRefreshedPayload) -> None:
        self._keep_tokens(payload.token, payload.refresh_token)

    async def event_websocket_welcome(self, payload: twitchio.WebsocketWelcome) -> None:
        self._session_id = payload.id

    async def event_websocket_closed(self, payload: WebsocketClosed) -> None:
        # After a planned reconnect it is the old session that closes; the new one has welcomed us.
        if payload.socket.session_id == self._session_id:
            self._end(UnavailableError("The connection to Twitch's chat was lost."))

    async def event_subscription_revoked(self, payload: twitchio.SubscriptionRevoked) -> None:
        self._end(revocation(payload.status))

    async def event_error(self, payload: twitchio.EventErrorPayload) -> None:
        # TwitchIO would swallow it: our handlers run in tasks that nobody awaits.
        log.error("An event from Twitch was lost", exc_info=payload.error)

    def _end(self, why: BotError) -> None:
        if not self.ended.done():
            self.ended.set_result(why)


def comment_of(message: twitchio.ChatMessage) -> Comment:
    """Return the comment that a chat message holds.

    In a shared chat (several channels showing one chat) ``badges``, which ``chatter`` speaks of,
    are those the author has in our channel; those of the channel it was written in are
    ``source_badges`` and count for nothing here.
    """
    chatter = message.chatter
    roles = set[Role]()
    if chatter.broadcaster:
        roles.add(Role.BROADCASTER)
    elif chatter.moderator:  # which TwitchIO also says of the broadcaster
        roles.add(Role.MODERATOR)
    if chatter.subscriber or chatter.founder:
        roles.add(Role.MEMBER)
    return Comment(
        platform=Platform.TWITCH,
        id=message.id,
        author=Author(chatter.id, chatter.display_name or chatter.id, frozenset(roles)),
        text=message.text,
        at=message.timestamp or datetime.now(UTC),
        paid=Money(Decimal(message.cheer.bits), "BITS") if message.cheer else None,
    )


def _reveal(secret: SecretStr | None) -> str | None:
    return None if secret is None else secret.get_secret_value()


async def _hang_up(close: Callable[[], Awaitable[None]]) -> None:
    """Close, without waiting long for a goodbye from a neighbour that may be gone."""
    with suppress(TimeoutError):
        async with asyncio.timeout(_GOODBYE_S):
            await close()
