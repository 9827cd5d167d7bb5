"""What the judge costs: every comment waits for it, and every sentence.

The texts are the tests' own: attacks, and what innocent people write. Processor time, as of
``cleaning``; the baseline is the cleaning that a comment goes through before.
"""

import time
from collections.abc import Callable

from benchmarks.row import Row, percentile
from bot.text import clean
from tests.attacks import tables
from tests.support.judging import judge

_ROUNDS = 5
_LIMIT_MS = 1.0
_LONGEST_MS = 50.0


async def measure() -> list[Row]:
    """Judge each text some times, and the longest that there can be."""
    asked = judge()
    texts = [
        clean(text)
        for table in (tables.slurs, tables.personal, tables.links, tables.injections)
        for text in table()
    ]
    texts += [clean(text) for text in tables.innocents()]
    longest = [clean((text + " ") * 500) for text in texts[::20]]
    judged = [_took(asked.text, text) for _ in range(_ROUNDS) for text in texts]
    cleaned = [_took(clean, text) for _ in range(_ROUNDS) for text in texts]
    long = [_took(asked.text, text) for text in longest]
    return [
        Row(
            "judging a text, 99 %",
            *(percentile(judged, 99), "cleaning it", percentile(cleaned, 99), _LIMIT_MS),
        ),
        Row(
            "judging the longest comment there can be, at most",
            *(max(long), "cleaning it", max(_took(clean, text) for text in longest)),
            _LONGEST_MS,
        ),
    ]


def _took(work: Callable[[str], object], text: str) -> float:
    """Return the milliseconds that it takes."""
    began = time.thread_time()
    work(text)
    return 1000 * (time.thread_time() - began)
