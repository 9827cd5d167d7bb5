"""OpenAI's API: a model on vLLM, SGLang, llama.cpp's server, or whatever else speaks it.

What they have in common is ``/v1/chat/completions``. Reasoning comes as ``reasoning`` from vLLM of
today, and as ``reasoning_content`` from older ones, from SGLang and from llama.cpp:
https://docs.vllm.ai/en/latest/features/reasoning_outputs.html.
"""

import json
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping, Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, cast

import httpx2
import openai

from bot.clock import Clock, time_limit
from bot.errors import BotError
from bot.llm.message import (
    Call,
    Content,
    Done,
    Function,
    MalformedCallError,
    Message,
    Piece,
    Thinking,
    formatted,
)
from bot.llm.openai_errors import Failures
from bot.llm.options import Effort, OpenAIOptions, Sampling
from bot.translation import tr

if TYPE_CHECKING:
    from openai.types import CompletionUsage
    from openai.types.chat import ChatCompletionChunk, ChatCompletionMessageParam

_NO_KEY = "none"
"""What is told to a server that wants no key: the client insists on one."""


class OpenAI:
    """One model on one server that speaks OpenAI's API: a ``bot.llm.engine.Engine``.

    The server loads and unloads by itself: many are meant to serve several bots at once.

    Raises:
        MisconfiguredError: the server's address is none.
    """

    group = "OPENAI"

    def __init__(self, options: OpenAIOptions, *, clock: Clock) -> None:
        self.options = options
        self.is_loaded = False
        self._clock = clock
        self._failures = Failures(options)
        self._calls = True
        """Whether the model can have something done, as far as is known."""
        self._takes_effort = True
        """Whether the server understands how long the model is to reason."""
        base = options.base_url
        try:
            address = httpx2.URL(base)
        except httpx2.InvalidURL as error:
            raise self._failures.no_address(str(error)) from error
        if address.scheme not in ("http", "https") or not address.host:
            raise self._failures.no_address(tr("it begins with http:// or https://"))
        self._client = openai.AsyncOpenAI(
            base_url=base,
            api_key=options.api_key.get_secret_value() or _NO_KEY,
            timeout=httpx2.Timeout(None, connect=options.connect_timeout),
            max_retries=0,  # the show knows better when to ask again
            # A proxy setting of the system is for the internet, not for the model next door.
            http_client=openai.DefaultAsyncHttpxClient(trust_env=False),
        )

    @property
    def model(self) -> str:
        """The model's name."""
        return self.options.model

    @property
    def about(self) -> str:
        """Which model, and where."""
        return tr("{model} at {base_url}", model=self.model, base_url=self.options.base_url)

    async def find(self, limit: float | None = None) -> None:
        """See ``Engine``."""
        with self._failures.translated(), self._failures.foreign_answers():
            async with time_limit(self._clock, limit or self.options.next_token_timeout):
                listed = await self._client.models.list()
            names = [one.id for one in listed.data or ()]
        if names and self.model not in names:
            raise self._failures.unknown_model(names)

    async def warm(self) -> None:
        """See ``Engine``: the server loads its model by itself, before it answers."""
        await self.find()
        self.is_loaded = True

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
        most = min(limit or self.options.num_predict, self.options.num_predict)
        try:
            with self._failures.translated():
                stream = await self._opened(
                    messages, effort, sampling, most, functions=functions, schema=schema
                )
                async with (
                    stream,
                    aclosing(self._pieces(stream, most)) as pieces,
                ):
                    async for piece in pieces:
                        yield piece
        except BotError:
            self.is_loaded = False
            raise

    async def release(self) -> str:
        """See ``Engine``: the server is not ours to empty."""
        return ""

    async def close(self) -> None:
        """See ``Engine``."""
        await self._client.close()

    async def _opened(
        self,
        messages: Sequence[Message],
        effort: Effort,
        sampling: Sampling,
        most: int,
        *,
        functions: Sequence[Function],
        schema: Mapping[str, Any] | None,
    ) -> "openai.AsyncStream[ChatCompletionChunk]":
        while True:
            wanted = functions if self._calls else ()
            try:
                return await self._asked(
                    messages, effort, sampling, most, functions=wanted, schema=schema
                )
            except openai.BadRequestError as error:
                # What a model cannot do the server says with the first request.
                if self._takes_effort and "reasoning" in str(error):
                    self._takes_effort = False
                elif wanted and "tool" in str(error):
                    self._calls = False
                elif schema and "response_format" in str(error):
                    schema = None
                else:
                    raise

    async def _asked(
        self,
        messages: Sequence[Message],
        effort: Effort,
        sampling: Sampling,
        most: int,
        *,
        functions: Sequence[Function],
        schema: Mapping[str, Any] | None,
    ) -> "openai.AsyncStream[ChatCompletionChunk]":
        patience = self.options.first_token_timeout
        try:
            # Some send the head of their answer only when they have read the prompt.
            async with time_limit(self._clock, patience):
                return await self._client.chat.completions.create(
                    model=self.model,
                    messages=cast("list[ChatCompletionMessageParam]", list(messages)),
                    stream=True,
                    stream_options={"include_usage": True},
                    max_tokens=most,
                    temperature=sampling.temperature,
                    top_p=sampling.top_p,
                    seed=openai.omit if sampling.seed is None else sampling.seed,
                    tools=cast("Any", [one.described for one in functions] or openai.omit),
                    response_format=cast("Any", formatted(schema) if schema else openai.omit),
                    reasoning_effort=effort if self._takes_effort else openai.omit,
                    extra_body=self._extras(effort, sampling),
                )
        except TimeoutError as error:
            raise self._failures.no_first_token() from error

    def _extras(self, effort: Effort, sampling: Sampling) -> Mapping[str, object]:
        """Return what these servers understand beyond OpenAI's own API, each in its words."""
        extras: dict[str, object] = {}
        if sampling.top_k:
            extras["top_k"] = sampling.top_k
        if sampling.repeat_penalty != 1:
            extras["repetition_penalty"] = sampling.repeat_penalty  # vLLM and SGLang
            extras["repeat_penalty"] = sampling.repeat_penalty  # llama.cpp
        if self._takes_effort:
            extras["chat_template_kwargs"] = {"reasoning_effort": effort}  # llama.cpp
        return extras

    async def _pieces(
        self, stream: "openai.AsyncStream[ChatCompletionChunk]", most: int
    ) -> AsyncGenerator[Piece]:
        began = self._clock.monotonic()
        first = 0.0
        count, is_cut, is_over = 0, False, False
        calls = _Calls()
        tokens, read = 0, None
        chunks = aiter(stream)
        # A chunk is a token or more; a server that sends more of them has lost count.
        for _ in range(2 * most + 8):
            chunk = await self._next(chunks, is_first=not count)
            if chunk is None:
                break
            self.is_loaded = True
            if chunk.usage:
                tokens, read = chunk.usage.completion_tokens, _read(chunk.usage)
            for choice in chunk.choices or ():
                thought, said = _texts(choice.delta)
                if (thought or said) and not count:
                    first = self._clock.monotonic()
                count += bool(thought or said)
                if thought:
                    yield Thinking(thought)
                if said:
                    yield Content(said)
                calls.take(choice.delta)
                is_over = is_over or choice.finish_reason is not None
                is_cut = is_cut or choice.finish_reason == "length"
        else:
            is_cut = is_over = True
        if not is_over:
            raise self._failures.ended_early()
        for call in calls.whole():
            yield call
        ended = self._clock.monotonic()
        yield Done(
            cut=is_cut,
            tokens=tokens or count,
            seconds=ended - first if first else 0.0,
            prompt_seconds=(first or ended) - began,
            prompt_read=read,
        )

    async def _next(
        self, chunks: "AsyncIterator[ChatCompletionChunk]", *, is_first: bool
    ) -> "ChatCompletionChunk | None":
        options, failures = self.options, self._failures
        patience = options.first_token_timeout if is_first else options.next_token_timeout
        try:
            with failures.foreign_answers():
                async with time_limit(self._clock, patience):
                    return await anext(chunks, None)
        except TimeoutError as error:
            raise (failures.no_first_token() if is_first else failures.no_next_token()) from error
        except (openai.APIConnectionError, httpx2.HTTPError) as error:
            raise failures.hung_up() from error


