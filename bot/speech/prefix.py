"""Takes away what a model writes in front of its lines: whose turn it is, and others' turns."""

from collections.abc import Sequence
from functools import lru_cache

import regex

from bot.language import LANGUAGES

# Models mix the languages up: those of all are looked for, whatever the character speaks.
_OWN = [name for language in LANGUAGES.values() for name in language.own]
_OTHERS = [name for language in LANGUAGES.values() for name in language.others]
_STANDING = "|".join(word for language in LANGUAGES.values() for word in language.standings)
"""What tells a line of our prompt, ``[viewer] taro: hi``, from a tag."""

_OTHERS_LIMIT = 300
"""Characters of a line that are held back until the next one tells whose it is."""
_TAIL = r"[*_~`\"”」』)）\]】 ]{0,4}"


def _no_turn(closing: str) -> str:
    """Return what makes sure that no name or role is in the brackets, as in ``[Botan]: Hello``."""
    return rf"(?![*_ ]{{0,3}}(?i:\L<own>|\L<others>){_TAIL}[:：\{closing}])"


# A match is final: no alternative may match the beginning of what another one would match.
_PATTERN = rf"""
    (?P<blank>\s)
  | (?P<echo>\[(?!(?i:\L<own>)\])
      [^\[\]\n]{{0,60}}(?<![A-Za-z])(?i:{_STANDING})[^\[\]\n]{{0,60}}\])
  | (?P<aside>
      \[{_no_turn("]")}[^\[\]\n]{{1,90}}\] | 【{_no_turn("】")}[^【】\n]{{1,40}}】
    | \({_no_turn(")")}[^()\n]{{1,40}}\) | （{_no_turn("）")}[^（）\n]{{1,40}}）
    | <[^<>\n]{{1,40}}> | \*{_no_turn("*")}[^\s*][^*\n]{{0,40}}\*
    )
  | (?P<own>[\#*_~`>"“「『(（\[【]{{0,4}}[ ]?[*_]{{0,2}}(?i:\L<own>){_TAIL}[:：])
  | (?P<wrapper>(?i:\L<own>)\s?[「『“"])
  | (?P<other>[\#*_~`>"]{{0,4}}[ ]?[*_]{{0,2}}(?i:\L<others>)[*_~`" ]{{0,4}}[:：])
"""


class PrefixFilter:
    """Feed it text as it comes; what it returns is what the character says itself.

    In front of a line the character's names and the roles of chat formats are taken away, with a
    colon (``Botan: Hello.``) or the quotation mark that opens the speech (``牡丹「こんばんは。``).
    A line that repeats one of the prompt (``[viewer] taro: hi``) is taken away whole, and so is one
    that gives another's turn (``User: hi``), where the character's follows it (``Wren: hi``). With
    none behind it ``Comment: thank you!`` is what the character says.

    Args:
        names: what the character is called.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self._pattern = _pattern(tuple(names))
        self.echoes = 0
        """Lines that were taken away whole."""
        self._begins = True
        """Whether nothing but tags and stage directions has come of this line."""
        self._echoes = False
        """Whether the line repeats one of the prompt, unless one of the names follows."""
        self._skips = False
        self._others: list[str] | None = None
        """A line that may be another's turn, until the next one tells."""
        self._held = ""

    def feed(self, piece: str) -> str:
        """Return what is certain to be the character's own after this piece."""
        if not (self._begins or self._skips or self._others is not None or "\n" in piece):
            return piece
        return self._read(self._held + piece, last=False)

    def close(self) -> str:
        """Return what was held back only for want of more text."""
        return self._read(self._held, last=True) + self._release()

    def _read(self, text: str, *, last: bool) -> str:
        own: list[str] = []
        self._held = ""
        while text:
            if not self._begins:
                text = self._read_line(text, own)
                continue
            match = self._pattern.match(text, partial=not last)
            if match is not None and match.partial:
                self._held = text
                break
            if match is None:
                own.append(self._release())
                self._begin(skipping=self._echoes)
            else:
                text = text[match.end() :]
                self._take(match, own)
        return "".join(own)

    def _read_line(self, text: str, own: list[str]) -> str:
        """Take the rest of a line, and return what follows it."""
        line, newline, rest = text.partition("\n")
        if self._others is not None:
            self._others += [line, newline]
            if sum(map(len, self._others)) > _OTHERS_LIMIT:
                own.append(self._release())
        else:
            own += [newline] if self._skips else [line, newline]
        if newline:
            self._begins, self._skips = True, False
        return rest

    def _take(self, match: "regex.Match[str]", own: list[str]) -> None:
        """Take what stands in front of a line."""
        kind = match.lastgroup
        if kind == "blank":
            (own if self._others is None else self._others).append(match.group())
        elif kind in {"own", "wrapper"}:
            self.echoes += self._others is not None
            self._others = None
            self._begin(skipping=False)
        else:
            own.append(self._release())
            if kind == "aside":
                own.append(match.group())
            elif kind == "echo":
                self._echoes = True
            else:
                self._others = [match.group()]
                self._begin(skipping=False)

    def _release(self) -> str:
        """Return the line that was held: it is the character's own."""
        line, self._others = "".join(self._others or ()), None
        return line

    def _begin(self, *, skipping: bool) -> None:
        self._begins, self._echoes = False, False
        self._skips = skipping
        self.echoes += skipping


@lru_cache(maxsize=8)
def _pattern(names: tuple[str, ...]) -> "regex.Pattern[str]":
    return regex.compile(_PATTERN, regex.VERBOSE, own=[*names, *_OWN], others=_OTHERS)
