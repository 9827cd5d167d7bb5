"""What the streamer alone may follow, as server-sent events."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from functools import partial

from bot.chat import Comment, Reply, Retraction
from bot.clock import Clock
from bot.persona import Persona
from bot.web.overlay import comment_json
from bot.web.sse import Feed

_KEPT = 4000
"""An hour of a chat in which somebody writes every second."""


class BackstageFeed(logging.Handler):
    """The streamer's own feed: comments as they come, and the log's lines for people.

    ``comment`` is told as everywhere; ``held`` likewise, where it waits for approval;
    ``withheld`` has a ``comment`` that viewers do not see as it is there, and the ``reasons``;
    ``order`` has the ``order`` as the comment in which a moderator gave it, its ``outcome`` in
    words, and the command that can ``undo`` it; ``retraction`` says which comments no longer stand;
    ``upcoming`` has the ``text`` of a sentence that is delayed; ``note`` has ``text`` and
    ``level``; and ``thinking`` has a piece of the model's reasoning as ``text``.

    Whoever comes later is sent the last comments, orders, notes and replies again, a busy hour of
    them, without what no longer stands; a reply as ``said``, with ``id``, ``answers``,
    ``sentences``, and who said it.

    Args:
        clock: the time that the feed's readers are waited for by.
        persona: who speaks.
        written: returns when what no crash may take away is written: what was paid for, and orders.
            The streamer is told of nothing before.
    """

    def __init__(
        self,
        clock: Clock,
        persona: Persona,
        *,
        written: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        super().__init__(logging.INFO)
        self.feed = Feed(clock, kept=_KEPT, written=written)
        self._begun: Reply | None = None
        """What is being said."""
        self._speaker: Mapping[str, str] = {}
        self.play(persona)
        self._loop = asyncio.get_running_loop()

    @contextmanager
    def following(self, logger: logging.Logger) -> Iterator[None]:
        """Tell what this logger says, while the context is open."""
        logger.addHandler(self)
        try:
            yield
        finally:
            logger.removeHandler(self)

    def play(self, persona: Persona) -> None:
        """Tell from now on of another character."""
        self._speaker = {"persona": persona.name, "language": persona.language}

    def show(self, reply: Reply, *, finished: bool) -> None:
        """Keep what was said: the feed of what viewers see tells it to those who are here."""
        self._begun = None if finished else reply
        if finished:
            self._keep(reply)

    def clear(self) -> None:
        """Keep what was said of a reply that is cut: what was said was said."""
        if self._begun and self._begun.sentences:
            self._keep(self._begun)
        self._begun = None

    def _keep(self, reply: Reply) -> None:
        answers = [comment_json(comment) for comment in reply.answers]
        said = {"id": reply.id, "answers": answers, "sentences": reply.sentences}
        self.feed.keep("said", {**said, **self._speaker}, *reply.answers)

    def hear(self, comment: Comment) -> None:
        """Tell of a comment that came in."""
        self.feed.publish("comment", comment_json(comment), comment, is_kept=True)

    def hold(self, comment: Comment) -> None:
        """Tell of a comment that waits for approval."""
        self.feed.publish("held", comment_json(comment), comment, is_kept=True)

    def withhold(self, comment: Comment, reasons: tuple[str, ...]) -> None:
        """Tell of a comment that viewers do not see as it was written."""
        told = {"comment": comment_json(comment), "reasons": list(reasons)}
        self.feed.publish("withheld", told, comment, is_kept=True)

    def retract(self, retraction: Retraction) -> None:
        """Tell which comments were taken back."""
        self.feed.forget(retraction.covers)
        self.feed.publish("retraction", asdict(retraction))

    def obeyed(self, order: Comment, outcome: str, undo: str) -> None:
        """Tell what a moderator ordered, and what came of it."""
        told = {"order": comment_json(order), "outcome": outcome, "undo": undo}
        self.feed.publish("order", told, is_kept=True)

    def upcoming(self, sentence: str) -> None:
        """Tell of a sentence that viewers do not see yet."""
        self.feed.publish("upcoming", {"text": sentence})

    def thinking(self, text: str) -> None:
        """Tell of a piece of the model's reasoning."""
        self.feed.publish("thinking", {"text": text})

    def emit(self, record: logging.LogRecord) -> None:
        """Tell of a line of the log."""
        note = {"text": record.getMessage(), "level": record.levelname.lower()}
        # A line may be logged on an adapter's own thread.
        self._loop.call_soon_threadsafe(partial(self.feed.publish, "note", note, is_kept=True))
