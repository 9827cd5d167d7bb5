"""Tells a full stop that ends a sentence from one that belongs to a word or a number. Pure."""

import regex

_WORD = r"(?<![^\s(\"'“])"
_ABBREVIATION = regex.compile(
    rf"{_WORD}(?i:dr|mrs?|ms|mt|prof|st|ft|jr|sr|rev|gen|sgt|capt|lt|col|gov|sen|vs|e\.g|i\.e|approx"
    r"|feat)\.$"
)
_LETTERS = regex.compile(rf"{_WORD}(?:\p{{L}}|(?:\p{{L}}\.)+\p{{L}})\.$")
"""An initial, or initials: they end a sentence only where another one clearly begins."""
_BEGINS_SENTENCE = regex.compile(
    r"(?:The|This|That|These|There|It|He|She|We|They|You|My|Your|Our|His|Her|What|Where|When|Why|Who"
    r"|How|Is|Are|Was|Were|Do|Does|Did|Can|Could|Will|Would|Have|Has|But|And|So|If|Then|Now|Please)\b"
)
_NUMBERED = regex.compile(rf"{_WORD}(?:pp?|(?i:nos?|n[°º]|vol|fig|ch|ep|ver))\.$")
_MAY_BE_LAST = regex.compile(rf"{_WORD}(?i:etc|co|inc|ltd|corp|[ap]\.m)\.$")
_TITLE = regex.compile(r"(?:Dr|Mrs?|Ms|Prof|Mt|St)\.")
_ABBREVIATION_LENGTH = 16
_BULLET = regex.compile(r"^\s*\d{1,3}\.$")


def abbreviates(text: str, end: int) -> bool:
    """Whether the full stop before ``end`` belongs to a word or a number."""
    start = max(0, end - _ABBREVIATION_LENGTH)
    rest = text[end:].lstrip()
    following = rest[:1]
    if _NUMBERED.search(text, start, end):
        return following.isdigit()
    if _MAY_BE_LAST.search(text, start, end):
        return following.islower() or _TITLE.match(rest) is not None
    if _LETTERS.search(text, start, end):
        return _BEGINS_SENTENCE.match(rest) is None
    found = _ABBREVIATION.search(text, start, end) or _BULLET.match(text, 0, end)
    return found is not None


def may_abbreviate(text: str, end: int) -> bool:
    """Whether only the word after it tells what the full stop before ``end`` is."""
    start = max(0, end - _ABBREVIATION_LENGTH)
    return any(one.search(text, start, end) for one in (_LETTERS, _MAY_BE_LAST))
