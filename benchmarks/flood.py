"""A thousand comments a second from both platforms, while a slow model answers one batch.

Whom it answers, what is lost and what is kept in memory is measured on a clock that is moved along,
with the real intake and a model that takes 15 seconds for each reply; the baseline is a plain queue
of the same size. How soon ``!pause`` acts is measured in real time in a whole show, against the
same in a silent chat; there the stage's clock runs faster than real, so that the show has more to
do than it ever will.
"""

import asyncio
import gc
import random
import statistics
import tempfile
import time
import tracemalloc
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from decimal import Decimal
from itertools import count, islice
from pathlib import Path
from typing import Protocol

from benchmarks.row import Row, percentile
from bot.chat import Author, Comment, Money, Platform, Remark
from bot.intake.batch import Batch
from bot.intake.queue import WAITING_LIMIT, CommentQueue
from bot.tasks import cancel_and_wait
from bot.text import clean
from tests.standins.ollama import OllamaStandIn
from tests.support.clock import FakeClock
from tests.support.intake import dispatcher
from tests.support.rehearsal import Rehearsal, rehearsal

_SECONDS = 60
_A_SECOND = 1000
_PAID = 20
_REPLY_S = 15.0
_BATCH = 8
_TOKENS = 600
_TIMED = 10_000
_PAUSES = 200
_BETWEEN_PAUSES_S = 0.1
_STEP_S = 0.01
_STAGE_S = 0.2
"""What the stage's clock moves on at each step."""

_VIEWERS = 3000
_COMMON = 0.6
"""The share of comments that others write as well."""
_SAID = (
    *(
        "草",
        "wwww",
        "Kappa",
        "😀😀😀",
        "おはよー!",
        "おはようございます",
        "hi",
        "Hello!!",
        "lol nice",
    ),
    *("when does it end", "好きな食べ物はなんですか?", "Wren, do you like fog?", "gg", "888888"),
    "WREN RAID WREN RAID come and see the lighthouse WREN RAID WREN RAID",
)
_WORDS = [
    "sea",
    "fog",
    "lamp",
    "night",
    "ship",
    "gull",
    "song",
    "tea",
    "storm",
    "wind",
    "cold",
    "home",
    "海",
    "灯台",
    "夜",
    "歌",
]


class _Queue(Protocol):
    def receive(self, heard: Comment) -> None: ...

    async def batch(self, size: int, tokens: int) -> Sequence[Remark]: ...

    def answered(self, comments: Sequence[Comment]) -> None: ...


class _FirstInFirstOut:
    """What everybody writes first: a queue that takes no more when it is full."""

    def __init__(self) -> None:
        self._queue = asyncio.Queue[Comment](WAITING_LIMIT)

    def receive(self, heard: Comment) -> None:
        if not self._queue.full():
            self._queue.put_nowait(heard)

    async def batch(self, size: int, tokens: int) -> Sequence[Remark]:  # noqa: ARG002  as Intake's
        remarks = [Remark((await self._queue.get(),))]
        while len(remarks) < size and not self._queue.empty():
            remarks.append(Remark((self._queue.get_nowait(),)))
        return remarks

    def answered(self, comments: Sequence[Comment]) -> None:
        pass


class _Intake:
    """The bot's own: its dispatcher, and the queue behind it."""

    def __init__(self, clock: FakeClock) -> None:
        self._queue = CommentQueue(names=["Wren"], clock=clock)
        self._taken = list[Batch]()
        self.receive = dispatcher(self._queue, clock).receive

    async def batch(self, size: int, tokens: int) -> Sequence[Remark]:
        await self._queue.arrived()
        self._taken.append(self._queue.take(size, tokens))
        return self._taken[-1].remarks

    def answered(self, comments: Sequence[Comment]) -> None:  # noqa: ARG002  it is the batch's
        self._taken.pop().answer()


async def measure() -> list[Row]:
    """Let the flood come over the intake and over a plain queue, and then over a whole show."""
    age, paid, grown = await _simulated(_Intake)
    plain_age, plain_paid, plain_grown = await _simulated(lambda _: _FirstInFirstOut())
    cost, cleaning = _cost()
    paused, idle = await _pauses(flooded=True), await _pauses(flooded=False)
    plain = "first in, first out"
    return [
        Row("age of what is answered, median", age, plain, plain_age, _REPLY_S, "s"),
        Row(f"of {_PAID} paid, answered", paid, plain, plain_paid, _PAID, "", at_least=True),
        Row("memory grown (tracemalloc, peak)", grown, plain, plain_grown, 32, "MB"),
        Row("time for a comment, mean", cost, "cleaning it", cleaning, 200, "µs"),
        Row("!pause → blank stage, 99 %", paused, "silent chat", idle, 100, "ms"),
    ]


