"""What can be set of Twitch, with the defaults."""

from bot.options import Options, Text


class TwitchOptions(Options):
    """``TWITCH_…``: on where a channel is named. Who reads it is kept by ``login twitch``.

    Attributes:
        channel: one or several, as names or as addresses.
        client_id: of an application of the type Public.
        post_replies: whether replies are posted in the chat as well.
    """

    channel: Text = ""
    client_id: Text = ""
    post_replies: bool = False
