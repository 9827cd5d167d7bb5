"""The overlay page, and whatever else follows ``/api/events``."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from enum import StrEnum
from typing import Any

from pydantic import TypeAdapter

from bot.chat import Clip, Comment, Reply
from bot.clock import Clock
from bot.intake.worth import tier
from bot.language import Code
from bot.persona import Persona
from bot.tools.poll import Count
from bot.web.pictures import Pictures, only
from bot.web.sse import Feed

_COMMENT = TypeAdapter(Comment)
_SOUNDS = 6
"""Sentences whose sound is kept: the one that is heard, and those that a page may be late with."""


class HeardAt(StrEnum):
    """Where the voice is heard."""

    OVERLAY = "overlay"
    PAGES = "pages"
    """On the panel as well, until somebody wants it silent there."""
    DEVICE = "device"
    """On no page: at a sound device."""


def comment_json(comment: Comment, pictures: Pictures = Pictures.NONE) -> dict[str, Any]:
    """Return a comment in the form in which feeds and recordings tell it.

    ``tier`` is the colour of what was paid, from 1 to 7; 0 where nothing was.
    """
    told: dict[str, Any] = _COMMENT.dump_python(only(comment, pictures), mode="json")
    return told | {"tier": tier(comment)}


class OverlayStage:
    """Tells the audience's feed what viewers should see.

    ==================  ==========================================================================
    ``state``           at every connect and change: persona, language, paused, whether there is a
                        ``sound`` for what is paid, where the voice is ``heard``, the
                        ``face``, the voice's ``credit``, the ``poll``, and the reply on stage,
                        or null
    ``reply.started``   ``id`` and the comments it ``answers``
    ``reply.sentence``  ``id``, ``position`` from 0, ``text``, the ``mood`` it is said in, and where
                        its ``sound`` is, if there is one
    ``reply.sound``     ``id``, ``position``, and where the ``sound`` of the rest of it is
    ``reply.finished``  ``id`` and all ``sentences``
    ``cleared``         nothing is to be seen, now
    ``looking``         whether something is being looked up, as ``on``
    ``poll``            how a poll in the chat stands: its ``question``, ``options`` and their
                        ``votes``; null when there is none
    ==================  ==========================================================================

    Args:
        persona: the character's name.
        language: what it speaks, as its file names it.
        clock: the time that the feed's readers are waited for by.
        pictures: which of the platforms' pictures viewers see.
        sound: whether there is one for what is paid.
        heard: where the voice is.
        face: the folder of the character's pictures.
        credit: returns the line by which whoever lent the voice wants to be named.

    Attributes:
        sounds: what sentences that are on stage sound like, as WAV, by the name in their event.
    """

    def __init__(
        self,
        *,
        persona: str,
        language: Code,
        clock: Clock,
        pictures: Pictures = Pictures.NONE,
        sound: bool = False,
        heard: HeardAt = HeardAt.OVERLAY,
        credit: Callable[[], str] = str,
        face: str = "",
    ) -> None:
        self.sounds: dict[str, bytes] = {}
        self._pictures = pictures
        self.feed = Feed(clock, self._state)
        self._about: dict[str, Any] = {
            "persona": persona,
            "language": language,
            "face": face,
            "sound": sound,
            "heard": heard,
        }
        self._credit = credit
        self._paused = False
        self._reply: Reply | None = None
        self._finished = False
        self._poll: dict[str, Any] | None = None

    def show(self, reply: Reply, *, finished: bool) -> None:
        """Tell of the reply what is new since it was last shown."""
        previous = self._reply if self._reply and self._reply.id == reply.id else None
        told = len(previous.sentences) if previous else 0
        if previous is None:
            self.feed.publish("reply.started", {"id": reply.id, "answers": self._answers(reply)})
        sounds = self._keep(reply.id, reply.heard_since(previous))
        self._reply, self._finished = reply, finished
        for position, text in enumerate(reply.sentences[told:], told):
            event = {"id": reply.id, "position": position, "text": text, "mood": reply.mood}
            if sound := sounds.pop((position, 0), None):
                event["sound"] = sound
            self.feed.publish("reply.sentence", event)
        for (position, _), sound in sounds.items():
            self.feed.publish("reply.sound", {"id": reply.id, "position": position, "sound": sound})
        if finished:
            event = {"id": reply.id, "sentences": reply.sentences}
            self.feed.publish("reply.finished", event)

    def play(self, persona: Persona) -> None:
        """Tell with the next ``state`` of another character."""
        self._about |= {
            "persona": persona.name,
            "language": persona.language,
            "face": persona.face,
        }

    def clear(self) -> None:
        """Tell that nothing is to be seen, where there was something."""
        self.sounds.clear()
        if self._reply:
            self._reply = None
            self.feed.publish("cleared", {})

    def look(self, *, on: bool) -> None:
        """Tell that something is being looked up, or is not any more."""
        self.feed.publish("looking", {"on": on})

    def count(self, poll: Count | None) -> None:
        """Tell how a poll stands, or that it is over."""
        self._poll = asdict(poll) if poll else None
        self.feed.publish("poll", {"poll": self._poll})

    def announce(self, *, paused: bool) -> None:
        """Tell whether the show is paused now, with all else that is true."""
        self._paused = paused
        self.feed.publish(*self._state())

    def _state(self) -> tuple[str, Mapping[str, Any]]:
        reply = self._reply and {
            "id": self._reply.id,
            "answers": self._answers(self._reply),
            "sentences": self._reply.sentences,
            "mood": self._reply.mood,
            "finished": self._finished,
        }
        about = {**self._about, "credit": self._credit(), "paused": self._paused}
        about["poll"] = self._poll
        return "state", {**about, "reply": reply}

    def _keep(
        self, number: int, heard: Iterable[tuple[int, int, Clip]]
    ) -> dict[tuple[int, int], str]:
        """Keep the sounds of a reply for those who ask for them now; return where they are."""
        addresses = {}
        for sentence, place, clip in heard:
            while len(self.sounds) >= _SOUNDS:
                self.sounds.pop(next(iter(self.sounds)))
            name = f"{number}-{sentence}-{place}.wav"
            self.sounds[name] = clip.sound
            addresses[sentence, place] = f"/voice/{name}"
        return addresses

    def _answers(self, reply: Reply) -> list[dict[str, Any]]:
        return [comment_json(comment, self._pictures) for comment in reply.answers]
