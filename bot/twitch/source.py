"""Twitch's chat, through TwitchIO: EventSub's ``channel.chat`` events over its websocket."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel, ValidationError

from bot.chat import Comment, Platform
from bot.clock import Clock
from bot.errors import BotError, UnavailableError
from bot.sources import Heartbeat, Receive
from bot.sources.once import Once
from bot.tasks import cancel_and_wait
from bot.translation import tr
from bot.twitch.account import BETWEEN_CHECKS, BETWEEN_SAVES, READ, TwitchAccount
from bot.twitch.badges import Badges
from bot.twitch.errors import no_such_channel, not_allowed, revocation
from bot.twitch.events import KINDS, heard_of, sent_at
from bot.twitch.eventsub import EventSubConnection
from bot.twitch.http import TwitchRefusedError, read
from bot.twitch.liveness import OFFLINE, ONLINE, Liveness

_SILENCE_S = 25.0
"""Twitch says something every ten seconds, if only that it is there."""
_OF_ONE_CHANNEL = ("chat_user_banned", "user_removed")

log = logging.getLogger(__name__)


class TwitchSource:
    """The chats of one or several Twitch channels, read by the account that is signed in.

    Attributes:
        account: whom it reads as.

    Args:
        account: whom to read as.
        channels: the names, as in ``twitch.tv/NAME``, in small letters.
        clock: limits how long is waited for Twitch.
        pictures: whether anybody sees what badges look like.
    """

    label = Platform.TWITCH.label

    def __init__(
        self,
        account: TwitchAccount,
        channels: Sequence[str],
        *,
        clock: Clock,
        pictures: bool = False,
    ) -> None:
        self.account = account
        self._badges = Badges(account) if pictures else None
        self._channels = channels
        self._clock = clock
        self._once = Once(log)

    async def listen(self, receive: Receive) -> None:
        """Hand all that is new to ``receive``; Twitch's chat has no end, so this never returns.

        Raises:
            UnavailableError: Twitch does not answer, or the connection ended: start it again.
            MisconfiguredError: the sign-in or the channels have to be mended.
        """
        self.account.demand(READ, tr("reading chat"))
        await self.account.check()
        channels = await self._find()
        listening = _Listening(
            channels, self.account, receive, self._clock, tell=self._tell, badges=self._badges
        )
        checking = asyncio.create_task(self._keep_checking())
        learning: asyncio.Task[None] | None = None
        try:
            session = await listening.begin()
            learning = asyncio.create_task(listening.learn(session))
            raise await listening.connection.ended
        finally:
            await cancel_and_wait(checking)
            if learning:
                await cancel_and_wait(learning)
            await listening.connection.close()
            self.account.keep()

    async def _find(self) -> dict[str, str]:
        """Return the names of the channels that there are, by their ids."""
        try:
            answer = await self.account.call("GET", "users", params={"login": self._channels})
        except TwitchRefusedError:
            raise no_such_channel(self._channels) from None
        ids = {user.login.lower(): user.id for user in read(_Users, answer).data}
        missing = [name for name in self._channels if name not in ids]
        if missing:
            error = no_such_channel(missing)
            if not ids:
                raise error
            self._tell(tr("{error} The other channels are read.", error=error))
        return {ids[name]: name for name in self._channels if name in ids}

    async def _keep_checking(self) -> None:
        while True:
            for _ in range(int(BETWEEN_CHECKS / BETWEEN_SAVES)):
                await self._clock.sleep(BETWEEN_SAVES)
                self.account.keep()
            try:
                await self.account.check()
            except BotError as error:
                # The chat goes on as long as Twitch sends it.
                log.error("%s", error)

    def _tell(self, text: str) -> None:
        """Say something to the streamer, but not again at every new start."""
        self._once.tell(logging.ERROR, text, topic=text)


class _Listening:
    """One listening: which channels are heard, and what becomes of what comes."""

    def __init__(
        self,
        channels: dict[str, str],
        account: TwitchAccount,
        receive: Receive,
        clock: Clock,
        *,
        tell: Callable[[str], None],
        badges: Badges | None,
    ) -> None:
        self._badges = badges
        self.connection = EventSubConnection(
            clock=clock, alive=self._alive, notified=self._notified, revoked=self._revoked
        )
        self._channels = channels
        self._account = account
        self._reader = account.token
        self._receive = receive
        self._clock = clock
        self._tell = tell
        self._begun = False
        self._liveness = Liveness(account, channels)

    async def begin(self) -> str:
        """Connect and subscribe, and return the session's id.

        Raises:
            UnavailableError: Twitch does not answer.
            MisconfiguredError: no channel may be read, or a person must sign in again.
        """
        session = await self.connection.open()
        for channel, name in tuple(self._channels.items()):
            for kind in KINDS:
                if channel in self._channels and not await self._subscribe(kind, channel, session):
                    self._lose(channel, not_allowed(name))
        if self.connection.ended.done():
            return session
        names = ", ".join(self._channels.values())
        log.info(
            tr(
                "Reading Twitch's chat of {names} as {login}.",
                names=names,
                login=self._reader.login,
            )
        )
        self._begun = True
        self._alive()
        return session

    async def learn(self, session: str) -> None:
        """Find out whether the stream is live, and more, while chat is read already."""
        try:
            await self._liveness.begin(session)
        except BotError as error:
            log.error("%s", error)
        self._alive()
        if self._badges:
            try:
                await self._badges.learn(self._channels)
            except BotError as error:
                log.warning(tr("{error} Badges are shown as words.", error=error))

    async def _subscribe(self, kind: str, channel: str, session: str) -> bool:
        """Return whether Twitch lets us."""
        reader = self._reader.user_id
        try:
            answer = await self._account.subscribe(
                kind, session, broadcaster_user_id=channel, user_id=reader
            )
        except TwitchRefusedError as refusal:
            if refusal.status == HTTPStatus.FORBIDDEN:
                return False
            # The session was closed while we subscribed to it, say.
            raise UnavailableError(
                tr("Twitch did not let us subscribe to the chat ({status}).", status=refusal.status)
            ) from None
        read(_Subscribed, answer)
        return True

    def _lose(self, channel: str, why: BotError) -> None:
        """Hear a channel no more, the others on."""
        if self._channels.pop(channel, None) is None:
            return
        if self._channels:
            self._tell(tr("{why} The other channels are read.", why=why))
        else:
            self.connection.end(why)

    def _alive(self) -> None:
        if self._begun and not self.connection.ended.done():
            live = self._liveness.is_live
            about = tr("listening, not live") if live is False else tr("listening")
            self._receive(Heartbeat(about, _SILENCE_S, live))

    def _revoked(self, message: Any) -> None:
        revoked = _Revocation.model_validate(message["payload"]).subscription
        if revoked.type not in KINDS:
            return  # of the stream's beginning: the chat is read all the same
        channel = revoked.condition.broadcaster_user_id
        why = revocation(revoked.status, self._channels.get(channel, channel))
        if revoked.status in _OF_ONE_CHANNEL:
            self._lose(channel, why)
        else:
            self.connection.end(why)

    def _notified(self, message: Any) -> None:
        """Hand on what a notification says; one that cannot be read is that one lost."""
        try:
            kind = message["metadata"]["subscription_type"]
            if kind in (ONLINE, OFFLINE):
                self._liveness.take(kind, message["payload"]["event"])
                self._alive()
                return
            at = sent_at(message["metadata"], self._clock.now())
            heard = heard_of(kind, message["payload"]["event"], at, self._badges)
        except (KeyError, TypeError, ValidationError) as error:
            self._tell(
                tr(
                    "Skipped what Twitch sent, because it cannot be read ({wrong}).",
                    wrong=_wrong(error),
                )
            )
            return
        if heard is None:
            log.debug("Skipped a notice of Twitch's that is of no concern.")
        elif isinstance(heard, Comment) and self._is_echo(heard):
            log.debug("Skipped a comment that the bot itself has posted, or has heard elsewhere.")
        elif not self.connection.ended.done():
            self._receive(heard)

    def _is_echo(self, comment: Comment) -> bool:
        """Return whether it is ours, or is heard in the channel that it was written in as well."""
        is_own = comment.author.id == self._reader.user_id
        return comment.origin in self._channels or (is_own and self._account.echoes.holds(comment))


class _User(BaseModel):
    id: str
    login: str


class _Users(BaseModel):
    data: tuple[_User, ...]


class _Subscribed(BaseModel):
    data: tuple[dict[str, Any]]


class _Condition(BaseModel):
    broadcaster_user_id: str


class _Subscription(BaseModel):
    type: str
    status: str
    condition: _Condition


class _Revocation(BaseModel):
    subscription: _Subscription


def _wrong(error: Exception) -> str:
    """Return what is wrong with an event, without what stands in it."""
    if isinstance(error, ValidationError):
        problems = error.errors(include_url=False, include_context=False, include_input=False)
        return "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in problems[:3])
    return type(error).__name__
