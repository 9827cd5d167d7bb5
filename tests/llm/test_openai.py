"""The second adapter, through the official client: a stand-in for vLLM, and a real llama.cpp."""

import asyncio
import gc
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from http import HTTPStatus
from typing import Any

import httpx
import pytest

from bot.clock import SystemClock
from bot.errors import BotError, MisconfiguredError, UnavailableError
from bot.llm.embedded import bundled_model
from bot.llm.message import (
    Call,
    Content,
    Done,
    Function,
    MalformedCallError,
    Message,
    Piece,
    Thinking,
)
from bot.llm.openai import OpenAI
from bot.llm.options import OpenAIOptions, Sampling
from bot.tasks import cancel_and_wait
from tests.standins import ollama as wire
from tests.standins.ollama import End, Gate, Raw
from tests.standins.vllm import Step, VllmStandIn

HELLO: list[Message] = [
    {"role": "system", "content": "You are Mika."},
    {"role": "user", "content": "[viewer] taro: hi"},
]


@pytest.fixture(autouse=True)
async def _nothing_left_open() -> AsyncIterator[None]:
    """Let what was left unclosed warn now, where warnings are errors."""
    yield
    gc.collect()


@pytest.fixture
async def vllm() -> AsyncIterator[VllmStandIn]:
    """A server."""
    async with VllmStandIn() as vllm:
        yield vllm


def _engine(**options: Any) -> OpenAI:
    return OpenAI(OpenAIOptions.model_validate(options), clock=SystemClock())


@pytest.fixture
async def llm(vllm: VllmStandIn) -> AsyncIterator[OpenAI]:
    """The bot's way to it."""
    llm = _engine(base_url=vllm.base_url)
    yield llm
    await llm.close()


async def think(llm: OpenAI, **wanted: Any) -> list[Piece]:
    """Return everything that the model streams."""
    about: dict[str, Any] = {"effort": "low", "sampling": Sampling(), **wanted}
    async with aclosing(llm.think(HELLO, **about)) as pieces:
        return [piece async for piece in pieces]


def said(pieces: list[Piece]) -> tuple[str, str]:
    """Return the thinking and the content."""
    return (
        "".join(piece.text for piece in pieces if isinstance(piece, Thinking)),
        "".join(piece.text for piece in pieces if isinstance(piece, Content)),
    )


@pytest.mark.parametrize("field", ["reasoning", "reasoning_content"])
async def test_keeps_thinking_and_content_apart(field: str) -> None:
    """However the server calls it, and the end has the figures."""
    async with VllmStandIn(field=field) as vllm:
        llm = _engine(base_url=vllm.base_url)
        vllm.steps = (wire.Thinking("The user "), wire.Thinking("says hi."), "Hello, ", "taro!")
        *pieces, done = await think(llm)
        assert said(pieces) == ("The user says hi.", "Hello, taro!")
        assert isinstance(done, Done)
        assert (done.tokens, done.cut) == (4, False)
        assert done.prompt_read == 100 - 64, "what was cached it need not read"
        assert done.prompt_seconds > 0
        assert llm.is_loaded
        await llm.close()


async def test_what_is_asked(vllm: VllmStandIn, llm: OpenAI) -> None:
    """In OpenAI's words, and beyond them in the servers' own."""
    sampling = Sampling(temperature=0.7, top_p=0.8, top_k=20, repeat_penalty=1.1)
    await think(llm, effort="high", sampling=sampling, limit=64)
    assert vllm.requests == [
        {
            "model": "openai/gpt-oss-120b",
            "messages": HELLO,
            "stream": True,
            "stream_options": {"include_usage": True},
            "max_tokens": 64,
            "temperature": 0.7,
            "top_p": 0.8,
            "top_k": 20,
            "repetition_penalty": 1.1,
            "repeat_penalty": 1.1,
            "reasoning_effort": "high",
            "chat_template_kwargs": {"reasoning_effort": "high"},
        }
    ]


