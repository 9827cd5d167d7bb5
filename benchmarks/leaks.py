"""What of a model's thinking reaches viewers, however it leaks.

Thoughts with a secret in them are written in some hundred forms, cut at random, and go through the
whole writer, in shows of a few replies in which a model leaks in one form, now and then. The
baseline is the filter of a usual bot: it drops the field for the thinking, and strips
``<think>…</think>``. So that nothing is won by saying nothing, what only looks like a leak has to
come through as it is.
"""

import random
import re
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from contextlib import aclosing
from itertools import product
from typing import Any

from benchmarks.row import Row
from bot.clock import SystemClock
from bot.llm.message import Content, Done, Function, Message, Piece
from bot.llm.ollama import Ollama
from bot.llm.options import Effort, OllamaOptions, Sampling
from bot.persona import load
from bot.text import join
from bot.writing.writer import ThoughtLeakError, Writer
from tests.support.judging import judge
from tests.support.leaks import ANSWERS, FORMS, INNOCENT, SECRET, THOUGHTS, chunks
from tests.support.writing import GO_ON, Notes

_STREAMS = 100_000
_REPLIES = 20
"""Replies of one show, after a first one that is clean."""
_SEED = 20261126
_MOST_TAKEN_BACK = 0.5
_AROUND = {
    "wren": (
        ("", "Hello there, taro!", "What a night.", "The kettle is on.", "Ah, the sea."),
        ("", "Well, well!", "Brahms agrees.", "So there.", "The lamp turns and turns."),
    ),
    "botan": (
        ("", "こんばんは、太郎さん！", "ええ夜やね。", "お湯が沸いたで。", "湯がぬくいわ。"),
        ("", "ほな、またな！", "月がきれいや。", "そういうことやね。", "ゆっくりしていってな。"),
    ),
}
"""What may stand before an innocent text, and after it."""


class _Scripted(Ollama):
    """A model that writes what it is told to."""

    def __init__(self) -> None:
        super().__init__(OllamaOptions(), clock=SystemClock())
        self.content: Sequence[str] = ()

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
        """See ``Ollama.think``; what is asked does not matter."""
        del messages, effort, sampling, limit, functions, schema
        for piece in self.content:
            yield Content(piece)
        yield Done()


class _Show:
    """A writer, and what viewers see of its replies."""

    def __init__(self, persona: str) -> None:
        self._model = _Scripted()
        self._writer = Writer(
            persona=load(persona),
            llm=self._model,
            backstage=Notes(),
            judge=judge(),
            effort="low",
            sampling=Sampling(),
        )
        self.taken_back = 0

    async def say(self, content: Sequence[str]) -> str:
        """Return what stays on the screen of a reply."""
        self._model.content = content
        said: list[str] = []
        try:
            async with aclosing(self._writer.write(GO_ON)) as sentences:
                async for spoken in sentences:
                    said.append(spoken.text)  # noqa: PERF401  what came before an alarm counts
        except ThoughtLeakError:
            self.taken_back += SECRET in join(said)
            return ""
        return join(said)


async def measure() -> list[Row]:
    """Leak, and say what is innocent; count what viewers see of it."""
    shown, taken_back, shown_by_others, count = 0, 0, 0, 0
    for form, number in product(FORMS, range(-(-_STREAMS // (_REPLIES * len(FORMS))))):
        chance = random.Random(f"{_SEED} {form.name} {number}")  # noqa: S311  to be had again
        answer = chance.choice(ANSWERS)
        show = _Show("wren" if answer.isascii() else "botan")
        await show.say(chunks(answer, chance))
        for _ in range(_REPLIES):
            text = form.write(chance.choice(THOUGHTS), answer)
            shown += SECRET in await show.say(chunks(text, chance))
            shown_by_others += SECRET in re.sub("<think>.*?</think>", "", text, flags=re.DOTALL)
            count += 1
        taken_back += show.taken_back
    usual, percent = 100 * shown_by_others / count, 100 / count
    changed, innocent = await _innocent()
    what = f"of {count:,} thoughts in {len(FORMS)} forms, "
    return [
        Row(f"{what}shown for good", shown * percent, "the usual filter", usual, 0, "%"),
        Row(
            *(f"{what}shown and taken back", taken_back * percent, "the usual filter", usual),
            limit=_MOST_TAKEN_BACK,
            unit="%",
        ),
        Row(f"of {innocent} innocent texts, changed", changed, "none", 0, 0, ""),
    ]


async def _innocent() -> tuple[int, int]:
    """Return how many innocent texts were changed, and how many there are."""
    changed, count = 0, 0
    for persona, around in _AROUND.items():
        mine = [text for text in INNOCENT if (persona == "wren") == _is_english(text)]
        for text in _surrounded(mine, *around):
            chance = random.Random(text)  # noqa: S311  to be had again
            show = _Show(persona)
            changed += _bare(await show.say(chunks(text, chance))) != _bare(text)
            count += 1
    return changed, count


def _surrounded(texts: Sequence[str], before: Sequence[str], after: Sequence[str]) -> Iterator[str]:
    for words in product(before, texts, after):
        yield " ".join(filter(None, words))


def _is_english(text: str) -> bool:
    return sum(character.isascii() and character.isalpha() for character in text) > len(text) / 2


def _bare(text: str) -> str:
    return "".join(text.split())
