"""Which pictures from the network the overlay may show. Pure."""

from collections.abc import Iterable
from dataclasses import replace
from enum import StrEnum
from typing import Final

import regex

from bot.chat import Comment, Picture

HOSTS: Final = ("static-cdn.jtvnw.net", "yt3.ggpht.com", "yt4.ggpht.com")
"""Where Twitch and YouTube keep theirs; from nowhere else is anything loaded."""

_ADDRESS = regex.compile(rf"https://(?:{'|'.join(map(regex.escape, HOSTS))})/[!-~]+")


class Pictures(StrEnum):
    """What viewers see of these."""

    NONE = "none"
    """Nothing is loaded from the network: emotes and badges stay words."""
    PLATFORM = "platform"
    """Emotes and badges: what the platforms, and the channels there, have let in."""
    ALL = "all"
    """Avatars as well, which nobody has looked at."""


def only(comment: Comment, allowed: Pictures) -> Comment:
    """Return a comment with those of its pictures that may be shown."""
    author = comment.author
    has_platforms = allowed is not Pictures.NONE
    shown = author.avatar if allowed is Pictures.ALL and _is_known(author.avatar) else ""
    return replace(
        comment,
        author=replace(
            author,
            avatar=shown,
            badge_pictures=_known(author.badge_pictures) if has_platforms else (),
        ),
        emotes=_known(comment.emotes) if has_platforms else (),
    )


def _known(pictures: Iterable[Picture]) -> tuple[Picture, ...]:
    return tuple(picture for picture in pictures if _is_known(picture.address))


def _is_known(address: str) -> bool:
    return _ADDRESS.fullmatch(address) is not None
