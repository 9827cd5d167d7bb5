"""Tells a full stop that ends a sentence from one that belongs to a word or a number. Pure."""

import regex

_WORD = r"(?<![^\s(\"'“])"
_ABBREVIATION = regex.compile(
    rf"{_WORD}(?:\p{{L}}|(?i:dr|mrs?|ms|prof|st|jr|sr|vs|e\.g|i\.e|approx|feat|(?:\p{{L}}\.)+\p{{L}}))\.$"
)
_NUMBERED = regex.compile(rf"{_WORD}(?:pp?|(?i:nos?|vol|fig|ch|ep|ver))\.$")
_MAY_BE_LAST = regex.compile(rf"{_WORD}(?i:etc|[ap]\.m)\.$")
_ABBREVIATION_LENGTH = 16
_BULLET = regex.compile(r"^\s*\d{1,3}\.$")


def abbreviates(text: str, end: int) -> bool:
    """Whether the full stop before ``end`` belongs to a word or a number."""
    start = max(0, end - _ABBREVIATION_LENGTH)
    following = text[end:].lstrip()[:1]
    if _NUMBERED.search(text, start, end):
        return following.isdigit()
    if _MAY_BE_LAST.search(text, start, end):
        return following.islower()
    found = _ABBREVIATION.search(text, start, end) or _BULLET.match(text, 0, end)
    return found is not None
