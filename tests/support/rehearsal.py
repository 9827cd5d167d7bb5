"""A show without an audience: all of the core as it is, on a clock that a test moves."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

from bot.app.assembly import Show, assemble
from bot.app.models import Model
from bot.chat import Author, Comment, Money, Platform, Reply, Retraction, Role
from bot.clock import SystemClock
from bot.intake.approval import Approve
from bot.intake.queue import CommentQueue
from bot.language.language import FENCE
from bot.llm.ollama import Ollama
from bot.llm.options import OllamaOptions
from bot.persona import Example, Persona
from bot.safety.blocklist import Blocklist
from bot.safety.guard import Guard
from bot.show.director import Director
from bot.show.pace import Pace
from bot.sources import Heard
from bot.sources.broadcast import Broadcast
from bot.storage.opening import open_memory
from bot.tasks import cancel_and_wait
from bot.tools.tool import Tool
from bot.voice import Voice
from bot.voice.narrator import Narrator
from bot.writing.writer import Writer
from tests.standins.ollama import OllamaStandIn
from tests.support.clock import FakeClock
from tests.support.database import rows
from tests.support.judging import SHIPPED, judge

GREETING = "Good evening, all."
UNABLE = "The fog swallowed that one."
MIKA = Persona(
    name="Mika",
    language="en",
    profile="You are Mika, who keeps a lighthouse.",
    examples=(Example(author="joss", comment="are you awake?", reply="Always, joss!"),),
    greeting=(GREETING,),
    unable=(UNABLE,),
)
MODERATOR = frozenset({Role.MODERATOR})

_PATIENCE = 30.0
_PATIENT: dict[str, Any] = {
    "connect_timeout": 3.0,
    "first_token_timeout": 4.0,
    "next_token_timeout": 4.0,
}
_numbers = count(1)


class Board:
    """A stage that keeps everything it ever got.

    Attributes:
        seen: the sentences that viewers see now; None where they see nothing at all.
        finished: whether nothing will be added to them.
        history: every state of ``seen``, in order.
        at: when each came, on the show's clock.
        pace: how long what is seen takes to read.
        told: every reply as it was shown, with what it answers.
        moods: the mood of each sentence, in order.
        unwritten: sentences that were shown before another program could read them in the database.
        broken: what ``show`` raises when it is given a sentence, if anything.
    """

    def __init__(self, database: Path, clock: FakeClock) -> None:
        self.clock = clock
        self.pace = Pace(clock)
        self.seen: tuple[str, ...] | None = None
        self.finished = False
        self.history: list[tuple[str, ...] | None] = []
        self.at: list[float] = []
        self.moods: list[str] = []
        self.told: list[Reply] = []
        self.unwritten: list[str] = []
        self.broken: Exception | None = None
        self._database = database
        self._changed = asyncio.Event()

    def show(self, reply: Reply, *, finished: bool) -> None:
        """See ``bot.stage.Stage``."""
        if self.broken and reply.sentences:
            raise self.broken
        sql = f"SELECT text FROM sentences WHERE reply_id = {reply.id}"  # noqa: S608  a number
        written = {text for (text,) in rows(self._database, sql)}
        self.unwritten += [text for text in reply.sentences if text not in written]
        if not reply.sentences:
            self.pace.show_comments(reply.answers)
        elif not finished:
            new = sum(clip.seconds for *_, clip in reply.heard_since(self.told[-1]))
            if self.told[-1].sentences == reply.sentences:
                self.pace.hear(new)
            else:
                self.pace.show(reply.sentences[-1], new)
                self.moods.append(reply.mood)
        self.told.append(reply)
        self._see(reply.sentences, finished=finished)

    def clear(self) -> None:
        """See ``bot.stage.Stage``."""
        self.pace.blank()
        self._see(None, finished=False)

    def _see(self, sentences: tuple[str, ...] | None, *, finished: bool) -> None:
        self.seen, self.finished = sentences, finished
        self.history.append(sentences)
        self.at.append(self.clock.monotonic())
        self._changed.set()

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until something is so, which only changes when the stage does."""
        async with asyncio.timeout(_PATIENCE):
            while not condition():
                self._changed.clear()
                await self._changed.wait()

    async def shows(self, *sentences: str) -> None:
        """Wait until just these sentences are seen, and let each but the last be read."""
        for last in range(1, len(sentences)):
            await self.until(partial(self._begins, sentences[:last]))
            if self.seen == sentences[:last]:
                await self.clock.advance(self.pace.left)
        await self.until(lambda: self.seen == sentences)

    async def finishes(self, *sentences: str) -> None:
        """Wait until these sentences are seen, as ``shows``, and nothing will be added."""
        await self.shows(*sentences)
        await self.until(lambda: self.finished)

    def seen_at(self, *sentences: str) -> float:
        """Return when just these sentences were first seen."""
        return self.at[self.history.index(sentences)]

    def _begins(self, sentences: tuple[str, ...]) -> bool:
        return (self.seen or ())[: len(sentences)] == sentences

    @property
    def is_blank(self) -> bool:
        """Whether viewers see nothing at all."""
        return self.seen is None

    @property
    def ever_seen(self) -> set[str]:
        """Every sentence that was ever seen."""
        return {sentence for state in self.history for sentence in state or ()}


