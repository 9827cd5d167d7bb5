"""The writer: comments in, the character's sentences out, one by one as the model finds them."""

import logging
from collections.abc import AsyncGenerator, Iterable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Final, Protocol

from bot.chat import Comment, Exchange, Remark, Retraction
from bot.errors import BotError
from bot.language import LANGUAGES
from bot.language.language import Fault
from bot.llm.engine import Engine
from bot.llm.message import Call, Done, Function, MalformedCallError, Message, Thinking
from bot.llm.options import Effort, Sampling
from bot.persona import Persona
from bot.safety.guard import Guard
from bot.safety.judge import Judge
from bot.speech import Speech
from bot.stage.backstage import Backstage
from bot.translation import tr, tr_noop
from bot.writing import prompt
from bot.writing.answer import Answer, UnfitError
from bot.writing.budget import MOST_REMARKS, Budget, Plan
from bot.writing.dialogue import CHEAP, Dialogue
from bot.writing.quality import Quality

log = logging.getLogger(__name__)

_ENOUGH = 600
"""Characters after which the beginning of an answer is taken for speech, though its end may tell
that it was a thought."""
ROUNDS: Final = 3
"""How often the model may have something done before it answers."""
_SHARE = 0.25
"""Of the time of a reply, which each of these may take."""
_MALFORMED = "(that call could not be read)"
_FAULTS = {
    Fault.EMPTY: tr_noop("there was nothing in it to be said"),
    Fault.EATEN: tr_noop("the model thought until its tokens were used up"),
    Fault.LEAKED: tr_noop("it was the model's thinking"),
    Fault.ALOUD: tr_noop("the model spoke of its task"),
    Fault.LANGUAGE: tr_noop("it was not in {language}"),
    Fault.REPEATED: tr_noop("the character has said almost the same before"),
    Fault.QUOTED: tr_noop("it read out what only the model is told"),
    Fault.UNSAFE: tr_noop("viewers may not see it"),
}
"""Why, in words for the streamer."""
_AGAIN = tr_noop(" The model is asked once more.")


class ThoughtLeakError(BotError):
    """What was said turned out to be the model's thinking."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """A sentence that is fit to be said, and one of the persona's moods, or an empty string."""

    text: str
    mood: str = ""


@dataclass(slots=True)
class Request:
    """What the model is to answer.

    Attributes:
        asked: the user message, byte for byte as it is to stay in the history; it grows by what
            tools find for it.
        remarks: the comments in it; none where the character goes on by itself.
    """

    asked: str
    remarks: tuple[Remark, ...] = ()


class Tools(Protocol):
    """What the model may have done."""

    def functions(self, persona: Persona) -> Sequence[Function]:
        """Return what it is told of, the same for as long as a persona is on."""
        ...

    async def use(
        self, calls: Sequence[Call], asked: tuple[Comment, ...], *, seconds: float
    ) -> list[str]:
        """Carry out calls for these comments, within so many seconds; return a line of each."""
        ...


class _CalledError(Exception):
    """The model has not answered, but wants something done first."""

    def __init__(self, calls: Sequence[Call]) -> None:
        super().__init__(calls)
        self.calls = calls


