"""How soon viewers read something, with a model that is as slow as a large one at home.

The stand-in for Ollama paces its tokens. Everything else is real: comments come in by HTTP, and
what viewers see is read from ``/api/events``. The baselines are the bare ``ollama`` client, in the
same process, reading the same replies at the same pace.
"""

import tempfile
import time
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import ollama

from benchmarks.row import Row, p95_ms
from bot.safety.options import GuardOptions
from bot.speech.sentence import SentenceSplitter
from bot.writing.reading_time import reading_seconds
from tests.standins.harmony import tokens
from tests.standins.ollama import OllamaStandIn, Step, Thinking
from tests.support.show import Viewer, on_air

_FIRST = "The sea is quite calm tonight. "
_REPLY = f"{_FIRST}Brahms is asleep on the radio. Would you like another cup of tea, my friend?"
_LONG = (
    f"{_REPLY} I have honey, and the last of the lemons that the supply boat brought on Tuesday."
    " Taro, you asked about the storm, and I counted nine ships that hid from it behind the island."
    " One still blinks at me."
)
"""With the thoughts it takes 12 seconds, which is the shortest that was measured of gpt-oss:120b on
the machine this began on; the longest took 46."""
_THOUGHTS = 40
_ROUNDS = {50.0: 30, 8.5: 8}
_SLOW = 8.5
_FEW = 3
_TIMES = 1.02
_FAST = 200.0
_REPLIES = 4
_JITTER = 0.02
"""Seconds by which an event may come later than another that was sent as promptly."""
_PATIENCE = 120.0
_VERDICT = 0.3
"""Seconds that the stand-in for a second judge takes: a small one on a machine of its own."""
_MORE_MS = 20.0
_PROMPT_SPEED = 5000.0
_HELLO = ({"role": "user", "content": "hello"},)


async def measure() -> list[Row]:
    """Answer comments one by one, each in an idle show."""
    rows = []
    brief: list[Step] = [Thinking("hm "), *tokens(_REPLY)]
    for pace, rounds in _ROUNDS.items():
        ours, bare = await _beside(pace, brief, rounds)
        rows.append(
            Row(
                f"comment → first sentence on the overlay, {pace:g} tokens/s",
                *(p95_ms(ours), "bare client: the same request, call → the same sentence"),
                *(p95_ms(bare), p95_ms(bare) * _TIMES + _MORE_MS),
            )
        )
    without = await _show(_FAST, brief, _ROUNDS[_SLOW])
    with_guard = await _guarded(_FAST, brief, _ROUNDS[_SLOW])
    rows.append(
        Row(
            f"the same, {_FAST:g} tokens/s and a second judge that takes {1000 * _VERDICT:g} ms",
            *(p95_ms(with_guard), "the same without one", p95_ms(without)),
            p95_ms(without) * _TIMES + 1000 * _VERDICT + _MORE_MS,
        )
    )
    thoughtful: list[Step] = [*[Thinking("hm ")] * _THOUGHTS, *tokens(_LONG)]
    ours = await _show(_SLOW, thoughtful, _FEW)
    whole = await _bare(_SLOW, thoughtful, _FEW, _LONG)
    rows.append(
        Row(
            f"comment → first words, {_SLOW} tokens/s after {_THOUGHTS} of thinking",
            *(p95_ms(ours), "bare client: call → the whole reply", p95_ms(whole)),
            p95_ms(whole) / 2,
        )
    )
    rows.append(await _read())
    return rows


async def _read() -> Row:
    """Return how many sentences stand for as long as they take to read on a fast machine."""
    stood = await _paced(_FAST, tokens(_LONG), _REPLIES)
    bare = await _unpaced(_FAST, tokens(_LONG))
    return Row(
        f"sentences that stood as long as they take to read, {_FAST:g} tokens/s",
        _percent(stood),
        "bare client: each sentence shown once it is whole",
        _percent(bare),
        99.0,
        unit="%",
        at_least=True,
    )


def _percent(stood: Sequence[tuple[str, float]]) -> float:
    """Return the share of sentences, each with the seconds for which it stood, that were read."""
    read = [seconds + _JITTER >= reading_seconds(sentence) for sentence, seconds in stood]
    return 100 * sum(read) / len(read)


async def _paced(pace: float, reply: Sequence[Step], rounds: int) -> list[tuple[str, float]]:
    """Return each sentence of a busy show, and how long it was the newest on the overlay."""
    with tempfile.TemporaryDirectory() as folder:
        async with (
            OllamaStandIn(pace=pace) as model,
            on_air(model.host, Path(folder) / "history.db", speaker="wren") as viewer,
        ):
            for number in range(1, rounds + 2):
                model.will(*reply)
                await viewer.post(f"hello number {number}", f"viewer {number}")
                await viewer.until("reply.sentence", position=0, id=number + 1, within=_PATIENCE)
            told = [
                (at, data["text"] if name == "reply.sentence" else "")
                for at, (name, data) in zip(viewer.came, viewer.events, strict=True)
                if name in ("reply.sentence", "reply.started", "cleared")
            ]
    return [(sentence, end - begin) for (begin, sentence), (end, _) in pairwise(told) if sentence]


