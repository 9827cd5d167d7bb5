"""One answer of the model as it comes in, and what of it can be said. Pure."""

from collections.abc import Sequence

from bot.chat import Remark
from bot.language.language import Fault
from bot.llm.message import Call, Content, Piece, Thinking
from bot.speech import Speech
from bot.text import join
from bot.writing.quality import Quality

SENTENCE_LIMIT = 8
"""Sentences of one reply; a model that goes on and on is stopped there."""
_CLAUSE_ENDS = tuple(",;:、，—–")


class UnfitError(Exception):
    """Nothing of an answer was said, and nothing of it can be."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault = fault


class Answer:
    """Feed it the pieces of an answer; it returns the sentences that are fit to be said.

    Args:
        speech: cleans it, and cuts it into sentences.
        batch: what it answers.
        quality: judges it.

    Attributes:
        calls: what it wants done first.
        thought: the pieces of thinking, of a token or a few each.
        written: how many pieces of content there were.
        characters: how many characters they had.
        count: how many pieces of speech there were, fit or not.
        sentences: how many sentences they made.
        said: those that were fit.
    """

    def __init__(self, speech: Speech, batch: Sequence[Remark], quality: Quality) -> None:
        self.thought: list[str] = []
        self.calls: list[Call] = []
        self.written = 0
        self.characters = 0
        self.count = 0
        self.sentences = 0
        self.said: list[str] = []
        self._speech = speech
        self._batch = batch
        self._quality = quality
        self._quotations = quality.quotations()
        self._thinks_aloud = False
        self._held: list[str] = []
        """A first clause, where only the rest of its sentence tells whether it can be said."""

    @property
    def is_enough(self) -> bool:
        """Whether the model need not go on."""
        return self._thinks_aloud or self.count + self._speech.echoes >= SENTENCE_LIMIT

    @property
    def leaked(self) -> bool:
        """Whether what was returned turned out to be thinking."""
        return self._speech.leaked

    @property
    def marks_thoughts(self) -> bool:
        """Whether the model was seen to keep its thinking apart from what it says."""
        return bool(self.thought) or self._speech.has_thought

    @property
    def mood(self) -> str:
        """The persona's mood in which the last sentence is said, or an empty string."""
        return self._speech.mood

    def take(self, piece: Piece) -> list[str]:
        """Return what this piece lets be said.

        Raises:
            UnfitError: nothing was said before, and now it is clear that nothing of it can be.
        """
        if isinstance(piece, Thinking):
            self.thought.append(piece.text)
            return []
        if isinstance(piece, Call):
            self.calls.append(piece)
            return []
        if isinstance(piece, Content):
            self.written += 1
            self.characters += len(piece.text)
            return self._judge(self._speech.feed(piece.text))
        # A sentence that was cut off is better than none, and worse than an end.
        ready = [] if piece.cut and self.said else self._judge(self._speech.close())
        rest, self._held = self._held, []
        self.said += rest
        return ready + rest

    def _judge(self, sentences: Sequence[str]) -> list[str]:
        if self.leaked:
            return []
        fit: list[str] = []
        for sentence in sentences[: SENTENCE_LIMIT - self.count]:
            # What comes after a greeting and a word on the task is more of the thought.
            self._thinks_aloud |= bool(self.said) and self._quality.thinks_aloud(sentence)
            if self._thinks_aloud:
                break
            self.count += 1
            self.sentences += not sentence.endswith(_CLAUSE_ENDS)
            ready = self._fit(sentence)
            self.said += ready
            fit += ready
        return fit

    def _fit(self, sentence: str) -> list[str]:
        """Return what can be said now that there is this sentence, too."""
        quality = self._quality
        quotes = self._quotations.quotes(sentence)
        if self.said:
            unfit = (
                quotes
                or quality.quotes(sentence)
                or quality.repeats(sentence, self.said)
                or quality.is_unsafe(sentence)
            )
            return [] if unfit else [sentence]
        opening = [*self._held, sentence]
        if fault := Fault.QUOTED if quotes else quality.fault(join(opening), self._batch):
            raise UnfitError(fault)
        is_clause = not self._held and sentence.endswith(_CLAUSE_ENDS)
        is_undecided = is_clause and quality.is_undecided(sentence, self._batch)
        self._held = opening if is_undecided else []
        return [] if is_undecided else opening
