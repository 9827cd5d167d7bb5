"""The pace: how long what is on stage has to stay there, so that people can read it."""

from collections.abc import Sequence

from bot.chat import Comment
from bot.clock import Clock
from bot.writing.reading_time import comments_seconds, reading_seconds


class Pace:
    """Adds up what viewers have to read. Nothing else decides how long words are to be seen."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._read_at = 0.0
        """When all that is on stage has been read, on the clock's ``monotonic``."""
        self._unheard = 0.0
        """Seconds by which the last sentence is read longer than it is heard."""

    @property
    def left(self) -> float:
        """Seconds until all that is on stage has been read."""
        return max(0.0, self._read_at - self._clock.monotonic())

    def show(self, sentence: str, heard: float = 0.0) -> None:
        """Give a sentence its time, after what is being read.

        Args:
            sentence: that is shown.
            heard: seconds for which it is heard.
        """
        self._unheard = reading_seconds(sentence)
        self._add(self._unheard)
        self.hear(heard)

    def hear(self, seconds: float) -> None:
        """Give more of the sound of the last sentence its time."""
        self._add(max(0.0, seconds - self._unheard))
        self._unheard = max(0.0, self._unheard - seconds)

    def show_comments(self, comments: Sequence[Comment]) -> None:
        """Give the comments that are answered their time: they are read, too."""
        self._add(comments_seconds(comments))

    def blank(self) -> None:
        """Note that there is nothing to be read any more."""
        self._read_at = 0.0

    def _add(self, seconds: float) -> None:
        self._read_at = self._clock.monotonic() + self.left + seconds