async def test_tokens_that_are_used_up(vllm: VllmStandIn, llm: OpenAI) -> None:
    """The answer is cut, and says so."""
    vllm.steps = ("word ",) * 100
    *pieces, done = await think(llm, limit=10)
    assert len(pieces) == 10
    assert isinstance(done, Done)
    assert done.cut


async def test_a_model_that_does_not_reason() -> None:
    """It is asked without an effort once it has refused one."""
    async with VllmStandIn(reasons=False) as vllm:
        llm = _engine(base_url=vllm.base_url)
        for _ in range(2):
            assert said(await think(llm))[1] == "Hello! Nice to see you."
        assert ["reasoning_effort" in request for request in vllm.requests] == [True, False, False]
        await llm.close()


async def test_finds_the_model(vllm: VllmStandIn, llm: OpenAI) -> None:
    """Or says which there are."""
    await llm.warm()
    assert llm.is_loaded
    assert await llm.release() == "", "the server is not ours to empty"
    other = _engine(base_url=vllm.base_url, model="llama")
    with pytest.raises(MisconfiguredError, match=r"not serve llama, but openai/gpt-oss-120b"):
        await other.warm()
    with pytest.raises(MisconfiguredError, match="OPENAI_MODEL and OPENAI_BASE_URL"):
        await think(other)
    assert not other.is_loaded
    await other.close()


async def test_a_key() -> None:
    """It is brought where there is one, and asked for where it is wrong."""
    async with VllmStandIn(key="sesame") as vllm:
        llm = _engine(base_url=vllm.base_url, api_key="sesame")
        await llm.warm()
        await llm.close()
        for key in ("", "another"):
            llm = _engine(base_url=vllm.base_url, api_key=key)
            with pytest.raises(MisconfiguredError, match="OPENAI_API_KEY") as refused:
                await llm.warm()
            assert "sesame" not in str(refused.value)
            await llm.close()


@pytest.mark.parametrize(
    ("refusal", "kind", "text"),
    [
        ((503, "overloaded"), UnavailableError, "reports an error: .*overloaded"),
        ((429, "slow down"), UnavailableError, "is busy with other requests"),
        (
            (400, "This model's maximum context length is 4096 tokens."),
            MisconfiguredError,
            "less context than OPENAI_NUM_CTX=8192",
        ),
        ((400, "top_k must be positive"), UnavailableError, "reports an error: .*top_k"),
        ((500, "CUDA out of memory"), UnavailableError, "CUDA out of memory"),
    ],
)
async def test_explains_what_is_refused(
    vllm: VllmStandIn, llm: OpenAI, refusal: tuple[int, str], kind: type[BotError], text: str
) -> None:
    """Each tells a person what to do, and the next request may do."""
    vllm.refusal = refusal
    with pytest.raises(kind, match=text):
        await think(llm)
    vllm.refusal = None
    assert said(await think(llm))[1] == "Hello! Nice to see you."


@pytest.mark.parametrize(
    ("steps", "text"),
    [
        ((End.CUT,), "hung up in the middle|ended its answer in the middle"),
        ((End.STOP,), "ended its answer in the middle"),
        ((End.QUIET,), "OPENAI_NEXT_TOKEN_TIMEOUT"),
        ((Raw(b'data: {"error": {"message": "EngineDeadError", "code": 500}}\n\n'),), "EngineDead"),
        ((Raw(b"data: <html>\n\n"),), "does not speak OpenAI's API"),
    ],
)
async def test_gives_what_came_before_an_answer_broke_off(
    vllm: VllmStandIn, steps: tuple[Step, ...], text: str
) -> None:
    """The pieces before the break arrive, and then a reason."""
    llm = _engine(base_url=vllm.base_url, next_token_timeout=0.3)
    vllm.steps = (wire.Thinking("Hm."), "Hello, ", *steps)
    pieces: list[Piece] = []

    async def collect() -> None:
        async with aclosing(llm.think(HELLO, effort="low", sampling=Sampling())) as stream:
            async for piece in stream:
                pieces.append(piece)  # noqa: PERF401  those before the error are wanted

    with pytest.raises(UnavailableError, match=text):
        await collect()
    assert pieces == [Thinking("Hm."), Content("Hello, ")]
    assert not llm.is_loaded
    await llm.close()


