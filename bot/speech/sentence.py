"""Cuts a stream of text into sentences, Japanese and English alike, as early as is certain."""

from collections.abc import Iterator
from dataclasses import dataclass

import regex

from bot.speech.abbreviation import abbreviates, may_abbreviate

_LIMIT = 200
"""Characters after which a sentence is cut at the best place: nobody reads more at once."""
_ASIDE_LIMIT = 80
"""Characters within which a bracket must be closed, or it was none: a smiley, a slip."""
_STANDS_ALONE = 20
"""How wide a clause must be to be worth reading by itself: so many Latin letters, or eight
Japanese characters. ``Oh, taro,`` and ``太郎さん、`` are not."""
_WIDTH = 2.5
"""Of a Japanese character, in Latin letters."""
_MORE, _NOWHERE = -1, 0

_QUOTE_ENDS = "」』"
_UNSPACED_LETTERS = r"\p{Han}\p{Hiragana}\p{Katakana}ー"
_EMOJI = r"(?:\p{Extended_Pictographic}[\p{M}\p{Emoji_Modifier}\u200d]*|\p{Regional_Indicator})"
_EMOJIS = rf"{_EMOJI}*(?:[ \u3000]+{_EMOJI}+)*"
_LAUGH = r"(?:[wｗ]+(?!\p{Latin})|笑(?!\p{L})|[（(](?:[爆苦]?笑|[泣汗照])[)）])"
_CLOSERS = r"(?:[」』）】〉》\)\]\"'”’♪♫☆★~〜～]|\*\*|__)"
_TAIL = rf"{_CLOSERS}*{_LAUGH}?{_CLOSERS}*{_EMOJIS}"
_END = regex.compile(
    rf"""
      (?P<newline>\n)
    | (?P<full>[。！？‼⁇⁈⁉]+{_TAIL})
    | (?P<half>(?:\.{{3,}}|…+|[.!?]+){_TAIL})
    | (?P<soft>(?<=[{_UNSPACED_LETTERS}〜～])(?:[♪♫☆★♡♥〜～]+|{_LAUGH}){_EMOJIS})
    | (?P<clause>[、，]+|[,;]|(?<!:[\w+-]+):|(?<=[ ])[—–])
    | (?P<open>[「『])
    | (?P<close>[」』])
    | (?P<quote>["“”])
    | (?P<aside>(?<![:;=]-?)[(（]|[\[［【]|(?<![*\w--[{_UNSPACED_LETTERS}]])\*(?=[^\s*]|$))
    """,
    regex.VERBOSE | regex.VERSION1,
)
_TELLS = regex.compile(r"[\n。！？‼⁇⁈⁉.…!?♪♫☆★♡♥〜～wｗ笑、，,;:—–「『」』\"“”(（\[［【*]")
"""What ``_END`` can begin with; between two of these there is nothing to look for."""
_CLOSING = {
    **dict.fromkeys("(（", regex.compile(r"[)）\n]")),
    **dict.fromkeys("[［【", regex.compile(r"[\]］】\n]")),
    "*": regex.compile(r"(?<=\S)\*|\n"),
}
_UNSPACED = regex.compile(rf"[{_UNSPACED_LETTERS}]")
_GOES_ON = regex.compile(r"[はがをにのでもとへや、。！？…,.!?)）」』]")
_QUOTES = regex.compile(r"って|という|とか|なんて|と[言思聞いゆ]")
"""What a mark in mid-sentence is quoted with: わあっ！という声."""
_RUNS_ON = regex.compile(r"(?:in|on|at|of|for|from|with|to|by|is|was|has|had|and|or|as|than)\s")
"""What a mark in a name is followed by: Yahtzee! in the kitchen."""
_SOFT = regex.compile(r"[、，]|\s")
_ENDS = ".!?。！？‼⁇⁈⁉…"
_PLAIN_END = regex.compile(
    rf"""
      [{_UNSPACED_LETTERS}][。！？]$
    | (?<![\p{{L}}\p{{N}}.'’@/-])(?!(?i:approx|feat|prof|etc|vol|fig|ver|nos)\b)\p{{Ll}}{{3,}}[.!?]$
    """,
    regex.VERBOSE | regex.VERSION1,
)
"""A whole word and one mark. No number, abbreviation or address goes on after it."""
_GRAPHEME = regex.compile(r"\X")
_LETTER = regex.compile(r"[\p{L}\p{N}]")
_HALF_TAIL = regex.compile(r"[*_]?|[（(](?:[爆苦]?笑?|[泣汗照])|\s-")
_HALF_QUOTED = regex.compile(r"[とっな]|とい|なん")
_HALF_WORD = regex.compile(r"\s\p{L}{1,6}")
_DASH = regex.compile(r"\s(?:--|—|–)\s")
_CLOSED = regex.compile(r"[)\]\"'”’]")


