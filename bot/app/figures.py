"""Figures over the stream: what the panel's charts are drawn of."""

from collections import deque
from typing import Any, Final, Never

from bot.clock import Clock
from bot.intake.queue import CommentQueue
from bot.show.director import Director
from bot.writing.writer import Writer

EVERY: Final = 10
"""Seconds."""
_KEPT = 12 * 3600 // EVERY
COLUMNS: Final = (
    *("comments", "answers", "shed", "withheld", "waiting", "oldest"),
    *("first_words", "speed", "reuse"),
)
"""Of the first four how many there were since the sample before; then how many comments wait, the
age of the oldest and the time to first words in seconds, tokens a second, and the share of the
prompt that the model needed not read anew, from 0 to 1. None is what nobody knows yet."""

_Sample = tuple[float | None, ...]


class Figures:
    """Takes a sample now and then, and keeps those of twelve hours."""

    def __init__(
        self, *, queue: CommentQueue, director: Director, writer: Writer, clock: Clock
    ) -> None:
        self._queue = queue
        self._director = director
        self._writer = writer
        self._clock = clock
        self._samples: deque[_Sample] = deque(maxlen=_KEPT)
        self._taken = 0
        self._began = clock.now().timestamp()
        self._totals = self._counted()

    async def run(self) -> Never:
        """Take samples, until cancelled."""
        while True:
            await self._clock.sleep(EVERY)
            before, self._totals = self._totals, self._counted()
            new = (now - then for now, then in zip(self._totals, before, strict=True))
            self._samples.append((*new, *self._standing()))
            self._taken += 1

    def report(self, since: int = 0) -> dict[str, Any]:
        """Return the samples from a number on, as far as they are kept.

        Args:
            since: of the first that is wanted; they are numbered from 0.
        """
        first = max(since, self._taken - len(self._samples))
        wanted = max(0, self._taken - first)
        kept = list(self._samples)
        return {
            "every": EVERY,
            "began": round(self._began, 1),
            "columns": COLUMNS,
            "first": first,
            "samples": kept[len(kept) - wanted :],
        }

    def _counted(self) -> tuple[int, ...]:
        counts = self._queue.counts
        return (counts["heard"], self._director.answered, counts["shed"], counts["withheld"])

    def _standing(self) -> _Sample:
        written = [remark.first.at for remark, _ in self._queue.ranked()]
        now = self._clock.now()
        dialogue = self._writer.dialogue
        return (
            len(self._queue),
            round((now - min(written)).total_seconds(), 1) if written else 0.0,
            self._director.lead and round(self._director.lead, 2),
            round(self._writer.speed, 2),
            dialogue.reuse and round(dialogue.reuse, 3),
        )
