"""Cuts a stream of text into sentences, Japanese and English alike, as early as is certain."""

from collections.abc import Iterator

import regex

_LIMIT = 200
"""Characters after which a sentence is cut at the best place: nobody reads more at once."""

_QUOTE_ENDS = "」』"
_CLOSERS = r"[」』）】〉》\)\]\"'”’♪☆★~〜]"
_EMOJI = r"(?:\p{Extended_Pictographic}[\p{M}\p{Emoji_Modifier}\u200d]*|\p{Regional_Indicator})"
_END = regex.compile(
    rf"""
      (?P<newline>\n)
    | (?P<full>[。！？‼⁇⁈⁉]+{_CLOSERS}*{_EMOJI}*)
    | (?P<half>(?:\.{{3,}}|…+|[.!?]+){_CLOSERS}*{_EMOJI}*)
    | (?P<open>[「『])
    | (?P<close>[」』])
    """,
    regex.VERBOSE,
)
_ABBREVIATION = regex.compile(
    r"(?:^|[\s(\"'“])(?:\p{L}|(?i:dr|mrs?|ms|prof|st|jr|sr|vs|etc|e\.g|i\.e|no|vol|approx|feat"
    r"|[ap]\.m|(?:\p{L}\.)+\p{L}))\.$"
)
_BULLET = regex.compile(r"^\s*\d{1,3}\.$")
_UNSPACED = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}]")
_SOFT = regex.compile(r"[、，]|\s")
_GRAPHEME = regex.compile(r"\X")


class SentenceSplitter:
    """Feed it text as it comes; it returns every sentence that is certainly complete."""

    def __init__(self) -> None:
        self._held = ""

    def feed(self, text: str) -> list[str]:
        """Return the sentences that end within what has come so far, stripped and not empty."""
        self._held += text
        return list(self._cut(last=False))

    def close(self) -> list[str]:
        """Return what is left, which the end of the stream makes complete."""
        sentences = list(self._cut(last=True))
        rest, self._held = self._held.strip(), ""
        return [*sentences, rest] if rest else sentences

    def _cut(self, *, last: bool) -> Iterator[str]:
        # Blanks between sentences must not count, or the limit would depend on where chunks end.
        self._held = self._held.lstrip()
        while (end := _boundary(self._held, last=last)) is not None:
            sentence, self._held = self._held[:end].rstrip(), self._held[end:].lstrip()
            yield sentence


def _boundary(text: str, *, last: bool) -> int | None:
    """Return where the first sentence ends, or None where only more text can tell."""
    depth = 0
    for match in _END.finditer(text):
        end = match.end()
        if end > _LIMIT:
            break
        kind = match.lastgroup
        if kind == "open":
            depth += 1
        elif kind == "close":
            depth = max(0, depth - 1)
        elif kind == "newline":
            return end
        else:
            depth = max(0, depth - sum(map(match.group().count, _QUOTE_ENDS)))
            if not last and not _is_settled(text, match):
                return None
            if depth == 0 and _ends_sentence(text, match):
                return end
    return _soft_boundary(text) if len(text) > _LIMIT else None


def _is_settled(text: str, match: "regex.Match[str]") -> bool:
    """Whether more text can no longer change what this mark means."""
    rest = text[match.end() :]
    return bool(rest.lstrip() if _trails_off(match) else rest)


def _ends_sentence(text: str, match: "regex.Match[str]") -> bool:
    rest = text[match.end() :]
    following = rest[:1]
    if match.lastgroup == "full":
        # 「いい天気だね。」と言った。 goes on after its quotation.
        quoted = match.group().endswith(tuple(_QUOTE_ENDS))
        return not quoted or not following or following.isspace() or following in "「『"
    if _trails_off(match):
        return following.isspace() and not rest.lstrip()[:1].islower()
    mark = match.group()
    if following and not following.isspace():
        return not mark.startswith(".") and _UNSPACED.match(following) is not None
    if mark != ".":
        return True
    before = text[: match.end()]
    return not (_ABBREVIATION.search(before) or _BULLET.search(before))


def _trails_off(match: "regex.Match[str]") -> bool:
    return match.group().startswith(("…", "..."))


def _soft_boundary(text: str) -> int:
    """Return the last comma or space within the limit, or else the last whole character."""
    pattern = _SOFT if _SOFT.search(text, 0, _LIMIT) else _GRAPHEME
    # One character more, because what stands at the very end might not be whole yet.
    ends = [match.end() for match in pattern.finditer(text, 0, _LIMIT + 1)]
    return max((end for end in ends if end <= _LIMIT), default=_LIMIT)
