"""A show that no viewer sees: nothing of it is kept, posted or served."""

import random
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Protocol, TypeVar

from bot import persona as personas
from bot.app.assembly import Show, assemble
from bot.app.folders import PERSONA_FOLDERS
from bot.app.hands import demand, searching
from bot.app.judging import judge_of
from bot.app.live import DEMO_PERSONA
from bot.app.models import Model, embedded_model, wanted_model
from bot.clock import Clock
from bot.persona import Persona
from bot.safety.judge import Judge
from bot.safety.term_files import TermFiles
from bot.settings import Settings
from bot.sources.listener import Listener
from bot.stage import Stage
from bot.stage.backstage import Backstage
from bot.storage.opening import open_memory


class Place(Stage, Backstage, Protocol):
    """Where the one sits who follows it: before the stage, and behind it."""


_Place = TypeVar("_Place", bound=Place)


@asynccontextmanager
async def unseen(
    settings: Settings,
    clock: Clock,
    place: Callable[[Persona, Judge], _Place],
    *,
    persona_name: str | None,
    embedded: bool,
    listeners: Sequence[Listener] = (),
    seed: int | None = None,
) -> AsyncIterator[tuple[Show, Model, _Place]]:
    """Put such a show together, and give it with its model and its follower.

    Args:
        settings: how.
        clock: the time that passes in it.
        place: makes that of whoever follows it, of who speaks and who judges.
        persona_name: who speaks, if not whom the settings name.
        embedded: whether the model in the box speaks.
        listeners: what listens to the chats, for the status.
        seed: of all that is left to chance, in the show and in the model.

    Raises:
        MisconfiguredError: the persona has a mistake, or the model cannot be spoken to.
    """
    default = DEMO_PERSONA if embedded else settings.bot.persona
    persona = personas.load(persona_name or default, PERSONA_FOLDERS)
    judge = judge_of(settings, persona, TermFiles(settings.bot.blocklist), clock)
    demand(settings)
    # Nobody who tries a show wants the scene switched.
    tools = searching(settings, language=persona.language, judge=judge, clock=clock)
    async with AsyncExitStack() as stack:
        wanted = embedded_model if embedded else wanted_model
        model = await stack.enter_async_context(wanted(settings, clock))
        if seed is not None:
            sampling = (model.sampling or persona.sampling).model_copy(update={"seed": seed})
            model = replace(model, sampling=sampling)
        memory = await stack.enter_async_context(
            open_memory(Path(":memory:"), clock=clock, persona=persona.name, model=model.llm.model)
        )
        follower = place(persona, judge)
        show = assemble(
            persona=persona,
            model=model,
            memory=memory,
            stages=[follower],
            backstage=follower,
            clock=clock,
            prefix=settings.bot.command_prefix,
            judge=judge,
            effort=settings.model.think,
            listeners=listeners,
            keeps_going=False,
            tools=tools,
            allowed=settings.tools.names,
            chance=random.Random(seed),  # noqa: S311  which line is spoken is no secret
        )
        stack.push_async_callback(show.toolbox.close)
        yield show, model, follower
