"""The blocklist: terms that no outlet shows, however they are spelt.

A file has one term a line; ``#`` begins a comment. A term is plain, ``fuck*`` for a word's
beginning, or ``/a regular expression/`` over the folded text (``bot.safety.spelling``).

- Latin terms are whole words. They are found with letters drawn out (``fuuuck``), written as
  digits (``f4ck``), and set apart one by one (``f u c k``); not where only some are apart, because
  then ``as soon`` would be a word that nobody wrote.
- Japanese is not cut into words by a dictionary: those weigh 50 MB and more, and know least of all
  the slang that this is about. What tells a word there is its script. A term in katakana ends
  where the katakana does (バカ is not in バカンス); written in hiragana it must stand by itself,
  but for a particle (ばか is not in ばかり). A term with kanji is found anywhere, so that one which
  is part of innocent words (死ね, 必死ね) is better written as an expression.
"""

import logging
from collections.abc import Iterable, Iterator
from pathlib import Path

import regex

from bot.errors import MisconfiguredError
from bot.safety.spelling import fold
from bot.translation import tr

log = logging.getLogger(__name__)

_TIME_LIMIT = 0.02
"""Seconds after which an expression is given up: it is a streamer's, and may be a slow one."""
_LEET = {
    "a": "a4@",
    "b": "b8",
    "e": "e3",
    "g": "g9",
    "i": "i1!|",
    "l": "l1|",
    "o": "o0",
    "s": "s5$",
    "t": "t7+",
    "z": "z2",
}
_WORD = r"[\p{Latin}\p{N}]"
_BORDER = rf"(?<!{_WORD})"
_APART = r"[^\p{L}\p{N}]{1,3}"
_JOINED = r"[^\p{L}\p{N}]{0,2}[ー〜]*"
_LATIN = regex.compile(r"[\p{Latin}\p{N}' -]+\*?")
_LETTERS = regex.compile(r"[\p{L}\p{N}]")
_KATAKANA = regex.compile(r"[\p{Katakana}ー]+")
_KANA = regex.compile(r"[\p{Hiragana}\p{Katakana}ー]+")
_BESIDE = regex.compile(r"[\p{Katakana}ー]")
_BEFORE = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}ー]")
_AFTER = regex.compile(r"[\p{L}--[かねよだのやなじでめがはをにともってー]]", regex.VERSION1)
_SHORTEST = 3
"""Letters from which on a term is looked for with its letters apart: two are too often chance."""


class Blocklist:
    """Terms, as several files name them; ``-term`` allows one again that was named before.

    With none of them may there be a ``problem``.
    """

    def __init__(self, terms: Iterable[str]) -> None:
        named = dict.fromkeys(terms)
        allowed = {term[1:].strip() for term in named if term.startswith("-")}
        wanted = [one for one in named if one not in allowed and not one.startswith("-")]
        self._plain: dict[str, regex.Pattern[str]] = {}
        self._expressions: dict[str, regex.Pattern[str]] = {}
        for term in wanted:
            if expression := _expression(term):
                self._expressions[term] = regex.compile(expression)
            else:
                self._plain[term] = regex.compile(_pattern(term))
        patterns = [pattern.pattern for pattern in self._plain.values()]
        # What words begin with is looked for once, and not once for each term.
        words = [one.removeprefix(_BORDER) for one in patterns if one.startswith(_BORDER)]
        others = [one for one in patterns if not one.startswith(_BORDER)]
        self._any = regex.compile("|".join([f"{_BORDER}(?:{'|'.join(words) or '(?!)'})", *others]))

    def finds(self, text: str) -> str | None:
        """Return the first term that a cleaned text holds, as it stands in its file."""
        folded = fold(text)
        if self._any.search(folded):
            for term, pattern in self._plain.items():
                if any(_stands(term, text, found) for found in pattern.finditer(folded)):
                    return term
        for term, expression in self._expressions.items():
            try:
                if expression.search(folded, timeout=_TIME_LIMIT):
                    return term
            except TimeoutError:
                log.warning(tr("The expression {term} of the blocklist takes too long.", term=term))
        return None


def read_terms(path: Path) -> Iterator[str]:
    """Yield the terms of a file.

    Raises:
        MisconfiguredError: it cannot be read, or a line of it is no expression.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise MisconfiguredError(
            tr("The blocklist {path} cannot be read: {error}.", path=path, error=error)
        ) from error
    for number, line in enumerate(lines, 1):
        term = line.partition("#")[0].strip() if not line.startswith("/") else line.strip()
        if not term:
            continue
        if wrong := problem(term):
            raise MisconfiguredError(
                tr(
                    "Line {number} of the blocklist {path} {wrong}.",
                    number=number,
                    path=path,
                    wrong=wrong,
                )
            )
        yield term


def problem(term: str) -> str | None:
    """Return what is wrong with a term, in words that can stand after it, or None."""
    expression = _expression(term)
    if not (expression or _LETTERS.search(term)):
        return tr("holds no letter: write a term, or an expression between two slashes")
    try:
        regex.compile(expression or "")
    except regex.error as error:
        return tr("is no regular expression: {error}", error=error)
    return None


def _expression(term: str) -> str:
    """Return the expression that stands between a term's slashes, or nothing."""
    return term[1:-1] if len(term) > 1 and term.startswith("/") and term.endswith("/") else ""


def _pattern(term: str) -> str:
    folded = fold(term)
    if not _LATIN.fullmatch(folded):
        return _JOINED.join(regex.escape(letter) + "+" for letter in _LETTERS.findall(folded))
    is_beginning = folded.endswith("*")
    words = ["".join(map(_drawn_out, word)) for word in folded.rstrip("*").split()]
    whole = r"[^\p{L}\p{N}]+".join(words)
    patterns = [whole + ("" if is_beginning else f"(?!{_WORD})")]
    letters = _LETTERS.findall(folded)
    if len(letters) >= _SHORTEST:
        apart = _APART.join(map(_drawn_out, letters))
        patterns.append(f"{apart}(?!{_WORD})")
    return f"{_BORDER}(?:{'|'.join(patterns)})"


def _drawn_out(letter: str) -> str:
    alike = regex.escape(_LEET.get(letter, letter))
    return rf"(?:[{alike}]\p{{M}}*)+" if _LETTERS.match(letter) else ""


def _stands(term: str, text: str, found: "regex.Match[str]") -> bool:
    """Return whether a term that was found stands by itself, as far as its script can tell."""
    if not _KANA.fullmatch(term):
        return True
    before, after = text[: found.start()][-1:], text[found.end() :][:1]
    if _KATAKANA.fullmatch(text, *found.span()):
        return not (_BESIDE.match(before) or _BESIDE.match(after))
    return not (_BEFORE.match(before) or _AFTER.match(after))
