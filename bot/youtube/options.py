"""What can be set of YouTube, with the defaults."""

from typing import Literal

from pydantic import SecretStr

from bot.options import Options, Text


class YouTubeOptions(Options):
    """``YOUTUBE_…``: on where a video or a channel is named.

    Attributes:
        video: either of them, by its address in any form.
        reader: the one way in that is used; all of them in turn for ``auto``.
        api_key: for the official API.
    """

    video: Text = ""
    reader: Literal["auto", "pytchat", "page", "api"] = "auto"
    api_key: SecretStr | None = None
