"""The performer: has one reply spoken at the pace of those who read it, and remembers it."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from functools import partial

from bot.chat import Clip, Exchange
from bot.clock import Clock
from bot.errors import BotError
from bot.intake.batch import Batch
from bot.intake.queue import CommentQueue
from bot.persona import Lines
from bot.show.generation import Generation
from bot.show.prefetch import Prefetch
from bot.show.speaker import Speaker
from bot.show.upkeep import Upkeep
from bot.stage.backstage import Backstage
from bot.storage.memory import Memory, Outcome
from bot.translation import tr
from bot.voice.narrator import Narrator
from bot.writing.reading_time import reading_seconds
from bot.writing.writer import Spoken, ThoughtLeakError, Writer

log = logging.getLogger(__name__)

_LONGEST_REST = 60.0
_FORGIVEN = 2
"""Failures in a row after which it is tried again at once, when the model is ready: later ones may
be the fault of what it is asked."""


class Performer:
    """Performs one generation after another; what is cut short is over in all that knows of it.

    Attributes:
        generation: what is being performed, if anything.
        answered: how many comments were answered.
        unable: what the character says where the model gives nothing.
        delay: seconds for which the streamer sees a sentence before viewers do.
        lead: seconds from taking a batch to its first sentence, as they were last time.
    """

    def __init__(
        self,
        speaker: Speaker,
        *,
        queue: CommentQueue,
        writer: Writer,
        memory: Memory,
        prefetch: Prefetch,
        upkeep: Upkeep,
        backstage: Backstage,
        narrator: Narrator,
        unable: Lines,
        clock: Clock,
    ) -> None:
        self._narrator = narrator
        self.generation: Generation | None = None
        self.answered = 0
        self.delay = 0.0
        self.unable = unable
        self._speaker = speaker
        self._queue = queue
        self._writer = writer
        self._memory = memory
        self._prefetch = prefetch
        self._upkeep = upkeep
        self._backstage = backstage
        self._clock = clock
        self._failures = 0
        self._told: Exchange | None = None
        """What the writer was told of the reply that is on."""
        self.lead: float | None = None
        self._is_retracted = False
        """Whether what is on stage answers a comment that no longer stands."""

    @property
    def batch(self) -> Batch | None:
        """What the reply that is on answers."""
        return self.generation.batch if self.generation else None

    def begin(self, generation: Generation) -> None:
        """Take on a generation: what ``perform`` has spoken, and all that cuts it acts on."""
        self.generation = generation
        self._is_retracted = False
        self._told = None

    def end(self) -> None:
        """Let go of the generation."""
        if self.generation:
            self.generation.stop()
        self.generation = None

    async def perform(self, generation: Generation) -> None:
        """Have it spoken, and see that nobody is owed an answer afterwards."""
        try:
            await self._answer(generation)
        except Exception:  # a bug has cut it
            if generation.batch and generation.batch.end is None:
                self._fail_batch(generation.batch)
            raise

    def break_off(self) -> None:
        """Say no more of it."""
        if self.generation is None:
            return
        unsaid = self.generation.rest
        self.generation.stop()
        # The next one was thought about as if all of this one had been said.
        if unsaid and (batch := self._prefetch.drop()):
            batch.give_back()

    def take_back(self) -> None:
        """Say no more of it, and remember nothing of what was said."""
        self._is_retracted = True
        self.break_off()

    async def _answer(self, generation: Generation) -> None:
        speaker, batch = self._speaker, generation.batch
        outcome = Outcome.CUT
        speaker.withdraw()
        if not self._failures:  # else nothing is shown of what may fail as the last has
            self._begin(generation)
        try:
            await self._speak(generation)
            if speaker.reply.sentences:
                outcome = Outcome.FINISHED
                self.answered += len(batch.comments) if batch else 0
            elif batch:
                outcome = Outcome.FAILED
                log.warning(tr("The model gave nothing to say; the persona's own line is used."))
                self._fail_batch(batch)
                await self._apologise(generation)
        except ThoughtLeakError as error:
            outcome = Outcome.FAILED
            log.error("%s", error)
            speaker.take_back()
            if batch:
                self._fail_batch(batch)
        except BotError as error:
            outcome = Outcome.FAILED
            await self._fail(error, generation)
        finally:
            await self._end(generation, outcome)
        speaker.finish()
        await self.let_read()
        if self._failures > _FORGIVEN:
            await self._clock.sleep(min(_LONGEST_REST, 2.0**self._failures))

    async def _end(self, generation: Generation, outcome: Outcome) -> None:
        sentences = self._speaker.reply.sentences
        if outcome is not Outcome.FAILED:
            if sentences:
                self._failures = 0
            self._remember(generation.exchange(*sentences))
        if self._speaker.has_begun:
            await self._speaker.end(outcome)

    def _begin(self, generation: Generation) -> None:
        if not self._speaker.has_begun:
            self._speaker.begin(generation.asked, generation.answers)

    async def _speak(self, generation: Generation) -> None:
        turn = partial(self._turn, generation)
        async with self._giving_way(generation), aclosing(generation.sentences(turn)) as spoken:
            async for sentence, clip, narration in spoken:
                self.lead = generation.lead
                self._begin(generation)
                await self._say(sentence, clip, generation.batch)
                while rest := await narration.clip():
                    self._speaker.sound(rest)

    async def _turn(self, generation: Generation, spoken: Spoken) -> None:
        """Wait until it is a sentence's turn, and until a moderator had the time to stop it."""
        begun = self._clock.monotonic()
        if self.delay:
            self._backstage.upcoming(spoken.text)
        if self._speaker.reply.sentences:
            await self.let_read(generation)
        await self._clock.sleep(max(0.0, begun + self.delay - self._clock.monotonic()))

    async def _say(self, spoken: Spoken, clip: Clip | None, batch: Batch | None) -> None:
        owed = batch.comments if batch and batch.end is None else ()
        try:
            await self._speaker.say(spoken.text, spoken.mood, clip=clip, settles=owed)
        except asyncio.CancelledError:  # it was written perhaps, but nobody will see it
            self._memory.owe(filter(self._queue.owes, owed))
            raise
        if batch:
            batch.answer()

    @asynccontextmanager
    async def _giving_way(self, generation: Generation) -> AsyncIterator[None]:
        """End what the character says by itself as soon as somebody is there to be answered."""

        async def give_way() -> None:
            await self._queue.arrived()
            self.break_off()

        watching = asyncio.create_task(give_way()) if generation.gives_way else None
        try:
            yield
        finally:
            if watching:
                watching.cancel()

    async def _fail(self, error: BotError, generation: Generation) -> None:
        """Tell the streamer, and save face before the viewers, once in a row of failures."""
        log.error("%s", error)
        self._failures += 1
        if batch := generation.batch:
            batch.give_back()
            if self._failures == 1:
                await self._apologise(generation)

    async def _apologise(self, generation: Generation) -> None:
        """Say what the character says where the model gives nothing more."""
        self._begin(generation)
        line = self.unable.next()
        clip = await self._narrator.begin(line).clip()
        await self._speaker.say(line, clip=clip)

    def _fail_batch(self, batch: Batch) -> None:
        """Let the paid ones wait again to which the model gave nothing, but not a third time."""
        again = self._queue.fail(batch)
        self._memory.owe(again)
        self._memory.settle(comment for comment in batch.comments if comment not in again)

    def _remember(self, exchange: Exchange) -> None:
        """Tell the writer what was said, or put right what it was told before it was said."""
        if self._told:
            self._writer.put_right(self._told, exchange)
        elif exchange.reply and not self._is_retracted:
            self._writer.remember(exchange)
            self._told = exchange

    async def let_read(self, generation: Generation | None = None) -> None:
        """Leave on stage what is there until viewers have read it.

        The next reply is begun just so early that it follows this one without a gap: it is to
        answer what is written until then.

        Args:
            generation: what is being said, where that is not over yet.
        """
        rest = generation.rest if generation else ()
        if generation is None and not self._failures and not self._prefetch.is_busy:
            await self._upkeep.while_read(self._speaker.pace.left)
        left = self._speaker.pace.left
        if rest is not None and not self._failures:
            ahead = left + sum(map(reading_seconds, rest)) - (self.lead or 0.0)
            if ahead <= left:
                await self._clock.sleep(max(0.0, ahead))
                if generation:
                    self._remember(generation.exchange(*self._speaker.reply.sentences, *rest))
                self._prefetch.begin()
        await self._clock.sleep(self._speaker.pace.left)
