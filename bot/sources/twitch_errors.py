"""What Twitch's refusals mean for the streamer: which setting to mend, or to wait.

Twitch's statuses stand at https://dev.twitch.tv/docs/api/reference/ and
https://dev.twitch.tv/docs/authentication/refresh-tokens/.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus

import aiohttp
import twitchio
from twitchio.eventsub import RevocationReason

from bot.errors import BotError, MisconfiguredError, UnavailableError

SCOPE = "user:read:chat"
"""What a token must allow to read a chat."""

_BROKEN = HTTPStatus.INTERNAL_SERVER_ERROR


@contextmanager
def translated(channel: str) -> Iterator[None]:
    """Raise TwitchIO's errors as ours, cut off from them: they quote tokens."""
    try:
        yield
    except twitchio.HTTPException as error:
        raise _refusal(error, channel) from None
    except IndexError:
        # TwitchIO 3.3, where Twitch refuses a token (401) that came without a refresh token.
        raise _token_refused() from None
    except (aiohttp.ClientError, OSError, twitchio.WebsocketConnectionException) as error:
        raise UnavailableError(f"Twitch does not answer ({type(error).__name__}).") from None


def _refusal(error: twitchio.HTTPException, channel: str) -> BotError:
    """Return what an error status of Twitch means, for whom it concerns."""
    path = error.route.path if error.route else ""
    if error.status == HTTPStatus.TOO_MANY_REQUESTS or error.status >= _BROKEN:
        return UnavailableError(f"Twitch answered with an error ({error.status}).")
    if path == "oauth2/token":
        return _renewal_refused(str(error.extra.get("message", "")).lower())
    if error.status == HTTPStatus.UNAUTHORIZED:
        return _token_refused()
    if error.status == HTTPStatus.FORBIDDEN:
        return MisconfiguredError(
            f"The account of TWITCH_ACCESS_TOKEN may not read the chat of {channel}: see that it "
            f"is not banned there, and that the token has the scope {SCOPE}."
        )
    if path == "users":
        return no_such_channel(channel)
    # A session that closed while we subscribed to it, say.
    return UnavailableError(f"Twitch did not let us subscribe to the chat ({error.status}).")


def _renewal_refused(said: str) -> MisconfiguredError:
    if "client secret" in said:
        return MisconfiguredError(
            "Twitch needs the client secret to renew the token, and refused what it got: set "
            "TWITCH_CLIENT_SECRET to the secret of the application in TWITCH_CLIENT_ID."
        )
    if "client" in said:
        return MisconfiguredError(
            "Twitch does not know the application in TWITCH_CLIENT_ID: set it to the client id "
            "that TWITCH_ACCESS_TOKEN was made for."
        )
    return _token_refused()


def revocation(status: RevocationReason) -> BotError:
    """Return what it means that Twitch ended the subscription by itself."""
    if status is RevocationReason.AUTHORIZATION_REVOKED:
        return _token_refused()
    if status is RevocationReason.CHAT_USER_BANNED:
        return MisconfiguredError(
            "The account of TWITCH_ACCESS_TOKEN was banned from the channel: unban it, or set the "
            "token of another account."
        )
    if status is RevocationReason.USER_REMOVED:
        return MisconfiguredError(
            "Twitch has removed the channel in TWITCH_CHANNEL, or the account of "
            "TWITCH_ACCESS_TOKEN: set others."
        )
    return UnavailableError(f"Twitch stopped sending the chat ({status.value}).")


def _token_refused() -> MisconfiguredError:
    return MisconfiguredError(
        "Twitch refuses TWITCH_ACCESS_TOKEN, and it could not be renewed: it has expired or was "
        f"revoked. Make a new one with the scope {SCOPE} and set it, together with the "
        "TWITCH_REFRESH_TOKEN that comes with it."
    )


def no_such_channel(channel: str) -> MisconfiguredError:
    """Return the error for a channel that Twitch does not know."""
    return MisconfiguredError(
        f"Twitch has no channel named {channel}: set TWITCH_CHANNEL to the name at the end of the "
        "channel's address, twitch.tv/<name>."
    )
