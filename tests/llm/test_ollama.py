"""The adapter, through the official client, against an Ollama on loopback."""

import asyncio
import gc
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from functools import partial
from pathlib import Path
from typing import Any, Never

import aiohttp
import certifi
import httpx
import pytest
from aiohttp import web
from pydantic import ValidationError

from bot.clock import Clock, SystemClock
from bot.errors import BotError, MisconfiguredError, UnavailableError
from bot.llm.message import Content, Done, Message, Piece, Thinking
from bot.llm.ollama import Ollama
from bot.llm.options import OllamaOptions, Sampling
from bot.tasks import cancel_and_wait
from tests.standins import ollama as wire
from tests.standins.ollama import End, ErrorLine, Fault, Forever, Gate, OllamaStandIn, Raw
from tests.support.certificate import make_certificate
from tests.support.clock import FakeClock

HELLO: list[Message] = [
    {"role": "system", "content": "You are Mika."},
    {"role": "user", "content": "[viewer] taro: hi"},
]
IMPATIENT: dict[str, Any] = {
    "connect_timeout": 0.5,
    "first_token_timeout": 0.3,
    "next_token_timeout": 0.3,
}


@pytest.fixture(autouse=True)
async def _nothing_left_open() -> AsyncIterator[None]:
    """Let what was left unclosed warn now, where warnings are errors."""
    yield
    gc.collect()


def _ollama(
    transport: httpx.AsyncBaseTransport | None = None,
    clock: Clock | None = None,
    **options: Any,
) -> Ollama:
    """Return the bot's way to a server; ``model`` is gpt-oss:120b where none is named."""
    wanted = OllamaOptions.model_validate(options)
    return Ollama(wanted, clock=clock or SystemClock(), transport=transport)


@pytest.fixture
async def llm(ollama: OllamaStandIn) -> AsyncIterator[Ollama]:
    """The bot's way to it."""
    llm = _ollama(host=ollama.host)
    yield llm
    await llm.close()


async def think(llm: Ollama, messages: Sequence[Message] = HELLO) -> list[Piece]:
    """Return everything that the model streams."""
    async with aclosing(llm.think(messages, effort="low", sampling=Sampling())) as pieces:
        return [piece async for piece in pieces]


def said(pieces: list[Piece]) -> tuple[str, str]:
    """Return the thinking and the content."""
    return (
        "".join(piece.text for piece in pieces if isinstance(piece, Thinking)),
        "".join(piece.text for piece in pieces if isinstance(piece, Content)),
    )


async def test_keeps_thinking_and_content_apart(ollama: OllamaStandIn, llm: Ollama) -> None:
    """What the model thinks never arrives as content, and the end has the server's figures."""
    ollama.will_say("こんにちは、taro! やあ。", thinking="The user says hi. </think>")
    *pieces, done = await think(llm)
    assert said(pieces) == ("The user says hi. </think>", "こんにちは、taro! やあ。")
    assert isinstance(done, Done)
    assert done.tokens == len(pieces)
    assert done.speed == pytest.approx(40.0)
    assert done.prompt_seconds > 0
    assert not done.cut


async def test_sends_the_same_options_every_time(ollama: OllamaStandIn) -> None:
    """Loading and asking name the same context, so that the server does not load anew."""
    llm = _ollama(host=ollama.host, num_ctx=4096, num_predict=300, keep_alive="3h")
    await llm.warm()
    sampling = Sampling(temperature=0.7, top_p=0.8, top_k=20, repeat_penalty=1.1)
    async with aclosing(llm.think(HELLO, effort="high", sampling=sampling)) as pieces:
        assert [piece async for piece in pieces]
    await llm.close()
    [load], [ask] = ollama.errands, ollama.requests
    assert load["messages"] == []
    assert load["options"]["num_ctx"] == 4096
    assert ask["options"] == {
        "temperature": 0.7,
        "top_p": 0.8,
        "top_k": 20,
        "repeat_penalty": 1.1,
        "num_ctx": 4096,
        "num_predict": 300,
    }
    assert ask["messages"] == HELLO
    assert ask["think"] == "high"
    assert [request["keep_alive"] for request in (load, ask)] == ["3h", "3h"]
    assert [request["model"] for request in (load, ask)] == ["gpt-oss:120b"] * 2


