"""The director: the show's one loop. Take a batch, think, speak sentence by sentence, remember."""

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace

from bot.chat import Comment, Exchange, Reply, Retraction
from bot.clock import Clock
from bot.errors import BotError
from bot.intake.batch import Batch, End
from bot.intake.queue import CommentQueue
from bot.llm.options import Effort
from bot.persona import Lines, Persona
from bot.show.generation import Generation
from bot.show.idle import Idle
from bot.show.prefetch import Prefetch
from bot.stage import Stage
from bot.storage.memory import Memory, Outcome
from bot.text import join
from bot.writing.reading_time import reading_seconds
from bot.writing.writer import ThoughtLeakError, Writer

log = logging.getLogger(__name__)

_LONGEST_REST = 60.0
_LINGER = 15.0


class Director:
    """Leads the show. What a moderator orders has happened when the method returns.

    Args:
        keeps_going: whether the character goes on by itself when the chat is silent.

    Attributes:
        answered: how many comments were answered.
    """

    def __init__(
        self,
        *,
        persona: Persona,
        queue: CommentQueue,
        writer: Writer,
        memory: Memory,
        stages: Sequence[Stage],
        clock: Clock,
        keeps_going: bool = True,
    ) -> None:
        self.answered = 0
        self._queue = queue
        self._writer = writer
        self._memory = memory
        self._stages = stages
        self._clock = clock
        chance = random.Random()  # noqa: S311  which line is spoken is no secret
        self._greeting = Lines(persona.greeting, chance)
        self._unable = Lines(persona.unable, chance)
        idle = Idle(persona if keeps_going else None, chance)
        self._prefetch = Prefetch(queue, writer, idle, clock)
        self._failures = 0
        self._live = asyncio.Event()
        self._live.set()
        self._act: asyncio.Task[None] | None = None
        """The part of the show that is on: the greeting, or a reply."""
        self._batch: Batch | None = None
        """What the reply that is on answers."""
        self._lead = 0.0
        """Seconds from taking a batch to its first sentence, as they were last time."""
        self._on_stage: tuple[Comment, ...] = ()
        """The comments that viewers see answered, or about to be."""
        self._is_retracted = False
        """Whether what is on stage answers a comment that no longer stands."""

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
        try:
            await self._perform(self._greet())
            while True:
                await self._live.wait()
                if generation := await self._next():
                    await self._put_on(generation)
        finally:
            self._prefetch.drop()

    def pause(self) -> None:
        """Fall silent, blank every stage, and forget what waits but for what was paid."""
        self._live.clear()
        self.clear()

    def resume(self) -> None:
        """Let the show go on."""
        self._live.set()

    def skip(self) -> None:
        """Stop the reply that is being thought about or spoken, and go on with the next."""
        if self._batch and self._batch.end is None:
            self._batch.withdraw()
            self._memory.settle(self._batch.comments)
        self._cut()

    def clear(self) -> None:
        """Blank every stage and forget what is not answered yet, but for what was paid."""
        for batch in (self._batch, self._prefetch.drop()):
            if batch and batch.end is None:
                batch.give_back(only_paid=True)
                self._memory.owe(batch.comments)
        self._queue.drop_unpaid()
        self._cut()

    def retract(self, retraction: Retraction) -> None:
        """Take off the stage what was said to comments that no longer stand, in mid-sentence too.

        The queue has let go of them before, and withdrawn what was to answer them.
        """
        self._prefetch.drop_if_withdrawn()
        on_stage = any(map(retraction.covers, self._on_stage))
        if on_stage or (self._batch and self._batch.end is End.WITHDRAWN):
            self._is_retracted = True
            self._cut()

    def _cut(self) -> None:
        if self._act:
            self._act.cancel()
        self._blank()

    async def _perform(self, act: Coroutine[None, None, None]) -> None:
        """Carry out one part of the show, in a task of its own that a moderator can cut."""
        task = self._act = asyncio.create_task(act)
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError:
            self._cut()
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

    async def _put_on(self, generation: Generation) -> None:
        """Have a reply spoken, and see that nobody is owed an answer afterwards."""
        batch = self._batch = generation.batch
        self._is_retracted = False
        try:
            await self._perform(self._answer(generation))
            if batch and batch.end is None:  # a bug has cut it
                self._fail_batch(batch)
        finally:
            generation.stop()
            self._batch = None

    async def _answer(self, generation: Generation) -> None:
        answers, batch = generation.answers, generation.batch
        reply = Reply(self._memory.begin(generation.asked, answers), answers)
        outcome = Outcome.CUT
        began = self._clock.monotonic()
        try:
            self._show(reply)
            async with self._giving_way(generation), aclosing(generation.sentences()) as sentences:
                async for spoken in sentences:
                    if not reply.sentences:
                        began = self._clock.monotonic()
                    reply = await self._say(reply, spoken.text, spoken.mood, answering=batch)
            self._failures = 0
            self._lead = generation.lead or 0.0
            if reply.sentences:
                outcome = Outcome.FINISHED
                self.answered += len(answers)
            elif batch:
                outcome = Outcome.FAILED
                log.warning("The model gave nothing to say; the persona's own line is used.")
                self._fail_batch(batch)
                reply = await self._say(reply, self._unable.next())
        except ThoughtLeakError as error:
            outcome = Outcome.FAILED
            log.error("%s", error)
            self._blank()
            if batch:
                self._fail_batch(batch)
            reply = replace(reply, sentences=())
        except BotError as error:
            outcome = Outcome.FAILED
            reply = await self._fail(reply, error, batch)
        finally:
            if reply.sentences and outcome is not Outcome.FAILED and not self._is_retracted:
                self._writer.remember(Exchange(generation.asked, join(reply.sentences), answers))
            await self._memory.end(reply.id, outcome)
        await self._let_read(reply, began)
        if self._failures:
            await self._clock.sleep(min(_LONGEST_REST, 2.0**self._failures))

    @asynccontextmanager
    async def _giving_way(self, generation: Generation) -> AsyncIterator[None]:
        """End what the character says by itself as soon as somebody is there to be answered."""

        async def give_way() -> None:
            await self._queue.arrived()
            generation.stop()

        watching = None if generation.batch else asyncio.create_task(give_way())
        try:
            yield
        finally:
            if watching:
                watching.cancel()

    async def _say(
        self, reply: Reply, sentence: str, mood: str = "", *, answering: Batch | None = None
    ) -> Reply:
        reply = reply.saying(sentence, mood)
        await self._memory.say(
            reply.id,
            len(reply.sentences) - 1,
            sentence,
            mood=reply.mood,
            settles=answering.comments if answering and answering.end is None else (),
        )
        if answering:
            answering.answer()
        self._show(reply)
        return reply

    async def _fail(self, reply: Reply, error: BotError, batch: Batch | None) -> Reply:
        """Tell the streamer, and save face before the viewers, once in a row of failures."""
        log.error("%s", error)
        self._failures += 1
        if batch:
            batch.give_back(only_paid=True)
        if reply.answers and not reply.sentences and self._failures == 1:
            return await self._say(reply, self._unable.next())
        return reply

    def _fail_batch(self, batch: Batch) -> None:
        """Let the paid ones wait again to which the model gave nothing, but not a third time."""
        again = self._queue.fail(batch)
        self._memory.owe(again)
        self._memory.settle(comment for comment in batch.comments if comment not in again)

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
