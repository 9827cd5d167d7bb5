"""Knows passages of what only the model was told. Pure."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain

import regex

from bot.safety.spelling import fold

_LENGTH = 16
"""Characters of Japanese in a row that are no coincidence; a word of another script counts as two,
so eight words are as much. A name or a turn of phrase is shorter."""
_JAPANESE = r"[\p{Han}\p{Hiragana}\p{Katakana}ー]"
_UNIT = regex.compile(
    rf"(?P<one>{_JAPANESE})|[[\p{{L}}\p{{M}}\p{{N}}'’@$]--{_JAPANESE}]+", regex.VERSION1
)
_APOSTROPHES = regex.compile("['’]")
_LEET = str.maketrans("0l134@5$789", "oiieaasstbg")
"""What letters are written as; l, i and 1 are taken for the same."""


class Quotations:
    """Reads a reply sentence by sentence, and knows a passage of the secrets again.

    Args:
        secrets: texts that must not be said. Capitals, look-alikes, digits for letters, blanks,
            also between letters, and punctuation make no difference.
    """

    def __init__(self, secrets: Sequence[str]) -> None:
        self._passages = _passages(tuple(secrets))
        self._longest = max(map(len, self._passages), default=0)
        self._before = ""

    def quotes(self, sentence: str) -> bool:
        """Whether a passage of the secrets ends in this sentence, wherever it may have begun."""
        if not self._passages:
            return False
        begin = len(self._before)
        said = self._before + "".join(_units(sentence))
        self._before = said[-self._longest :]
        return any(
            said.find(passage, max(0, begin - len(passage) + 1)) >= 0 for passage in self._passages
        )


@lru_cache(maxsize=8)
def _passages(secrets: tuple[str, ...]) -> frozenset[str]:
    return frozenset(chain.from_iterable(map(_runs, secrets)))


def _runs(secret: str) -> Iterator[str]:
    """Yield the shortest runs of a secret that are no coincidence, one from each unit on."""
    units = list(_units(secret))
    for start in range(len(units)):
        weight, run = 0, ""
        for unit in units[start:]:
            weight += 1 if regex.fullmatch(_JAPANESE, unit) else 2
            run += unit
            if weight >= _LENGTH:
                yield run
                break


def _units(text: str) -> Iterator[str]:
    for match in _UNIT.finditer(fold(text)):
        yield _APOSTROPHES.sub("", match.group()).translate(_LEET)
