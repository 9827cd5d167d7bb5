"""How much of its prompts a model reads anew, and how much of that while a viewer waits.

A whole show of 60 turns, on a clock of its own, against a stand-in that renders and keeps prompts
as Ollama does for gpt-oss. Its history is folded at least twice; a viewer interrupts one of the
summaries, the bot is restarted once, and a moderator changes the thinking once. The model reads as
slowly as gpt-oss:120b on the machine that this began on, or as fast as on a large card.

The baseline is how it was done at first: notes are asked for on the older half alone, their prompt
is read ahead up to the character's last line, and nothing is read at the start.
"""

import json
import random
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.row import Row
from bot.chat import Exchange
from bot.language.language import FENCE
from bot.llm.message import Message
from bot.text import tokens as estimate
from bot.writing import prompt
from bot.writing.history import History
from tests.standins.harmony import PromptCache, render, tokens
from tests.standins.ollama import Gate, OllamaStandIn, at_once
from tests.support.rehearsal import MIKA, Rehearsal, rehearsal

_TURNS = 60
_RESTART, _THINK = 20, 50
_SLOW, _FAST = 50.0, 5000.0
_NUM_CTX, _NUM_PREDICT = 8192, 1024
_REUSE = 92.0
_WAITED = 200.0
_PERSONA = MIKA.model_copy(
    update={"profile": MIKA.profile + " You love the sea and its tales." * 60}
)
_VOCABULARY = (
    *("ship", "lantern", "winter", "gull", "harbour", "storm", "tea", "biscuit", "radio", "voice"),
    *("island", "song", "night", "morning", "whale", "captain", "letter", "bottle", "rope", "tide"),
    *("wave", "window", "stair", "kettle", "honey", "lemon", "feather", "map", "star", "moon"),
    *("fog", "bell", "anchor", "sail", "cliff", "stone", "fire", "coat", "boot", "ladder"),
    *("clock", "candle", "bread", "soup", "cat", "dog", "horse", "river", "bridge", "market"),
)
_NOTES = "Taro told of his cat and of the storm. Mika promised a song about the gulls. " * 4
_THOUGHT = "Someone talks about the sea. I answer in two sentences and stay warm. "


@dataclass
class _Reads:
    """What was read: for each reply, the prompt's tokens and those of them that were new."""

    replies: list[tuple[int, int]] = field(default_factory=list)
    others: list[tuple[int, int]] = field(default_factory=list)
    after: dict[str, int] = field(default_factory=dict)
    """What the reply read that came right after something had happened."""
    is_interrupted: bool = False
    messages: int = 0
    """In the longest prompt."""

    @property
    def reuse(self) -> float:
        """The share of all prompts that was not read anew, in percent."""
        every = [*self.replies, *self.others]
        return 100 * (1 - sum(new for _, new in every) / sum(size for size, _ in every))


async def measure() -> list[Row]:
    """Put on the show on both machines, and do it the old way."""
    old = _old_way()
    slow, fast = await _show(_SLOW), await _show(_FAST)
    rows = [
        Row(
            f"prompt tokens reused over {_TURNS} turns, {speed}",
            *(reads.reuse, "notes on the older half, read ahead to the last line", old.reuse),
            _REUSE,
            unit="%",
            at_least=True,
        )
        for reads, speed in ((slow, "slow machine"), (fast, "fast machine"))
    ]
    rows += [
        Row(
            f"read while the first viewer after {what} waits",
            *(slow.after[what], "as above", old.after[what], _WAITED),
            unit="tokens",
        )
        for what in slow.after
    ]
    rows.append(
        Row(
            "most messages in a prompt, fast machine",
            *(fast.messages, "as above", old.messages, old.messages),
            unit="messages",
        )
    )
    return rows


async def _show(speed: float) -> _Reads:
    """Put on the show with a model that reads so many tokens a second."""
    reads = _Reads()
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "history.db"
        async with OllamaStandIn(prompt_speed=speed, sleep=at_once) as model:
            model.respond = _respond
            for first, last in ((0, _RESTART), (_RESTART, _TURNS)):
                start = len(model.read)
                async with rehearsal(database, model, persona=_PERSONA, num_ctx=_NUM_CTX) as show:
                    assert len(model.read) > start, "the prompt is read before anybody waits"
                    await _talk(show, reads, first, last)
            reads.others = model.read.copy()
            for one in reads.replies:
                reads.others.remove(one)
    return reads


