"""What can be set of Twitch, with the defaults."""

from typing import Annotated

import regex
from pydantic import AfterValidator

from bot.options import Options, Text
from bot.translation import tr


def _of_twitch(text: str) -> str:
    if regex.search(r"youtu\.?be", text, regex.IGNORECASE):
        raise ValueError(tr("that is an address of YouTube's: it belongs into YOUTUBE_VIDEO"))
    return text


class TwitchOptions(Options):
    """``TWITCH_…``: on where a channel is named. Who reads it is kept by ``login twitch``.

    Attributes:
        channel: one or several, as names or as addresses.
        client_id: of an application of the type Public.
        post_replies: whether replies are posted in the chat as well.
    """

    channel: Annotated[Text, AfterValidator(_of_twitch)] = ""
    client_id: Text = ""
    post_replies: bool = False
