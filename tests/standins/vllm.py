"""A server on loopback that speaks OpenAI's API as vLLM does, and fails as it does.

Its stream is that of ``vllm serve openai/gpt-oss-120b``: the reasoning first, in a field of its
own, a last piece that tells why it ends, one with the usage, and ``[DONE]``. See
https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html.
"""

import asyncio
import json
from collections.abc import Sequence
from contextlib import suppress
from types import TracebackType
from typing import Any, Self, TypeAlias

from aiohttp import web

from tests.standins.ollama import End, Gate, Raw, Thinking
from tests.standins.serving import serve

Step: TypeAlias = str | Thinking | Gate | End | Raw
Steps: TypeAlias = Sequence[Step]


class VllmStandIn:
    """Serves one model at ``base_url`` while the context is open.

    Args:
        field: what the reasoning is called: ``reasoning``, or ``reasoning_content``.
        key: what has to be brought, if anything.
        reasons: whether the model can reason; one that cannot refuses an effort.

    Attributes:
        requests: the bodies sent to ``/v1/chat/completions``.
        steps: what is answered to the next of them.
        refusal: a status and a message with which each is answered while it is set.
        calls: whether it was started so that the model may call tools.
        formats: whether it sees to it that an answer is of a schema.
        is_silent: whether requests are taken, and never answered.
        hung_up: set when a client has hung up in the middle of an answer.
    """

    def __init__(
        self,
        model: str = "openai/gpt-oss-120b",
        *,
        field: str = "reasoning",
        key: str = "",
        reasons: bool = True,
    ) -> None:
        self.model = model
        self.requests: list[dict[str, Any]] = []
        self.steps: Steps = ("Hello! ", "Nice to see you.")
        self.refusal: tuple[int, str] | None = None
        self.is_silent = False
        self.calls = True
        self.formats = True
        self.hung_up = asyncio.Event()
        self.base_url = ""
        self._field = field
        self._key = key
        self._reasons = reasons
        self._closing = asyncio.Event()

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_get("/v1/models", self._models)
        app.router.add_post("/v1/chat/completions", self._completions)
        self._runner = await serve(app, handler_cancellation=True)
        self.base_url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/v1"
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._closing.set()
        await self._runner.cleanup()

    async def _models(self, request: web.Request) -> web.Response:
        if refused := self._refused(request):
            return refused
        return web.json_response(
            {"object": "list", "data": [{"id": self.model, "object": "model"}]}
        )

    async def _completions(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        self.requests.append(body)
        if self.is_silent:
            await self._closing.wait()
        if refused := self._refused(request):
            return refused
        if body["model"] != self.model:
            return _error(404, f"The model `{body['model']}` does not exist.")
        if "reasoning_effort" in body and not self._reasons:
            return _error(400, "reasoning_effort is not supported by this model")
        if "response_format" in body and not self.formats:
            return _error(400, "response_format of type json_schema is not supported")
        if "tools" in body and not self.calls:
            told = '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser'
            return _error(400, told)
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        try:
            await self._stream(request, response, body)
        except (asyncio.CancelledError, ConnectionError):
            self.hung_up.set()
            raise
        return response

    async def _stream(
        self, request: web.Request, response: web.StreamResponse, body: dict[str, Any]
    ) -> None:
        count = 0
        await response.write(_event({"choices": [_choice({"role": "assistant", "content": ""})]}))
        for step in self.steps[: body["max_tokens"]]:
            match step:
                case str():
                    await response.write(_event({"choices": [_choice({"content": step})]}))
                case Thinking(text):
                    await response.write(_event({"choices": [_choice({self._field: text})]}))
                case Raw(data):
                    await response.write(data)
                case Gate():
                    await step.hold()
                case End.QUIET:
                    await self._closing.wait()
                case End.CUT:
                    assert request.transport
                    request.transport.close()
                    return
                case End.STOP:
                    return
            count += 1
        reason = "length" if count == body["max_tokens"] else "stop"
        await response.write(_event({"choices": [_choice({}, reason)]}))
        usage = {
            "prompt_tokens": 100,
            "completion_tokens": count,
            "total_tokens": 100 + count,
            "prompt_tokens_details": {"cached_tokens": 64},
        }
        await response.write(_event({"choices": [], "usage": usage}))
        with suppress(ConnectionError):
            await response.write(b"data: [DONE]\n\n")

    def _refused(self, request: web.Request) -> web.Response | None:
        if self._key and request.headers.get("Authorization") != f"Bearer {self._key}":
            return _error(401, "Unauthorized")
        return _error(*self.refusal) if self.refusal else None


def _choice(delta: dict[str, Any], reason: str | None = None) -> dict[str, Any]:
    return {"index": 0, "delta": delta, "logprobs": None, "finish_reason": reason}


def _event(chunk: dict[str, Any]) -> bytes:
    about = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    return f"data: {json.dumps(about | chunk)}\n\n".encode()


def _error(status: int, message: str) -> web.Response:
    body = {"error": {"message": message, "type": "Error", "param": None, "code": status}}
    return web.json_response(body, status=status)
