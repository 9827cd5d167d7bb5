"""Which model talks: the wanted one on Ollama, or a small one in the box."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from bot.clock import Clock
from bot.errors import BotError, MisconfiguredError
from bot.llm.engine import Engine
from bot.llm.ollama import Ollama
from bot.llm.options import Api, Effort, OllamaOptions, Sampling
from bot.persona import Persona
from bot.safety.guard import Guard, read_policy
from bot.safety.judge import Judge
from bot.settings import Settings
from bot.stage.backstage import Backstage
from bot.translation import tr
from bot.writing.budget import MOST_REMARKS
from bot.writing.writer import Tools, Writer

log = logging.getLogger(__name__)

_BETWEEN_WARMINGS = 10.0
_GLANCE = 2.0
"""Seconds that the demo looks for a model on this machine."""
_EMBEDDED_NAME = "smollm2-135m-instruct"
_EMBEDDED_CONTEXT = 2048
_EMBEDDED_TOKENS = 60
_EMBEDDED_SAMPLING = Sampling(temperature=0.3, top_p=0.9, top_k=40, repeat_penalty=1.05)
"""Hotter, the small model rambles; without a penalty it loops."""


@dataclass(frozen=True, slots=True)
class Model:
    """The model that talks, and what to tell people of it.

    Attributes:
        why: why it is not the wanted one, if it is not.
        most: remarks that it can answer together; a small model keeps hold of one at a time.
        is_stand_in: whether it is the small model of the demo, which needs a brief prompt in
            English.
        is_ours: whether it runs in this program, and ends with it.
        sampling: what it needs instead of the persona's own, if anything.
        guard: the second judge, if there is one.
    """

    llm: Engine
    about: str
    why: str = ""
    most: int = MOST_REMARKS
    is_stand_in: bool = False
    is_ours: bool = False
    sampling: Sampling | None = None
    guard: Guard | None = None

    @property
    def llms(self) -> tuple[Engine, ...]:
        """All that have to be loaded before the show is on air."""
        return (self.llm, self.guard.llm) if self.guard else (self.llm,)

    @property
    def borrowed(self) -> tuple[Engine, ...]:
        """Those that run elsewhere, and are let go of when the show is over."""
        return self.llms[1:] if self.is_ours else self.llms

    def writer(
        self,
        persona: Persona,
        backstage: Backstage,
        *,
        judge: Judge,
        effort: Effort | None,
        tools: Tools | None = None,
    ) -> Writer:
        """Return a writer for a persona.

        ``effort`` is what was set in place of its own; ``tools`` are what the model may have done.
        """
        return Writer(
            persona=persona,
            llm=self.llm,
            backstage=backstage,
            judge=judge,
            guard=self.guard,
            effort=effort or persona.think,
            sampling=self.sampling,
            most=self.most,
            brief=self.is_stand_in,
            tools=tools,
        )


@asynccontextmanager
async def wanted_model(settings: Settings, clock: Clock) -> AsyncIterator[Model]:
    """Give the model that the settings name, without asking whether it is there.

    Raises:
        MisconfiguredError: what would speak to its server is not installed, or its address is none.
    """
    llm = _engine(settings, clock)
    async with _closing(llm), _guard(settings, clock) as guard:
        about = llm.about
        yield Model(
            llm,
            tr("{about}, judged by {model}", about=about, model=guard.llm.model)
            if guard
            else about,
            guard=guard,
        )


def _engine(settings: Settings, clock: Clock) -> Engine:
    if settings.llm.api is Api.OLLAMA:
        return Ollama(settings.ollama, clock=clock)
    try:
        from bot.llm.openai import OpenAI  # noqa: PLC0415  an extra of its own
    except ImportError as error:
        raise MisconfiguredError(
            tr(
                "LLM_API=openai needs a package that is not installed: start with `uv run"
                " --extra openai vtuber-bot run`."
            )
        ) from error
    return OpenAI(settings.openai, clock=clock)


@asynccontextmanager
async def any_model(settings: Settings, clock: Clock) -> AsyncIterator[Model]:
    """Give the wanted model where its server answers at once, and the one in the box elsewhere."""
    async with wanted_model(settings, clock) as model:
        try:
            await model.llm.find(_GLANCE)
        except BotError as error:
            why = str(error)
        else:
            yield model
            return
    async with embedded_model(settings, clock) as model:
        yield replace(model, why=why)


@asynccontextmanager
async def embedded_model(settings: Settings, clock: Clock) -> AsyncIterator[Model]:
    """Give the model in the box, served on loopback as Ollama would.

    Raises:
        MisconfiguredError: the extra is not installed, or the file is no model.
    """
    from bot.llm.embedded import (  # noqa: PLC0415  loads aiohttp's server
        EmbeddedServer,
        bundled_model,
    )

    own = settings.embedded.model
    path = own or bundled_model()
    name = path.stem if own else _EMBEDDED_NAME
    about = tr("{name}, a small model in this program", name=name)
    if not own:
        about += tr(": only a stand-in for {model}, and English only", model=settings.ollama.model)
    async with EmbeddedServer(path, name=name, num_ctx=_EMBEDDED_CONTEXT) as server:
        options = OllamaOptions(
            host=server.host,
            model=name,
            num_ctx=_EMBEDDED_CONTEXT,
            num_predict=_EMBEDDED_TOKENS,
        )
        llm = Ollama(options, clock=clock, key=server.key)
        async with _closing(llm), _guard(settings, clock) as guard:
            model = Model(llm, about, most=1, is_ours=True, guard=guard)
            yield model if own else replace(model, is_stand_in=True, sampling=_EMBEDDED_SAMPLING)


@asynccontextmanager
async def _closing(llm: Engine) -> AsyncIterator[None]:
    try:
        yield
    finally:
        await llm.close()


@asynccontextmanager
async def _guard(settings: Settings, clock: Clock) -> AsyncIterator[Guard | None]:
    """Give the second judge, if the settings name one.

    Raises:
        MisconfiguredError: its policy cannot be read.
    """
    wanted = settings.guard
    if not wanted.model:
        yield None
        return
    policy = read_policy(wanted.policy)
    options = settings.ollama.model_copy(
        update={"model": wanted.model, "host": wanted.host or settings.ollama.host}
    )
    llm = Ollama(options, clock=clock, group="GUARD")
    async with _closing(llm):
        yield Guard(llm, policy, limit=wanted.timeout, fails=wanted.fails, clock=clock)


async def keep_warming(llm: Engine, clock: Clock) -> None:
    """Have a model loaded as soon as its server is there, before somebody has to wait for it."""
    while not llm.is_loaded:
        await clock.sleep(_BETWEEN_WARMINGS)
        try:
            await llm.warm()
        except BotError as error:
            log.debug("%s is not loaded: %s", llm.model, error)
