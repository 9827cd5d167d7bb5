"""The dialogue: prompts for the model and what it says to them; what it has read, and how fast."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from typing import Any

from bot.chat import Exchange, Remark, Retraction
from bot.errors import BotError
from bot.language.language import FENCE
from bot.llm.availability import Availability
from bot.llm.engine import Engine
from bot.llm.message import Done, Function, MalformedCallError, Message, Piece
from bot.llm.options import Effort, Sampling
from bot.persona import Persona
from bot.speech import Speech
from bot.text import tokens
from bot.writing import prompt, structured
from bot.writing.budget import Budget
from bot.writing.compaction import Compaction, Learned
from bot.writing.conversation import Conversation
from bot.writing.quality import Quality
from bot.writing.rereading import Rereading
from bot.writing.structured import Recap

CHEAP = 2.0
"""Seconds of reading that are worth no waiting for a better moment."""
_LITTLE = 200
"""Tokens that a reply reads anew in any case: the last one, and a batch."""
_REPLIES_PUT_OFF = 3
"""Replies for which another effort waits for a moment in which nobody does."""


class Dialogue:
    """Asks one model as one character, and sees to it that it reads as little anew as it can.

    Args:
        llm: the model.
        budget: what is known of its speed, and how long it is to reason.
        sampling: how freely it chooses its words, where that is not left to the persona.
        brief: whether it is so small that it is told of no conversation.
        speech: makes what cleans its notes.

    Attributes:
        ready: whether the model can be asked, and has read what its prompts begin with.
        altered: set when the prompt has changed in another way than that it grew.
        heard: how many pieces of answers have come from the model.
        is_asked: whether it is being asked something now.
        learn: keeps what there is to know of viewers, where somebody does.
        reuse: the share of the last prompt that it needed not read anew; None before there was one.
    """

    def __init__(
        self,
        llm: Engine,
        budget: Budget,
        *,
        sampling: Sampling | None,
        brief: bool,
        speech: Callable[[], Speech],
    ) -> None:
        self.llm = llm
        self.ready = Availability()
        self.altered = asyncio.Event()
        self.heard = 0
        self.is_asked = False
        self.learn: Callable[[Sequence[Learned]], None] = lambda _: None
        self.reuse: float | None = None
        self._budget = budget
        self._own_sampling = sampling
        self._is_brief = brief
        self._speech = speech
        self._rereading = Rereading(llm.model)
        self._wanted_effort: Effort | None = None
        """What the effort is to become when nobody waits."""
        self._put_off = 0

    def play(self, persona: Persona, quality: Quality, functions: Sequence[Function]) -> None:
        """Ask as a character, who knows of no conversation yet.

        Args:
            persona: who.
            quality: tells whether what it says can be used.
            functions: what it may have done; they stand at the head of each prompt.

        Raises:
            MisconfiguredError: the persona leaves no room in the context for a conversation.
        """
        # A very small model is told of no conversation.
        conversation = None if self._is_brief else Conversation(persona, self.llm, functions)
        self._functions = functions
        self._conversation = conversation
        self._persona = persona
        self._sampling = self._own_sampling or persona.sampling
        self._compaction = None
        if conversation:
            self._compaction = Compaction(
                *(conversation, persona, quality),
                think=self.ask,
                speech=self._speech,
                learn=self._learned,
            )
        self.altered.set()

    @property
    def reserve(self) -> int | None:
        """Tokens of the context that are kept for a batch; None where there is no conversation."""
        return self._conversation.reserve if self._conversation else None

    @property
    def effort(self) -> Effort:
        """How long the model reasons, or is to."""
        return self._wanted_effort or self._budget.effort

    def think(self, effort: Effort) -> float:
        """Have the model reason longer or shorter; return how many seconds that is put off for.

        gpt-oss has the effort at the head of its prompt, and at a change reads all anew. Where that
        takes long, which is what is returned, it is done when nobody waits, or after three replies.
        """
        self.altered.set()
        self._wanted_effort = None if effort == self._budget.effort else effort
        self._put_off = _REPLIES_PUT_OFF
        took = self.reading_seconds(self._beginning(), effort) if self._wanted_effort else 0.0
        if took <= CHEAP or not self.ready:
            self._take_effort()
            return 0.0
        return took

    def _take_effort(self) -> None:
        if self._wanted_effort:
            self._budget.effort = self._wanted_effort
        self._wanted_effort = None

    def recall(self, exchanges: Sequence[Exchange]) -> None:
        """Begin with what an earlier run has said, as far as there is room for it."""
        if self._conversation:
            self._conversation.recall(exchanges)

    def remember(self, exchange: Exchange) -> None:
        """Add an exchange."""
        if self._conversation and self._compaction:
            self._conversation.remember(exchange)
            self._compaction.went_on()
        self._put_off -= 1
        if self._put_off <= 0:
            self._take_effort()

    def put_right(self, told: Exchange, said: Exchange) -> None:
        """Let the model know that something else was said than ``remember`` was told."""
        if self._conversation:
            self._conversation.put_right(told, said)
            self.altered.set()

    def retract(self, retraction: Retraction) -> None:
        """Leave out of what the model is told every exchange that answers what was taken back.

        The model then reads its prompt anew from there on: that costs time, once.
        """
        if self._conversation:
            self._conversation.retract(retraction)
            self.altered.set()

    def prompt(self, asked: str, remarks: Sequence[Remark]) -> list[Message]:
        """Return the prompt for a user message about remarks."""
        if self._conversation:
            return self._conversation.asking(asked)
        return prompt.brief(self._persona, asked, remarks)

    async def ask(
        self,
        messages: list[Message],
        effort: Effort | None = None,
        *,
        limit: int | None = None,
        schema: Mapping[str, Any] | None = None,
    ) -> AsyncGenerator[Piece]:
        """Stream what the model says to a prompt, and take note of what it has read, and how.

        See ``Engine.think`` for what the arguments are.

        Raises:
            BotError: the model is not there, or failed.
        """
        effort = effort or self._budget.effort
        unread = self._unread(messages, effort)
        thinking = self.llm.think(
            messages,
            effort=effort,
            sampling=self._sampling,
            limit=limit,
            functions=self._functions,
            schema=schema,
        )
        self.is_asked = True
        try:
            async with aclosing(thinking) as pieces:
                async for piece in pieces:
                    self.heard += 1
                    if self._conversation:
                        self._conversation.was_read(messages, effort)
                        if isinstance(piece, Done):
                            self._was_read(unread, of=_tokens(messages), done=piece)
                    yield piece
        except MalformedCallError:
            raise  # the model is there, and wrote nonsense
        except BotError as error:
            self.ready.lost(str(error))
            raise
        finally:
            self.is_asked = False

    def _was_read(self, unread: int, *, of: int, done: Done) -> None:
        took = done.prompt_seconds
        self.reuse = max(0.0, 1 - unread / of)
        if self._budget.has_read and self._rereading.is_lost(
            expected=self._budget.reading_seconds(unread), took=took, loading=done.load_seconds
        ):
            self.reuse = 0.0
            return
        self._budget.read(unread if done.prompt_read is None else done.prompt_read, took)

    async def prepare(self) -> None:
        """Have the model loaded, and let it read all that the next prompt begins with.

        Raises:
            BotError: the model is not there, or failed.
        """
        await self.llm.warm()
        await self.read()
        self.ready.found()

    async def read(self) -> None:
        """Let the model read what the next prompt begins with, before somebody waits for it.

        Raises:
            BotError: the model is not there, or failed.
        """
        self._take_effort()
        async with aclosing(self.ask(self._beginning(), limit=1)) as pieces:
            async for _ in pieces:
                pass

    @property
    def unread_seconds(self) -> float:
        """How long it takes to read what the next prompt begins with; 0.0 where that is little."""
        unread = self._unread(self._beginning(), self.effort)
        return self._budget.reading_seconds(unread) if unread > _LITTLE else 0.0

    def reading_seconds(self, messages: Sequence[Message], effort: Effort) -> float:
        """Estimate how long the model reads a prompt, by what it has read before."""
        return self._budget.reading_seconds(self._unread(messages, effort))

    @property
    def wants_notes(self) -> bool:
        """Whether ``note`` would find something to do."""
        return self._compaction is not None and self._compaction.wants_notes

    async def note(self) -> None:
        """Use a moment in which nobody waits: see ``Compaction.note``.

        Raises:
            BotError: the model is not there, or failed.
        """
        if self._compaction:
            await self._compaction.note()

    async def recap(self) -> Recap | None:
        """Have the model sum up the stream for the streamer; None where that comes to nothing.

        Raises:
            BotError: the model is not there, or failed.
        """
        if self._conversation is None:
            return None
        asked = self._conversation.asking(prompt.ask_to_recap(self._persona))
        return await structured.answer(self.ask, asked, Recap)

    @property
    def fold_seconds(self) -> float | None:
        """How long it takes to read what ``fold`` leaves; None where it is not worth that.

        It is 0.0 where that cannot wait for a better moment.
        """
        compaction = self._compaction
        if not (compaction and compaction.can_fold):
            return None
        if compaction.is_urgent:
            return 0.0
        seconds = self._budget.reading_seconds(compaction.fold_tokens)
        return seconds if compaction.is_noted or seconds <= CHEAP else None

    async def fold(self) -> None:
        """Fold the history, and let the model read it; see ``Compaction``.

        Raises:
            BotError: the model is not there, or failed.
        """
        if self._compaction:
            self._compaction.fold()
            await self.read()

    def _learned(self, learned: Sequence[Learned]) -> None:
        self.learn(learned)

    def _beginning(self) -> list[Message]:
        if self._conversation:
            return prompt.beginning(self._persona, self._conversation.history)
        return prompt.brief(self._persona, FENCE[0], ())

    def _unread(self, messages: Sequence[Message], effort: Effort) -> int:
        return self._conversation.unread(messages, effort) if self._conversation else 0


def _tokens(messages: Sequence[Message]) -> int:
    return max(1, sum(tokens(message["content"]) for message in messages))
