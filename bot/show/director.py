"""The director: the show's one loop. Take a batch, think, speak sentence by sentence, remember."""

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Coroutine, Iterable, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from datetime import timedelta

from bot.chat import Comment, Reply, Retraction
from bot.clock import Clock
from bot.errors import BotError
from bot.intake.dispatcher import Intake
from bot.persona import Effort, Lines, Persona
from bot.show.generation import Generation
from bot.show.idle import Idle
from bot.show.prefetch import Prefetch
from bot.stage import Stage
from bot.storage.memory import Memory, Outcome
from bot.text import join
from bot.writing.prompt import Exchange
from bot.writing.reading_time import reading_seconds
from bot.writing.writer import ThoughtLeakError, Writer

log = logging.getLogger(__name__)

_REMEMBERED = timedelta(hours=12)
_REMEMBERED_TURNS = 60
_LONGEST_REST = 60.0
_LINGER = 15.0


class Director:
    """Leads the show. What a moderator orders has happened when the method returns.

    Args:
        keeps_going: whether the character goes on by itself when the chat is silent.
    """

    def __init__(
        self,
        *,
        persona: Persona,
        intake: Intake,
        writer: Writer,
        memory: Memory,
        stages: Sequence[Stage],
        clock: Clock,
        keeps_going: bool = True,
    ) -> None:
        self._persona = persona
        self._intake = intake
        self._writer = writer
        self._memory = memory
        self._stages = stages
        self._clock = clock
        chance = random.Random()  # noqa: S311  which line is spoken is no secret
        self._greeting = Lines(persona.greeting, chance)
        self._unable = Lines(persona.unable, chance)
        silence = Idle(persona if keeps_going else None, chance)
        self._prefetch = Prefetch(intake, writer, silence, clock)
        self._failures = 0
        self._live = asyncio.Event()
        self._live.set()
        self._turn: asyncio.Task[None] | None = None
        self._lead = 0.0
        """Seconds from taking a batch to its first sentence, as they were last time."""
        self._unanswered: tuple[Comment, ...] = ()
        """The comments of this turn, until something is said to them."""
        self._fruitless: tuple[Comment, ...] = ()
        """The comments to which the model gave nothing that could be said, last time it did."""
        self._on_stage: tuple[Comment, ...] = ()
        """The comments that viewers see answered, or about to be."""
        self._is_retracted = False
        """Whether what is on stage answers a comment that no longer stands."""
        self.answered = 0
        """Comments that were answered."""

    @property
    def paused(self) -> bool:
        """Whether the character is to be silent."""
        return not self._live.is_set()

    @property
    def effort(self) -> Effort:
        """How long the model reasons before it speaks."""
        return self._writer.effort

    def think(self, effort: Effort) -> None:
        """Have the model reason longer or shorter, from the next reply on."""
        self._writer.effort = effort

    async def run(self) -> None:
        """Lead the show until cancelled; nothing is on a stage afterwards."""
        since = self._clock.now() - _REMEMBERED
        for turn in await self._memory.turns(self._persona.name, since, _REMEMBERED_TURNS):
            self._writer.remember(turn)
        try:
            await self._perform(self._greet())
            while True:
                await self._live.wait()
                if generation := await self._next():
                    self._unanswered = generation.answers
                    try:
                        await self._perform(self._answer(generation))
                    finally:
                        generation.stop()
        finally:
            self._prefetch.drop()

    def pause(self) -> None:
        """Fall silent, blank every stage, and forget what waits but for what was paid."""
        self._live.clear()
        self._intake.put_back(self._unanswered)
        self.clear()

    def resume(self) -> None:
        """Let the show go on."""
        self._live.set()

    def skip(self) -> None:
        """Stop the reply that is being thought about or spoken, and go on with the next."""
        self._unanswered = ()
        if self._turn:
            self._turn.cancel()
        self._blank()

    def clear(self) -> None:
        """Blank every stage and forget what waits but for what was paid."""
        self._intake.put_back(self._prefetch.drop())
        self._intake.drop()
        self.skip()

    def retract(self, retraction: Retraction) -> None:
        """Take back what was said to comments that no longer stand, also in mid-sentence.

        It leaves the stage and what the model is told. Whoever was to be answered together with
        them goes back to wait.
        """
        self._writer.forget(retraction)
        rest: list[Comment] = []
        if any(map(retraction.covers, self._prefetch.comments)):
            rest += self._prefetch.drop()
        if any(map(retraction.covers, self._on_stage)):
            self._is_retracted = True
            rest += self._unanswered
            self.skip()
        self._intake.put_back(comment for comment in rest if not retraction.covers(comment))

    async def _perform(self, turn: Coroutine[None, None, None]) -> None:
        """Carry out one part of the show, in a task of its own that a moderator can cut."""
        task = self._turn = asyncio.create_task(turn)
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError:
            self.skip()
            await asyncio.wait({task})
            raise
        if not task.cancelled() and (bug := task.exception()):
            log.error("A bug in the show; it goes on with the next comments.", exc_info=bug)
            self._blank()

    async def _greet(self) -> None:
        reply = Reply(self._memory.begin("", ()), ())
        reply = await self._say(reply, self._greeting.next())
        await self._memory.end(reply.id, Outcome.FINISHED)
        await self._let_read(reply, self._clock.monotonic())

    async def _next(self) -> Generation | None:
        lingering = asyncio.create_task(self._blank_later())
        try:
            return await self._prefetch.next()
        finally:
            lingering.cancel()

    async def _answer(self, generation: Generation) -> None:
        answers = generation.answers
        reply = Reply(self._memory.begin(generation.asked, answers), answers)
        self._is_retracted = False
        outcome = Outcome.CUT
        began = self._clock.monotonic()
        try:
            self._show(reply)
            async with self._giving_way(generation), aclosing(generation.sentences()) as sentences:
                async for spoken in sentences:
                    if not reply.sentences:
                        began = self._clock.monotonic()
                    reply = await self._say(reply, spoken.text, spoken.mood)
                    self._unanswered = ()
            self._failures = 0
            self._lead = generation.lead or 0.0
            if reply.sentences:
                outcome = Outcome.FINISHED
                self.answered += len(answers)
            elif answers:
                outcome = Outcome.FAILED
                log.warning("The model gave nothing to say; the persona's own line is used.")
                self._ask_once_more(answers)
                reply = await self._say(reply, self._unable.next())
        except ThoughtLeakError as error:
            outcome = Outcome.FAILED
            log.error("%s", error)
            self._blank()
            self._ask_once_more(answers)
            reply = replace(reply, sentences=())
        except BotError as error:
            outcome = Outcome.FAILED
            reply = await self._fail(reply, error)
        finally:
            self._unanswered = ()
            if reply.sentences and outcome is not Outcome.FAILED and not self._is_retracted:
                self._intake.answered(answers)
                self._writer.remember(Exchange(generation.asked, join(reply.sentences), answers))
            await self._memory.end(reply.id, outcome)
        await self._let_read(reply, began)
        if self._failures:
            await self._clock.sleep(min(_LONGEST_REST, 2.0**self._failures))

    @asynccontextmanager
    async def _giving_way(self, generation: Generation) -> AsyncIterator[None]:
        """End what the character says by itself as soon as somebody is there to be answered."""

        async def give_way() -> None:
            await self._intake.arrived()
            generation.stop()

        watching = None if generation.answers else asyncio.create_task(give_way())
        try:
            yield
        finally:
            if watching:
                watching.cancel()

    async def _say(self, reply: Reply, sentence: str, mood: str = "") -> Reply:
        reply = reply.saying(sentence, mood)
        await self._memory.say(reply.id, len(reply.sentences) - 1, sentence)
        self._show(reply)
        return reply

    async def _fail(self, reply: Reply, error: BotError) -> Reply:
        """Tell the streamer, and save face before the viewers, once in a row of failures."""
        log.error("%s", error)
        self._failures += 1
        self._intake.put_back(_paid(self._unanswered))
        self._unanswered = ()
        if reply.answers and not reply.sentences and self._failures == 1:
            return await self._say(reply, self._unable.next())
        return reply

    def _ask_once_more(self, batch: tuple[Comment, ...]) -> None:
        """Let the paid ones wait again to which the model gave nothing, but not a third time."""
        self._intake.put_back(comment for comment in _paid(batch) if comment not in self._fruitless)
        self._fruitless = batch
        self._unanswered = ()

    async def _let_read(self, reply: Reply, began: float) -> None:
        """Leave the finished reply on stage until viewers have read it.

        The next one is begun just so early that it follows without a gap: it is to answer what is
        written until then.
        """
        if not reply.sentences:
            self._blank()
            return
        self._show(reply, finished=True)
        elapsed = self._clock.monotonic() - began
        left = max(0.0, reading_seconds(join(reply.sentences)) - elapsed)
        await self._clock.sleep(max(0.0, left - self._lead))
        if not self._failures:
            self._prefetch.begin()
        await self._clock.sleep(min(left, self._lead))

    async def _blank_later(self) -> None:
        """Take away what everybody has read, in a chat that has fallen silent."""
        await self._clock.sleep(_LINGER)
        self._blank()

    def _show(self, reply: Reply, *, finished: bool = False) -> None:
        self._on_stage = reply.answers
        for stage in self._stages:
            stage.show(reply, finished=finished)

    def _blank(self) -> None:
        self._on_stage = ()
        for stage in self._stages:
            stage.clear()


def _paid(comments: Iterable[Comment]) -> list[Comment]:
    return [comment for comment in comments if comment.is_paid]
