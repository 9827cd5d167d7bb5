"""Ollama: a model on its server, as a stream of thinking and of content."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from typing import Any, cast

import httpx
import ollama

from bot.clock import Clock, time_limit
from bot.errors import BotError, MisconfiguredError, UnavailableError
from bot.llm.message import Call, Content, Done, Function, Message, Piece, Thinking
from bot.llm.ollama_errors import Failures, MissingModelError
from bot.llm.ollama_store import Pulled, alike, pull
from bot.llm.options import Effort, OllamaOptions, Sampling
from bot.translation import tr, tr_noop

log = logging.getLogger(__name__)

_AT_HOME = "127.0.0.1"
_BETWEEN_LOOKS = 10.0
"""Seconds between two looks at a model that is being loaded, and for which one that has just
answered need not be looked for."""
_MISSED = 3
"""Looks in a row that a server may leave unanswered while it loads: then it is taken for dead."""
_RELEASE_TIMEOUT = 3.0
_ALL_ON_GPU = tr_noop(", all of it on the GPU")


class Ollama:
    """One model on one Ollama server: a ``bot.llm.engine.Engine``.

    Args:
        options: which, and how long to wait for it.
        clock: the time that is waited by.
        key: what the server wants to be told, if it wants a key.
        group: what the names of its settings begin with, for errors.
        transport: stands in for the network, in tests.

    Attributes:
        is_loaded: whether the server has the model in memory, as far as is known.

    Raises:
        MisconfiguredError: the host is no address.
    """

    def __init__(
        self,
        options: OllamaOptions,
        *,
        clock: Clock,
        key: str = "",
        group: str = "OLLAMA",
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.options = options
        self.group = group
        self.host = _reachable(options.host)
        self.is_loaded = False
        self._clock = clock
        self._failures = Failures(self.host, options.model, group)
        self._thinks: bool | None = None
        """Whether the model can reason; None until the server has told."""
        self._calls = False
        """Whether it can have something done."""
        self._loading: asyncio.Task[None] | None = None
        self._is_listed = False
        """Whether the server lists the model among those in memory; it lists none of a cloud's."""
        self._heard_at = 0.0
        wire: dict[str, Any] = {"transport": transport} if transport else {}
        if key:
            wire["headers"] = {"Authorization": f"Bearer {key}"}
        timeout = httpx.Timeout(None, connect=options.connect_timeout)
        # A proxy setting of the system is for the internet, not for the model next door.
        try:
            self._client = ollama.AsyncClient(self.host, timeout=timeout, trust_env=False, **wire)
        except (ValueError, httpx.InvalidURL) as error:
            raise MisconfiguredError(
                tr(
                    "{group}_HOST={host} is no address ({error}). Write it like http://127.0.0.1:11434.",
                    group=group,
                    host=self.host,
                    error=error,
                )
            ) from error

    @property
    def model(self) -> str:
        """The model's name."""
        return self.options.model

    @property
    def about(self) -> str:
        """Which model, and where."""
        return tr("{model} on Ollama at {host}", model=self.model, host=self.host)

    async def find(self, limit: float | None = None) -> None:
        """See ``Engine``."""
        limit = limit or self.options.next_token_timeout
        try:
            with self._failures.translated(), self._failures.foreign_answers():
                async with time_limit(self._clock, limit):
                    capabilities = (await self._client.show(self.model)).capabilities
        except MissingModelError as error:
            with self._failures.translated(), self._failures.foreign_answers():
                async with time_limit(self._clock, limit):
                    names = ", ".join(await alike(self._client, self.model))
            raise MissingModelError(
                tr("{error} It has {names}.", error=error, names=names) if names else str(error)
            ) from error
        self._thinks = capabilities is None or "thinking" in capabilities
        self._calls = capabilities is not None and "tools" in capabilities

    async def pull(self) -> AsyncGenerator[Pulled]:
        """Have the server get the model, and tell how far it is.

        Raises:
            UnavailableError: the server is gone, or cannot get it.
            MisconfiguredError: there is no such model.
        """
        with self._failures.translated():
            async for pulled in pull(self._client, self.model):
                yield pulled

    async def warm(self) -> None:
        """See ``Engine``."""
        await self.find(self.options.connect_timeout)  # a server that hangs may be back soon
        await self._load()

    async def think(
        self,
        messages: Sequence[Message],
        *,
        effort: Effort,
        sampling: Sampling,
        limit: int | None = None,
        functions: Sequence[Function] = (),
        schema: Mapping[str, Any] | None = None,
    ) -> AsyncGenerator[Piece]:
        """See ``Engine``."""
        if self._thinks is None:
            # The server was not there when the show began; a model that does not reason would
            # refuse an effort.
            await self.find()
        try:
            await self._require_loaded()
            answer = self._answer(
                messages, effort, sampling, limit, functions=functions, schema=schema
            )
            async with aclosing(answer) as pieces:
                async for piece in pieces:
                    yield piece
        except BotError:
            self.is_loaded = False
            raise

    async def _answer(
        self,
        messages: Sequence[Message],
        effort: Effort,
        sampling: Sampling,
        limit: int | None,
        *,
        functions: Sequence[Function],
        schema: Mapping[str, Any] | None,
    ) -> AsyncGenerator[Piece]:
        most = min(limit or self.options.num_predict, self.options.num_predict)
        failures = self._failures
        with failures.translated():
            stream = await self._client.chat(
                self.model,
                messages,
                stream=True,
                think=effort if self._thinks else None,
                tools=[one.described for one in functions] if self._calls else None,
                format=dict(schema) if schema else None,
                options=self._wanted(sampling, most),
                keep_alive=cast("Any", self.options.keep_alive),
            )
            async with aclosing(cast("AsyncGenerator[ollama.ChatResponse]", stream)) as parts:
                patience = self.options.first_token_timeout
                too_late = failures.no_first_token
                # A part is a token or more, or now and then empty: a server that sends more of
                # them than this has lost count.
                for _ in range(2 * most + 1):
                    with (
                        failures.foreign_answers(),
                        failures.odd_parts(is_known=self._heard_at > 0),
                    ):
                        try:
                            async with time_limit(self._clock, patience):
                                part = await anext(parts, None)
                        except TimeoutError as error:
                            raise too_late(patience) from error
                    if part is None:
                        raise failures.ended_early()
                    patience = self.options.next_token_timeout
                    too_late = failures.no_next_token
                    self._heard_at = self._clock.monotonic()
                    self.is_loaded = True
                    if part.message.thinking:
                        yield Thinking(part.message.thinking)
                    if part.message.content:
                        yield Content(part.message.content)
                    for wanted in part.message.tool_calls or ():
                        yield Call(wanted.function.name, wanted.function.arguments)
                    if part.done:
                        yield _done(part)
                        return
                yield Done(cut=True)

    async def release(self) -> str:
        """See ``Engine``."""
        if self._loading:
            self._loading.cancel()
        if not self.is_loaded:
            return ""
        if not self.options.unload:
            return tr("{model} stays in memory (OLLAMA_UNLOAD=false).", model=self.model)
        try:
            with self._failures.translated(), self._failures.foreign_answers():
                async with time_limit(self._clock, _RELEASE_TIMEOUT):
                    await self._client.chat(self.model, [], keep_alive=0)
        except BotError as error:
            return tr("{model} may still be in memory: {error}", model=self.model, error=error)
        self.is_loaded = False
        return tr("{model} is out of memory again.", model=self.model)

    async def close(self) -> None:
        """See ``Engine``."""
        if self._loading:
            self._loading.cancel()
            await asyncio.wait({self._loading})
        await self._client.close()  # type: ignore[no-untyped-call]

    async def _require_loaded(self) -> None:
        """Have the model loaded where the server has not got it any more.

        A request would have it loaded, too; but whoever gave that up would have given up the
        loading, and the next would begin at zero.
        """
        since = self._clock.monotonic() - self._heard_at
        if self.is_loaded and (since < _BETWEEN_LOOKS or not self._is_listed):
            return
        if not (self.is_loaded and await self.running()):
            await self._load()

    async def _load(self) -> None:
        """Join in waiting for the one loading that there is."""
        if self._loading is None or self._loading.done():
            self._loading = asyncio.create_task(self._loaded())
            self._loading.add_done_callback(_look_at)
        await asyncio.shield(self._loading)

    async def _loaded(self) -> None:
        wanted = self._wanted(Sampling(), self.options.num_predict)
        began = self._clock.monotonic()
        with self._failures.translated(), self._failures.foreign_answers():
            # An empty conversation is Ollama's way to be asked to load a model and no more.
            request = asyncio.ensure_future(
                self._client.chat(
                    self.model,
                    [],
                    options=wanted,
                    keep_alive=cast("Any", self.options.keep_alive),
                )
            )
            missed = 0
            try:
                while not await self._ends(request):
                    # It takes as long as it takes, while the server is alive.
                    try:
                        running, missed = await self.running(), 0
                    except UnavailableError:
                        running, missed = "", missed + 1
                        if missed == _MISSED:
                            raise
                    log.info(
                        tr(
                            "Loading {model}: {seconds:.0f} s so far{where}.",
                            model=self.model,
                            seconds=self._clock.monotonic() - began,
                            where=f", {running}" if running else "",
                        ),
                    )
                await request
            finally:
                request.cancel()
        self.is_loaded = True
        running = await self.running()
        self._is_listed = bool(running)
        log.debug("%s is loaded: %s", self.model, running)
        if running.endswith(tr(_ALL_ON_GPU)) and not self.options.num_batch:
            log.info(
                tr(
                    "The whole model is on the GPU: with OLLAMA_NUM_BATCH=2048 it reads twice"
                    " as fast, at the start and when the talk is summed up, for 400 MB more."
                )
            )

    async def _ends(self, request: "asyncio.Future[Any]") -> bool:
        pause = asyncio.create_task(self._clock.sleep(_BETWEEN_LOOKS))
        try:
            await asyncio.wait({request, pause}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            pause.cancel()
        return request.done()

    async def version(self) -> str:
        """Return the server's version; empty where it does not tell."""
        try:
            # The library has no call for it.
            answer = await self._client._client.get("/api/version")  # noqa: SLF001
            return str(answer.json()["version"])
        except (httpx.HTTPError, ValueError, TypeError, LookupError):
            return ""

    async def running(self) -> str:
        """Return what the server tells of the model in memory, empty where it has none such.

        Raises:
            UnavailableError: it does not answer.
        """
        with self._failures.translated(), self._failures.foreign_answers():
            async with time_limit(self._clock, self.options.connect_timeout):
                running = (await self._client.ps()).models
        for one in running:
            is_ours = _tagged(one.model or one.name or "") == _tagged(self.model)
            if is_ours and one.context_length in (None, self.options.num_ctx):
                size, on_gpu = int(one.size or 0), int(one.size_vram or 0)
                where = (
                    tr(_ALL_ON_GPU)
                    if on_gpu >= size
                    else tr(", {on_gpu:.0%} of it on the GPU", on_gpu=on_gpu / size)
                )
                return tr("{size:.1f} GB{where}", size=size / 1e9, where=where if size else "")
        return ""

    def _wanted(self, sampling: Sampling, num_predict: int) -> Mapping[str, Any]:
        """Return Ollama's own options for a request."""
        batch = {"num_batch": self.options.num_batch} if self.options.num_batch else {}
        return {
            **sampling.model_dump(exclude_none=True),
            "num_ctx": self.options.num_ctx,
            **batch,
            "num_predict": num_predict,
        }


def _reachable(host: str) -> str:
    """Return where to find a server that is told where to listen.

    One that listens everywhere is reached at home; Windows cannot connect to 0.0.0.0.
    """
    host = f":{host}" if host.isdecimal() else host
    for everywhere in ("0.0.0.0", "[::]"):  # noqa: S104  it is replaced
        host = host.replace(everywhere, _AT_HOME)
    return f"{_AT_HOME}{host}" if host.startswith(":") else host


def _look_at(loading: "asyncio.Task[None]") -> None:
    """Look at what it raised: perhaps nobody waits for it any more."""
    if not loading.cancelled():
        loading.exception()


def _tagged(name: str) -> str:
    return name if ":" in name else f"{name}:latest"


def _done(part: ollama.ChatResponse) -> Done:
    return Done(
        cut=part.done_reason == "length",
        tokens=part.eval_count or 0,
        seconds=(part.eval_duration or 0) / 1e9,
        prompt_seconds=(part.prompt_eval_duration or 0) / 1e9,
        load_seconds=(part.load_duration or 0) / 1e9,
    )