@pytest.mark.parametrize("warm", [True, False])
async def test_sends_no_level_to_a_model_that_does_not_think(*, warm: bool) -> None:
    """Such a model refuses a level, also where Ollama came up only after the show began."""
    async with OllamaStandIn("gemma3", thinks=False) as ollama:
        llm = _ollama(host=ollama.host, model="gemma3")
        if warm:
            await llm.warm()
        assert said(await think(llm))[1] == "Hello! Nice to see you."
        assert "think" not in ollama.requests[-1]
        await llm.close()


async def test_names_the_command_for_a_missing_model(ollama: OllamaStandIn, llm: Ollama) -> None:
    """A missing model is for a person to get, whichever request finds it missing."""
    ollama.models.clear()
    for asking in (llm.find(), llm.warm(), think(llm)):
        with pytest.raises(MisconfiguredError, match="`ollama pull gpt-oss:120b`"):
            await asking
    ollama.models.append("gpt-oss:120b")
    assert await think(llm)
    ollama.models.clear()
    with pytest.raises(MisconfiguredError, match="`ollama pull gpt-oss:120b`"):
        await think(llm)


@pytest.mark.parametrize(
    ("fault", "kind", "text"),
    [
        (Fault.BUSY, UnavailableError, "is busy with other requests"),
        (Fault.OUT_OF_MEMORY, MisconfiguredError, r"62\.1 GiB.* lower OLLAMA_NUM_CTX"),
        (Fault.CRASHED, UnavailableError, "reports an error: llama runner process has terminated"),
        (Fault.NO_ROUTE, UnavailableError, "Is OLLAMA_HOST right"),
        (Fault.HTML, UnavailableError, "Is OLLAMA_HOST right"),
        (Fault.GARBAGE, UnavailableError, "Is OLLAMA_HOST right"),
        (Fault.NO_OBJECT, UnavailableError, "Is OLLAMA_HOST right"),
        (Fault.STRANGE_ERROR, UnavailableError, "as others write it"),
        (Fault.SILENT, UnavailableError, "accepts what it is sent and does not answer"),
    ],
)
@pytest.mark.slow
async def test_explains_every_fault(
    ollama: OllamaStandIn, fault: Fault, kind: type[BotError], text: str
) -> None:
    """Whatever answers, looking, loading and asking raise what tells a person what to do."""
    patience: dict[str, Any] = IMPATIENT if fault is Fault.SILENT else {}
    llm = _ollama(host=ollama.host, **patience)
    ollama.fault = fault
    for ask in (llm.find, llm.warm, partial(think, llm)):
        with pytest.raises(kind, match=text):
            await ask()
    ollama.fault = None
    await llm.find()
    if fault is not Fault.SILENT:
        ollama.fault = fault
        with pytest.raises(kind, match=text):
            await think(llm)
        ollama.fault = None
    assert said(await think(llm))[1] == "Hello! Nice to see you."
    await llm.close()


async def test_loading_is_given_up_by_nobody(
    ollama: OllamaStandIn, caplog: pytest.LogCaptureFixture
) -> None:
    """Not by who waits for it, nor by a limit: the real one would begin at zero. It tells of it."""
    caplog.set_level("INFO")
    clock = FakeClock()
    llm = _ollama(clock=clock, host=ollama.host, **IMPATIENT)
    ollama.loading = Gate()
    warming, asking = asyncio.create_task(llm.warm()), asyncio.create_task(think(llm))
    await ollama.loading.reached()
    async with asyncio.timeout(30):
        while "Loading gpt-oss:120b: 10 s so far." not in caplog.text:
            await clock.advance(1)
    await cancel_and_wait(warming, asking)
    asking = asyncio.create_task(think(llm))
    assert not llm.is_loaded
    ollama.loading.release()
    assert said(await asking)[1] == "Hello! Nice to see you."
    assert (ollama.loads, ollama.aborted, len(ollama.requests)) == (1, 0, 1)
    await llm.close()


