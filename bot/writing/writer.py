"""The writer: comments in, the character's sentences out, one by one as the model finds them."""

import logging
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace

from bot.chat import Exchange, Remark, Retraction
from bot.errors import BotError, MisconfiguredError
from bot.language import LANGUAGES
from bot.language.language import Fault
from bot.llm.message import Done, Message, Thinking
from bot.llm.ollama import Ollama
from bot.llm.options import Effort, Sampling
from bot.persona import Persona
from bot.speech import Speech
from bot.stage.backstage import Backstage
from bot.text import tokens
from bot.writing import prompt, summary
from bot.writing.answer import Answer, UnfitError
from bot.writing.budget import Budget, Plan
from bot.writing.history import History
from bot.writing.quality import Quality

log = logging.getLogger(__name__)

_REST = 4
"""Exchanges before the history is compacted again where that came to nothing."""


class ThoughtLeakError(BotError):
    """What was said turned out to be the model's thinking."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """A sentence that is fit to be said, and one of the persona's moods, or an empty string."""

    text: str
    mood: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """What the model is to answer.

    Attributes:
        asked: the user message, byte for byte as it is to stay in the history.
        remarks: the comments in it; none where the character goes on by itself.
    """

    asked: str
    remarks: tuple[Remark, ...] = ()


