"""The composition root: what every show is made of, live, in the terminal, and in the tests."""

import random
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path

from bot import persona as personas
from bot.app.figures import Figures
from bot.app.hands import TIMERS, own_tools, poll_of, timer_of
from bot.app.health import Health
from bot.app.models import Model
from bot.chat import Comment
from bot.clock import Clock
from bot.intake.approval import Approval, Approve
from bot.intake.commands import Command
from bot.intake.dispatcher import REMEMBERED_LIMIT, Dispatcher
from bot.intake.privacy import Privacy
from bot.intake.queue import CommentQueue
from bot.llm.options import Effort
from bot.persona import Persona
from bot.safety.judge import Judge
from bot.show.cast import Cast, Player
from bot.show.director import Director
from bot.show.moderation import Moderation, Watcher
from bot.show.warmup import Warmup
from bot.sources.broadcast import Broadcast
from bot.sources.listener import Listener
from bot.stage import Messenger, NeighbourStage, Stage
from bot.stage.backstage import Backstage
from bot.storage.memory import Memory
from bot.tools.poll import Poll
from bot.tools.timer import Timer
from bot.tools.tool import Tool
from bot.tools.toolbox import Toolbox
from bot.voice.narrator import Narrator
from bot.writing.compaction import Learned
from bot.writing.writer import Writer

_REMEMBERED = timedelta(hours=12)
_REMEMBERED_EXCHANGES = 60


@dataclass(frozen=True, slots=True)
class Show:
    """A show that is put together: what is heard goes to the dispatcher, and the director leads."""

    clock: Clock
    memory: Memory
    judge: Judge
    writer: Writer
    queue: CommentQueue
    director: Director
    moderation: Moderation
    privacy: Privacy
    dispatcher: Dispatcher
    cast: Cast
    warmup: Warmup
    health: Health
    figures: Figures
    toolbox: Toolbox
    timer: Timer
    poll: Poll

    async def recall(self, *, persona: bool = True) -> None:
        """Take up what earlier shows knew: orders, the conversation, the viewers, who is owed.

        Args:
            persona: whether the character goes on that a moderator had brought on.
        """
        since = self.clock.now() - _REMEMBERED
        standing = await self.memory.orders.standing(since)
        self.moderation.recall(standing, persona=persona)
        if (kept := standing.state.get(TIMERS)) and self.toolbox.states.get("set_timer"):
            self.timer.recall(kept)
        past = self.memory.past
        name = self.cast.on.name
        self.writer.recall(await past.exchanges(name, since, _REMEMBERED_EXCHANGES))
        self.dispatcher.already_heard(await past.comment_keys(REMEMBERED_LIMIT))
        self.privacy.recall(await self.memory.records.opted_out())
        self.queue.know(await past.viewers(REMEMBERED_LIMIT))
        owed = map(self.judge.comment, await past.owed(since))
        self.queue.restore(verdict.comment for verdict in owed if verdict.comment)
        for comment in await past.owed(since, held=True):
            self.dispatcher.hold_again(comment)


def _learn(memory: Memory, judge: Judge, learned: Sequence[Learned]) -> None:
    """Keep of what the model has noted of viewers what viewers could be told."""
    for one in learned:
        if judge.found(one.fact) is None:
            memory.facts.learn(one.viewer, one.fact)