def _chat(clock: FakeClock) -> Iterator[Comment]:
    """Write without end: greetings, emotes, questions, a copied text, and things of one's own."""
    chance = random.Random(1)  # noqa: S311  so that each run sees the same chat
    paid_every = _SECONDS * _A_SECOND // _PAID
    for number in count():
        platform = chance.choice([Platform.TWITCH, Platform.YOUTUBE])
        viewer = str(chance.randrange(_VIEWERS))
        own = " ".join(chance.choices(_WORDS, k=chance.randint(2, 20)))
        paid = Money(Decimal(500), "JPY") if number % paid_every == paid_every - 1 else None
        yield Comment(
            platform,
            f"flood-{number}",
            Author(f"UC-{viewer}", f"viewer {viewer}"),
            chance.choice(_SAID) if chance.random() < _COMMON else own,
            clock.now(),
            paid,
        )


async def _simulated(queue_on: Callable[[FakeClock], _Queue]) -> tuple[float, int, float]:
    """Return the median age in seconds, how many of the paid were answered, and the MB grown.

    The age is that of a comment at the moment in which the model begins to answer it. Once the
    flood is over, the model has the time of two more replies for what is left.
    """
    clock = FakeClock()
    chat = _chat(clock)
    ages = list[float]()
    answered = list[Comment]()
    gc.collect()
    tracemalloc.start()
    queue = queue_on(clock)

    async def model() -> None:
        while True:
            remarks = await queue.batch(_BATCH, _TOKENS)
            comments = [comment for remark in remarks for comment in remark.comments]
            if clock.monotonic() <= _SECONDS:
                ages.extend((clock.now() - comment.at).total_seconds() for comment in comments)
            await clock.sleep(_REPLY_S)
            queue.answered(comments)
            answered.extend(comment for comment in comments if comment.paid)

    try:
        before, _ = tracemalloc.get_traced_memory()
        answering = asyncio.create_task(model())
        for _ in range(round(_SECONDS / _STEP_S)):
            await clock.advance(_STEP_S)
            for _ in range(round(_A_SECOND * _STEP_S)):
                queue.receive(next(chat))
        await clock.advance(2 * _REPLY_S)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    await cancel_and_wait(answering)
    return statistics.median(ages), len(answered), (peak - before) / 1e6


def _cost() -> tuple[float, float]:
    """Return how many µs a comment takes, and how many of them go into cleaning."""
    clock = FakeClock()
    intake = _Intake(clock)
    comments = list(islice(_chat(clock), _TIMED))
    begun = time.perf_counter()
    for comment in comments:
        intake.receive(comment)
    received = time.perf_counter()
    for comment in comments:
        clean(comment.author.name)
        clean(comment.text)
    cleaned = time.perf_counter()
    return 1e6 * (received - begun) / _TIMED, 1e6 * (cleaned - received) / _TIMED


async def _pauses(*, flooded: bool) -> float:
    """Return within how many ms a ``!pause`` acts, at the 99th percentile.

    Counted from the moment in which it was due to arrive, so that what keeps the program from
    listening counts too.
    """
    took = list[float]()
    with tempfile.TemporaryDirectory() as folder:
        async with (
            OllamaStandIn() as model,
            rehearsal(Path(folder) / "history.db", model) as show,
            _going_on(show, flooded=flooded),
        ):
            for _ in range(_PAUSES):
                due = time.perf_counter() + _BETWEEN_PAUSES_S
                await asyncio.sleep(_BETWEEN_PAUSES_S)
                show.order("!pause")
                assert show.board.is_blank
                took.append(time.perf_counter() - due)
                show.order("!resume")
            if flooded:
                assert len(show.board.ever_seen) > 1, "something was said in between"
    return 1000 * percentile(took, 99)


@asynccontextmanager
async def _going_on(show: Rehearsal, *, flooded: bool) -> AsyncIterator[None]:
    """Have time pass on stage, and the chat write, if it is to, at its full pace in real time."""

    async def go_on() -> None:
        chat = _chat(show.clock)
        begun, written = time.perf_counter(), 0
        while True:
            await asyncio.sleep(_STEP_S)
            await show.clock.advance(_STAGE_S)
            due = round((time.perf_counter() - begun) * _A_SECOND) if flooded else 0
            for comment in islice(chat, due - written):
                show.receive(comment)
            written = due

    going_on = asyncio.create_task(go_on())
    try:
        yield
        if going_on.done():
            going_on.result()
    finally:
        await cancel_and_wait(going_on)