@dataclass
class Notes:
    """A backstage that keeps what the streamer gets, and a chat that keeps what moderators do."""

    comments: list[Comment] = field(default_factory=list)
    held: list[Comment] = field(default_factory=list)
    withheld: list[tuple[Comment, tuple[str, ...]]] = field(default_factory=list)
    retractions: list[Retraction] = field(default_factory=list)
    answers: list[tuple[str, str]] = field(default_factory=list)
    upcoming_sentences: list[str] = field(default_factory=list)
    undos: list[str] = field(default_factory=list)
    thought: str = ""

    def hear(self, comment: Comment) -> None:
        """See ``bot.stage.backstage.Backstage``."""
        self.comments.append(comment)

    def hold(self, comment: Comment) -> None:
        """See ``bot.stage.backstage.Backstage``."""
        self.held.append(comment)

    def withhold(self, comment: Comment, reasons: tuple[str, ...]) -> None:
        """See ``bot.stage.backstage.Backstage``."""
        self.withheld.append((comment, reasons))

    def retract(self, retraction: Retraction) -> None:
        """See ``bot.stage.backstage.Backstage``."""
        self.retractions.append(retraction)

    def obeyed(self, order: Comment, outcome: str, undo: str) -> None:
        """See ``bot.stage.backstage.Backstage``."""
        self.undos.append(undo)

    def upcoming(self, sentence: str) -> None:
        """See ``bot.stage.backstage.Backstage``."""
        self.upcoming_sentences.append(sentence)

    def thinking(self, text: str) -> None:
        """See ``bot.stage.backstage.Backstage``."""
        self.thought += text


@dataclass
class _Chat:
    """A chat in which moderators are answered."""

    notes: Notes

    def tell(self, comment: Comment, text: str) -> None:
        """See ``bot.stage.Messenger``."""
        self.notes.answers.append((comment.author.name, text))

    def retract(self, retraction: Retraction) -> None:
        """See ``bot.stage.Messenger``."""


