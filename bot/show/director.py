"""The director: the show's one loop. Take a batch, think, speak sentence by sentence, remember."""

import asyncio
import logging
import random
from collections import deque
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from functools import partial

from bot.chat import Comment, Retraction
from bot.clock import Clock
from bot.intake.batch import Batch, End
from bot.intake.queue import CommentQueue
from bot.llm.options import Effort
from bot.persona import Lines, Persona
from bot.show.generation import Generation
from bot.show.idle import Idle
from bot.show.performer import Performer
from bot.show.prefetch import Prefetch
from bot.show.speaker import Speaker
from bot.show.upkeep import Upkeep
from bot.sources.broadcast import Broadcast
from bot.stage import Stage
from bot.stage.backstage import Backstage
from bot.storage.memory import Memory, Outcome
from bot.translation import tr
from bot.voice.narrator import Narrator
from bot.writing.writer import Request, Writer

log = logging.getLogger(__name__)

_LINGER = 15.0
"""Seconds for which words stay that everybody has read, where nothing follows them."""


@dataclass(frozen=True, slots=True)
class _Wish:
    """What is to be said next: a text word for word, or what the model makes of a request."""

    text: str = ""
    request: Callable[[], Request] | None = None
    wanted_in: tuple[Comment, ...] = ()


class Director:
    """Leads the show. What a moderator orders has happened when the method returns.

    Args:
        broadcast: whether there is an audience: viewers are greeted once there is, and nothing is
            said to nobody before.
        backstage: where the streamer sees what is delayed.
        narrator: has what is said turned into sound.
        delay: seconds for which each sentence is.
        keeps_going: whether the character goes on by itself when the chat is silent.
        chance: chooses which of the character's own lines is spoken.
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
        broadcast: Broadcast,
        backstage: Backstage,
        narrator: Narrator,
        delay: float = 0.0,
        keeps_going: bool = True,
        chance: random.Random | None = None,
    ) -> None:
        self._queue = queue
        self._writer = writer
        self._narrator = narrator
        self._memory = memory
        self._speaker = Speaker(memory, stages, clock)
        self._clock = clock
        self._chance = chance or random.Random()  # noqa: S311  which line is spoken is no secret
        self._broadcast = broadcast
        self._keeps_going = keeps_going
        upkeep = Upkeep(writer.dialogue, clock)
        self._prefetch = Prefetch(queue, writer, upkeep, narrator, clock)
        self._performer = Performer(
            self._speaker,
            queue=queue,
            writer=writer,
            memory=memory,
            prefetch=self._prefetch,
            upkeep=upkeep,
            backstage=backstage,
            narrator=narrator,
            unable=Lines(persona.unable, self._chance),
            clock=clock,
        )
        self._performer.delay = delay
        self._wishes = deque[_Wish]()
        """What is to be said next."""
        self._wished = asyncio.Event()
        self._live = asyncio.Event()
        self._live.set()
        self._act: asyncio.Task[None] | None = None
        """The part of the show that is on: the greeting, or a reply."""
        self._take_lines(persona)

    @property
    def answered(self) -> int:
        """How many comments were answered."""
        return self._performer.answered

    @property
    def lead(self) -> float | None:
        """Seconds that the last reply took to its first words; None before there was one."""
        return self._performer.lead

    @property
    def answering(self) -> tuple[Comment, ...]:
        """The comments that are being answered, from the first thought to the last word."""
        batch = self._performer.batch or self._prefetch.batch
        return batch.comments if batch else ()

    @property
    def paused(self) -> bool:
        """Whether the character is to be silent."""
        return not self._live.is_set()

    @property
    def effort(self) -> Effort:
        """How long the model reasons before it speaks."""
        return self._writer.dialogue.effort

    def play(self, persona: Persona) -> None:
        """Have another character go on: it greets, and answers what the last one did not."""
        for batch in self._unanswered():
            batch.give_back()
        self._cut()
        self._take_lines(persona)
        self._wished.set()

    def _take_lines(self, persona: Persona) -> None:
        self._has_greeted = False
        self._greeting = Lines(persona.greeting, self._chance)
        self._performer.unable = Lines(persona.unable, self._chance)
        self._idle = Idle(persona if self._keeps_going else None, self._chance)

    def think(self, effort: Effort) -> float:
        """Have the model reason longer or shorter: see ``Dialogue.think``."""
        return self._writer.dialogue.think(effort)

    @property
    def delayed(self) -> float:
        """Seconds for which the streamer sees each sentence before viewers do."""
        return self._performer.delay

    def delay(self, seconds: float) -> None:
        """Show each sentence to the streamer so long before viewers see it."""
        self._performer.delay = seconds

    def say(self, text: str) -> None:
        """Have the character say a text, word for word, after what it is saying now."""
        self._wish(_Wish(text))

    def talk_about(self, topic: str) -> None:
        """Have the character talk about something, after what it is saying now."""
        self._wish(_Wish(request=partial(self._writer.ask_to_go_on, topic)))

    def tell(self, news: str, wanted_in: tuple[Comment, ...]) -> None:
        """Have viewers told of something that was wanted in some comments, likewise."""
        request = partial(self._writer.ask_to_tell, news, wanted_in)
        self._wish(_Wish(request=request, wanted_in=wanted_in))

    def _wish(self, wish: "_Wish") -> None:
        self._wishes.append(wish)
        self._wished.set()

    async def run(self) -> None:
        """Lead the show until cancelled; nothing is on a stage afterwards."""
        try:
            while True:
                await self._live.wait()
                if self._is_to_greet:
                    self._has_greeted = True
                    await self._perform(self._speak(self._greeting.next()))
                elif self._wishes:
                    await self._fulfil(self._wishes.popleft())
                elif generation := await self._next():
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

    async def bow_out(self) -> None:
        """Say no more than the sentence that is on stage; return when viewers have read it."""
        self._live.clear()
        self._performer.break_off()
        if self._speaker.reply.sentences:
            await self._clock.sleep(self._speaker.pace.left)
        self._cut()

    def skip(self) -> None:
        """Stop the reply that is being thought about or spoken, and go on with the next."""
        batch = self._performer.batch
        if batch and batch.end is None:
            batch.withdraw()
            self._memory.settle(batch.comments)
        self._cut()

    def clear(self) -> None:
        """Blank every stage and forget what is not answered yet, but for what was paid."""
        for batch in self._unanswered():
            batch.give_back(only_paid=True)
        self._queue.drop_unpaid()
        self._wishes.clear()
        self._cut()

    def _unanswered(self) -> list[Batch]:
        """Return what is on lease and was not answered, and is to be answered later."""
        batches = filter(None, (self._performer.batch, self._prefetch.drop()))
        return [batch for batch in batches if batch.end is None]

    def reconsider(self, fit: Callable[[Comment], Comment | None]) -> None:
        """Answer of the comments that wait only what is fit now; see ``CommentQueue``."""
        batch = self._prefetch.drop()
        if batch and batch.end is None:
            batch.give_back()
        self._queue.reconsider(fit)

    def retract(self, retraction: Retraction) -> None:
        """Take off the stage what was said to comments that no longer stand, in mid-sentence too.

        The queue has let go of them before, and withdrawn what was to answer them.
        """
        self._prefetch.drop_if_withdrawn()
        for wish in [one for one in self._wishes if any(map(retraction.covers, one.wanted_in))]:
            self._wishes.remove(wish)
        on_stage = any(map(retraction.covers, self._speaker.on_stage))
        batch, telling = self._performer.batch, self._performer.generation
        is_gone = bool(batch and batch.end is End.WITHDRAWN)
        if telling and not batch:
            is_gone = any(map(retraction.covers, telling.answers))
        if on_stage or is_gone:
            self._performer.take_back()
            self._cut()

    def _cut(self) -> None:
        if self._act:
            self._act.cancel()
        self._performer.break_off()
        self._speaker.blank()

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
            log.error(tr("A bug in the show; it goes on with the next comments."), exc_info=bug)
            self._speaker.blank()

    async def _fulfil(self, wish: "_Wish") -> None:
        if not wish.request:
            await self._perform(self._speak(wish.text))
            return
        await self._prefetch.rest()
        if self.paused:
            return
        await self._put_on(
            Generation(self._writer, self._clock, wish.request(), narrator=self._narrator)
        )

    async def _speak(self, line: str) -> None:
        """Say a line that is nobody's answer, while the model thinks about the next one."""
        self._prefetch.begin()
        clip = await self._narrator.begin(line).clip()
        self._speaker.begin("", ())
        await self._speaker.say(line, clip=clip)
        self._speaker.finish()
        await self._speaker.end(Outcome.FINISHED)
        await self._performer.let_read()

    @property
    def _is_to_greet(self) -> bool:
        return self._broadcast.is_live and not self._has_greeted

    async def _next(self) -> Generation | None:
        """Return the next reply; None where something has come between."""
        self._wished.clear()
        silence = asyncio.create_task(self._silence())
        wished = asyncio.create_task(self._wished.wait())
        lingering = asyncio.create_task(self._blank_later())
        try:
            await self._prefetch.wait(silence, wished)
        finally:
            silence.cancel()
            wished.cancel()
            lingering.cancel()
        if self._is_to_greet or self._wishes:
            return None
        if silence.done() and not self.paused:
            await self._prefetch.rest()
        if generation := self._prefetch.claim():
            self._idle.break_off()
            return generation
        if not silence.done() or self.paused:
            return None
        request = self._writer.ask_to_go_on(self._idle.topic())
        return Generation(
            self._writer, self._clock, request, narrator=self._narrator, gives_way=True
        )

    async def _silence(self) -> None:
        """Return when the character is to speak though nobody has written."""
        await self._broadcast.live()
        if self._has_greeted:
            await self._clock.sleep(self._idle.seconds)
            await self._broadcast.live()
            # Who has nothing to say with lets the silence be.
            await self._writer.dialogue.ready.wait()

    async def _put_on(self, generation: Generation) -> None:
        self._performer.begin(generation)
        try:
            await self._perform(self._performer.perform(generation))
        finally:
            self._performer.end()

    async def _blank_later(self) -> None:
        """Take away what everybody has read, in a chat that has fallen silent."""
        await self._clock.sleep(_LINGER)
        self._speaker.blank()
