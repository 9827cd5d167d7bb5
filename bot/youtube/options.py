"""What can be set of YouTube, with the defaults."""

from typing import Annotated, Literal

from pydantic import AfterValidator, SecretStr

from bot.options import Options, Text
from bot.translation import tr


def _of_youtube(text: str) -> str:
    if "twitch.tv" in text.lower():
        raise ValueError(tr("that is an address of Twitch's: it belongs into TWITCH_CHANNEL"))
    return text


class YouTubeOptions(Options):
    """``YOUTUBE_…``: on where a video or a channel is named.

    Attributes:
        video: either of them, by its address in any form.
        reader: the one way in that is used; all of them in turn for ``auto``.
        api_key: for the official API.
    """

    video: Annotated[Text, AfterValidator(_of_youtube)] = ""
    reader: Literal["auto", "pytchat", "page", "api"] = "auto"
    api_key: SecretStr | None = None