async def test_a_first_token_that_does_not_come(vllm: VllmStandIn) -> None:
    """It has its own setting: a busy server may have others before us."""
    llm = _engine(base_url=vllm.base_url, first_token_timeout=0.3)
    vllm.steps = (End.QUIET,)
    with pytest.raises(UnavailableError, match="OPENAI_FIRST_TOKEN_TIMEOUT"):
        await think(llm)
    await llm.close()


async def test_a_server_that_has_lost_count(vllm: VllmStandIn, llm: OpenAI) -> None:
    """Where more comes than was asked for, the answer is cut."""
    piece = b'data: {"choices": [{"index": 0, "delta": {"content": "word "}}]}\n\n'
    vllm.steps = (Raw(piece * 100),)
    *pieces, done = await think(llm, limit=10)
    assert 10 < len(pieces) < 30
    assert isinstance(done, Done)
    assert done.cut


async def test_a_server_that_reads_before_it_answers(vllm: VllmStandIn) -> None:
    """Some send not even the head of their answer before they have read the prompt."""
    llm = _engine(base_url=vllm.base_url, first_token_timeout=0.3)
    vllm.is_silent = True
    with pytest.raises(UnavailableError, match="OPENAI_FIRST_TOKEN_TIMEOUT"):
        await think(llm)
    await llm.close()


async def test_cancelling_stops_the_model(vllm: VllmStandIn, llm: OpenAI) -> None:
    """It hangs up, which is what makes these servers stop."""
    gate = Gate()
    vllm.steps = ("One. ", gate, "Two.")
    asking = asyncio.create_task(think(llm))
    await gate.reached()
    await cancel_and_wait(asking)
    async with asyncio.timeout(30):
        await vllm.hung_up.wait()


async def test_a_server_that_is_not_there() -> None:
    """It says what to do."""
    async with VllmStandIn() as vllm:
        base_url = vllm.base_url
    llm = _engine(base_url=base_url)
    with pytest.raises(UnavailableError, match="Start its server, or set OPENAI_BASE_URL"):
        await llm.warm()
    with pytest.raises(UnavailableError, match="Start its server, or set OPENAI_BASE_URL"):
        await think(llm)
    await llm.close()


@pytest.mark.parametrize(
    "base_url", ["127.0.0.1:8000", "ftp://host/v1", "http://", "http://[::::1]"]
)
def test_refuses_an_address_that_is_none(base_url: str) -> None:
    """With its key, before anything is tried."""
    with pytest.raises(MisconfiguredError, match="OPENAI_BASE_URL"):
        _engine(base_url=base_url)


@pytest.fixture(scope="module")
def llama() -> Iterator[str]:
    """A real llama.cpp's server, with the small model in the box; its address."""
    import xllamacpp  # noqa: PLC0415  100 MB that nobody else here needs

    params = xllamacpp.CommonParams()
    params.model.path = str(bundled_model())
    params.model_alias = {"smollm2"}
    params.n_ctx = 2048
    params.n_parallel = 2
    params.verbosity = 0
    params.api_keys = ["sesame"]
    server = xllamacpp.Server(params)
    address = server.listening_address
    ready = httpx.HTTPTransport(retries=10)
    with httpx.Client(transport=ready, timeout=60) as client:
        while client.get(f"{address}/health").status_code != HTTPStatus.OK:
            pass  # it listens before its model is loaded
    yield f"{address}/v1"
    del server


