"""What has been heard of a chat, so that no way of reading it loses a comment or tells it twice."""

import logging
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from bot.chat import Comment, Retraction
from bot.recent import Recent
from bot.translation import tr
from bot.youtube.actions import COMMENT_KINDS, kind, parse

log = logging.getLogger(__name__)

_BEFORE_JOINING = timedelta(seconds=10)
_OVERLAP = timedelta(seconds=60)
_LONG_AGO = datetime.min.replace(tzinfo=UTC)
REMEMBERED = 10_000
"""Comments that are known again."""
_KINDS_COUNTED = 64


class Deduper:
    """Takes the answers of all connections to one chat, and finds what is new in them.

    A connection's first answer also holds what was written before it. Of that, the first connection
    hands on the last ten seconds, so that no command is obeyed hours later; each later one hands
    on what is not long older than the last comment heard. All else is handed on as it comes,
    whatever this machine's clock says.

    Attributes:
        joined: whether the chat has ever answered.
        skipped: how many actions of each kind brought nothing.
    """

    def __init__(self) -> None:
        self.joined = False
        self.skipped: Counter[str] = Counter()
        self._last: datetime | None = None
        self._ids: Recent[str, None] = Recent(REMEMBERED)
        self._readers: Recent[tuple[str, str, int], str] = Recent(REMEMBERED)
        """Who read what somebody wrote in a second."""

    def fresh(
        self, answer: list[object], *, reader: str, opening: bool, now: datetime
    ) -> list[Comment | Retraction]:
        """Return what an answer brings that is new.

        Args:
            answer: raw actions.
            reader: the name of who read them.
            opening: whether it is its connection's first answer.
            now: the wall-clock time, which matters only when the chat is joined.
        """
        brought = list(self._parse(answer, now))
        written = [heard.at for heard in brought if isinstance(heard, Comment)]
        after = self._border(written, now) if opening else _LONG_AGO
        self.joined = True
        # The last one, not the latest: a time that is wrong is mended by the next comment.
        self._last = written[-1] if written else self._last
        return [heard for heard in brought if self._is_fresh(heard, reader, after)]

    def _border(self, written: list[datetime], now: datetime) -> datetime:
        if self.joined:
            return self._last - _OVERLAP if self._last else _LONG_AGO
        return max([now, *written[-1:]]) - _BEFORE_JOINING

    def _is_fresh(self, heard: Comment | Retraction, reader: str, after: datetime) -> bool:
        if isinstance(heard, Comment):
            return self._is_new(heard, reader) and heard.at > after
        if not heard.is_final:
            self._ids.discard(heard.comment_id)
        return True

    def _is_new(self, comment: Comment, reader: str) -> bool:
        """Take note of a comment, and tell whether it is the first time.

        Should YouTube's ids change, a comment that two ways bring would have two. It is known again
        by who wrote what when.
        """
        who_what = (comment.author.id, comment.text)
        second = int(comment.at.timestamp())
        around = ((*who_what, second + apart) for apart in range(-2, 3))
        repeated = comment.id in self._ids or any(
            self._readers.get(moment, reader) != reader for moment in around
        )
        self._ids[comment.id] = None
        if not repeated:
            self._readers[(*who_what, second)] = reader
        return not repeated

    def _parse(self, answer: list[object], now: datetime) -> Iterator[Comment | Retraction]:
        at = self._last or now
        for raw in answer:
            heard = parse(raw, at=at)
            if heard is None:
                self._skip(kind(raw))
                continue
            if isinstance(heard, Comment):
                at = heard.at
            yield heard

    def _skip(self, name: str) -> None:
        """Count it, and log the first of its kind."""
        if name not in self.skipped and len(self.skipped) >= _KINDS_COUNTED:
            name = "others"
        self.skipped[name] += 1
        if self.skipped[name] > 1:
            return
        if name in COMMENT_KINDS:
            log.warning(
                tr(
                    "A comment on YouTube could not be read ({name}). If this goes on, YouTube"
                    " has changed, and the bot needs an update.",
                    name=name,
                ),
            )
        else:
            log.debug("YouTube: %r brings no comment.", name)