async def test_a_server_that_dies_while_it_loads(
    ollama: OllamaStandIn, caplog: pytest.LogCaptureFixture
) -> None:
    """It is looked at now and then, so that nobody waits for ever; one look may fail."""
    caplog.set_level("INFO")
    clock = FakeClock()
    llm = _ollama(clock=clock, host=ollama.host)
    ollama.loading = Gate()
    loading = asyncio.create_task(llm.warm())
    await ollama.loading.reached()
    ollama.fault = Fault.BUSY
    async with asyncio.timeout(30):
        while "Loading gpt-oss:120b: 20 s so far." not in caplog.text:
            await clock.advance(1)
    assert not loading.done()
    ollama.fault = Fault.SILENT
    async with asyncio.timeout(30):
        while not loading.done():
            await clock.advance(1)
    with pytest.raises(UnavailableError, match="does not answer"):
        await loading
    await llm.close()


async def test_who_ends_the_show_gives_up_loading(ollama: OllamaStandIn) -> None:
    """Nobody needs the model any more."""
    llm = _ollama(host=ollama.host)
    ollama.loading = Gate()
    loading = asyncio.create_task(llm.warm())
    await ollama.loading.reached()
    assert await llm.release() == ""
    await llm.close()
    with pytest.raises(asyncio.CancelledError):
        await loading
    await ollama.aborts(1)


async def test_what_was_unloaded_is_loaded_before_it_is_asked(ollama: OllamaStandIn) -> None:
    """Else a moderator's pause would give up the loading with the request."""
    clock = FakeClock()
    llm = _ollama(clock=clock, host=ollama.host)
    await llm.warm()
    await think(llm)
    ollama.unload()
    await think(llm)
    assert len(ollama.errands) == 1, "it has answered just now"
    await clock.advance(60)
    ollama.unload()
    await think(llm)
    assert len(ollama.errands) == 2
    assert ollama.loads == 3
    await llm.close()


@pytest.mark.parametrize(
    ("keep_alive", "sent"), [("-1", -1), ("3600", 3600), ("12h", "12h"), ("1h30m", "1h30m")]
)
async def test_keep_alive_as_ollama_itself_takes_it(
    ollama: OllamaStandIn, keep_alive: str, sent: int | str
) -> None:
    """In a request a number must be one, and a string must have a unit."""
    llm = _ollama(host=ollama.host, keep_alive=keep_alive)
    await llm.warm()
    await think(llm)
    assert ollama.requests[-1]["keep_alive"] == sent
    await llm.close()


@pytest.mark.parametrize("keep_alive", ["forever", "", "12 h", "h", "1e3"])
def test_refuses_a_keep_alive_that_is_none(keep_alive: str) -> None:
    """With what is allowed."""
    with pytest.raises(ValidationError, match="12h, 30m or 90s, a number of seconds, or -1"):
        OllamaOptions(keep_alive=keep_alive)


@pytest.mark.parametrize(
    ("host", "reached"),
    [
        ("11434", "127.0.0.1:11434"),
        (":11434", "127.0.0.1:11434"),
        ("0.0.0.0", "127.0.0.1"),  # noqa: S104  it is not bound
        ("http://0.0.0.0:11434", "http://127.0.0.1:11434"),
        ("[::]:11434", "127.0.0.1:11434"),
        ("my-pc:11434", "my-pc:11434"),
    ],
)
async def test_takes_the_address_in_ollamas_own_forms(host: str, reached: str) -> None:
    """What tells a server where to listen tells where to find it, too."""
    llm = _ollama(host=host)
    assert llm.host == reached
    await llm.close()


async def test_lets_go_of_the_model_in_the_end(ollama: OllamaStandIn) -> None:
    """65 GB of the machine on which the streamer plays; or not, where they want it so."""
    llm = _ollama(host=ollama.host)
    assert await llm.release() == "", "it was never loaded"
    await llm.warm()
    assert await llm.release() == "gpt-oss:120b is out of memory again."
    assert ollama.loaded == set()
    kept = _ollama(host=ollama.host, unload=False)
    await kept.warm()
    assert await kept.release() == "gpt-oss:120b stays in memory (OLLAMA_UNLOAD=false)."
    assert ollama.loaded == {"gpt-oss:120b"}
    await llm.warm()
    await ollama.go_away()
    assert "may still be in memory: Ollama does not answer" in await llm.release()
    await llm.close()
    await kept.close()


