"""The writer: comments in, the character's sentences out, one by one as the model finds them."""

import logging
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

from bot import prompt
from bot.backstage import Backstage
from bot.brain import Brain, Content, Done, Thinking
from bot.chat import Comment, Retraction
from bot.errors import BotError
from bot.persona import Level, Persona, Sampling
from bot.prompt import Message, Turn
from bot.speech import Speech

log = logging.getLogger(__name__)

SENTENCE_LIMIT = 8
"""Sentences of one reply; a model that goes on and on is stopped there."""


class ThoughtLeakError(BotError):
    """What was said turned out to be the model's thinking."""


class Writer:
    """Asks the model for replies, and keeps the conversation for it.

    Args:
        level: how long the model reasons.
        sampling: how freely it chooses its words.
        brief: whether the model is so small that it gets no more than ``prompt.brief``.
    """

    def __init__(
        self,
        *,
        persona: Persona,
        brain: Brain,
        backstage: Backstage,
        level: Level,
        sampling: Sampling,
        brief: bool = False,
    ) -> None:
        self._persona = persona
        self._brain = brain
        self._backstage = backstage
        self._level = level
        self._sampling = sampling
        self._brief = brief
        self._history: list[Turn] = []
        self._begins_thinking = False
        self.speed = 0.0
        """Tokens a second of the last reply, 0.0 before the first."""

    def remember(self, turn: Turn) -> None:
        """Add an exchange to what the model is told of the conversation, if it is told any."""
        if not self._brief:
            self._history.append(turn)

    def forget(self, retraction: Retraction) -> None:
        """Leave out of what the model is told every exchange that answers what was taken back.

        The model then reads its prompt anew from there on: that costs time, once.
        """
        self._history = [
            turn for turn in self._history if not any(map(retraction.covers, turn.answers))
        ]

    async def write(self, asked: str, batch: Sequence[Comment]) -> AsyncGenerator[str]:
        """Ask the model, and yield what is fit to be said as soon as it is whole.

        Raises:
            ThoughtLeakError: what was yielded has to be taken back.
            BotError: the model is not there, or failed.
        """
        speech = Speech(*self._persona.names, begins_thinking=self._begins_thinking)
        count = 0
        thought: list[str] = []
        messages = self._prompt(asked, batch)
        pieces = self._brain.think(messages, level=self._level, sampling=self._sampling)
        async with aclosing(pieces):
            async for piece in pieces:
                if isinstance(piece, Thinking):
                    self._backstage.thinking(piece.text)
                    thought.append(piece.text)
                    continue
                if isinstance(piece, Content):
                    ready = speech.feed(piece.text)
                else:
                    if thought:
                        log.debug("Thought: %s", "".join(thought))
                    self._measure(piece)
                    # A sentence that was cut off is better than none, and worse than an end.
                    ready = [] if piece.cut and count else speech.close()
                    if not (ready or count or piece.cut):
                        # No mark ended the thinking, so there may have been none.
                        self._begins_thinking = False
                if speech.leaked:
                    self._begins_thinking = True
                    raise ThoughtLeakError(
                        f"{self._brain.model} thinks in its answer without marking where it begins."
                        " What was shown of it has been taken back; from now on nothing is shown"
                        " before the mark that ends the thinking."
                    )
                for sentence in ready[: SENTENCE_LIMIT - count]:
                    count += 1
                    yield sentence
                if count == SENTENCE_LIMIT:
                    return

    def _prompt(self, asked: str, batch: Sequence[Comment]) -> list[Message]:
        if self._brief:
            return prompt.brief(self._persona, batch)
        fixed = prompt.messages(self._persona, (), asked)
        taken = sum(prompt.tokens(message["content"]) for message in fixed)
        budget = self._brain.num_ctx - self._brain.num_predict - taken
        self._history = prompt.fold(self._history, budget)
        return prompt.messages(self._persona, self._history, asked)

    def _measure(self, done: Done) -> None:
        self.speed = done.speed
        log.debug("%d tokens at %.1f tokens/s.", done.tokens, done.speed)
        if done.cut and not self._brief:
            log.info("The model used up its tokens (OLLAMA_NUM_PREDICT) before it was done.")
