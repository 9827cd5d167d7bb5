"""The two ways to put on a show: live, and the demo on this machine alone."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pydantic import SecretStr
from rich.console import Console

from bot import persona as personas
from bot.app import pages
from bot.app.assembly import Show, assemble
from bot.app.browser import open_page
from bot.app.folders import demo_path, history_path
from bot.app.judging import judge_of
from bot.app.models import Model, any_model, keep_warming, wanted_model
from bot.app.platforms import chats, obs_stage, twitch_stage
from bot.app.readiness import Readiness
from bot.app.watchdog import watch
from bot.clock import Clock, SystemClock
from bot.errors import MisconfiguredError, UnavailableError
from bot.intake.commands import other_words
from bot.language import LANGUAGES
from bot.persona import Persona
from bot.safety.term_files import TermFiles
from bot.settings import Settings
from bot.sources import Source
from bot.sources.broadcast import Broadcast
from bot.sources.listener import Listener
from bot.sources.recording import RecordedSource
from bot.stage import Messenger, NeighbourStage
from bot.storage.opening import open_memory
from bot.tasks import kept
from bot.web.backstage_feed import BackstageFeed
from bot.web.door import Door
from bot.web.local import LocalSource
from bot.web.overlay import OverlayStage
from bot.web.server import Web

log = logging.getLogger(__name__)

PERSONA_FOLDERS = (Path("personas"),)
"""Where a streamer's own personas are looked for, before those that come with the bot."""
DEMO_PERSONA = "wren"
"""Who speaks where only the small model is there, which knows no Japanese."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What was asked for on the command line; None where nothing was."""

    persona: str | None = None
    port: int | None = None
    recording: Path | None = None
    open_browser: bool = True


@dataclass(frozen=True, slots=True)
class Bill:
    """Who is on: what the settings name, opened already where it has to be."""

    persona: Persona
    model: Model
    database: Path
    sources: Sequence[Source] = ()
    neighbours: Sequence[NeighbourStage] = ()
    messengers: Sequence[Messenger] = ()


@dataclass(frozen=True, slots=True)
class _House:
    """A show in a house that viewers and the streamer can look into."""

    show: Show
    listeners: Sequence[Listener]
    readiness: Readiness
    terms: TermFiles
    address: str
    token: SecretStr
    door: Door

    @property
    def overlay(self) -> str:
        """The address for OBS."""
        return f"{self.address}/overlay"

    @property
    def chat_page(self) -> str:
        """The address for the streamer."""
        return f"{self.address}/chat?token={quote(self.token.get_secret_value(), safe='')}"

    @property
    def chat_page_once(self) -> str:
        """The same for a browser that is opened now."""
        return f"{self.address}/chat?code={self.door.code()}"


async def run(settings: Settings, wishes: Wishes, console: Console) -> None:
    """Go live: Twitch, YouTube, Ollama, OBS and the overlay, as the settings say.

    Raises:
        MisconfiguredError: something that a person must mend before the show can begin.
    """
    clock = SystemClock()
    sources = chats(settings, clock)
    poster = twitch_stage(settings, sources, clock)
    if not sources and wishes.recording is None:
        raise MisconfiguredError(
            "No chat to listen to: copy .env.example to .env, and name your TWITCH_CHANNEL or"
            " YOUTUBE_VIDEO there. To try things without one, use `vtuber-bot demo`."
        )
    persona = personas.load(wishes.persona or settings.bot.persona, PERSONA_FOLDERS)
    async with wanted_model(settings, clock) as model:
        bill = Bill(
            persona,
            model,
            history_path(settings),
            sources,
            [
                *([obs_stage(settings.obs, clock)] if settings.obs.source else []),
                *([poster] if poster else []),
            ],
            [poster] if poster else [],
        )
        await perform(settings, wishes, console, bill, clock=clock)


async def demo(settings: Settings, wishes: Wishes, console: Console) -> None:
    """Run the show on this machine alone: the local chat page, and a model in the box.

    Raises:
        MisconfiguredError: something that a person must mend before the show can begin.
    """
    clock = SystemClock()
    async with any_model(settings, clock) as model:
        default = DEMO_PERSONA if model.is_stand_in else settings.bot.persona
        persona = personas.load(wishes.persona or default, PERSONA_FOLDERS)
        bill = Bill(persona, model, demo_path(settings))
        await perform(settings, wishes, console, bill, clock=clock)


async def perform(
    settings: Settings, wishes: Wishes, console: Console, bill: Bill, *, clock: Clock
) -> None:
    """Put on one show, from the first port opened to the last stage cleared.

    Raises:
        MisconfiguredError: the database or the port cannot be had, or the model is not there.
    """
    async with _opened(settings, wishes, bill, clock) as house:
        _introduce(console, bill, house, settings.bot.retention_days)
        await _warm(house.show, bill.model, console)
        if wishes.open_browser:
            open_page(house.chat_page_once)
        try:
            async with asyncio.TaskGroup() as tasks:
                for part in _parts(bill, house, console, clock):
                    tasks.create_task(kept(part, clock))
        finally:
            console.print("The show is over; the screen is clear.")
            for llm in bill.model.llms:
                if told := await llm.release():
                    console.print(told, markup=False, highlight=False)


