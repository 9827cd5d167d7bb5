"""The models that an Ollama server has, and could get."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from difflib import SequenceMatcher

import ollama

_NAMED = 5


@dataclass(frozen=True, slots=True)
class Pulled:
    """How far the server is in getting a model: which step, and of its bytes how many."""

    step: str
    completed: int
    total: int


async def alike(client: ollama.AsyncClient, wanted: str) -> list[str]:
    """Return some of the models that are there, those first whose names are most like this."""
    names = [one.model for one in (await client.list()).models if one.model]
    names.sort(key=lambda name: SequenceMatcher(None, name, wanted).ratio(), reverse=True)
    return names[:_NAMED]


async def pull(client: ollama.AsyncClient, model: str) -> AsyncGenerator[Pulled]:
    """Have the server get a model, and tell how far it is."""
    async for part in await client.pull(model, stream=True):
        yield Pulled(part.status or "", part.completed or 0, part.total or 0)
