"""The two ways to put on a show: live, and the demo on this machine alone."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterator, Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from rich.console import Console

from bot import persona as personas
from bot.app import facts, report
from bot.app.assembly import Show
from bot.app.browser import open_page
from bot.app.ending import Ending
from bot.app.folders import PERSONA_FOLDERS, demo_path, history_path, report_path
from bot.app.house import Bill, House, Wishes, opened
from bot.app.models import Model, any_model, keep_warming, wanted_model
from bot.app.platforms import avatar_stage, chats, no_chat, obs_stage, twitch_stage
from bot.app.voices import engine_in_box, narrator, playback
from bot.app.watchdog import watch
from bot.clock import Clock, SystemClock, time_limit
from bot.errors import BotError, MisconfiguredError, UnavailableError
from bot.language import LANGUAGES
from bot.settings import Settings
from bot.tasks import kept
from bot.translation import tr
from bot.voice.narrator import Narrator
from bot.voice.options import Engine
from bot.web.overlay import HeardAt

log = logging.getLogger(__name__)

_WORTH = 5
"""Comments answered from which on there is something to sum up."""
_RECAP_SECONDS = 90.0
DEMO_PERSONA = "wren"
"""Who speaks where only the small model is there, which knows no Japanese."""


async def run(
    settings: Settings, wishes: Wishes, console: Console, ending: Ending | None = None
) -> None:
    """Go live: Twitch, YouTube, Ollama, OBS and the overlay, as the settings say.

    Raises:
        MisconfiguredError: something that a person must mend before the show can begin.
    """
    clock = SystemClock()
    sources = chats(settings, clock)
    poster = twitch_stage(settings, sources, clock)
    if not sources and wishes.recording is None:
        raise MisconfiguredError(no_chat())
    persona = personas.load(wishes.persona or settings.bot.persona, PERSONA_FOLDERS)
    async with wanted_model(settings, clock) as model:
        wanted = settings.obs
        obs = [obs_stage(wanted, clock, persona.name)] if wanted.source else []
        posters = [poster] if poster else []
        vts = settings.vts
        devices = playback(settings, clock)
        avatars = [avatar_stage(vts, clock, persona)] if vts.enabled else []
        bill = Bill(
            persona,
            model,
            history_path(settings),
            sources,
            [*obs, *avatars, *devices, *posters],
            posters,
            players=[*obs, *avatars],
            watchers=[*obs, *avatars],
            narrator=narrator(settings, persona, clock),
            heard=HeardAt.DEVICE if devices else HeardAt.OVERLAY,
            press=avatars[0].press if avatars else None,
        )
        began = clock.now()
        try:
            await perform(settings, wishes, console, bill, clock=clock, ending=ending)
        finally:
            _report(bill.database, began, console)


def _report(database: Path, began: datetime, console: Console) -> None:
    """Tell how the stream was that has just been on, if anything was said in it."""
    try:
        report.write(database, None, report_path(), console, since=began)
    except MisconfiguredError as error:
        log.debug("No report: %s", error)


async def demo(
    settings: Settings, wishes: Wishes, console: Console, ending: Ending | None = None
) -> None:
    """Run the show on this machine alone: the panel, and a model in the box.

    Raises:
        MisconfiguredError: something that a person must mend before the show can begin.
    """
    clock = SystemClock()
    async with any_model(settings, clock) as model:
        default = DEMO_PERSONA if model.is_stand_in else settings.bot.persona
        persona = personas.load(wishes.persona or default, PERSONA_FOLDERS)
        if wishes.is_mute:
            silent = settings.voice.model_copy(update={"engine": Engine.NONE})
            settings = settings.model_copy(update={"voice": silent})
        aloud = Engine.NONE if wishes.is_mute else engine_in_box()
        devices = playback(settings, clock, usual=aloud)
        bill = Bill(
            persona,
            model,
            demo_path(settings),
            neighbours=devices,
            narrator=narrator(settings, persona, clock, usual=aloud),
            heard=HeardAt.DEVICE if devices else HeardAt.PAGES,
        )
        await perform(settings, wishes, console, bill, clock=clock, ending=ending)


async def perform(
    settings: Settings,
    wishes: Wishes,
    console: Console,
    bill: Bill,
    *,
    clock: Clock,
    ending: Ending | None = None,
) -> None:
    """Put on one show, from the first port opened to the last stage cleared.

    Args:
        settings: how.
        wishes: what the command line adds to them.
        console: where the streamer is told.
        bill: who is on.
        clock: the time that passes in it.
        ending: is told how the show ends, when it is asked to.

    Raises:
        MisconfiguredError: the database or the port cannot be had, or the model is not there.
    """
    async with opened(settings, wishes, bill, clock) as house:
        _introduce(console, bill, house, settings.bot.retention_days)
        await _warm(house.show, bill.model, console)
        await _try_voice(bill.narrator, console)
        if wishes.open_browser:
            open_page(house.panel_once)
        if ending:
            ending.last_words = partial(_bow_out, house.show, console)
        try:
            async with asyncio.TaskGroup() as tasks:
                for part in _parts(bill, house, console, clock):
                    tasks.create_task(kept(part, clock))
        finally:
            if ending:
                ending.last_words = None
            if bill.narrator:
                await bill.narrator.close()
            console.print(tr("The show is over; the screen is clear."))
            for llm in bill.model.borrowed:
                if told := await llm.release():
                    console.print(told, markup=False, highlight=False)


async def _bow_out(show: Show, console: Console) -> None:
    """Let the character finish its sentence."""
    console.print(tr("The sentence is finished first; Ctrl+C again ends at once."))
    await show.director.bow_out()
    await _sum_up(show, console)


async def _sum_up(show: Show, console: Console) -> None:
    """Have the model tell what the stream was about, where it was about something."""
    dialogue = show.writer.dialogue
    if show.director.answered < _WORTH or not dialogue.ready:
        return
    console.print(tr("The stream is summed up for the report; Ctrl+C again does without."))
    try:
        async with time_limit(show.clock, _RECAP_SECONDS):
            recap = await dialogue.recap()
    except (BotError, TimeoutError) as error:
        log.info(tr("The stream was not summed up ({kind}).", kind=type(error).__name__))
        return
    if recap:
        show.memory.facts.sum_up(recap.model_dump_json())


def _parts(
    bill: Bill, house: House, console: Console, clock: Clock
) -> Iterator[Callable[[], Coroutine[Any, Any, object]]]:
    """Yield what goes on side by side. The stages come first: they are to be blank at the end."""
    show = house.show
    yield from (stage.run for stage in bill.neighbours)
    yield show.memory.run
    yield show.director.run
    yield from (partial(one.run, show.dispatcher.receive) for one in house.listeners)
    yield partial(house.readiness.announce, console, clock)
    yield show.health.run
    yield show.figures.run
    yield show.moderation.run
    yield partial(house.terms.follow, show.judge, clock)
    yield show.warmup.run
    if bill.model.guard:
        yield partial(keep_warming, bill.model.guard.llm, clock)
    yield partial(watch, clock)


async def _warm(show: Show, model: Model, console: Console) -> None:
    """Get the models ready, visibly; a server that is down may still come up in the show."""
    steps = [(model.llm, show.writer.dialogue.prepare)]
    if model.guard:
        steps.append((model.guard.llm, model.guard.llm.warm))
    for llm, prepare in steps:
        with console.status(
            tr("Loading {model}; a large model takes a minute or more ...", model=llm.model)
        ):
            try:
                await prepare()
            except UnavailableError as error:
                told = tr(
                    "{error} The show begins without; the character answers once it is there.",
                    error=error,
                )
                log.error(told)
                continue
        is_talking = llm is model.llm
        read = tr(", and has read its part") if is_talking else ""
        console.print(
            tr("{model} is loaded{read}.", model=llm.model, read=read),
            markup=False,
            highlight=False,
        )


async def _try_voice(narrator: Narrator | None, console: Console) -> None:
    """Tell whose voice is heard; where nothing is, the narrator tells why."""
    if narrator is None or narrator.voice is None:
        return
    with console.status(tr("Trying the voice ...")):
        is_heard = await narrator.prepare()
    if is_heard:
        credit = (
            tr(" Credit: {credit}.", credit=narrator.voice.credit) if narrator.voice.credit else ""
        )
        told = tr("The voice: {label}.{credit}", label=narrator.voice.label, credit=credit)
        console.print(told, markup=False, highlight=False, soft_wrap=True)


def _introduce(console: Console, bill: Bill, house: House, days: int) -> None:
    persona, tools = house.show.cast.on, house.show.toolbox.states
    told: Mapping[str, str] = {
        tr("Character"): f"{persona.name} ({tr(LANGUAGES[persona.language].title)})",
        tr("Model"): bill.model.about,
        **({tr("Why so"): bill.model.why} if bill.model.why else {}),
        tr("Listens to"): ", ".join(listener.label for listener in house.listeners),
        tr("History"): tr(
            "{database}  (kept {span})",
            database=bill.database,
            span=tr("for {days} days", days=days) if days else tr("for ever"),
        ),
        **({tr("Tools"): ", ".join(tools)} if tools else {}),
        tr("Overlay"): tr("{overlay}  (into OBS: `vtuber-bot obs setup`)", overlay=house.overlay),
        tr("Panel"): house.panel,
    }
    facts.tell(told, console)