async def test_reads_in_larger_steps_where_told(ollama: OllamaStandIn) -> None:
    """In loading, too, or the model would be loaded twice."""
    llm = _ollama(host=ollama.host, num_batch=2048)
    await llm.warm()
    await think(llm)
    batches = [one["options"]["num_batch"] for one in (*ollama.errands, *ollama.requests)]
    assert batches == [2048, 2048]
    assert ollama.loads == 1
    await llm.close()


async def test_refuses_a_stream_of_strange_objects(ollama: OllamaStandIn, llm: Ollama) -> None:
    """JSON of another shape than Ollama's is no answer."""
    await llm.find()
    ollama.fault = Fault.STRANGE
    with pytest.raises(UnavailableError, match="does not speak like Ollama"):
        await think(llm)


@pytest.mark.parametrize("bug", [AttributeError, TypeError, ValueError])
async def test_a_bug_of_ours_is_not_told_as_a_neighbours(
    llm: Ollama, bug: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stays what it is, so that it is loud in the log, and nobody looks at OLLAMA_HOST."""

    class Broken(list[Message]):
        def __iter__(self) -> Never:
            raise bug("a bug of ours")

    with pytest.raises(bug, match="a bug of ours"):
        await think(llm, Broken(HELLO))

    def fail(_: Sampling, **__: object) -> Never:
        raise bug("a bug of ours")

    monkeypatch.setattr(Sampling, "model_dump", fail)
    for asking in (partial(think, llm), llm.warm):
        with pytest.raises(bug, match="a bug of ours"):
            await asking()


@pytest.mark.parametrize(
    ("steps", "text"),
    [
        ((ErrorLine(),), "reports an error: an error was encountered while running the model"),
        ((ErrorLine("one\ntwo " + "long " * 99),), r"reports an error: one two long .{180,190}…$"),
        ((End.CUT,), "hung up in the middle of an answer"),
        ((End.STOP,), "ended its answer in the middle"),
        ((End.QUIET,), "quiet in the middle of an answer.*OLLAMA_NEXT_TOKEN_TIMEOUT"),
        ((Raw(b"\n"),), "does not speak like Ollama"),
        ((Raw(b"panic: runtime error\n"),), "does not speak like Ollama"),
        ((Raw(b'{"error": {"message": "as others write it"}}\n'),), "does not speak like Ollama"),
        ((Raw(b"null\n"),), "does not speak like Ollama"),
    ],
)
async def test_gives_what_came_before_a_reply_broke_off(
    ollama: OllamaStandIn, steps: tuple[wire.Step, ...], text: str
) -> None:
    """The pieces before the break arrive, and then a reason: never an end as if all was well."""
    patience: dict[str, Any] = {"next_token_timeout": 0.3} if End.QUIET in steps else {}
    llm = _ollama(host=ollama.host, **patience)
    ollama.will(wire.Thinking("Hm."), "Hello, ", "taro", *steps)
    pieces: list[Piece] = []

    async def collect() -> None:
        async with aclosing(llm.think(HELLO, effort="low", sampling=Sampling())) as stream:
            async for piece in stream:
                pieces.append(piece)  # noqa: PERF401  those before the error are wanted

    with pytest.raises(UnavailableError, match=text):
        await collect()
    assert pieces == [Thinking("Hm."), Content("Hello, "), Content("taro")]
    await llm.close()


async def test_waits_longer_for_the_first_token_than_for_the_next(ollama: OllamaStandIn) -> None:
    """Reading the prompt takes long; later silence of the same length is a wedged server."""
    gate = Gate()
    llm = _ollama(host=ollama.host, first_token_timeout=60, next_token_timeout=0.3)
    ollama.will(gate, "Hello.", End.QUIET)
    asking = asyncio.create_task(think(llm))
    await gate.reached()
    done, _ = await asyncio.wait({asking}, timeout=0.4)
    assert not done
    gate.release()
    with pytest.raises(UnavailableError, match="OLLAMA_NEXT_TOKEN_TIMEOUT"):
        await asking
    await ollama.hung_up()
    await llm.close()


async def test_a_server_that_is_not_there() -> None:
    """A refused connection says how to start Ollama, and where it was looked for."""
    async with OllamaStandIn() as ollama:
        host = ollama.host
    llm = _ollama(host=host)
    for asking in (llm.find(), llm.warm(), think(llm)):
        with pytest.raises(UnavailableError, match=f"{host}. Start it .`ollama serve`"):
            await asking
    await llm.close()


async def test_a_server_that_cannot_be_reached() -> None:
    """A connection that takes too long is given up, and told like one that was refused."""

    def time_out(request: httpx.Request) -> httpx.Response:
        assert request.extensions["timeout"]["connect"] == 0.5
        raise httpx.ConnectTimeout("", request=request)

    llm = _ollama(
        host="http://10.0.0.1:11434",
        model="gpt-oss:120b",
        **IMPATIENT,
        transport=httpx.MockTransport(time_out),
    )
    for asking in (llm.find(), think(llm)):
        with pytest.raises(UnavailableError, match="does not answer at http://10"):
            await asking
    await llm.close()


@pytest.mark.parametrize("host", ["http://[::::1]", "http://127.0.0.1:99999"])
async def test_refuses_an_address_that_is_none(host: str) -> None:
    """A mistyped address is named with its key, before anything is tried."""
    with pytest.raises(MisconfiguredError, match="OLLAMA_HOST"):
        _ollama(host=host)


async def test_leaving_the_stream_stops_the_model(ollama: OllamaStandIn, llm: Ollama) -> None:
    """Closing in mid-stream hangs up, which is what makes the real server stop computing."""
    gate = Gate()
    ollama.will("One. ", gate, "Two.")
    async with aclosing(llm.think(HELLO, effort="low", sampling=Sampling())) as pieces:
        assert await anext(pieces) == Content("One. ")
        await gate.reached()
    await ollama.hung_up()
    assert said(await think(llm))[1] == "Hello! Nice to see you."


@pytest.mark.parametrize("steps", [(), (wire.Thinking("Hm."),), ("One. ",)])
async def test_cancelling_stops_the_model(
    ollama: OllamaStandIn, llm: Ollama, steps: tuple[wire.Step, ...]
) -> None:
    """Cancelling hangs up: while the prompt is read, in thought, and in mid-sentence."""
    gate = Gate()
    ollama.will(*steps, gate, "More.")
    asking = asyncio.create_task(think(llm))
    await gate.reached()
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    await ollama.hung_up()
    assert ollama.cancelled == 1


async def test_thinking_that_eats_everything(ollama: OllamaStandIn, llm: Ollama) -> None:
    """Where the tokens run out in thought there is no content, and the end says so."""
    ollama.will_say("Hello.", thinking="but then again " * 500)
    *pieces, done = await think(llm)
    assert all(isinstance(piece, Thinking) for piece in pieces)
    assert isinstance(done, Done)
    assert done.tokens == 1024
    assert done.cut


@pytest.mark.parametrize(
    ("steps", "content"),
    [
        ((Raw(b'{"message": {"role": "assistant", "content": "caf\xe9!"}}\n'),), "caf\ufffd!"),
        (("\n", "\n\n", "\n"), "\n\n\n\n"),
        ((), ""),
        (("word ",) * 10_000, "word " * 10_000),
        (("x" * 1_000_000,), "x" * 1_000_000),
    ],
    ids=["invalid UTF-8", "newlines", "nothing", "10,000 tokens", "a long line"],
)
async def test_passes_odd_answers_on(
    ollama: OllamaStandIn, steps: tuple[Any, ...], content: str
) -> None:
    """An odd answer is an answer: what to make of it is for the speech to say."""
    llm = _ollama(host=ollama.host, num_predict=20_000)
    ollama.will(*steps)
    assert said(await think(llm)) == ("", content)
    await llm.close()


async def test_tells_how_long_the_prompt_took_to_read(llm: Ollama, ollama: OllamaStandIn) -> None:
    """The server's own figure counts only what it had to read: nothing, the second time."""
    *_, first = await think(llm)
    *_, second = await think(llm)
    assert isinstance(first, Done)
    assert isinstance(second, Done)
    assert first.prompt_seconds > second.prompt_seconds == 0


@pytest.mark.parametrize("step", [Forever("word "), Forever("\n"), Forever(wire.Thinking("Hm. "))])
async def test_stops_a_server_that_has_lost_count(ollama: OllamaStandIn, step: wire.Step) -> None:
    """Where more tokens come than were asked for, the answer is cut and the connection closed."""
    llm = _ollama(host=ollama.host, num_predict=50)
    ollama.will(step)
    *pieces, done = await think(llm)
    assert len(pieces) == 101
    assert done == Done(cut=True)
    await ollama.hung_up()
    await llm.close()


async def test_asks_for_fewer_tokens_where_told(llm: Ollama, ollama: OllamaStandIn) -> None:
    """A limit replaces ``num_predict`` for one answer, and never raises it; the context stays."""
    for limit, sent in ((2, 2), (9999, 1024), (None, 1024)):
        thinking = llm.think(HELLO, effort="low", sampling=Sampling(), limit=limit)
        async with aclosing(thinking) as pieces:
            assert [piece async for piece in pieces]
        assert ollama.requests[-1]["options"]["num_predict"] == sent
        assert ollama.requests[-1]["options"]["num_ctx"] == 8192


async def test_the_system_proxy_is_not_for_the_model(
    ollama: OllamaStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy of the environment does not come between the bot and the model next door."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    llm = _ollama(host=ollama.host)
    await llm.warm()
    await llm.close()


async def test_an_error_in_a_form_of_its_own_is_ollamas(ollama: OllamaStandIn) -> None:
    """Once it has answered, nobody is told that something else listens there."""
    llm = _ollama(host=ollama.host)
    ollama.will("Hello there. ", Raw(b'{"error parsing tool call":"invalid character"}\n'))
    with pytest.raises(UnavailableError, match=r"broke off its answer: .*invalid character"):
        await think(llm)
    await llm.close()


async def test_a_first_token_that_does_not_come(ollama: OllamaStandIn) -> None:
    """The setting for the first token is named, and not that for the next."""
    llm = _ollama(host=ollama.host, first_token_timeout=0.3)
    ollama.will(End.QUIET)
    with pytest.raises(UnavailableError, match=r"within 0\.3 s.*OLLAMA_FIRST_TOKEN_TIMEOUT"):
        await think(llm)
    assert not llm.is_loaded
    await llm.close()


async def test_a_server_behind_https_with_a_path(
    ollama: OllamaStandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a proxy on another machine serves it: it is found and asked there, and nowhere else."""
    pem, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    await asyncio.to_thread(make_certificate, pem, key)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(pem, key)
    asked = list[str]()

    async def forward(request: web.Request) -> web.StreamResponse:
        asked.append(request.path)
        url = f"{ollama.host}/{request.match_info['path']}"
        async with (
            aiohttp.ClientSession() as session,
            session.request(request.method, url, data=await request.read()) as answer,
        ):
            response = web.StreamResponse(status=answer.status)
            await response.prepare(request)
            async for piece in answer.content.iter_any():
                await response.write(piece)
            return response

    app = web.Application()
    app.router.add_route("*", "/ai/{path:.*}", forward)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
    monkeypatch.setattr(certifi, "where", lambda: str(pem))
    host = f"https://127.0.0.1:{runner.addresses[0][1]}/ai/"
    llm = _ollama(host=host)
    try:
        await llm.warm()
        ollama.will_say("Hi.")
        assert said(await think(llm))[1] == "Hi."
    finally:
        await llm.close()
        await runner.cleanup()
    assert {"/ai/api/show", "/ai/api/chat"} <= set(asked)
    assert host.rstrip("/") in llm.about
