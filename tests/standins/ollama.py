"""An Ollama on loopback that says what a test has scripted, and fails as the real one does.

The wire is that of https://github.com/ollama/ollama/blob/main/docs/api.md, as gpt-oss makes use of
it: the reasoning first, in a field of its own, then the answer, one token a line. The texts of the
errors are those of ``server/routes.go`` and ``llm/server.go`` there; what it reads of a prompt,
loads and unloads is what the real one did when it was looked at. Only streaming is there.
"""

import asyncio
import json
from collections import deque
from collections.abc import (
    AsyncGenerator,
    Awaitable,
    Callable,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum
from itertools import repeat
from types import TracebackType
from typing import Any, Self, TypeAlias

import regex
from aiohttp import web

from tests.standins.harmony import PromptCache, render, tokens
from tests.standins.serving import serve

_PATIENCE = 30.0
"""Seconds after which a test that waits for something has failed."""
_NOMINAL_PACE = 40.0
_NOMINAL_PROMPT_SPEED = 1000.0
_BATCH = 512
"""Tokens of prompt that are read at once: a request is given up between two of them."""
_DURATION = regex.compile(r"[-+]?(\d+(\.\d*)?(ns|us|µs|ms|s|m|h))+")
"""What Go understands as one."""


class Fault(Enum):
    """What every request is answered with while it is set: the status, the kind, and the body."""

    BUSY = 503, "json", "server busy, please try again.  maximum pending requests exceeded"
    OUT_OF_MEMORY = (
        500,
        "json",
        "model requires more system memory (62.1 GiB) than is available (23.4 GiB)",
    )
    CRASHED = 500, "json", "llama runner process has terminated: exit status 2"
    NO_ROUTE = 404, "plain", "404 page not found"
    """Some other server, written in Go."""
    HTML = 200, "html", "<!doctype html><title>Router</title>\n<p>Welcome!"
    GARBAGE = 200, "plain", "\x00\x01 not json\n"
    NO_OBJECT = 200, "json-lines", '["a", "list"]\n'
    STRANGE = 200, "json-lines", '{"message": "a string"}\n'
    STRANGE_ERROR = 500, "json-lines", '{"error": {"code": 500, "message": "as others write it"}}'
    SILENT = 200, "silent", ""
    """The request is taken, and never answered."""


class End(Enum):
    """How a reply breaks off, instead of being done."""

    CUT = "the connection is dropped"
    QUIET = "nothing more is sent"
    STOP = "the response ends as if all was well"


@dataclass(frozen=True)
class Thinking:
    """A piece of reasoning."""

    text: str


@dataclass(frozen=True)
class Wants:
    """A call of a tool, as gpt-oss sends one after its reasoning."""

    name: str
    arguments: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Raw:
    """Bytes that are sent as they are."""

    data: bytes


@dataclass(frozen=True)
class ErrorLine:
    """An error after the reply has begun, which ends it."""

    text: str = "an error was encountered while running the model: unexpected EOF"


@dataclass(frozen=True)
class Forever:
    """A piece of text that comes again and again, however few tokens were asked for."""

    piece: "str | Thinking"


class Gate:
    """Holds the stream where it stands in the script, until it is released."""

    def __init__(self) -> None:
        self._reached = asyncio.Event()
        self._released = asyncio.Event()

    async def reached(self) -> None:
        """Wait until all that stands before the gate was sent."""
        async with asyncio.timeout(_PATIENCE):
            await self._reached.wait()

    def release(self) -> None:
        """Let the stream go on."""
        self._released.set()

    async def hold(self) -> None:
        """Wait for the release."""
        self._reached.set()
        await self._released.wait()


_Plain: TypeAlias = str | Thinking | Wants | Raw | Gate | ErrorLine | End
Step: TypeAlias = _Plain | Forever
"""What happens in a reply, in order; a string is a piece of content."""


class OllamaStandIn:
    """Serves one model at ``host`` while the context is open.

    Args:
        model: the name of the model that is there.
        thinks: whether it can reason.
        calls: whether it can call tools.
        pace: tokens a second; as fast as can be where it is None.
        prompt_speed: tokens of prompt read a second, likewise.
        load_seconds: how long loading takes; a client that goes away stops it, and the next begins
            anew.
        sleep: waits between the tokens, and while the prompt is read.

    Attributes:
        models: the models that are there; take them out to have none.
        library: whether a model that is not there can be pulled.
        requests: the bodies sent to ``/api/chat`` that want an answer, as received, and
        errands: the others, which load or unload a model, or have a prompt read and ask for one
            token: they take no script.
        fault: answers every request while it is set.
        thought: begins every reply, in the field for the reasoning, if it is set.
        respond: returns what is answered to a message, where no script is left.
        loading: holds a request for which the model is being loaded, if it is set.
        cancelled: replies at which the client hung up before they were done.
        read: for each prompt how many tokens it has, and how many of them had to be read.
        waited: the same for the prompts in ``requests`` alone, in their order.
        loads: how often a model was loaded, and
        aborted: how often the client went away before that was done.
        vram: the share of the model that is on the GPU.
        cache: what the runner has read.
    """

    def __init__(
        self,
        model: str = "gpt-oss:120b",
        *,
        thinks: bool = True,
        calls: bool = True,
        pace: float | None = None,
        prompt_speed: float | None = None,
        load_seconds: float = 0.0,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.models = [model]
        self.library = True
        self.requests: list[dict[str, Any]] = []
        self.errands: list[dict[str, Any]] = []
        self.fault: Fault | None = None
        self.thought = ""
        self.respond: Callable[[str], str | Wants] | None = None
        self.loading: Gate | None = None
        self.cancelled = 0
        self.loads = self.aborted = 0
        self.vram = 1.0
        self.host = ""
        self._thinks = thinks
        self._calls = calls
        self.read: list[tuple[int, int]] = []
        self.waited: list[tuple[int, int]] = []
        self._pace = pace
        self._prompt_speed = prompt_speed
        self._load_seconds = load_seconds
        self.cache = PromptCache()
        self._sleep = sleep
        self._scripts: deque[tuple[Step, ...]] = deque()
        self._loaded: dict[str, tuple[Any, ...]] = {}
        """With what each model was loaded."""
        self._changed = asyncio.Condition()
        self._closing = asyncio.Event()

    async def __aenter__(self) -> Self:
        await self.come_back()
        return self

    async def come_back(self) -> None:
        """Serve at the address that it has had, or at a new one: nothing is loaded."""
        self._closing.clear()
        self._loaded.clear()
        app = web.Application(middlewares=[self._failing], client_max_size=2**24)
        app.router.add_post("/api/chat", self._chat)
        app.router.add_post("/api/show", self._show)
        app.router.add_get("/api/tags", self._tags)
        app.router.add_post("/api/pull", self._pull)
        app.router.add_get("/api/ps", self._ps)
        app.router.add_get("/api/version", self._version)
        port = int(self.host.rpartition(":")[2] or 0)
        self._runner = await serve(app, port, handler_cancellation=True)
        self.host = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.go_away()

    async def go_away(self) -> None:
        """Hang up on everybody, and let nobody in."""
        self._closing.set()
        await self._runner.cleanup()

    def unload(self) -> None:
        """Have nothing in memory."""
        self._loaded.clear()

    async def aborts(self, count: int) -> None:
        """Wait until the client has gone away from this many loadings."""
        await self._until(lambda: self.aborted >= count)

    def lose(self) -> None:
        """Let another program have used the model, with a prompt of its own."""
        self.cache = PromptCache()

    @property
    def loaded(self) -> set[str]:
        """The models that are in memory."""
        return set(self._loaded)

    def will_say(self, content: str = "", *, thinking: str = "") -> None:
        """Answer one of the next requests with these texts, token by token."""
        self.will(*map(Thinking, tokens(thinking)), *tokens(content))

    def will(self, *steps: Step) -> None:
        """Answer one of the next requests with these steps, each piece of text one token."""
        self._scripts.append(steps)

    @property
    def scripts_left(self) -> int:
        """How many scripts have not been asked for."""
        return len(self._scripts)

    async def asked(self, count: int) -> dict[str, Any]:
        """Wait until this many requests have come to ``/api/chat``, and return the last of them."""
        await self._until(lambda: len(self.requests) >= count)
        return self.requests[count - 1]

    async def hung_up(self, count: int = 1) -> None:
        """Wait until the client has hung up in the middle of this many replies."""
        await self._until(lambda: self.cancelled >= count)

    async def _until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(_PATIENCE), self._changed:
            await self._changed.wait_for(condition)

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    @web.middleware
    async def _failing(
        self,
        request: web.Request,
        handler: Callable[[web.Request], Awaitable[web.StreamResponse]],
    ) -> web.StreamResponse:
        if self.fault is None:
            return await handler(request)
        status, kind, body = self.fault.value
        if kind == "silent":
            await self._closing.wait()
        if kind == "json":
            return _error(status, body)
        types = {"plain": "text/plain", "html": "text/html", "json-lines": "application/x-ndjson"}
        return web.Response(status=status, text=body, content_type=types.get(kind, "text/plain"))

    async def _chat(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        (self.errands if _is_errand(body) else self.requests).append(body)
        await self._tell()
        model = body["model"]
        if refusal := self._refusal(body):
            return refusal
        if body.get("keep_alive") == 0 and not body["messages"]:
            self._loaded.pop(model, None)
            await self._tell()
            return web.json_response(_line(model) | {"done": True, "done_reason": "unload"})
        load_seconds = await self._load(model, body.get("options", {}))
        if not body["messages"]:
            return web.json_response(_line(model) | {"done": True, "done_reason": "load"})
        steps = ("Hm",) if _is_errand(body) else self._steps(body)
        try:
            return await self._reply(request, body, steps, load_seconds)
        except (asyncio.CancelledError, ConnectionError):
            if not self._closing.is_set():
                self.cancelled += 1
                await self._tell()
            raise

    def _refusal(self, body: Mapping[str, Any]) -> web.Response | None:
        model, keep_alive = body["model"], body.get("keep_alive")
        if model not in self.models:
            return _missing(model)
        if body.get("think") and not self._thinks:
            return _error(400, f'"{model}" does not support thinking')
        if isinstance(keep_alive, str) and not _DURATION.fullmatch(keep_alive):
            return _error(400, f'time: missing unit in duration "{keep_alive}"')
        return None

    def _steps(self, body: Mapping[str, Any]) -> Sequence[Step]:
        steps: Sequence[Step] = ("Hello! ", "Nice to ", "see you.")
        if self._scripts:
            steps = self._scripts.popleft()
        elif self.respond:
            answer = self.respond(body["messages"][-1]["content"])
            steps = [answer] if isinstance(answer, Wants) else tokens(answer)
        return (Thinking(self.thought), *steps) if self.thought else steps

    async def _load(self, model: str, options: Mapping[str, Any]) -> float:
        """Have the model in memory, as it is wanted; return the seconds that this took."""
        wanted = options.get("num_ctx"), options.get("num_batch")
        if self._loaded.get(model) == wanted:
            return 0.1
        self._loaded.pop(model, None)
        try:
            if self.loading:
                await self.loading.hold()
            if self._load_seconds:
                await self._sleep(self._load_seconds)
        except asyncio.CancelledError:
            self.aborted += 1
            await self._tell()
            raise
        self._loaded[model] = wanted
        self.cache = PromptCache()
        self.loads += 1
        return max(0.1, self._load_seconds)

    async def _reply(
        self,
        request: web.Request,
        body: dict[str, Any],
        steps: Sequence[Step],
        load_seconds: float,
    ) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "application/x-ndjson"})
        limit = body.get("options", {}).get("num_predict", -1)
        if any(isinstance(step, Forever) for step in steps):
            limit = -1
        await self._read(body)
        lines_of = self._lines(body["model"], _unrolled(steps), limit, load_seconds)
        async with aclosing(lines_of) as lines:
            async for line in lines:
                # The head goes out with the first line, as a refusal has a status of its own.
                if not response.prepared:
                    await response.prepare(request)
                if line is None:
                    assert request.transport
                    request.transport.close()
                else:
                    await response.write(line)
        return response

    async def _lines(
        self, model: str, steps: Iterable[_Plain], limit: int, load_seconds: float
    ) -> AsyncGenerator[bytes | None]:
        """Give the reply's lines, and None where the connection is dropped."""
        count = 0
        for step in steps:
            match step:
                case str() | Thinking() | Wants():
                    if count == limit:
                        break
                    count += 1
                    yield await self._token(model, step)
                case Raw(data):
                    yield data
                case Gate():
                    await step.hold()
                case ErrorLine(text):
                    yield _encoded({"error": text})
                    return
                case End():
                    if step is End.QUIET:
                        await self._closing.wait()
                    if step is End.CUT:
                        yield None
                    return
        reason = "length" if count == limit else "stop"
        yield _encoded(_line(model) | self._figures(count, reason, load_seconds))

    async def _read(self, body: dict[str, Any]) -> None:
        told = render(body["messages"], body.get("think"), body.get("tools"))
        prompt = tokens(told)
        known = self.cache.take(prompt)
        self.read.append((len(prompt), len(prompt) - known))
        if not _is_errand(body):
            self.waited.append(self.read[-1])
        for start in range(known, len(prompt), _BATCH):
            batch = prompt[start : start + _BATCH]
            if self._prompt_speed:
                await self._sleep(len(batch) / self._prompt_speed)
            self.cache.read(batch)
        self.cache.mark()

    async def _token(self, model: str, piece: str | Thinking | Wants) -> bytes:
        self.cache.read([piece if isinstance(piece, str) else "<|channel|>"])
        if self._pace:
            await self._sleep(1 / self._pace)
        return _encoded(_line(model, piece) | {"done": False})

    def _figures(self, count: int, reason: str, load_seconds: float) -> dict[str, Any]:
        duration = int(count / (self._pace or _NOMINAL_PACE) * 1e9)
        size, unread = self.read[-1]
        return {
            "done": True,
            "done_reason": reason,
            "total_duration": duration + 300_000_000,
            "load_duration": int(load_seconds * 1e9),
            "prompt_eval_count": size,
            "prompt_eval_duration": int(
                unread / (self._prompt_speed or _NOMINAL_PROMPT_SPEED) * 1e9
            ),
            "eval_count": count,
            "eval_duration": duration,
        }

    async def _show(self, request: web.Request) -> web.Response:
        model = (await request.json())["model"]
        if model not in self.models:
            return _missing(model)
        able = {"tools": self._calls, "thinking": self._thinks}
        capabilities = ["completion", *(name for name, is_able in able.items() if is_able)]
        return web.json_response(
            {
                "modified_at": _now(),
                "details": _DETAILS,
                "model_info": {},
                "capabilities": capabilities,
            }
        )

    async def _pull(self, request: web.Request) -> web.StreamResponse:
        """As the server of 0.13 tells it: steps, one with its bytes, and at last ``success``."""
        model = (await request.json())["model"]
        response = web.StreamResponse(headers={"Content-Type": "application/x-ndjson"})
        await response.prepare(request)
        steps: list[dict[str, object]] = [{"status": "pulling manifest"}]
        if self.library:
            size = 65_290_000_000
            layer = {"status": "pulling 2b0a5e4f7c1d", "digest": "sha256:2b0a", "total": size}
            steps += [layer, {**layer, "completed": size // 2}, {**layer, "completed": size}]
            steps += [{"status": "verifying sha256 digest"}, {"status": "success"}]
            self.models.append(model)
        else:
            steps.append({"error": "pull model manifest: file does not exist"})
        for step in steps:
            await response.write(json.dumps(step).encode() + b"\n")
        return response

    async def _tags(self, _: web.Request) -> web.Response:
        return web.json_response({"models": [_about(model) for model in self.models]})

    async def _ps(self, _: web.Request) -> web.Response:
        models = [
            _about(model)
            | {
                "size": _SIZE,
                "size_vram": int(_SIZE * self.vram),
                "context_length": self._loaded[model][0] or 4096,
                "expires_at": _now(),
            }
            for model in sorted(self._loaded)
        ]
        return web.json_response({"models": models})

    async def _version(self, _: web.Request) -> web.Response:
        return web.json_response({"version": "0.13.0"})


_SIZE = 65_400_000_000
_DETAILS = {"format": "gguf", "family": "gptoss", "quantization_level": "MXFP4"}


async def at_once(_: float) -> None:
    """Take no time, as ``sleep``: the figures tell how long it would have been."""


def _is_errand(body: Mapping[str, Any]) -> bool:
    return not body["messages"] or body.get("options", {}).get("num_predict") == 1


def _unrolled(steps: Iterable[Step]) -> Iterator[_Plain]:
    for step in steps:
        if isinstance(step, Forever):
            yield from repeat(step.piece)
        else:
            yield step


def _line(model: str, piece: str | Thinking | Wants = "") -> dict[str, Any]:
    content = piece if isinstance(piece, str) else ""
    message: dict[str, Any] = {"role": "assistant", "content": content}
    if isinstance(piece, Thinking):
        message["thinking"] = piece.text
    if isinstance(piece, Wants):
        called = {"name": piece.name, "arguments": dict(piece.arguments)}
        message["tool_calls"] = [{"function": called}]
    return {"model": model, "created_at": _now(), "message": message}


def _about(model: str) -> dict[str, Any]:
    return {"name": model, "model": model, "modified_at": _now(), "size": 1, "details": _DETAILS}


def _encoded(line: dict[str, Any]) -> bytes:
    return json.dumps(line, ensure_ascii=False).encode() + b"\n"


def _missing(model: str) -> web.Response:
    return _error(404, f"model '{model}' not found")


def _error(status: int, text: str) -> web.Response:
    return web.json_response({"error": text}, status=status)


def _now() -> str:
    return datetime.now(UTC).isoformat()