@dataclass(slots=True)
class _Scan:
    """How far a sentence has been looked through, and what is open there: nothing is read twice."""

    position: int = 0
    depth: int = 0
    """Of Japanese quotation marks."""
    quoted: bool = False
    """Within Western ones."""
    aside: tuple[int, int] = (0, 0)
    """The last piece in brackets."""
    spoken: str = ""
    """What stands before that, outside of any other."""


class SentenceSplitter:
    """Feed it text as it comes; it yields every sentence that is certainly complete.

    What stands in brackets or between asterisks is one piece: a stage direction or a tag is never
    cut, nor given away before it is known to be one.

    While ``eager``, the border of a clause that can stand alone (``、``, or ``, ; : —`` and a
    blank) ends a sentence too. A slow model takes three seconds for a sentence of 25 tokens, and
    until the first one is there viewers look at an empty stage; after that they have something to
    read while it writes. ``bot.text.join`` puts such pieces together again without a seam. So does
    a mark after a plain word, without a look at what follows it: that would cost a whole token,
    120 ms at 8.5 a second. So what such a mark goes on with (``?!``, ``...``) is left out, and an
    emoji after it begins the next piece.
    """

    def __init__(self, *, eager: bool = False) -> None:
        self.eager = eager
        self._held = ""
        self._scan = _Scan()
        self._waits = False
        """Whether any further text may tell what a mark means that has come already."""
        self._hasty = False
        """Whether the last sentence was given away with the mark that may not be whole yet."""

    def feed(self, text: str) -> Iterator[str]:
        """Yield the sentences that end within what has come so far, stripped and not empty."""
        self._held += text
        self._complete()
        if self._waits or len(self._held) > _LIMIT or _TELLS.search(text):
            yield from self._cut(last=False)

    def close(self) -> Iterator[str]:
        """Yield what is left, which the end of the stream makes complete."""
        yield from self._cut(last=True)
        rest, self._held = self._held.strip(), ""
        if rest:
            yield rest

    def _cut(self, *, last: bool) -> Iterator[str]:
        # Blanks between sentences must not count, or the limit would depend on where chunks end.
        self._held = self._held.lstrip()
        while (end := self._boundary(last=last)) > 0:
            sentence, self._held = self._held[:end].rstrip(), self._held[end:]
            self._complete()
            self._held = self._held.lstrip()
            self._scan = _Scan()
            yield sentence
        self._waits = end == _MORE

    def _complete(self) -> None:
        """Leave out what the last mark went on with."""
        if self._hasty:
            self._held = self._held.lstrip(_ENDS)
            self._hasty = not self._held

    def _boundary(self, *, last: bool) -> int:
        """Return where the first sentence ends, ``_NOWHERE``, or ``_MORE`` where more may tell."""
        text, scan = self._held, self._scan
        for match in _END.finditer(text, scan.position):
            end = match.end()
            if self._is_plain_end(match):
                self._hasty = True
                return match.start() + 1
            if end > _LIMIT:
                break
            if end >= scan.aside[1]:
                found = self._judge(match, last=last)
                if found != _NOWHERE:
                    return found
            scan.position = end
        return _soft_boundary(text) if len(text) > _LIMIT else _NOWHERE

    def _judge(self, match: "regex.Match[str]", *, last: bool) -> int:
        """Return the end of a mark where a sentence ends with it, else as ``_boundary``."""
        text, scan = self._held, self._scan
        kind, start, end = match.lastgroup, match.start(), match.end()
        if kind == "newline":
            return end
        if kind == "open":
            scan.depth += 1
        elif kind == "close":
            scan.depth = max(0, scan.depth - 1)
        elif kind == "quote":
            scan.quoted = match.group() != "”" and not scan.quoted
        elif kind == "aside":
            closed = _closed(text, start, last=last)
            if closed > 0:
                scan.spoken += text[scan.aside[1] : start]
                scan.aside = (start, closed)
            return min(closed, _NOWHERE)
        elif kind != "clause" or self.eager:
            if not last and not _is_settled(text, match):
                return _MORE
            return self._weigh(match)
        return _NOWHERE

    def _is_plain_end(self, match: "regex.Match[str]") -> bool:
        """Whether hardly anything that follows could make this mark less than an end."""
        scan, start = self._scan, match.start()
        if not self.eager or scan.depth or scan.quoted or not scan.aside[1] <= start < _LIMIT:
            return False
        clause = scan.spoken + self._held[scan.aside[1] : start]
        if _DASH.search(self._held, 0, start):
            return False
        return _PLAIN_END.search(self._held, 0, start + 1) is not None and _stands_alone(clause)

    def _weigh(self, match: "regex.Match[str]") -> int:
        text, scan = self._held, self._scan
        start, end = match.start(), match.end()
        scan.depth = max(0, scan.depth - sum(map(match.group().count, _QUOTE_ENDS)))
        inner = start < scan.aside[1] and scan.aside[0] > 0
        if scan.depth:
            return _NOWHERE
        if match.lastgroup != "clause" and _ends_sentence(text, match, inner=inner):
            return end
        hasty = self.eager and not (scan.quoted or inner) and _ends_clause(text, match)
        if hasty and _stands_alone(scan.spoken + text[scan.aside[1] : start]):
            return end
        return _NOWHERE


