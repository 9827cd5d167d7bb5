"""Which channels are live, as Twitch tells: asked once, and then told at every change.

``stream.online`` and ``stream.offline`` need no scope:
https://dev.twitch.tv/docs/eventsub/eventsub-subscription-types/#streamonline.
"""

import logging
from collections.abc import Collection
from typing import Any

from pydantic import BaseModel

from bot.errors import UnavailableError
from bot.twitch.account import TwitchAccount
from bot.twitch.http import TwitchRefusedError, read

log = logging.getLogger(__name__)

ONLINE, OFFLINE = "stream.online", "stream.offline"


class Liveness:
    """Knows which of some channels are live, if Twitch lets it.

    Chat is read all the same where it does not: so a refusal is a line in the log file.
    """

    def __init__(self, account: TwitchAccount, channels: Collection[str]) -> None:
        self._account = account
        self._channels = channels
        self._live = set[str]()
        self._is_told = False
        """Whether every change will be told."""

    @property
    def is_live(self) -> bool | None:
        """Whether one of them is live; None where that is not known."""
        return True if self._live else (False if self._is_told else None)

    async def begin(self, session: str) -> None:
        """Learn how things are, and have a websocket session told of what changes.

        Raises:
            MisconfiguredError: a person must sign in again.
        """
        try:
            for channel in self._channels:
                for kind in (ONLINE, OFFLINE):
                    await self._account.subscribe(kind, session, broadcaster_user_id=channel)
            answer = await self._account.call(
                "GET", "streams", params={"user_id": tuple(self._channels)}
            )
            self._live |= {stream.user_id for stream in read(_Streams, answer).data}
        except (TwitchRefusedError, UnavailableError) as error:
            log.debug("Twitch does not tell whether the stream is live: %s", error)
        else:
            self._is_told = True

    def take(self, kind: str, event: Any) -> None:
        """Take note of one of the two events.

        Raises:
            ValidationError: it is none.
        """
        channel = _Event.model_validate(event).broadcaster_user_id
        if kind == ONLINE:
            self._live.add(channel)
        else:
            self._live.discard(channel)


class _Stream(BaseModel):
    user_id: str


class _Streams(BaseModel):
    data: tuple[_Stream, ...]


class _Event(BaseModel):
    broadcaster_user_id: str
