"""What the bot itself has posted, which Twitch tells it as it tells any comment."""

from collections import deque

from bot.chat import Comment

_REMEMBERED = 100
_UNANSWERED = 10


class Echoes:
    """Tells the bot's own posts from what a person writes with the same account.

    Twitch names a post's id when it has taken it, and may tell of the post as a comment before
    that. Until then, and where the answer was lost, its text tells.
    """

    def __init__(self) -> None:
        self._ids = deque[str](maxlen=_REMEMBERED)
        self._texts = deque[tuple[str, str]](maxlen=_UNANSWERED)

    def expect(self, channel: str, text: str) -> None:
        """Note what is about to be posted in a channel, given by its id."""
        self._texts.append((channel, _plain(text)))

    def posted(self, channel: str, text: str, id_: str) -> None:
        """Note that Twitch has taken it, under an id."""
        self._ids.append(id_)
        self.refused(channel, text)

    def refused(self, channel: str, text: str) -> None:
        """Forget it: Twitch has not taken it."""
        if (channel, _plain(text)) in self._texts:
            self._texts.remove((channel, _plain(text)))

    def holds(self, comment: Comment) -> bool:
        """Return whether a comment of this account is a post of the bot's."""
        if comment.id in self._ids:
            return True
        text = _plain(comment.text)
        name, _, rest = text.partition(" ")
        # Twitch begins a reply with the name of whom it replies to.
        for posted in (text, rest) if comment.reply_to and name.startswith("@") else (text,):
            if (comment.channel, posted) in self._texts:
                self.posted(comment.channel, posted, comment.id)
                return True
        return False


def _plain(text: str) -> str:
    return " ".join(text.split())