def _parts(
    bill: Bill, house: _House, console: Console, clock: Clock
) -> Iterator[Callable[[], Coroutine[Any, Any, object]]]:
    """Yield what goes on side by side. The stages come first: they are to be blank at the end."""
    show = house.show
    yield from (stage.run for stage in bill.neighbours)
    yield show.memory.run
    yield show.director.run
    yield from (partial(one.run, show.dispatcher.receive) for one in house.listeners)
    yield partial(house.readiness.announce, console, clock)
    yield show.moderation.run
    yield partial(house.terms.follow, show.judge, clock)
    yield show.warmup.run
    if bill.model.guard:
        yield partial(keep_warming, bill.model.guard.llm, clock)
    yield partial(watch, clock)


@asynccontextmanager
async def _opened(
    settings: Settings, wishes: Wishes, bill: Bill, clock: Clock
) -> AsyncIterator[_House]:
    """Open the database and the port, and put the show together."""
    persona = bill.persona
    local = LocalSource()
    sources: list[Source] = [local, *bill.sources]
    if wishes.recording:
        sources.append(RecordedSource(wishes.recording, clock=clock))
    # Of the chat page and of a recording there is no stream that could begin.
    broadcast = Broadcast(source.label for source in bill.sources)
    listeners = [Listener(source, clock=clock, broadcast=broadcast) for source in sources]
    token = pages.token(settings.web)
    overlay = OverlayStage(persona=persona.name, language=persona.language, clock=clock)
    backstage = BackstageFeed(clock, persona)
    terms = TermFiles(settings.bot.blocklist)
    judge = judge_of(settings, persona, terms, clock, [token.get_secret_value()])
    async with AsyncExitStack() as stack:
        memory = await stack.enter_async_context(
            open_memory(
                bill.database,
                clock=clock,
                persona=persona.name,
                model=bill.model.llm.model,
                days=settings.bot.retention_days,
            )
        )
        show = assemble(
            persona=persona,
            model=bill.model,
            memory=memory,
            stages=[overlay, backstage],
            backstage=backstage,
            clock=clock,
            prefix=settings.bot.command_prefix,
            judge=judge,
            words=other_words(settings.bot.command_words),
            effort=settings.model.think,
            neighbours=bill.neighbours,
            messengers=bill.messengers,
            listeners=listeners,
            changed=overlay.announce,
            players=[overlay, backstage],
            load=partial(personas.load, folders=PERSONA_FOLDERS),
            broadcast=broadcast,
            delay=settings.bot.delay,
            approve=settings.bot.approve,
        )
        await show.recall(persona=wishes.persona is None)
        readiness = Readiness(
            bill.model, show.writer.dialogue.ready, listeners, bill.neighbours, broadcast
        )
        door = Door(token, clock)
        web = Web(
            audience=overlay.feed,
            backstage=backstage.feed,
            local=local,
            door=door,
            options=settings.web,
            clock=clock,
        )
        port = await stack.enter_async_context(
            web.serving(settings.web.port if wishes.port is None else wishes.port)
        )
        stack.enter_context(backstage.following(logging.getLogger("bot")))
        address = pages.address(settings.web, port)
        yield _House(show, listeners, readiness, terms, address, token, door)


async def _warm(show: Show, model: Model, console: Console) -> None:
    """Get the models ready, visibly; a server that is down may still come up in the show."""
    steps = [(model.llm, show.writer.dialogue.prepare)]
    if model.guard:
        steps.append((model.guard.llm, model.guard.llm.warm))
    for llm, prepare in steps:
        with console.status(f"Loading {llm.model}; a large model takes a minute or more ..."):
            try:
                await prepare()
            except UnavailableError as error:
                told = "%s The show begins without; the character answers once it is there."
                log.error(told, error)
                continue
        is_talking = llm is model.llm
        read = ", and has read its part" if is_talking else ""
        console.print(f"{llm.model} is loaded{read}.", markup=False, highlight=False)


def _introduce(console: Console, bill: Bill, house: _House, days: int) -> None:
    persona = house.show.cast.on
    facts: Mapping[str, str] = {
        "Character": f"{persona.name} ({LANGUAGES[persona.language].title})",
        "Model": bill.model.about,
        **({"Why so": bill.model.why} if bill.model.why else {}),
        "Listens to": ", ".join(listener.label for listener in house.listeners),
        "History": f"{bill.database}  (kept {f'for {days} days' if days else 'for ever'})",
        "Overlay": f"{house.overlay}  (in OBS: a browser source, 1920 x 1080)",
        "Chat page": house.chat_page,
    }
    for name, fact in facts.items():
        # Addresses stay whole, so that they can be copied and clicked.
        console.print(f"[bold]{name:<11}[/bold]", end="")
        console.print(fact, markup=False, highlight=False, soft_wrap=True)
