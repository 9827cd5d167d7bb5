"""Which model talks: the wanted one on Ollama, or a small one in the box."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bot.errors import BotError
from bot.llm.ollama import Ollama, Patience
from bot.persona import Effort, Persona, Sampling
from bot.settings import Settings
from bot.stage.backstage import Backstage
from bot.writing.writer import Writer

log = logging.getLogger(__name__)

_EMBEDDED_NAME = "smollm2-135m-instruct"
_EMBEDDED_CONTEXT = 2048
_EMBEDDED_TOKENS = 60
_EMBEDDED_SAMPLING = Sampling(temperature=0.3, top_p=0.9, top_k=40, repeat_penalty=1.05)
"""Hotter, the small model rambles; without a penalty it loops."""
_BATCH_SIZE = 8
"""Comments that a large model answers together; a small one keeps hold of one at a time."""


@dataclass(frozen=True, slots=True)
class Model:
    """The model that talks, and what to tell people of it."""

    llm: Ollama
    about: str
    batch_size: int
    is_stand_in: bool = False
    """Whether it is the small model of the demo, which needs a brief prompt in English."""
    sampling: Sampling | None = None
    """What the model needs instead of the persona's own, if anything."""

    def writer(self, persona: Persona, backstage: Backstage, *, effort: Effort | None) -> Writer:
        """Return a writer for a persona; ``effort`` is what was set in place of its own."""
        return Writer(
            persona=persona,
            llm=self.llm,
            backstage=backstage,
            effort=effort or persona.think,
            sampling=self.sampling or persona.sampling,
            most=self.batch_size,
            brief=self.is_stand_in,
        )


@asynccontextmanager
async def ollama_model(settings: Settings) -> AsyncIterator[Model]:
    """Give the wanted model on Ollama, without asking whether it is there."""
    wanted = settings.ollama
    llm = Ollama(
        # A server told to listen everywhere is reached at home; Windows cannot connect to 0.0.0.0.
        host=wanted.host.replace("0.0.0.0", "127.0.0.1"),  # noqa: S104
        model=wanted.model,
        num_ctx=wanted.num_ctx,
        num_predict=wanted.num_predict,
        keep_alive=wanted.keep_alive,
        patience=Patience(
            wanted.connect_timeout, wanted.first_token_timeout, wanted.next_token_timeout
        ),
    )
    try:
        yield Model(llm, f"{llm.model} on Ollama at {llm.host}", _BATCH_SIZE)
    finally:
        await llm.close()


@asynccontextmanager
async def any_model(settings: Settings) -> AsyncIterator[Model]:
    """Give the wanted model on Ollama where that answers, and the one in the box elsewhere."""
    async with ollama_model(settings) as model:
        try:
            await model.llm.find()
        except BotError as error:
            log.debug("%s The model in the box is used instead.", error)
        else:
            yield model
            return
    async with embedded_model(settings) as model:
        yield model


@asynccontextmanager
async def embedded_model(settings: Settings) -> AsyncIterator[Model]:
    """Give the model in the box, served on loopback as Ollama would.

    Raises:
        MisconfiguredError: the extra is not installed, or the file is no model.
    """
    from bot.llm.embedded import EmbeddedServer, bundled_model  # noqa: PLC0415  loads aiohttp's server

    path = settings.embedded.model or bundled_model()
    name = path.stem if settings.embedded.model else _EMBEDDED_NAME
    about = f"{name}, a small model in this program"
    if not settings.embedded.model:
        about += f": only a stand-in for {settings.ollama.model}, and English only"
    async with EmbeddedServer(path, name=name, num_ctx=_EMBEDDED_CONTEXT) as server:
        llm = Ollama(
            host=server.host, model=name, num_ctx=_EMBEDDED_CONTEXT, num_predict=_EMBEDDED_TOKENS
        )
        try:
            if settings.embedded.model:
                yield Model(llm, about, batch_size=1)
            else:
                yield Model(llm, about, 1, is_stand_in=True, sampling=_EMBEDDED_SAMPLING)
        finally:
            await llm.close()
