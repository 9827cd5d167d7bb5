"""The director: the show's one loop. Take a batch, think, speak sentence by sentence, remember."""

import asyncio
import logging
import random
from collections.abc import Coroutine, Sequence
from contextlib import aclosing
from dataclasses import replace
from datetime import timedelta

from bot import prompt
from bot.chat import Comment, Reply, Retraction
from bot.clock import Clock
from bot.errors import BotError
from bot.intake import Intake
from bot.memory import Memory, Outcome
from bot.pace import reading_seconds
from bot.persona import Lines, Persona
from bot.prompt import Turn
from bot.stage import Stage
from bot.text import join
from bot.writer import ThoughtLeakError, Writer

log = logging.getLogger(__name__)

_REMEMBERED = timedelta(hours=12)
_REMEMBERED_TURNS = 60
_LONGEST_REST = 60.0
_LINGER = 15.0


class Director:
    """Leads the show. ``pause``, ``resume``, ``skip`` and ``clear`` act before they return.

    Args:
        batch_size: comments answered together, at most.
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
        batch_size: int,
    ) -> None:
        self._persona = persona
        self._intake = intake
        self._writer = writer
        self._memory = memory
        self._stages = stages
        self._clock = clock
        self._batch_size = batch_size
        chance = random.Random()  # noqa: S311  which line is spoken is no secret
        self._greeting = Lines(persona.greeting, chance)
        self._unable = Lines(persona.unable, chance)
        self._failures = 0
        self._live = asyncio.Event()
        self._live.set()
        self._turn: asyncio.Task[None] | None = None
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

    async def run(self) -> None:
        """Lead the show until cancelled; nothing is on a stage afterwards."""
        since = self._clock.now() - _REMEMBERED
        for turn in await self._memory.turns(self._persona.name, since, _REMEMBERED_TURNS):
            self._writer.remember(turn)
        await self._perform(self._greet())
        while True:
            await self._live.wait()
            await self._perform(self._answer_next())

    def pause(self) -> None:
        """Fall silent, blank every stage, and forget what waits but for what was paid."""
        self._live.clear()
        self._intake.put_back(self._unanswered)
        self._intake.drop()
        self.skip()

    def retract(self, retraction: Retraction) -> None:
        """Take back what was said to comments that no longer stand, also in mid-sentence.

        It leaves the stage and what the model is told. Whoever was to be answered together with
        them goes back to wait.
        """
        self._writer.forget(retraction)
        if any(map(retraction.covers, self._on_stage)):
            self._is_retracted = True
            rest = [comment for comment in self._unanswered if not retraction.covers(comment)]
            self.skip()
            self._intake.put_back(rest)

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
        self._intake.drop()
        self.skip()

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

    async def _answer_next(self) -> None:
        lingering = asyncio.create_task(self._blank_later())
        try:
            batch = self._unanswered = await self._intake.batch(self._batch_size)
        finally:
            lingering.cancel()
        asked = prompt.ask(self._persona, batch)
        reply = Reply(self._memory.begin(asked, batch), batch)
        self._is_retracted = False
        outcome = Outcome.CUT
        began = self._clock.monotonic()
        try:
            self._show(reply)
            async with aclosing(self._writer.write(asked, batch)) as sentences:
                async for sentence in sentences:
                    if not reply.sentences:
                        began = self._clock.monotonic()
                    reply = await self._say(reply, sentence)
                    self._unanswered = ()
            self._failures = 0
            if reply.sentences:
                outcome = Outcome.FINISHED
                self.answered += len(batch)
            else:
                outcome = Outcome.FAILED
                log.warning("The model gave nothing to say; the persona's own line is used.")
                self._ask_once_more(batch)
                reply = await self._say(reply, self._unable.next())
        except ThoughtLeakError as error:
            outcome = Outcome.FAILED
            log.error("%s", error)
            self._blank()
            self._ask_once_more(batch)
            reply = replace(reply, sentences=())
        except BotError as error:
            outcome = Outcome.FAILED
            reply = await self._fail(reply, error)
        finally:
            self._unanswered = ()
            if reply.sentences and outcome is not Outcome.FAILED and not self._is_retracted:
                self._writer.remember(Turn(asked, join(reply.sentences), batch))
            await self._memory.end(reply.id, outcome)
        await self._let_read(reply, began)
        if self._failures:
            await self._clock.sleep(min(_LONGEST_REST, 2.0**self._failures))

    async def _say(self, reply: Reply, sentence: str) -> Reply:
        reply = reply.saying(sentence)
        await self._memory.say(reply.id, len(reply.sentences) - 1, sentence)
        self._show(reply)
        return reply

    async def _fail(self, reply: Reply, error: BotError) -> Reply:
        """Tell the streamer, and save face before the viewers, once in a row of failures."""
        log.error("%s", error)
        self._failures += 1
        self._intake.put_back(comment for comment in self._unanswered if comment.is_paid)
        self._unanswered = ()
        if not reply.sentences and self._failures == 1:
            return await self._say(reply, self._unable.next())
        return reply

    def _ask_once_more(self, batch: tuple[Comment, ...]) -> None:
        """Let the paid ones wait again to which the model gave nothing, but not a third time."""
        self._intake.put_back(
            comment for comment in batch if comment.is_paid and comment not in self._fruitless
        )
        self._fruitless = batch
        self._unanswered = ()

    async def _let_read(self, reply: Reply, began: float) -> None:
        """Leave the finished reply on stage until viewers have read it."""
        if not reply.sentences:
            self._blank()
            return
        self._show(reply, finished=True)
        elapsed = self._clock.monotonic() - began
        await self._clock.sleep(max(0.0, reading_seconds(join(reply.sentences)) - elapsed))

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