class _Calls:
    """Calls come in pieces, each by its number: the name, and the arguments as a text of JSON."""

    def __init__(self) -> None:
        self._names: dict[int, str] = {}
        self._arguments: dict[int, str] = {}

    def take(self, delta: Any) -> None:
        for piece in delta.tool_calls or ():
            if piece.function:
                number = piece.index
                self._names[number] = self._names.get(number, "") + (piece.function.name or "")
                arguments = self._arguments.get(number, "") + (piece.function.arguments or "")
                self._arguments[number] = arguments

    def whole(self) -> Iterator[Call]:
        """Yield them.

        Raises:
            MalformedCallError: the arguments are no JSON object.
        """
        for number, name in self._names.items():
            try:
                arguments = json.loads(self._arguments[number] or "{}")
            except ValueError as error:
                raise MalformedCallError(str(error)) from error
            if not isinstance(arguments, dict):
                raise MalformedCallError(str(arguments))
            yield Call(name, arguments)


def _read(usage: "CompletionUsage") -> int | None:
    """Return how many tokens of the prompt were read; None where that is not told.

    vLLM tells only if it was started with ``--enable-prompt-tokens-details``.
    """
    details = usage.prompt_tokens_details
    cached = details.cached_tokens if details else None
    return None if cached is None else usage.prompt_tokens - cached


def _texts(delta: Any) -> tuple[str, str]:
    """Return the reasoning and the content of a piece."""
    extra = delta.model_extra or {}
    thought = extra.get("reasoning") or extra.get("reasoning_content")
    return (thought if isinstance(thought, str) else ""), delta.content or ""
