"""What the bot adds to the model's own time, in a whole show against a stand-in for Ollama.

Everything is real but the model: web server, intake, director, SQLite on disk, the client library.
Comments come in by HTTP, and what viewers see is read from ``/api/events``. The baseline is the
bare ``ollama`` client against the same stand-in in the same process.
"""

import tempfile
import time
from pathlib import Path

import ollama

from benchmarks.row import Row, p95_ms
from tests.standins.ollama import Gate, OllamaStandIn
from tests.support.show import on_air

_ROUNDS = 60
_LIMIT_MS = 20.0
_SENTENCE = "A sentence that is whole."


class _Mark(Gate):
    """Notes when the stand-in has sent what stands before it, and holds nothing."""

    at = 0.0

    async def hold(self) -> None:
        self.at = time.perf_counter()


async def measure() -> list[Row]:
    """Answer comments one by one, each in an idle show."""
    to_model, to_overlay = [], []
    with tempfile.TemporaryDirectory() as folder:
        async with (
            OllamaStandIn() as model,
            on_air(model.host, Path(folder) / "history.db", speaker="wren") as viewer,
        ):
            await viewer.until("reply.finished")
            for number in range(_ROUNDS):
                await viewer.post("!skip", roles=["moderator"])  # the reading time of the last one
                await viewer.until("cleared", count=number + 1)
                mark = _Mark()
                model.will(f"{_SENTENCE} ", mark, "And another one.")
                asked = len(model.requests) + 1
                arrived = time.perf_counter()
                await viewer.post("hello")
                await model.asked(asked)
                to_model.append(time.perf_counter() - arrived)
                await viewer.until("reply.sentence", count=number + 1, text=_SENTENCE)
                to_overlay.append(time.perf_counter() - mark.at)
    bare_to_model, bare_to_reader = await _bare_client()
    return [
        Row(
            "comment posted → request at the model",
            *(p95_ms(to_model), "bare client: call → first piece"),
            *(p95_ms(bare_to_model), _LIMIT_MS),
        ),
        Row(
            "sentence sent by the model → overlay",
            *(p95_ms(to_overlay), "sentence sent → bare client"),
            *(p95_ms(bare_to_reader), _LIMIT_MS),
        ),
    ]


async def _bare_client() -> tuple[list[float], list[float]]:
    to_model, to_reader = [], []
    async with OllamaStandIn() as model:
        client = ollama.AsyncClient(model.host)
        try:
            for _ in range(_ROUNDS):
                mark = _Mark()
                model.will(f"{_SENTENCE} ", mark, "And another one.")
                asked = len(model.requests) + 1
                called = time.perf_counter()
                stream = await client.chat(
                    model.models[0], [{"role": "user", "content": "hello"}], stream=True
                )
                parts = aiter(stream)
                await anext(parts)
                to_reader.append(time.perf_counter() - mark.at)
                await model.asked(asked)
                to_model.append(mark.at - called)
                async for _part in parts:
                    pass
        finally:
            await client.close()  # type: ignore[no-untyped-call]
    return to_model, to_reader