@dataclass
class Rehearsal:
    """A show that is on, and all that a test may want of it."""

    database: Path
    clock: FakeClock
    ollama: OllamaStandIn
    show: Show
    board: Board
    notes: Notes
    running: asyncio.Task[None]

    @property
    def queue(self) -> CommentQueue:
        """Where comments wait."""
        return self.show.queue

    @property
    def writer(self) -> Writer:
        """Who asks the model."""
        return self.show.writer

    @property
    def director(self) -> Director:
        """Who leads."""
        return self.show.director

    def receive(self, heard: Heard) -> None:
        """Have something heard."""
        self.show.dispatcher.receive(heard)

    def write(
        self,
        text: str,
        author: str = "taro",
        roles: frozenset[Role] = frozenset(),
        *,
        paid: str | None = None,
    ) -> None:
        """Have somebody write in the chat; ``paid`` is in yen."""
        number = next(_numbers)
        self.receive(
            Comment(
                Platform.YOUTUBE,
                f"m{number}",
                Author(f"UC-{author}", author, roles),
                text,
                self.clock.now() + timedelta(milliseconds=number),
                Money(Decimal(paid), "JPY") if paid else None,
            )
        )

    def order(self, command: str) -> None:
        """Have a moderator write a command."""
        self.write(command, "mod", MODERATOR)

    async def asleep(self, sleepers: int = 1) -> None:
        """Wait until so many parts of the show wait for time to pass."""
        async with asyncio.timeout(_PATIENCE):
            await self.clock.asleep(sleepers)

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until something is so that nothing tells of; the network needs turns of the loop."""
        async with asyncio.timeout(_PATIENCE):
            while not condition():  # noqa: ASYNC110  there is nothing to wait on
                await asyncio.sleep(0)

    async def is_ready(self) -> None:
        """Let time pass until the model is ready, which is there again and takes real time."""
        ready = asyncio.create_task(self.writer.dialogue.ready.wait())
        async with asyncio.timeout(_PATIENCE):
            while not ready.done():
                await self.clock.advance(2)
                await asyncio.wait({ready}, timeout=0.5)

    async def read(self) -> None:
        """Let the viewers read what is shown to its end; whatever comes next begins."""
        await self.asleep()
        await self.clock.advance(15)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Read from the database as another program would."""
        return rows(self.database, sql)

    @property
    def outcomes(self) -> list[str]:
        """How the replies ended, without the greeting."""
        sql = "SELECT outcome FROM replies WHERE asked <> '' ORDER BY id"
        return [outcome for (outcome,) in self.rows(sql)]

    def asked(self, number: int = -1) -> str:
        """Return what the last message of one prompt tells: its comments, where it has any."""
        content: str = self.ollama.requests[number]["messages"][-1]["content"]
        _, fence, rest = content.partition(f"{FENCE[0]}\n")
        return rest.partition(f"\n{FENCE[1]}")[0] if fence else content


@asynccontextmanager
async def rehearsal(
    database: Path,
    ollama: OllamaStandIn,
    *,
    persona: Persona = MIKA,
    keeps_going: bool = False,
    is_awaited: bool = False,
    broadcast: Broadcast | None = None,
    blocklist: Blocklist = SHIPPED,
    approve: Approve = Approve.NOBODY,
    num_ctx: int = 8192,
    guard: Guard | None = None,
    voice: Callable[[Persona], Voice] | None = None,
    allowed: Sequence[str] = (),
    tools: Sequence[Tool] = (),
) -> AsyncIterator[Rehearsal]:
    """Begin a show, greet the viewers, and end it on leaving.

    Where somebody waits for it already, the greeting has not yet been read; where the broadcast is
    not live, or an earlier run has paused the show or changed the character, none was waited for.
    """
    ollama.thought = "Well now."
    clock = FakeClock()
    board, notes = Board(database, clock), Notes()
    options = OllamaOptions(host=ollama.host, model=ollama.models[0], num_ctx=num_ctx, **_PATIENT)
    llm = Ollama(options, clock=SystemClock())  # whose answers take their real time
    narrator = Narrator(voice, persona, clock=clock)
    async with open_memory(
        database,
        clock=clock,
        persona=persona.name,
        model=llm.model,
        disk_clock=FakeClock(),  # the disk of these machines is never too slow
    ) as memory:
        assembled = assemble(
            persona=persona,
            model=Model(llm, llm.about, guard=guard),
            memory=memory,
            stages=[board],
            backstage=notes,
            clock=clock,
            prefix="!",
            judge=judge(blocklist, clock=clock),
            narrator=narrator,
            effort="low",
            broadcast=broadcast,
            approve=approve,
            messengers=[_Chat(notes)],
            keeps_going=keeps_going,
            tools=tools,
            allowed=allowed,
        )
        await assembled.recall()
        await assembled.writer.dialogue.prepare()
        ollama.requests.clear()
        warming = asyncio.create_task(assembled.warmup.run())
        running = asyncio.create_task(assembled.director.run())
        show = Rehearsal(database, clock, ollama, assembled, board, notes, running)
        try:
            is_mute = assembled.director.paused or assembled.cast.on != persona
            if is_mute or (broadcast and not broadcast.is_live):
                yield show
                return
            await board.finishes(GREETING)
            if is_awaited:
                yield show
                return
            await show.asleep(2)  # the reading, and the prefetch that waits for comments
            await show.read()
            await show.clock.advance(15)
            assert board.is_blank
            yield show
        finally:
            await assembled.toolbox.close()
            await cancel_and_wait(running, warming)
            await llm.close()
            await narrator.close()
    assert board.unwritten == []
