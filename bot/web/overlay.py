"""The overlay page, and whatever else follows ``/api/events``."""

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import TypeAdapter

from bot.chat import Comment, Reply
from bot.web.sse import Feed

_COMMENT = TypeAdapter(Comment)


def comment_json(comment: Comment) -> dict[str, Any]:
    """Return a comment in the form in which feeds and recordings tell it."""
    told: dict[str, Any] = _COMMENT.dump_python(comment, mode="json")
    return told


class OverlayStage:
    """Tells the audience's feed what viewers should see.

    ==================  ==========================================================================
    ``state``           at every connect and change: persona, language, paused, and the reply on
                        stage, or null
    ``reply.started``   ``id`` and the comments it ``answers``
    ``reply.sentence``  ``id``, ``position`` from 0, ``text``
    ``reply.finished``  ``id`` and all ``sentences``
    ``cleared``         nothing is to be seen, now
    ==================  ==========================================================================

    Args:
        about: tells the persona's name and language and whether the show is paused.
    """

    def __init__(self, about: Callable[[], Mapping[str, Any]]) -> None:
        self.feed = Feed(self._state)
        self._about = about
        self._reply: Reply | None = None
        self._finished = False

    def show(self, reply: Reply, *, finished: bool) -> None:
        """Tell of the reply what is new since it was last shown."""
        previous = self._reply if self._reply and self._reply.id == reply.id else None
        told = len(previous.sentences) if previous else 0
        if previous is None:
            self.feed.publish("reply.started", {"id": reply.id, "answers": _answers(reply)})
        self._reply, self._finished = reply, finished
        for position, text in enumerate(reply.sentences[told:], told):
            event = {"id": reply.id, "position": position, "text": text}
            self.feed.publish("reply.sentence", event)
        if finished:
            event = {"id": reply.id, "sentences": reply.sentences}
            self.feed.publish("reply.finished", event)

    def clear(self) -> None:
        """Tell that nothing is to be seen, where there was something."""
        if self._reply:
            self._reply = None
            self.feed.publish("cleared", {})

    def announce(self) -> None:
        """Tell the whole state, which has changed otherwise than by a reply."""
        self.feed.publish(*self._state())

    def _state(self) -> tuple[str, Mapping[str, Any]]:
        reply = self._reply and {
            "id": self._reply.id,
            "answers": _answers(self._reply),
            "sentences": self._reply.sentences,
            "finished": self._finished,
        }
        return "state", {**self._about(), "reply": reply}


def _answers(reply: Reply) -> list[dict[str, Any]]:
    return [comment_json(comment) for comment in reply.answers]