@pytest.mark.slow
async def test_a_real_server(llama: str) -> None:
    """llama.cpp answers two at once, counts its tokens, and is stopped in mid-answer."""
    llm = _engine(base_url=llama, model="smollm2", api_key="sesame", num_ctx=2048)
    await llm.warm()
    sampling = Sampling(temperature=0.0)
    one, other = await asyncio.gather(
        think(llm, sampling=sampling, limit=16), think(llm, sampling=sampling, limit=16)
    )
    assert said(one)[1]
    assert said(other)[1]
    done = one[-1]
    assert isinstance(done, Done)
    assert done.tokens == 16
    assert done.cut
    async with aclosing(llm.think(HELLO, effort="low", sampling=sampling, limit=900)) as pieces:
        await anext(pieces)
    again = await think(llm, sampling=sampling, limit=4)
    assert said(again)[1]
    await llm.close()


@pytest.mark.slow
async def test_a_real_server_refuses(llama: str) -> None:
    """Its own words for a prompt that is too long, and for a key."""
    llm = _engine(base_url=llama, model="smollm2", api_key="sesame")
    long: list[Message] = [{"role": "user", "content": "a ship on the sea " * 1000}]
    with pytest.raises(MisconfiguredError, match="less context than OPENAI_NUM_CTX"):
        async with aclosing(llm.think(long, effort="low", sampling=Sampling())) as pieces:
            await anext(pieces)
    await llm.close()
    llm = _engine(base_url=llama, model="smollm2")
    with pytest.raises(MisconfiguredError, match="OPENAI_API_KEY"):
        await think(llm)
    await llm.close()


def _call(*pieces: dict[str, Any]) -> tuple[wire.Raw, ...]:
    """Return the events of a call that comes in pieces."""
    events = (
        {"choices": [{"index": 0, "delta": {"tool_calls": [piece]}, "finish_reason": None}]}
        for piece in pieces
    )
    return tuple(wire.Raw(f"data: {json.dumps(event)}\n\n".encode()) for event in events)


CALCULATE = Function("calculate", "Reckon.", {"type": "object", "properties": {}})


async def test_calls_come_in_pieces(vllm: VllmStandIn, llm: OpenAI) -> None:
    """Two of them, each put together by its number; the tools are told as OpenAI wants them."""
    vllm.steps = (
        wire.Thinking("A sum."),
        *_call(
            {"index": 0, "id": "a", "function": {"name": "calculate", "arguments": ""}},
            {"index": 0, "function": {"arguments": '{"code": "1'}},
            {"index": 1, "id": "b", "function": {"name": "time", "arguments": ""}},
            {"index": 0, "function": {"arguments": ' + 1"}'}},
        ),
    )
    pieces = await think(llm, functions=[CALCULATE])
    calls = [piece for piece in pieces if isinstance(piece, Call)]
    assert calls == [Call("calculate", {"code": "1 + 1"}), Call("time", {})]
    assert vllm.requests[-1]["tools"] == [CALCULATE.described]


@pytest.mark.parametrize("arguments", ['{"code": "1', "[1]", "7", "nonsense"])
async def test_a_call_that_is_cut(vllm: VllmStandIn, llm: OpenAI, arguments: str) -> None:
    """Nobody knows what was wanted."""
    vllm.steps = _call({"index": 0, "function": {"name": "calculate", "arguments": arguments}})
    with pytest.raises(MalformedCallError):
        await think(llm, functions=[CALCULATE])


async def test_a_server_that_calls_nothing(vllm: VllmStandIn, llm: OpenAI) -> None:
    """It says so at the first request, as vLLM does without its switch for it."""
    vllm.calls = False
    for _ in range(2):
        vllm.steps = ("Hello.",)
        assert said(await think(llm, functions=[CALCULATE]))[1] == "Hello."
    assert ["tools" in one for one in vllm.requests] == [True, False, False]


async def test_an_answer_of_a_schema(vllm: VllmStandIn, llm: OpenAI) -> None:
    """The server sees to it; of one that cannot the answer may be anything."""
    schema = {"type": "object", "properties": {"notes": {"type": "array"}}}
    await think(llm, schema=schema)
    assert vllm.requests[-1]["response_format"] == {
        "type": "json_schema",
        "json_schema": {"name": "answer", "schema": schema},
    }
    vllm.formats = False
    assert said(await think(llm, schema=schema))[1]
    assert "response_format" not in vllm.requests[-1]