class Writer:
    """Asks the model for replies, and keeps the conversation for it.

    Args:
        judge: tells what of the model's sentences may be shown.
        guard: is asked, too, about each of them and about what viewers pay for, if there is one.
        effort: how long the model reasons.
        sampling: how freely it chooses its words, where that is not left to the persona.
        most: remarks that it can answer together.
        brief: whether the model is so small that it gets no more than ``prompt.brief``.
        tools: what the model may have done, if anything.

    Raises:
        MisconfiguredError: the persona leaves no room in the context for a conversation.
    """

    def __init__(
        self,
        *,
        persona: Persona,
        llm: Engine,
        backstage: Backstage,
        judge: Judge,
        guard: Guard | None = None,
        effort: Effort,
        sampling: Sampling | None = None,
        most: int = MOST_REMARKS,
        brief: bool = False,
        tools: Tools | None = None,
    ) -> None:
        self._tools = None if brief else tools
        self._backstage = backstage
        self._guard = guard
        self._most = most
        self._judge = judge
        self._is_brief = brief
        self._budget = Budget(
            LANGUAGES[persona.language], seconds=persona.reply_seconds, effort=effort
        )
        self.dialogue = Dialogue(
            llm,
            self._budget,
            sampling=sampling,
            brief=brief,
            speech=self._speech,
        )
        self.play(persona)
        self._begins_thinking = False
        self._is_trusted = False
        """Whether the model has shown in this stream that it can tell speech from thoughts."""
        self.speed = 0.0
        """Tokens a second of the last reply, 0.0 before the first."""

    def play(self, persona: Persona) -> None:
        """Write as a character, who knows of no conversation yet.

        Raises:
            MisconfiguredError: as the constructor.
        """
        quality = Quality(persona, self._judge, lenient=self._is_brief)
        functions = self._tools.functions(persona) if self._tools else ()
        self.dialogue.play(persona, quality, functions)
        self._quality = quality
        self._persona = persona
        self._language = LANGUAGES[persona.language]
        self._budget.write_for(self._language, persona.reply_seconds)

    @property
    def model(self) -> str:
        """The name of the model."""
        return self.dialogue.llm.model

    def plan(self) -> Plan:
        """Return how much the next batch and its answer should have, from the measured speed."""
        plan = self._budget.plan()
        room = self.dialogue.reserve or plan.tokens
        return replace(plan, size=min(plan.size, self._most), tokens=min(plan.tokens, room))

    async def unfit(self, comments: Iterable[Comment]) -> list[Comment]:
        """Return those comments that were paid for whose words the guard does not let pass."""
        found = []
        for comment in comments if self._guard else ():
            if comment.is_paid and (why := await self._objection(comment.text)):
                self._backstage.withhold(comment, (tr("it holds {why}", why=why),))
                found.append(comment)
        return found

    async def _lets_pass(self, sentence: str) -> bool:
        if why := await self._objection(sentence):
            log.info(tr("A sentence of the model's was withheld: it holds {why}.", why=why))
        return not why

    async def _objection(self, text: str) -> str | None:
        return await self._guard.finds(text) if self._guard else None

    def ask(self, remarks: Sequence[Remark], plan: Plan) -> Request:
        """Return the request for a batch that was taken by a plan."""
        asked = prompt.ask(self._persona, remarks, plan.sentences)
        return Request(asked, tuple(remarks))

    def ask_to_go_on(self, topic: str | None) -> Request:
        """Return the request in a silence: about a topic, or on with the last one."""
        return Request(prompt.ask_to_go_on(self._persona, topic, self.plan().sentences))

    def ask_to_tell(self, news: str, wanted_in: Iterable[Comment]) -> Request:
        """Return the request in which viewers are told of something.

        Args:
            news: what; see ``prompt``.
            wanted_in: the comments in which that was wanted: it goes with them.
        """
        asked = prompt.ask_to_tell(self._persona, news, self.plan().sentences)
        return Request(asked, tuple(Remark((comment,)) for comment in wanted_in))

    def recall(self, exchanges: Sequence[Exchange]) -> None:
        """Begin with what an earlier run has said, as far as there is room for it."""
        for exchange in exchanges:
            self._quality.remember(exchange.reply)
        self.dialogue.recall(exchanges)

    def remember(self, exchange: Exchange) -> None:
        """Add an exchange to what the model is told of the conversation, if it is told any."""
        self._quality.remember(exchange.reply)
        self.dialogue.remember(exchange)

    def put_right(self, told: Exchange, said: Exchange) -> None:
        """Let the model know that something else was said than ``remember`` was told."""
        self.dialogue.put_right(told, said)

    def retract(self, retraction: Retraction) -> None:
        """Leave out of what the model is told every exchange that answers what was taken back."""
        self.dialogue.retract(retraction)

    async def write(self, request: Request) -> AsyncGenerator[Spoken]:
        """Ask the model, and yield what is fit to be said as soon as it is whole.

        Where the beginning of its answer cannot be used it is asked once more, and told why; where
        that cannot be used either, nothing is yielded.

        Raises:
            ThoughtLeakError: what was yielded has to be taken back.
            BotError: the model is not there, or failed.
        """
        messages, effort = self._prompt(request, request.asked), self._budget.effort
        for is_last in (False, True):
            try:
                async with aclosing(self._informed(messages, request, effort)) as sentences:
                    async for spoken in sentences:
                        yield spoken
            except UnfitError as unfit:
                fault = unfit.fault
            else:
                return
            why = tr(_FAULTS[fault], language=tr(self._language.title))
            log.info(
                tr(
                    "An answer could not be used, because {why}.{again}",
                    why=why,
                    again="" if is_last else tr(_AGAIN),
                )
            )
            if is_last:
                return
            if fault is Fault.EATEN:
                # The model is told, too; another effort is worth it only where reading is cheap.
                if self.dialogue.reading_seconds(messages, "low") <= CHEAP:
                    effort = "low"
            elif fault is Fault.EMPTY:
                # Where no mark ended the thinking there may have been none.
                self._begins_thinking = False
            elif fault is Fault.LEAKED:
                self._begins_thinking = True
            messages = self._prompt(request, self._again(request.asked, fault))

    async def _informed(
        self, messages: list[Message], request: Request, effort: Effort
    ) -> AsyncGenerator[Spoken]:
        """Ask, have done what the model wants done, and ask with what came of it.

        Raises: as ``_attempt``.
        """
        tools = self._tools
        comments = tuple(one for remark in request.remarks for one in remark.comments)
        for left in range(ROUNDS if tools else 0, -1, -1):
            try:
                async with aclosing(self._attempt(messages, request, effort)) as sentences:
                    async for spoken in sentences:
                        yield spoken
            except _CalledError as called:
                calls = called.calls
            except MalformedCallError:
                calls = ()
            else:
                return
            if not (tools and left):
                raise UnfitError(Fault.EMPTY)
            seconds = self._persona.reply_seconds * _SHARE
            results = await tools.use(calls, comments, seconds=seconds)
            request.asked = prompt.with_results(
                self._persona, request.asked, results or [_MALFORMED]
            )
            messages = self._prompt(request, request.asked)

    async def _attempt(
        self, messages: list[Message], request: Request, effort: Effort
    ) -> AsyncGenerator[Spoken]:
        """Ask once, and yield what is fit to be said.

        Until the model is trusted, nothing is yielded before its answer is whole, or long enough:
        some models think first and mark no more than the end of it, and late is better than a
        thought on stream.

        Raises:
            UnfitError: nothing was yielded, and nothing will be.
            MalformedCallError, _CalledError: the model wants something done first.
        """
        answer = Answer(self._speech(), request.remarks, self._quality)
        held: list[Spoken] = []
        was_shown = False
        async with aclosing(self.dialogue.ask(messages, effort)) as pieces:
            async for piece in pieces:
                if isinstance(piece, Thinking):
                    self._backstage.thinking(piece.text)
                taken = answer.take(piece)
                if answer.leaked:
                    raise self._leak(was_shown=was_shown)
                fit = [one for one in taken if await self._lets_pass(one)]
                if taken and not (fit or held or was_shown):
                    raise UnfitError(Fault.UNSAFE)
                held += [Spoken(sentence, answer.mood) for sentence in fit]
                done = piece if isinstance(piece, Done) else None
                is_whole = done is not None or answer.is_enough
                if self._trusts(answer, is_whole=is_whole):
                    was_shown = was_shown or bool(held)
                    for spoken in held:
                        yield spoken
                    held.clear()
                if done:
                    self._measure(done, answer)
                if is_whole:
                    _demand_words(answer, done)
                    return

    def _trusts(self, answer: Answer, *, is_whole: bool) -> bool:
        """Return whether the model is trusted, now that this much of an answer is known."""
        is_seen = (is_whole and answer.said) or answer.marks_thoughts or answer.characters > _ENOUGH
        self._is_trusted = self._is_trusted or bool(is_seen)
        return self._is_trusted

    def _leak(self, *, was_shown: bool) -> Exception:
        self._is_trusted = False
        if not was_shown:
            return UnfitError(Fault.LEAKED)
        self._begins_thinking = True
        return ThoughtLeakError(
            tr(
                "{model} thinks in its answer without marking where it begins. What was shown"
                " of it has been taken back; from now on nothing is shown before the mark that"
                " ends the thinking.",
                model=self.model,
            )
        )

    def _speech(self) -> Speech:
        return Speech(
            self._persona.names,
            moods=self._persona.moods,
            begins_thinking=self._begins_thinking,
        )

    def _prompt(self, request: Request, asked: str) -> list[Message]:
        return self.dialogue.prompt(asked, request.remarks)

    def _again(self, asked: str, fault: Fault) -> str:
        return prompt.ask_again(self._persona, asked, self._language.faults[fault])

    def _measure(self, done: Done, answer: Answer) -> None:
        """Take note of the speed; each piece of thinking and of content is a token or a few."""
        if answer.thought:
            log.debug("Thought: %s", "".join(answer.thought))
        thought = len(answer.thought)
        thinking = round(done.tokens * thought / max(1, thought + answer.written))
        self._budget.wrote(done.tokens, done.seconds, thinking=thinking, sentences=answer.sentences)
        self.speed = done.speed
        log.debug("%d tokens at %.1f tokens/s.", done.tokens, done.speed)
        if done.cut and self.dialogue.reserve:
            limit = f"{self.dialogue.llm.group}_NUM_PREDICT"
            log.info(tr("The model used up its tokens ({limit}) before it was done.", limit=limit))


def _demand_words(answer: Answer, done: Done | None) -> None:
    """Raise where an answer that is whole holds nothing to say.

    Raises:
        UnfitError: with what is wrong with it.
        _CalledError: it wants something done first.
    """
    if answer.calls:
        raise _CalledError(answer.calls)
    if not answer.said:
        raise UnfitError(Fault.EATEN if done and done.cut else Fault.EMPTY)