class Writer:
    """Asks the model for replies, and keeps the conversation for it.

    Args:
        effort: how long the model reasons.
        sampling: how freely it chooses its words.
        most: remarks that it can answer together.
        brief: whether the model is so small that it gets no more than ``prompt.brief``.

    Raises:
        MisconfiguredError: the persona leaves no room in the context for a conversation.
    """

    def __init__(
        self,
        *,
        persona: Persona,
        llm: Ollama,
        backstage: Backstage,
        effort: Effort,
        sampling: Sampling,
        most: int = 8,
        brief: bool = False,
    ) -> None:
        self._persona = persona
        self._language = LANGUAGES[persona.language]
        self._llm = llm
        self._backstage = backstage
        self._sampling = sampling
        self._most = most
        self._brief = brief
        self._budget = Budget(self._language, seconds=persona.reply_seconds, effort=effort)
        self._quality = Quality(persona, lenient=brief)
        self._history = History()
        self._sent: list[Message] = []
        self._begins_thinking = False
        self._rest = 0
        self.speed = 0.0
        """Tokens a second of the last reply, 0.0 before the first."""
        context = llm.options.num_ctx - llm.options.num_predict
        self._room = context - prompt.size(prompt.conversation(persona, ()))
        self._reserve = context // 5
        """Tokens of the context that are kept for the batch."""
        if not brief and self._room < self._reserve:
            raise MisconfiguredError(
                f"{persona.name} fills the model's context ({llm.options.num_ctx} tokens) and"
                " leaves no room for a conversation. Shorten the persona's profile or its examples,"
                " or raise OLLAMA_NUM_CTX."
            )

    @property
    def effort(self) -> Effort:
        """How long the model reasons, from the next reply on.

        The model's template has it at the head of the prompt: at a change it reads all anew.
        """
        return self._budget.effort

    @effort.setter
    def effort(self, effort: Effort) -> None:
        self._budget.effort = effort

    def plan(self) -> Plan:
        """Return how much the next batch and its answer should have, from the measured speed."""
        plan = self._budget.plan()
        return replace(
            plan, size=min(plan.size, self._most), tokens=min(plan.tokens, self._reserve)
        )

    def ask(self, remarks: Sequence[Remark], plan: Plan) -> Request:
        """Return the request for a batch that was taken by a plan."""
        asked = prompt.ask(self._persona, remarks, plan.sentences)
        return Request(asked, tuple(remarks))

    def ask_to_go_on(self, topic: str | None) -> Request:
        """Return the request in a silence: about a topic, or on with the last one."""
        return Request(prompt.ask_to_go_on(self._persona, topic, self.plan().sentences))

    def remember(self, exchange: Exchange) -> None:
        """Add an exchange to what the model is told of the conversation, if it is told any."""
        if not self._brief:
            self._history.add(exchange)
            self._quality.remember(exchange.reply)
            self._rest = max(0, self._rest - 1)

    def retract(self, retraction: Retraction) -> None:
        """Leave out of what the model is told every exchange that answers what was taken back.

        The model then reads its prompt anew from there on: that costs time, once.
        """
        self._history.retract(retraction)

    async def write(self, request: Request) -> AsyncGenerator[Spoken]:
        """Ask the model, and yield what is fit to be said as soon as it is whole.

        Where the beginning of its answer cannot be used it is asked once more, and told why; where
        that cannot be used either, nothing is yielded.

        Raises:
            ThoughtLeakError: what was yielded has to be taken back.
            BotError: the model is not there, or failed.
        """
        messages, effort = self._prompt(request), self.effort
        for is_last in (False, True):
            try:
                async with aclosing(self._attempt(messages, request, effort)) as sentences:
                    async for spoken in sentences:
                        yield spoken
            except UnfitError as unfit:
                fault = unfit.fault
            else:
                return
            log.info("An answer could not be used: %s", LANGUAGES["en"].faults[fault])
            if is_last:
                return
            if fault is Fault.EATEN:
                effort = "low"
            elif fault is Fault.EMPTY:
                # Where no mark ended the thinking there may have been none.
                self._begins_thinking = False
            elif fault is Fault.LEAKED:
                self._begins_thinking = True
            messages = self._prompt(replace(request, asked=self._again(request.asked, fault)))

    @property
    def wants_compaction(self) -> bool:
        """Whether ``compact`` would find something to do."""
        return not self._rest and bool(self._history.older(self._room - self._reserve))

    async def compact(self) -> None:
        """Have the model sum up the older part of a grown history, and read what it becomes.

        For when nobody waits. Cancelled at any moment it leaves the history whole.

        Raises:
            BotError: the model is not there, or failed.
        """
        older = self._history.older(self._room - self._reserve)
        changes = self._history.changes
        # All that it has read before it need not read again, as this is how that began.
        told = prompt.messages(
            self._persona,
            older,
            prompt.ask_to_sum_up(self._persona, summary.SENTENCES),
            notes=self._history.notes.text,
        )
        try:
            notes = await self._note(told)
        except BotError:
            self._rest = _REST
            raise
        if not notes:
            log.debug("The model noted nothing of what was said earlier.")
            self._rest = _REST
        elif changes == self._history.changes:
            log.debug("Notes on what was said earlier: %s", notes)
            self._history.settle(notes, len(older))
            await self._read()

    async def _note(self, told: list[Message]) -> str:
        pieces = self._llm.think(told, effort=self.effort, sampling=self._sampling)
        async with aclosing(pieces):
            notes = await summary.notes(pieces, self._speech(), self._quality.quotations())
        self._sent = told
        return notes

    async def _read(self) -> None:
        """Have the model read the conversation, so that the next comment does not wait for it."""
        told = prompt.conversation(
            self._persona, self._history.exchanges, notes=self._history.notes.text
        )
        pieces = self._llm.think(told, effort=self.effort, sampling=self._sampling, limit=1)
        async with aclosing(pieces):
            async for _ in pieces:
                self._sent = told

    async def _attempt(
        self, messages: list[Message], request: Request, effort: Effort
    ) -> AsyncGenerator[Spoken]:
        """Ask once, and yield what is fit to be said.

        Raises:
            UnfitError: nothing was yielded, and nothing will be.
        """
        answer = Answer(self._speech(), request.remarks, self._quality)
        unread = prompt.fresh(self._sent, messages)
        pieces = self._llm.think(messages, effort=effort, sampling=self._sampling)
        async with aclosing(pieces):
            async for piece in pieces:
                self._sent = messages
                if isinstance(piece, Thinking):
                    self._backstage.thinking(piece.text)
                ready = answer.take(piece)
                if answer.leaked:
                    raise self._leak(answer)
                for sentence in ready:
                    yield Spoken(sentence, answer.mood)
                if isinstance(piece, Done):
                    self._measure(piece, unread, answer)
                    if not answer.said:
                        raise UnfitError(Fault.EATEN if piece.cut else Fault.EMPTY)
                elif answer.is_enough:
                    if not answer.said:
                        raise UnfitError(Fault.EMPTY)
                    return

    def _leak(self, answer: Answer) -> Exception:
        if not answer.said:
            return UnfitError(Fault.LEAKED)
        self._begins_thinking = True
        return ThoughtLeakError(
            f"{self._llm.model} thinks in its answer without marking where it begins."
            " What was shown of it has been taken back; from now on nothing is shown"
            " before the mark that ends the thinking."
        )

    def _speech(self) -> Speech:
        return Speech(
            self._persona.names,
            moods=self._persona.moods,
            begins_thinking=self._begins_thinking,
        )

    def _prompt(self, request: Request) -> list[Message]:
        if self._brief:
            return prompt.brief(self._persona, request.asked, request.remarks)
        self._history.give_way(self._room - tokens(request.asked))
        return prompt.messages(
            self._persona,
            self._history.exchanges,
            request.asked,
            notes=self._history.notes.text,
        )

    def _again(self, asked: str, fault: Fault) -> str:
        return prompt.ask_again(self._persona, asked, self._language.faults[fault])

    def _measure(self, done: Done, unread: int, answer: Answer) -> None:
        """Take note of the speed; each piece of thinking and of content is a token or a few."""
        if answer.thought:
            log.debug("Thought: %s", "".join(answer.thought))
        thought = len(answer.thought)
        thinking = round(done.tokens * thought / max(1, thought + answer.written))
        self._budget.read(unread, done.prompt_seconds)
        self._budget.wrote(done.tokens, done.seconds, thinking=thinking, sentences=answer.sentences)
        self.speed = done.speed
        log.debug("%d tokens at %.1f tokens/s.", done.tokens, done.speed)
        if done.cut and not self._brief:
            log.info("The model used up its tokens (OLLAMA_NUM_PREDICT) before it was done.")
