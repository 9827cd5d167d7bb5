"""A small model run by llama.cpp inside this process, one answer at a time."""

import asyncio
import os
import secrets
import threading
from collections.abc import AsyncGenerator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from bot.errors import MisconfiguredError
from bot.translation import tr

_BATCH = 64
"""Tokens of prompt read between two looks at whether the answer is still wanted. Smaller stops
sooner and reads slower: on one core, SmolLM2 reads 64 in 0.4 s and loses 3 % by it."""

_CACHE_MIB = 256
"""What llama.cpp may keep of earlier conversations in memory; its own default is 8192."""


class BadRequestError(Exception):
    """A request that cannot be answered; ``str()`` says why, ``status`` is the HTTP status."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class Finish:
    """The end of an answer, with llama.cpp's own counts and times.

    ``reason`` is ``stop`` or ``length``. ``prompt_tokens`` counts the whole prompt, also the
    ``cached_tokens`` of it that did not have to be read again. Durations are in nanoseconds.
    """

    reason: str
    prompt_tokens: int
    cached_tokens: int
    prompt_duration: int
    answer_tokens: int
    answer_duration: int


class Llama:
    """A GGUF model, loaded as long as this context manager is open.

    Everything llama.cpp does happens in one thread of our own, so answers wait their turn. It
    frees the interpreter while it reads and writes, but not while it loads: for that time (0.4 s
    for the model in the box) the event loop stands still. Closing ends an unfinished answer.

    Raises:
        MisconfiguredError: on entering, when the file is missing or is not a model, or when
            xllamacpp is not installed.
    """

    def __init__(self, path: Path, *, num_ctx: int) -> None:
        self._path = path
        self._num_ctx = num_ctx
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="llama")
        self._closing = threading.Event()
        self._server: Any = None

    async def __aenter__(self) -> Self:
        try:
            await asyncio.get_running_loop().run_in_executor(self._thread, self._load)
        except BaseException:
            self._thread.shutdown(wait=False)
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._closing.set()
        try:
            await asyncio.get_running_loop().run_in_executor(self._thread, self._unload)
        finally:
            self._thread.shutdown(wait=False)

    async def chat(
        self, messages: list[dict[str, str]], sampling: Mapping[str, Any]
    ) -> AsyncGenerator[str | Finish]:
        """Answer: the text in pieces as they come, then one Finish.

        Leaving it early (``aclose``, or cancelling whoever waits for it) stops the model after
        the token or the batch of prompt it is at. ``sampling`` is as in llama.cpp's
        ``/v1/chat/completions``.

        Raises:
            BadRequestError: the messages do not fit the context or the model's template.
        """
        loop = asyncio.get_running_loop()
        chunks: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue()
        unwanted = threading.Event()

        def receive(chunk: dict[str, Any]) -> bool:
            # xllamacpp swallows what is raised here and goes on; True makes it stop.
            if unwanted.is_set() or self._closing.is_set():
                return True
            loop.call_soon_threadsafe(chunks.put_nowait, chunk)
            return False

        request = {
            **sampling,
            "messages": messages,
            "stream": True,
            "stream_options": {"include_usage": True},
            "return_progress": True,  # calls back after each batch of the prompt as well
        }
        answering = loop.run_in_executor(self._thread, self._answer, request, receive)
        answering.add_done_callback(lambda _: chunks.put_nowait(None))
        reason = "stop"
        try:
            while (chunk := await chunks.get()) is not None:
                if failure := chunk.get("error"):
                    raise BadRequestError(failure["code"], failure["message"])
                for choice in chunk["choices"]:
                    reason = choice["finish_reason"] or reason
                    if text := choice["delta"].get("content"):
                        yield text
                if usage := chunk.get("usage"):
                    yield _finish(reason, usage, chunk["timings"])
            await answering
        finally:
            unwanted.set()
            answering.cancel()

    def _load(self) -> None:
        if not self._path.is_file():
            raise MisconfiguredError(tr("There is no model file {path}.", path=self._path))
        try:
            import xllamacpp  # noqa: PLC0415 - 100 MB that only the embedded model needs
        except ImportError as error:
            raise MisconfiguredError(
                tr(
                    "The embedded model needs xllamacpp, which is not installed: start with"
                    " `uv run --extra embedded vtuber-bot`."
                )
            ) from error
        params = xllamacpp.CommonParams()
        params.model.path = str(self._path)
        params.n_ctx = self._num_ctx
        params.n_batch = params.n_ubatch = _BATCH
        params.n_parallel = 1
        params.cache_ram_mib = _CACHE_MIB
        params.verbosity = 0
        threads = max(1, (os.cpu_count() or 2) - 1)  # one core is left for everything else
        params.cpuparams.n_threads = params.cpuparams_batch.n_threads = threads
        # llama.cpp always opens a port of its own on loopback. Nobody knows this key, so all that
        # answers there is /health.
        params.api_keys = [secrets.token_hex()]
        params.ui = params.endpoint_slots = False
        try:
            self._server = xllamacpp.Server(params)
        except RuntimeError as error:
            raise MisconfiguredError(
                tr(
                    "llama.cpp cannot load {path}: it must be a whole GGUF file of a language"
                    " model, and fit into memory.",
                    path=self._path,
                )
            ) from error

    def _unload(self) -> None:
        self._server = None

    def _answer(self, request: dict[str, Any], receive: Any) -> None:
        if self._closing.is_set():
            return
        try:
            self._server.handle_chat_completions(request, receive)
        except (ValueError, RuntimeError) as error:  # how C++ refuses what it cannot parse
            raise BadRequestError(400, str(error)) from error


def _finish(reason: str, usage: Mapping[str, Any], timings: Mapping[str, Any]) -> Finish:
    return Finish(
        reason=reason,
        prompt_tokens=usage["prompt_tokens"],
        cached_tokens=timings["cache_n"],
        prompt_duration=round(timings["prompt_ms"] * 1e6),
        answer_tokens=usage["completion_tokens"],
        answer_duration=round(timings["predicted_ms"] * 1e6),
    )