async def _talk(show: Rehearsal, reads: _Reads, first: int, last: int) -> None:
    """Have viewers write, one after the other, in silences of a minute."""
    model = show.ollama
    happened = "a restart" if first else "the start"
    for number in range(first, last):
        asked, waited = len(model.requests), len(model.waited)
        show.write(_comment(number), f"viewer{number % 7}")
        said = _reply(number).partition("! And")[0] + "!"
        await show.board.until(lambda: (show.board.seen or ("",))[0] == said)  # noqa: B023
        while not show.board.finished:
            await show.clock.advance(1)
        mine = [
            read
            for request, read in zip(model.requests[asked:], model.waited[waited:], strict=True)
            if request["messages"][-1]["content"].startswith(FENCE[0])
        ]
        reads.replies += mine
        messages = [len(request["messages"]) for request in model.requests[asked:]]
        reads.messages = max(reads.messages, *messages)
        if happened:
            reads.after.setdefault(happened, sum(new for _, new in mine))
        if number == _THINK:
            show.order("!think medium")
        happened = await _between(show, reads)
        happened = "a change of the thinking" if number == _THINK else happened


async def _between(show: Rehearsal, reads: _Reads) -> str:
    """Let a minute pass; return what has happened in it."""
    errands = len(show.ollama.errands)
    if show.writer.dialogue.wants_notes and not reads.is_interrupted:
        reads.is_interrupted = True
        gate = Gate()
        show.ollama.will("Taro told ", gate, "of his cat.")
        await show.read()
        await show.clock.advance(4)
        await gate.reached()
        return "an interrupted summary"
    await show.read()
    for _ in range(60):
        await show.clock.advance(1)
    return "a fold" if len(show.ollama.errands) > errands else ""


def _respond(asked: str) -> str:
    if not asked.startswith(FENCE[0]):
        return json.dumps({"notes": [_NOTES]})
    number = asked.partition("number ")[2].partition(":")[0]
    return _reply(int(number))


def _comment(number: int) -> str:
    return f"number {number}: {_words(number, 12)}?"


def _reply(number: int) -> str:
    return f"Oh, {_words(1000 + number, 14)}! And {_words(2000 + number, 12)}."


def _words(seed: int, count: int) -> str:
    return " ".join(random.Random(seed).choices(_VOCABULARY, k=count))  # noqa: S311  no secret


def _old_way() -> _Reads:
    """Return the same for prompts as they were made at first."""
    server = _Server()
    reads, history = _Reads(), History()
    room = _NUM_CTX - _NUM_PREDICT
    room = room - room // 5 - prompt.size(prompt.fixed(_PERSONA))
    effort, was_interrupted, happened = "low", False, "the start"
    for number in range(_TURNS):
        if number == _RESTART:
            happened = "a restart"
            server.cache = PromptCache()
        asked = "\n".join([FENCE[0], f"[viewer] viewer: {_comment(number)}", FENCE[1], "(Answer.)"])
        told = prompt.messages(_PERSONA, history, asked)
        reads.messages = max(reads.messages, len(told))
        read = server.read(told, effort)
        server.cache.read(["<|channel|>"] * estimate(_THOUGHT) + tokens(_reply(number)))
        reads.replies.append(read)
        if happened:
            reads.after.setdefault(happened, read[1])
        history.add(Exchange(asked, _reply(number)))
        happened = ""
        if number == _THINK:
            effort, happened = "medium", "a change of the thinking"
        if history.is_full(room):
            reads.others.append(_sum_up(server, history, effort))
            happened = "a fold" if was_interrupted else "an interrupted summary"
            if was_interrupted:
                _fold(history, room)
                ahead = prompt.conversation(_PERSONA, history)
                reads.others.append(server.read(ahead, effort))
            was_interrupted = True
    return reads


def _sum_up(server: "_Server", history: History, effort: str) -> tuple[int, int]:
    older = History()
    for exchange in history.all[: len(history) // 2]:
        older.add(exchange)
    told = prompt.messages(_PERSONA, older, prompt.ask_to_sum_up(_PERSONA, 10))
    return server.read(told, effort)


def _fold(history: History, room: int) -> None:
    kept: list[Exchange] = []
    for exchange in reversed(history.all):
        if sum(estimate(one.asked) + estimate(one.reply) for one in kept) > room * 0.3:
            break
        kept.insert(0, exchange)
    history.exchanges = kept


class _Server:
    """Counts what is read of prompts."""

    def __init__(self) -> None:
        self.cache = PromptCache()

    def read(self, messages: Sequence[Message], effort: str) -> tuple[int, int]:
        """Return how many tokens a prompt has, and how many of them were read."""
        whole = tokens(render(messages, effort))
        known = self.cache.take(whole)
        self.cache.read(whole[known:])
        self.cache.mark()
        return len(whole), len(whole) - known