async def _unpaced(pace: float, reply: Sequence[Step]) -> list[tuple[str, float]]:
    """Return each sentence of a reply but the last, and how long it was the newest."""
    splitter = SentenceSplitter()
    whole: list[tuple[float, str]] = []
    async with OllamaStandIn(pace=pace) as model:
        client = ollama.AsyncClient(model.host)
        try:
            model.will(*reply)
            stream = await client.chat(
                model.models[0], [{"role": "user", "content": "hello"}], stream=True
            )
            async for part in stream:
                sentences = splitter.feed(part.message.content or "")
                whole += [(time.perf_counter(), sentence) for sentence in sentences]
        finally:
            await client.close()  # type: ignore[no-untyped-call]
    whole += [(time.perf_counter(), sentence) for sentence in splitter.close()]
    return [(sentence, end - begin) for (begin, sentence), (end, _) in pairwise(whole)]


async def _guarded(pace: float, reply: Sequence[Step], rounds: int) -> list[float]:
    """Return the same as ``_show``, with a second judge on a server of its own."""
    async with OllamaStandIn("llama-guard3", thinks=False, pace=1 / _VERDICT) as judge:
        judge.respond = lambda _: "safe"
        guard = GuardOptions(model="llama-guard3", host=judge.host)
        return await _show(pace, reply, rounds, guard)


async def _show(
    pace: float, reply: Sequence[Step], rounds: int, guard: GuardOptions | None = None
) -> list[float]:
    """Return the seconds from each comment to the first words on the overlay."""
    seconds = []
    with tempfile.TemporaryDirectory() as folder:
        async with (
            OllamaStandIn(pace=pace) as model,
            on_air(model.host, Path(folder) / "history.db", speaker="wren", guard=guard) as viewer,
        ):
            await viewer.until("reply.finished")
            for number in range(1, rounds + 1):
                await _skip(viewer, number)
                model.will(*reply)
                posted = time.perf_counter()
                await viewer.post(f"hello number {number}")
                await viewer.until("reply.sentence", position=0, id=number + 1)
                seconds.append(time.perf_counter() - posted)
    return seconds


async def _beside(
    pace: float, reply: Sequence[Step], rounds: int
) -> tuple[list[float], list[float]]:
    """Ask in a show, and with the bare client what the bot has just asked, in turn.

    Returns:
        The seconds from each comment to the first sentence on the overlay, and those from each call
        to the same sentence.
    """
    ours, bare = [], []
    with tempfile.TemporaryDirectory() as folder:
        async with (
            OllamaStandIn(pace=pace, prompt_speed=_PROMPT_SPEED) as model,
            on_air(model.host, Path(folder) / "history.db", speaker="wren") as viewer,
        ):
            await viewer.until("reply.finished")
            client = ollama.AsyncClient(model.host)
            try:
                for number in range(1, rounds + 1):
                    await _skip(viewer, number)
                    model.will(*reply)
                    asked, read = len(model.requests), model.cache.copy()
                    posted = time.perf_counter()
                    await viewer.post(f"hello number {number}")
                    await viewer.until("reply.sentence", position=0, id=number + 1)
                    ours.append(time.perf_counter() - posted)
                    await _skip(viewer, number)
                    model.will(*reply)
                    model.cache = read  # or the second to ask had nothing to read
                    bare.append(await _call(client, model.requests[asked], _FIRST.strip()))
            finally:
                await client.close()  # type: ignore[no-untyped-call]
    return ours, bare


async def _call(client: ollama.AsyncClient, body: Mapping[str, Any], text: str) -> float:
    """Return the seconds from a call until this much of the reply has come."""
    called = time.perf_counter()
    come, at = "", 0.0
    async for part in await client.chat(**body):
        come += part.message.content or ""
        if not at and come.startswith(text):
            at = time.perf_counter()
    return at - called


async def _skip(viewer: Viewer, number: int) -> None:
    """Go on without the time that viewers need to read the rest of the last reply."""
    await viewer.post("!skip", roles=["moderator"])
    await viewer.until("cleared", count=number)


async def _bare(pace: float, reply: Sequence[Step], rounds: int, text: str) -> list[float]:
    """Return the seconds from each call until this much of the reply has come."""
    seconds = []
    async with OllamaStandIn(pace=pace) as model:
        client = ollama.AsyncClient(model.host)
        try:
            for _ in range(rounds):
                model.will(*reply)
                body = {"model": model.models[0], "messages": _HELLO, "stream": True}
                seconds.append(await _call(client, body, text))
        finally:
            await client.close()  # type: ignore[no-untyped-call]
    return seconds
