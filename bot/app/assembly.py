"""One show: what it is made of, wired, and run to its end."""

import asyncio
import logging
import secrets
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pydantic import SecretStr
from rich.console import Console

from bot.app.models import Model
from bot.browser import open_page
from bot.chat import Comment, Retraction
from bot.clock import Clock
from bot.errors import UnavailableError
from bot.intake.dispatcher import REMEMBERED_LIMIT, Intake
from bot.persona import Persona
from bot.settings import Settings
from bot.show.director import Director
from bot.show.moderation import Moderation
from bot.sources import Source
from bot.sources.listener import Listener
from bot.sources.recording import RecordedSource
from bot.stage import NeighbourStage
from bot.storage.memory import open_memory
from bot.web.local import LocalSource
from bot.web.overlay import OverlayStage
from bot.web.server import HOST, BackstageFeed, Web

log = logging.getLogger(__name__)


_LANGUAGES = {"en": "English", "ja": "Japanese"}
_CALLED = {
    "local": "the chat page",
    "recording": "the recorded chat",
    "twitch": "Twitch",
    "youtube": "YouTube",
}


@dataclass(frozen=True, slots=True)
class Wishes:
    """What was asked for on the command line; None where nothing was."""

    persona: str | None = None
    port: int | None = None
    recording: Path | None = None
    open_browser: bool = True


async def perform(
    settings: Settings,
    wishes: Wishes,
    console: Console,
    *,
    clock: Clock,
    persona: Persona,
    model: Model,
    database: Path,
    sources: Sequence[Source],
    stages: Sequence[NeighbourStage],
) -> None:
    """Put on one show, from the first port opened to the last stage cleared.

    Raises:
        MisconfiguredError: the database or the port cannot be had, or the model is not there.
    """
    local = LocalSource()
    everything: list[Source] = [local, *sources]
    if wishes.recording:
        everything.append(RecordedSource(wishes.recording, clock=clock))
    listeners = [Listener(source, clock=clock) for source in everything]
    token = settings.web.token or SecretStr(secrets.token_urlsafe(24))

    def about() -> Mapping[str, Any]:
        return {
            "persona": persona.name,
            "language": persona.language,
            "paused": director.paused,
        }

    def heard(comment: Comment) -> None:
        memory.hear(comment)
        backstage.comment(comment)

    def retracted(retraction: Retraction) -> None:
        memory.retract(retraction)
        director.retract(retraction)
        backstage.retraction(retraction)

    def status() -> str:
        counts = intake.counts
        parts = [
            "paused" if director.paused else "on air",
            f"{intake.waiting} waiting, {director.answered} answered, {counts['shed']} shed",
            f"{model.llm.model} at {writer.speed:.1f} tokens/s",
            *(f"{listener.name} {listener.state}" for listener in listeners),
        ]
        return " ".join([", ".join(parts) + ".", *(stage.state for stage in stages)])

    overlay = OverlayStage(about)

    async with AsyncExitStack() as stack:
        memory = await stack.enter_async_context(
            open_memory(database, clock=clock, persona=persona.name, model=model.llm.model)
        )
        backstage = BackstageFeed()
        intake = Intake(
            names=persona.names,
            prefix=settings.bot.command_prefix,
            # The moderation leads to the director, and the director takes from the intake.
            obey=lambda order, author: moderation.obey(order, author),  # noqa: PLW0108
            heard=heard,
            retracted=retracted,
            clock=clock,
        )
        writer = model.writer(persona, backstage, effort=settings.ollama.think)
        director = Director(
            persona=persona,
            intake=intake,
            writer=writer,
            memory=memory,
            stages=[overlay, *stages],
            clock=clock,
            keeps_going=not model.is_stand_in,
        )
        moderation = Moderation(director, status=status, changed=overlay.announce)
        web = Web(audience=overlay.feed, backstage=backstage.feed, local=local, token=token)
        port = await stack.enter_async_context(
            web.serving(settings.web.port if wishes.port is None else wishes.port)
        )
        stack.enter_context(backstage.following(logging.getLogger("bot")))
        address = f"http://{HOST}:{port}"
        chat = f"{address}/chat?token={quote(token.get_secret_value(), safe='')}"
        _introduce(
            console,
            {
                "Character": f"{persona.name} ({_LANGUAGES[persona.language]})",
                "Model": model.about,
                "Listens to": ", ".join(_CALLED.get(one.name, one.name) for one in listeners),
                "History": str(database),
                "Overlay": f"{address}/overlay  (in OBS: a browser source, 1920 x 1080)",
                "Chat page": chat,
            },
        )
        intake.already_heard(await memory.heard(REMEMBERED_LIMIT))
        intake.know(await memory.viewers(REMEMBERED_LIMIT))
        await _warm(model, console)
        if wishes.open_browser:
            open_page(chat)
        stack.callback(console.print, "The show is over; the screen is clear.")
        async with asyncio.TaskGroup() as show:
            for stage in stages:
                show.create_task(stage.run())
            show.create_task(memory.run())
            show.create_task(director.run())
            for listener in listeners:
                show.create_task(listener.run(intake.receive))
            console.print("On air. Ctrl+C ends the show.", style="bold green")


async def _warm(model: Model, console: Console) -> None:
    """Have the model loaded, visibly; a server that is down may still come up in the show."""
    with console.status(f"Loading {model.llm.model}; a large model takes a minute or more ..."):
        try:
            await model.llm.warm()
        except UnavailableError as error:
            log.error("%s The show begins without; the character answers once it is there.", error)
        else:
            console.print(f"{model.llm.model} is loaded.")


def _introduce(console: Console, facts: Mapping[str, str]) -> None:
    for name, fact in facts.items():
        # Addresses stay whole, so that they can be copied and clicked.
        console.print(f"[bold]{name:<11}[/bold]", end="")
        console.print(fact, markup=False, highlight=False, soft_wrap=True)
