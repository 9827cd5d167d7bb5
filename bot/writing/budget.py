"""How much to ask of the model, so that a reply takes as long on a slow machine as on a fast one.

Pure: measured speeds in, a plan out. Nothing here has to be configured.
"""

from dataclasses import dataclass

from bot.language import Language
from bot.llm.options import Effort
from bot.writing.reading_time import reading_seconds

MOST_SENTENCES = 6
MOST_REMARKS = 8

_SPEED = 8.5
"""Tokens a second that gpt-oss:120b writes on the machine this began on: no slower than that is
assumed, and no faster, before there is a measurement."""
_READING_SPEED = 50.0
"""Tokens of prompt a second that such a machine reads."""
_COMMENT_TIME = 2.5
"""Seconds in which viewers read a comment as they are in chats: 30 Latin letters, a dozen kana."""
_READING_SHARE = 0.2
"""How much of the time for a reply the model may spend on reading the comments."""
_TOKENS = (60, 1200)
"""The fewest and the most tokens of a batch: a comment, and what a reply can do justice to."""
_THINKING: dict[Effort, float] = {"low": 40.0, "medium": 200.0, "high": 800.0}
"""Tokens that gpt-oss thinks before it answers, as long as there is no measurement."""
_KEPT = 0.7
"""What a measurement still weighs after the next one."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to take on next.

    ``size`` is how many remarks, ``tokens`` how many tokens of prompt they may have together, and
    ``sentences`` how many the answer should have.
    """

    size: int
    tokens: int
    sentences: int


class Budget:
    """What is known of the model's speed.

    Args:
        language: what the character speaks.
        seconds: how long a reply should take.
        effort: how long the model reasons.
    """

    def __init__(self, language: Language, *, seconds: float, effort: Effort) -> None:
        self.write_for(language, seconds)
        self._speed = _Mean(_SPEED)
        self._reading = _Mean(_READING_SPEED)
        self._effort = effort
        self._thinking = _Mean(_THINKING[effort])

    def write_for(self, language: Language, seconds: float) -> None:
        """Go on with another language, and another time for a reply, at the speed measured."""
        self._seconds = seconds
        self._reading_time = reading_seconds(language.sentence)
        self._sentence = _Mean(language.sentence_tokens)

    @property
    def effort(self) -> Effort:
        """How long the model reasons; what was measured at another effort does not count."""
        return self._effort

    @effort.setter
    def effort(self, effort: Effort) -> None:
        if effort != self._effort:
            self._effort = effort
            self._thinking = _Mean(_THINKING[effort])

    @property
    def has_read(self) -> bool:
        """Whether it is known how fast the model reads."""
        return self._reading.is_measured

    def reading_seconds(self, tokens: int) -> float:
        """Return how long the model takes to read so many tokens that are new to it."""
        return tokens / self._reading.value

    def read(self, tokens: int, seconds: float) -> None:
        """Take note of how long the model read so many tokens that were new to it."""
        self._reading.add(tokens, seconds)

    def wrote(self, tokens: int, seconds: float, *, thinking: int, sentences: int) -> None:
        """Take note of an answer.

        Args:
            tokens: of the thinking and the answer together.
            seconds: how long they took.
            thinking: how many of them were thinking.
            sentences: how many the others made.
        """
        self._speed.add(tokens, seconds)
        self._sentence.add(tokens - thinking, sentences)
        self._thinking.add(thinking, 1)

    def plan(self) -> Plan:
        """Return what can be read, thought, written and understood in the time for a reply."""
        least, most = _TOKENS
        budget = self._seconds * _READING_SHARE * self._reading.value
        tokens = round(min(most, max(least, budget)))
        thinking = tokens / self._reading.value + self._thinking.value / self._speed.value
        writable = (self._seconds - thinking) * self._speed.value / self._sentence.value
        # People read the comments, too, of which there is one more than there are sentences. They
        # do so while the model reads and thinks, as far as that takes so long.
        readable = min(
            self._seconds / self._reading_time,
            (self._seconds + thinking - _COMMENT_TIME) / (self._reading_time + _COMMENT_TIME),
        )
        sentences = max(1, min(MOST_SENTENCES, round(min(writable, readable))))
        # People are greeted in passing; but nobody answers two things in one sentence.
        size = sentences + 1 if sentences > 1 else 1
        return Plan(min(MOST_REMARKS, size), tokens, sentences)


class _Mean:
    """A mean of ratios in which what is long past weighs little, and what was long weighs more."""

    def __init__(self, assumed: float) -> None:
        self.value = assumed
        self._amount = 0.0
        self._per = 0.0

    @property
    def is_measured(self) -> bool:
        """Whether anything was measured."""
        return self._per > 0

    def add(self, amount: float, per: float) -> None:
        """Take one more ratio into account, unless there is nothing to divide."""
        if per <= 0 or amount < 0:
            return
        self._amount = self._amount * _KEPT + amount
        self._per = self._per * _KEPT + per
        self.value = max(0.01, self._amount / self._per)
