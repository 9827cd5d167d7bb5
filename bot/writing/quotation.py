"""Knows passages of what only the model was told. Pure."""

from collections.abc import Iterator, Sequence
from functools import lru_cache

import regex

from bot.safety.spelling import fold

_LENGTH = 16
"""Characters of Japanese in a row that are no coincidence; a word of another script counts as two,
so eight words are as much. A name or a turn of phrase is shorter."""
_JAPANESE = r"[\p{Han}\p{Hiragana}\p{Katakana}ー]"
_UNIT = regex.compile(
    rf"(?P<one>{_JAPANESE})|[[\p{{L}}\p{{M}}\p{{N}}'’]--{_JAPANESE}]+", regex.VERSION1
)


class Quotations:
    """Reads a reply sentence by sentence, and knows a passage of the secrets again.

    Args:
        secrets: texts that must not be said. Capitals, look-alikes, blanks and punctuation make no
            difference.
    """

    def __init__(self, secrets: Sequence[str]) -> None:
        self._passages = _passages(tuple(secrets))
        self._before: list[str] = []

    def quotes(self, sentence: str) -> bool:
        """Whether a passage of the secrets ends in this sentence, wherever it may have begun."""
        if not self._passages:
            return False
        units = [*self._before, *_units(sentence)]
        self._before = units[1 - _LENGTH :]
        return any(passage in self._passages for passage in _hashes(units))


@lru_cache(maxsize=8)
def _passages(secrets: tuple[str, ...]) -> frozenset[int]:
    return frozenset(each for secret in secrets for each in _hashes(list(_units(secret))))


def _units(text: str) -> Iterator[str]:
    for match in _UNIT.finditer(fold(text)):
        yield match.group()
        if not match["one"]:
            yield ""


def _hashes(units: list[str]) -> Iterator[int]:
    for start in range(len(units) - _LENGTH + 1):
        yield hash(tuple(units[start : start + _LENGTH]))
