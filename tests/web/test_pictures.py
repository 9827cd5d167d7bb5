"""Which pictures from the network viewers may see."""

from dataclasses import replace

import pytest

from bot.chat import Author, Picture
from bot.web.pictures import Pictures, only
from tests.support.site import comment

EMOTE = Picture("Kappa", "https://static-cdn.jtvnw.net/emoticons/v2/25/default/dark/2.0")
BADGE = Picture("Member (1 year)", "https://yt3.ggpht.com/badge=s32-c-k")
AVATAR = "https://yt4.ggpht.com/ytc/a=s64"
WHOLE = replace(
    comment("taro", "so good Kappa"),
    author=Author("taro", "taro", badge_pictures=(BADGE,), avatar=AVATAR),
    emotes=(EMOTE,),
)


@pytest.mark.parametrize(
    ("allowed", "has_platforms", "has_avatar"),
    [(Pictures.NONE, False, False), (Pictures.PLATFORM, True, False), (Pictures.ALL, True, True)],
)
def test_what_the_setting_allows(
    allowed: Pictures,
    has_platforms: bool,  # noqa: FBT001 - a table
    has_avatar: bool,  # noqa: FBT001
) -> None:
    """Nothing by itself; what a viewer has chosen and nobody has judged, only if that is said."""
    shown = only(WHOLE, allowed)
    assert shown.emotes == ((EMOTE,) if has_platforms else ())
    assert shown.author.badge_pictures == ((BADGE,) if has_platforms else ())
    assert shown.author.avatar == (AVATAR if has_avatar else "")


@pytest.mark.parametrize(
    "address",
    [
        "http://static-cdn.jtvnw.net/x",
        "https://static-cdn.jtvnw.net.example.com/x",
        "https://static-cdn.jtvnw.net@example.com/x",
        "https://example.com/static-cdn.jtvnw.net/x",
        "https://static-cdn.jtvnw.net:8443/x",
        "https://static-cdn.jtvnw.net/x y",
        "https://[::1",
        "//static-cdn.jtvnw.net/x",
        "data:image/png;base64,AAAA",
        "",
    ],
)
def test_nothing_from_elsewhere(address: str) -> None:
    """Whoever posts a comment, or records one, may write anything there."""
    shown = only(
        replace(
            WHOLE,
            author=Author("x", "x", badge_pictures=(Picture("x", address),), avatar=address),
            emotes=(Picture("x", address),),
        ),
        Pictures.ALL,
    )
    assert shown.emotes == shown.author.badge_pictures == ()
    assert shown.author.avatar == ""