def assemble(
    *,
    persona: Persona,
    model: Model,
    memory: Memory,
    stages: Sequence[Stage],
    backstage: Backstage,
    clock: Clock,
    prefix: str,
    judge: Judge,
    narrator: Narrator | None = None,
    words: Mapping[str, Command] | None = None,
    effort: Effort | None = None,
    neighbours: Sequence[NeighbourStage] = (),
    messengers: Sequence[Messenger] = (),
    listeners: Sequence[Listener] = (),
    watchers: Sequence[Watcher] = (),
    players: Sequence[Player] = (),
    load: Callable[[str], Persona] = personas.load,
    broadcast: Broadcast | None = None,
    database: Path | None = None,
    delay: float = 0.0,
    approve: Approve = Approve.NOBODY,
    keeps_going: bool = True,
    chance: random.Random | None = None,
    tools: Sequence[Tool] = (),
    allowed: Container[str] = (),
) -> Show:
    """Put a show together.

    Args:
        persona: who speaks.
        model: who talks for it.
        memory: the history, opened.
        stages: where viewers see what the character says.
        backstage: where the streamer sees what viewers do not.
        clock: the time that everything is waited by.
        prefix: what a moderator's command begins with.
        judge: tells what may be shown.
        narrator: has what is said turned into sound; nothing is heard where there is none.
        words: what the streamer calls commands in place of their own words.
        effort: how long the model reasons, where that is not left to the persona.
        neighbours: stages that lie with a neighbour, whose state is told with the status.
        messengers: tell moderators in their chat what became of a command.
        listeners: as ``neighbours``, what listens to the chats.
        broadcast: whether there is an audience; there is one where nothing is said of it.
        approve: whose comments wait for a moderator.
        database: the file of the history, whose disk is looked at.
        delay: seconds for which the streamer sees each sentence before viewers do.
        watchers: are told after each command whether the show is paused.
        players: what else has to know who speaks.
        load: returns the character of a name, for moderators.
        keeps_going: whether the character goes on by itself when the chat is silent, where the
            model is up to it.
        chance: chooses which of the character's own lines is spoken.
        tools: what else the character may use than what it has of its own,
        allowed: and the names of those that it may use of all.

    Raises:
        MisconfiguredError: the persona leaves no room in the model's context.
    """
    narrator = narrator or Narrator(None, persona, clock=clock)
    broadcast = broadcast or Broadcast()
    queue = CommentQueue(names=persona.names, clock=clock)
    cast = Cast(persona, load)

    def tell(news: str, wanted_in: tuple[Comment, ...]) -> None:
        director.tell(news, wanted_in)

    timer = timer_of(cast, tell, memory=memory, judge=judge, clock=clock)
    poll = poll_of(cast, tell, judge=judge, clock=clock)
    toolbox = Toolbox(
        [*own_tools(memory, clock), timer, poll, *tools],
        () if model.is_stand_in else allowed,  # the small one would not know what to do with them
        persona=persona,
        judge=judge,
        clock=clock,
        note=memory.calls.note,
    )
    writer = model.writer(persona, backstage, judge=judge, effort=effort, tools=toolbox)
    writer.dialogue.learn = partial(_learn, memory, judge)
    director = Director(
        persona=persona,
        queue=queue,
        writer=writer,
        memory=memory,
        stages=[*stages, *neighbours],
        clock=clock,
        broadcast=broadcast,
        backstage=backstage,
        narrator=narrator,
        delay=delay,
        keeps_going=keeps_going and not model.is_stand_in,
        chance=chance,
    )
    health = Health(
        director=director,
        queue=queue,
        writer=writer,
        model=model,
        memory=memory,
        narrator=narrator,
        listeners=listeners,
        neighbours=neighbours,
        broadcast=broadcast,
        clock=clock,
        database=database,
        paused_by=lambda: moderation.paused_by,
    )
    approval = Approval(approve, queue.knows, memory.hold)
    moderation = Moderation(
        director,
        judge=judge,
        approval=approval,
        cast=cast,
        records=memory.orders,
        clock=clock,
        prefix=prefix,
        status=health.tell,
        backstage=backstage,
        watchers=watchers,
        messengers=messengers,
        tools=toolbox,
    )
    privacy = Privacy(memory.records, clock=clock, messengers=messengers)
    dispatcher = Dispatcher(
        queue,
        privacy=privacy,
        approval=approval,
        prefix=prefix,
        names=persona.names,
        words=words,
        judge=judge,
        booth=backstage,
        obey=moderation.obey,
        meet=moderation.meet,
        ballot=poll.take,
        witnesses=[memory],
        holders=[writer, director, memory, backstage, toolbox, *messengers],
    )
    cast.players += [writer, judge, queue, dispatcher, memory, director, narrator, toolbox]
    cast.players += players
    return Show(
        clock=clock,
        memory=memory,
        judge=judge,
        writer=writer,
        queue=queue,
        director=director,
        moderation=moderation,
        privacy=privacy,
        dispatcher=dispatcher,
        cast=cast,
        toolbox=toolbox,
        timer=timer,
        poll=poll,
        warmup=Warmup(writer.dialogue, clock),
        health=health,
        figures=Figures(queue=queue, director=director, writer=writer, clock=clock),
    )
