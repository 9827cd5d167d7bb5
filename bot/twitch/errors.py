"""What Twitch's refusals mean for the streamer: which setting to mend, or to wait."""

import re
from collections.abc import Iterable

from bot.errors import BotError, MisconfiguredError, UnavailableError
from bot.translation import tr
from bot.twitch.account import signed_out

_NAME = re.compile(
    r"(?:(?:https?://)?(?:www\.|m\.)?twitch\.tv/|[@#])?(\w{1,25})/?(?:[?#].*)?", re.ASCII
)


def channel_names(setting: str) -> tuple[str, ...]:
    """Return the names in ``TWITCH_CHANNEL``: one or several, as names or as addresses.

    Raises:
        MisconfiguredError: something there cannot be a channel's name.
    """
    names = dict[str, None]()
    for part in filter(None, re.split(r"[\s,]+", setting)):
        match = _NAME.fullmatch(part)
        if match is None:
            raise no_such_channel([part])
        names[match[1].lower()] = None
    if not names:
        raise no_such_channel([setting])
    return tuple(names)


def no_such_channel(names: Iterable[str]) -> MisconfiguredError:
    """Return the error for channels that Twitch does not know."""
    return MisconfiguredError(
        tr(
            "Twitch has no channel named {names}: set TWITCH_CHANNEL to the name at the end of"
            " the channel's address, twitch.tv/NAME.",
            names=" or ".join(names),
        )
    )


def not_allowed(channel: str) -> MisconfiguredError:
    """Return the error for a channel whose chat the account may not read."""
    return MisconfiguredError(
        tr(
            "Twitch does not let the account that is signed in read the chat of {channel}: see"
            " that it is not banned there.",
            channel=channel,
        )
    )


def revocation(status: str, channel: str) -> BotError:
    """Return what it means that Twitch ended a subscription by itself.

    The statuses stand at
    https://dev.twitch.tv/docs/eventsub/handling-websocket-events/#revocation-message.
    """
    match status:
        case "authorization_revoked":
            return signed_out()
        case "chat_user_banned":
            return not_allowed(channel)
        case "user_removed":
            return MisconfiguredError(
                tr(
                    "Twitch has removed the channel {channel}, or the account that is signed"
                    " in: set another TWITCH_CHANNEL, or sign in with another account.",
                    channel=channel,
                )
            )
    return UnavailableError(
        tr(
            "Twitch stopped sending the chat of {channel} ({status}).",
            channel=channel,
            status=status[:50],
        )
    )
