"""A house: a show that viewers and the streamer can look into, and all that it is made of."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import quote

from pydantic import SecretStr

from bot import persona as personas
from bot.app import pages
from bot.app.assembly import Show, assemble
from bot.app.checks import examine_on_air
from bot.app.checkup import Finding
from bot.app.desk import SettingsDesk
from bot.app.folders import PERSONA_FOLDERS, THEME_FOLDERS
from bot.app.hands import acting, demand, searching
from bot.app.judging import judge_of
from bot.app.models import Model
from bot.app.own_servers import chosen, reached
from bot.app.readiness import Readiness
from bot.app.waiting import queue_report
from bot.chat import Role
from bot.clock import Clock
from bot.intake.commands import other_words, typed
from bot.persona import Persona
from bot.recording.source import RecordedSource
from bot.safety.term_files import TermFiles
from bot.settings import Settings
from bot.show.cast import Player
from bot.show.moderation import Watcher
from bot.sources import Source
from bot.sources.broadcast import Broadcast
from bot.sources.listener import Listener
from bot.stage import Messenger, NeighbourStage
from bot.storage.opening import open_memory
from bot.voice.narrator import Narrator
from bot.web.api import Api
from bot.web.backstage_feed import BackstageFeed
from bot.web.door import Door
from bot.web.faces import Faces
from bot.web.local import LocalSource, Posted
from bot.web.mailbox import Mailbox
from bot.web.overlay import HeardAt, OverlayStage
from bot.web.phone import Phone
from bot.web.server import Web
from bot.web.set_up import SetUp
from bot.web.themes import Themes


@dataclass(frozen=True, slots=True)
class Wishes:
    """What was asked for on the command line; None where nothing was."""

    persona: str | None = None
    port: int | None = None
    recording: Path | None = None
    open_browser: bool = True
    is_mute: bool = False


@dataclass(frozen=True, slots=True)
class Bill:
    """Who is on: what the settings name, opened already where it has to be.

    ``heard`` is where the voice is, and ``press`` does what a hotkey of the avatar does.
    """

    persona: Persona
    model: Model
    database: Path
    sources: Sequence[Source] = ()
    neighbours: Sequence[NeighbourStage] = ()
    messengers: Sequence[Messenger] = ()
    players: Sequence[Player] = ()
    watchers: Sequence[Watcher] = ()
    narrator: Narrator | None = None
    heard: HeardAt = HeardAt.OVERLAY
    press: Callable[[str], Awaitable[None]] | None = None


@dataclass(frozen=True, slots=True)
class House:
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
    def panel(self) -> str:
        """The address for the streamer."""
        return f"{self.address}/?token={quote(self.token.get_secret_value(), safe='')}"

    @property
    def panel_once(self) -> str:
        """The same for a browser that is opened now."""
        return f"{self.address}/?code={self.door.code()}"


@asynccontextmanager
async def opened(
    settings: Settings, wishes: Wishes, bill: Bill, clock: Clock
) -> AsyncIterator[House]:
    """Open the database and the port, and put the show together."""
    persona = bill.persona
    local = LocalSource()
    sources: list[Source] = [local, *bill.sources]
    if wishes.recording:
        sources.append(RecordedSource(wishes.recording, clock=clock))
    # Of the panel and of a recording there is no stream that could begin.
    broadcast = Broadcast(source.label for source in bill.sources)
    listeners = [Listener(source, clock=clock, broadcast=broadcast) for source in sources]
    token = pages.token(settings.web)
    narrator = bill.narrator
    words = other_words(settings.bot.command_words)
    overlay = OverlayStage(
        persona=persona.name,
        language=persona.language,
        clock=clock,
        pictures=settings.web.pictures,
        sound=settings.web.sound is not None,
        heard=bill.heard,
        face=persona.face,
        credit=lambda: voice.credit if (voice := narrator and narrator.voice) else "",
    )
    terms = TermFiles(settings.bot.blocklist)
    judge = judge_of(settings, persona, terms, clock, [token.get_secret_value()])
    demand(settings)
    tools = searching(settings, language=persona.language, judge=judge, clock=clock)
    tools += acting(settings, bill.press)
    async with AsyncExitStack() as stack:
        servers = await stack.enter_async_context(reached(settings.mcp, clock))
        own = chosen(servers, settings.mcp)
        memory = await stack.enter_async_context(
            open_memory(
                bill.database,
                clock=clock,
                persona=persona.name,
                model=bill.model.llm.model,
                days=settings.bot.retention_days,
            )
        )
        backstage = BackstageFeed(clock, persona, written=memory.written)
        show = assemble(
            persona=persona,
            model=bill.model,
            memory=memory,
            stages=[overlay, backstage],
            backstage=backstage,
            clock=clock,
            prefix=settings.bot.command_prefix,
            judge=judge,
            narrator=bill.narrator,
            words=words,
            effort=settings.model.think,
            neighbours=bill.neighbours,
            messengers=bill.messengers,
            listeners=listeners,
            watchers=[overlay, *bill.watchers],
            players=[overlay, backstage, *bill.players],
            load=partial(personas.load, folders=PERSONA_FOLDERS),
            broadcast=broadcast,
            database=bill.database,
            delay=settings.bot.delay,
            approve=settings.bot.approve,
            tools=[*tools, *own],
            allowed={*settings.tools.names, *(tool.function.name for tool in own)},
        )
        stack.push_async_callback(show.toolbox.close)
        show.toolbox.watch = lambda on: overlay.look(on=on)
        show.poll.show = overlay.count
        await show.recall(persona=wishes.persona is None)
        readiness = Readiness(
            bill.model, show.writer.dialogue.ready, listeners, bill.neighbours, broadcast
        )
        door = Door(token, clock)

        def order(text: str, author: str) -> str | None:
            command = typed(text, settings.bot.command_prefix, words)
            roles = frozenset({Role.BROADCASTER})
            comment = local.post(Posted(author=author, text=command, roles=roles))
            return show.moderation.outcome(comment.key) if comment else None

        def examine_now(written: Settings) -> AsyncIterator[Finding]:
            return examine_on_air(written, clock, show.health.parts())

        mailbox = Mailbox(clock)
        api = Api(
            door,
            mailbox,
            Phone(door, settings.web),
            status=lambda: {**show.health.report(), "tools": show.toolbox.report()},
            queue=partial(queue_report, show),
            figures=show.figures.report,
            order=order,
        )
        web = Web(
            audience=overlay.feed,
            backstage=backstage.feed,
            local=local,
            door=door,
            themes=Themes(THEME_FOLDERS),
            faces=Faces(PERSONA_FOLDERS),
            options=settings.web,
            clock=clock,
            sounds=overlay.sounds,
            mailbox=mailbox,
            api=api,
            set_up=SetUp(door, mailbox, SettingsDesk(examine_now)),
        )
        port = await stack.enter_async_context(
            web.serving(settings.web.port if wishes.port is None else wishes.port)
        )
        stack.enter_context(backstage.following(logging.getLogger("bot")))
        address = pages.address(settings.web, port)
        yield House(show, listeners, readiness, terms, address, token, door)
