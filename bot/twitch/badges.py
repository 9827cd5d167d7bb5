"""What the badges look like that Twitch shows beside a name.

https://dev.twitch.tv/docs/api/reference/#get-global-chat-badges and after it.
"""

from collections.abc import Iterable

from pydantic import BaseModel

from bot.chat import Picture
from bot.twitch.account import TwitchAccount
from bot.twitch.http import TwitchRefusedError, read


class _Version(BaseModel):
    id: str
    image_url_2x: str
    title: str = ""


class _Set(BaseModel):
    set_id: str
    versions: tuple[_Version, ...]


class _Sets(BaseModel):
    data: tuple[_Set, ...]


class Badges:
    """Everybody's badges, and those that a channel has of its own."""

    def __init__(self, account: TwitchAccount) -> None:
        self._account = account
        self._pictures: dict[tuple[str, str, str], Picture] = {}
        """By channel (empty for everybody's), set and version."""

    async def learn(self, channels: Iterable[str]) -> None:
        """Ask Twitch for them.

        Raises:
            UnavailableError: Twitch does not answer; badges stay words.
            MisconfiguredError: a person must sign in again.
        """
        await self._learn("", "chat/badges/global")
        for channel in channels:
            await self._learn(channel, "chat/badges")

    def picture(self, channel: str, set_id: str, version: str) -> Picture | None:
        """Return what a badge looks like in a channel, if that is known."""
        own = self._pictures.get((channel, set_id, version))
        return own or self._pictures.get(("", set_id, version))

    async def _learn(self, channel: str, path: str) -> None:
        params = {"broadcaster_id": [channel]} if channel else None
        try:
            answer = await self._account.call("GET", path, params=params)
        except TwitchRefusedError:
            return
        for badges in read(_Sets, answer).data:
            for one in badges.versions:
                picture = Picture(one.title or badges.set_id, one.image_url_2x)
                self._pictures[channel, badges.set_id, one.id] = picture
