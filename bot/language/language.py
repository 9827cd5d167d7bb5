"""A language that a character can speak: all that is peculiar to it, in one object. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Literal, TypeAlias

from bot.chat import Occasion, Role

Code: TypeAlias = Literal["ja", "en"]
"""How a persona's file names it."""

FENCE = ("<comments>", "</comments>")
"""Stand round every batch. No stranger can type them: ``<`` and ``>`` are taken out of comments."""
RESULTS = ("<results>", "</results>")
"""Stand round what tools have found, likewise."""
NOTES = ("<notes>", "</notes>")
"""Stand round the notes on what was said earlier."""


class Fault(Enum):
    """Why an answer cannot be used."""

    EMPTY = auto()
    """There was nothing to be said in it."""
    EATEN = auto()
    """The thinking used up all the tokens."""
    LEAKED = auto()
    """It was thinking of which only the end was marked."""
    ALOUD = auto()
    """It thinks aloud of its task, and nothing marks that."""
    LANGUAGE = auto()
    """It is not in the character's language."""
    REPEATED = auto()
    """It was said before, in almost the same words."""
    QUOTED = auto()
    """It reads out what only the model was told."""
    UNSAFE = auto()
    """No viewer may see it: a slur, an address, a link."""


@dataclass(frozen=True, slots=True)
class Wording:
    """The sentences for one language. What stands in braces is filled in by ``writing.prompt``."""

    rules: str
    moods: str
    avoid: str
    viewer: str
    viewers: str
    roles: dict[Role, str]
    paid: str
    occasions: dict[Occasion, str]
    months: str
    length: tuple[str, str]
    """How long the answer is to be: one sentence, and several."""
    go_on: str
    topic: str
    news: str
    """What the model is told of what stands in ``RESULTS`` where it is to tell it now."""
    reminder: str
    poll: str
    notes: str
    noted: str
    """What the character answers to its notes."""
    sum_up: str
    """How notes are asked for, and of what kind the answer is to be."""
    recap: str
    """Likewise, of what the streamer reads when the stream is over."""
    again: str
    results: str
    """What the model is told of what stands in ``RESULTS``."""


@dataclass(frozen=True, slots=True)
class Language:
    """What is peculiar to one language.

    Attributes:
        title: what the streamer reads.
        is_foreign: whether a text is written in the script of another language.
        letters: how many letters of its own script a text has.
        asks: whether a cleaned text has the form of a question, without a question mark.
        thinks_aloud: whether a sentence is one of those in which models talk about their task. What
            people say is seldom like them; where it is, the model is asked once more for nothing.
        somebody: what a viewer is called whose name may not be shown.
        wording: what a prompt says around the persona's own text.
        faults: what the model is told of each fault.
        own: what models write in front of the character's lines: the roles of chat formats.
        others: likewise, in front of somebody else's.
        standings: words of ``wording`` that tell a line of our prompt from a tag.
        reading_speed: characters a second, as slow readers read them beside a game.
        sentence: a short spoken sentence, and
        sentence_tokens: how many tokens it is.
    """

    title: str
    is_foreign: Callable[[str], bool]
    letters: Callable[[str], int]
    asks: Callable[[str], bool]
    thinks_aloud: Callable[[str], bool]
    somebody: str
    wording: Wording
    faults: Mapping[Fault, str]
    own: tuple[str, ...]
    others: tuple[str, ...]
    standings: tuple[str, ...]
    reading_speed: float
    sentence: str
    sentence_tokens: float
