"""A reader is one of the ways into a YouTube live chat. There are several, since YouTube moves."""

from collections.abc import AsyncGenerator
from typing import Protocol


class Reader(Protocol):
    """Reads one video's chat, as raw as it comes; ``youtube_chat.parse`` makes sense of it."""

    @property
    def name(self) -> str:
        """What it is called in the log and in ``YOUTUBE_READER``: ``page``, say."""
        ...

    @property
    def about(self) -> str:
        """What the streamer is told while it works: ``listening``, and how."""
        ...

    def read(self, video: str, *, known: bool) -> AsyncGenerator[list[object]]:
        """Yield the raw actions of each answer, at YouTube's pace, until the stream is over.

        An answer in which nothing is new is an empty list: it is a sign of life all the same. The
        first may hold what was written before. Cancelling it, or closing the generator, closes its
        connections. It never yields what comes from the recording of a stream that is over.

        Args:
            video: the video's id.
            known: whether this video is known to be live, so that all trouble is YouTube's.

        Raises:
            UnavailableError: YouTube is not reached, refuses, or answers what cannot be read.
            MisconfiguredError: a person must mend something: the video has no chat, say.
        """
        ...