def _closed(text: str, start: int, *, last: bool) -> int:
    """Return where the bracket that opens at ``start`` is closed, ``_NOWHERE`` or ``_MORE``."""
    limit = start + _ASIDE_LIMIT
    if match := _CLOSING[text[start]].search(text, start + 1, limit):
        return _NOWHERE if match.group() == "\n" else match.end()
    return _NOWHERE if last or len(text) >= limit else _MORE


def _is_settled(text: str, match: "regex.Match[str]") -> bool:
    """Whether more text can no longer change what a mark means."""
    mark, rest = match.group(), text[match.end() :]
    if "\n" in rest:
        return True
    if match.lastgroup == "full" and _HALF_QUOTED.fullmatch(rest):
        return False
    begins_word = _HALF_WORD.fullmatch(rest) is not None
    if begins_word and (mark == "!" and rest[1].islower()):
        return False
    if begins_word and mark == "." and may_abbreviate(text, match.end()):
        return False
    return not (rest.isspace() or _HALF_TAIL.fullmatch(rest))


def _ends_sentence(text: str, match: "regex.Match[str]", *, inner: bool) -> bool:
    """Whether a sentence ends with a mark; ``inner`` is one at the end of brackets within it."""
    mark, end = match.group(), match.end()
    following = text[end : end + 1]
    spaced = not following or following.isspace()
    if match.lastgroup == "full":
        if _QUOTES.match(text, end):
            return False
        # 「いい天気だね。」と言った。 goes on after its quotation, うち（狐!）は likewise.
        # "いいね。"と言った。 likewise, where a particle follows.
        quoted = inner or mark.endswith(tuple(_QUOTE_ENDS))
        quoted = quoted or (mark.endswith(('"', "”")) and bool(_GOES_ON.match(following)))
        return not quoted or spaced or following in "「『"
    if match.lastgroup == "soft":
        return spaced or _ends_softly(mark, following)
    if spaced:
        return _ends_before_blank(text, match)
    if _trails_off(mark) or not _UNSPACED.match(following):
        return False
    return mark[0] != "." or _UNSPACED.match(text[: match.start()][-1:]) is not None


def _ends_softly(mark: str, following: str) -> bool:
    if mark[0] in "（(":
        return not _GOES_ON.match(following)
    return mark[0] in "♪♫wｗ" and _UNSPACED.match(following) is not None


def _ends_before_blank(text: str, match: "regex.Match[str]") -> bool:
    mark, end = match.group(), match.end()
    goes_on = text[end:].lstrip()[:1].islower()
    if mark == ".":
        return not abbreviates(text, end)
    rest = text[end:].lstrip()
    if rest.startswith(("--", "—", "–")) or (mark == "!" and _RUNS_ON.match(rest)):
        return False
    return not (goes_on and (_trails_off(mark) or _CLOSED.search(mark)))


def _ends_clause(text: str, match: "regex.Match[str]") -> bool:
    mark, end = match.group(), match.end()
    before, following = text[: match.start()][-1:], text[end : end + 1]
    if match.lastgroup == "clause":
        listed = before.isdigit() and text[end:].lstrip()[:1].isdigit()
        if mark[0] in "、，":
            return not listed
        return following.isspace() and not listed
    return mark[0] == "…" and bool(_UNSPACED.match(before) and _UNSPACED.match(following))


def _stands_alone(clause: str) -> bool:
    letters = len(_LETTER.findall(clause))
    wide = len(_UNSPACED.findall(clause))
    return letters + (_WIDTH - 1) * wide >= _STANDS_ALONE


def _trails_off(mark: str) -> bool:
    return mark.startswith(("…", "..."))


def _soft_boundary(text: str) -> int:
    """Return the last comma or space within the limit, or else the last whole character."""
    pattern = _SOFT if _SOFT.search(text, 0, _LIMIT) else _GRAPHEME
    # One character more, because what stands at the very end might not be whole yet.
    ends = [match.end() for match in pattern.finditer(text, 0, _LIMIT + 1)]
    return max((end for end in ends if end <= _LIMIT), default=_LIMIT)
