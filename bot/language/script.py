"""Which script a text is written in. Pure."""

import regex

_KANA = regex.compile(r"[\p{Hiragana}\p{Katakana}]")
_HAN = regex.compile(r"\p{Han}")
_LATIN = regex.compile(r"\p{Latin}")
_LETTER = regex.compile(r"\p{L}")

FOREIGN_LETTERS = 12
"""Letters of another script up to which a sentence may be an interjection."""


def kana(text: str) -> int:
    """Return how many kana a text has."""
    return len(_KANA.findall(text))


def han(text: str) -> int:
    """Return how many Chinese characters a text has."""
    return len(_HAN.findall(text))


def has_japanese(text: str) -> bool:
    """Return whether a text has a kana or a Chinese character."""
    return bool(_KANA.search(text) or _HAN.search(text))


def latin(text: str) -> int:
    """Return how many Latin letters a text has."""
    return len(_LATIN.findall(text))


def letters(text: str) -> int:
    """Return how many letters of any script a text has."""
    return len(_LETTER.findall(text))
