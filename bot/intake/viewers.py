"""The viewers: what is remembered of each, to be fair to all."""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.chat import ViewerKey
from bot.intake.ranking import COPY_LENGTH, Reason
from bot.recent import Recent

VIEWERS_LIMIT = 20_000
"""Viewers who are remembered; who was silent for longest is forgotten, and counts as new again."""
JUST_ANSWERED = 60.0
"""Seconds for which somebody who was answered lets others go first."""
OVERLOOKED = 300.0
"""Seconds after which somebody who writes, and was not answered, goes before others."""

_TEXTS = 3
"""Texts of each viewer that are remembered, as hashes."""
_LONG_TEXTS = 200
_COPIERS = 3
"""Viewers from whom a long text must come to be copied."""


@dataclass(slots=True)
class _Memory:
    since: float | None = None
    """When the viewer was last answered, or else first heard in this show."""
    is_answered: bool = False
    texts: tuple[int, ...] = ()


class Viewers:
    """Remembers who has written what lately, and when each was answered. Times are monotonic."""

    def __init__(self) -> None:
        self._memories: Recent[ViewerKey, _Memory] = Recent(VIEWERS_LIMIT)
        self._writers: Recent[int, set[ViewerKey]] = Recent(_LONG_TEXTS)
        """Who has written a long text: as many as it takes to be copied."""

    def know(self, viewers: Iterable[ViewerKey]) -> None:
        """Count these as having written before."""
        for viewer in viewers:
            self._recall(viewer)

    def __contains__(self, viewer: ViewerKey) -> bool:
        """Return whether a viewer is remembered."""
        return viewer in self._memories

    def hear(self, viewer: ViewerKey, form: str, now: float) -> frozenset[Reason]:
        """Note that somebody wrote a text of this form, and return what speaks for or against it.

        What changes with time is left to ``standing``.
        """
        reasons = set[Reason]()
        if viewer not in self:
            reasons.add(Reason.FIRST_WORDS)
        memory = self._recall(viewer)
        if memory.since is None:
            memory.since = now
        text = hash(form)
        if text in memory.texts:
            reasons.add(Reason.SAID_AGAIN)
        else:
            memory.texts = (*memory.texts, text)[-_TEXTS:]
        if len(form) >= COPY_LENGTH:
            self._note_long(text, viewer)
        return frozenset(reasons)

    def answered(self, viewer: ViewerKey, now: float) -> None:
        """Note that the character has answered somebody."""
        memory = self._recall(viewer)
        memory.since, memory.is_answered = now, True

    def standing(self, viewer: ViewerKey, form: str, now: float) -> set[Reason]:
        """Return what speaks now for or against a text of somebody who was heard."""
        reasons = set[Reason]()
        memory = self._memories.get(viewer, None)
        if memory and memory.since is not None:
            if now - memory.since >= OVERLOOKED:
                reasons.add(Reason.OVERLOOKED)
            elif memory.is_answered and now - memory.since < JUST_ANSWERED:
                reasons.add(Reason.JUST_ANSWERED)
        if len(self._writers.get(hash(form), ())) >= _COPIERS:
            reasons.add(Reason.COPIED)
        return reasons

    def _recall(self, viewer: ViewerKey) -> _Memory:
        memory = self._memories.get(viewer, None) or _Memory()
        self._memories[viewer] = memory
        return memory

    def _note_long(self, text: int, viewer: ViewerKey) -> None:
        writers = self._writers.get(text, set[ViewerKey]())
        if len(writers) < _COPIERS:
            writers.add(viewer)
        self._writers[text] = writers
