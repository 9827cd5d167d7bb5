"""Makes a stream of characters harmless and short: no controls, no long blanks, no endless runs."""

import html

import regex

_RUN = 8
"""How often a character may stand in a row: enough for a long cry, ``ああああ！！``."""
_DIGITS = 16
"""The same for a digit: large numbers are full of noughts."""

# What half a character or a broken one becomes, and what cannot be seen: it may hide a special
# token. The escape character stays, for ``ThinkingFilter`` knows what begins with it.
_UNSEEN = regex.compile(
    r"[[\p{Cc}\p{Cs}\p{Co}\p{Cn}\p{Bidi_Control}\u00ad\u200b\u2060-\u2064\ufeff\ufffd]--[\s\x1b]]+",
    regex.VERSION1,
)
_LINE_END = regex.compile(r"[\n\v\f\r\x1c-\x1e\x85\u2028\u2029]")
_BLANK = regex.compile(r"[^\S\n]+")
_LINES = regex.compile(r"\n\s+")
_LONG_RUN = regex.compile(rf"([^\s\d])\1{{{_RUN},}}|(\d)\2{{{_DIGITS},}}")
# In a word, a joiner or the style of an emoji only hides what the word is.
_JOINER = regex.compile(r"(?<=[A-Za-z<>/|_\[\]＜＞])[\u200c\u200d\ufe00-\ufe0f]+")
# Models that were trained on pages write characters as pages do.
_ENTITY = regex.compile(
    r"&(?:lt|gt|amp|quot|apos|nbsp|hellip|mdash|ndash|lsquo|rsquo|ldquo|rdquo"
    r"|\#[0-9]{1,6}|\#[xX][0-9a-fA-F]{1,5});"
)
_UNFINISHED = regex.compile(r"&(?:\#?[0-9a-zA-Z]{0,7})?$")
_PLAIN = regex.compile(r"[ -%\'-~\p{Han}\p{Hiragana}\p{Katakana}、。！？]")


class Normaliser:
    """Feed it text as it comes; chunks make no difference to what it returns."""

    def __init__(self) -> None:
        self._tail = ""
        """The last of what was returned, with which what comes may form a run."""
        self._held = ""
        """What may become an entity."""

    def feed(self, piece: str) -> str:
        """Return the text without what cannot be seen, with its blanks and runs shortened."""
        last = self._tail[-1:]
        if len(piece) == 1 and not self._held and last not in (piece, "\n") and _PLAIN.match(piece):
            self._tail = self._tail[1 - _DIGITS :] + piece
            return piece
        text, self._held = self._held + piece, ""
        if unfinished := _UNFINISHED.search(text):
            text, self._held = text[: unfinished.start()], unfinished.group()
        return self._normalised(text)

    def close(self) -> str:
        """Return what was held back only for want of more text."""
        text, self._held = self._held, ""
        return self._normalised(text)

    def _normalised(self, text: str) -> str:
        text = _LINE_END.sub("\n", _UNSEEN.sub("", _ENTITY.sub(_decoded, text)))
        text = _JOINER.sub("", self._tail + text)
        text = _LINES.sub("\n", _BLANK.sub(" ", text))
        text = _LONG_RUN.sub(_shortened, text)
        fresh = text[len(self._tail) :]
        self._tail = text[-_DIGITS:]
        return fresh


def _decoded(entity: "regex.Match[str]") -> str:
    return html.unescape(entity.group())


def _shortened(run: "regex.Match[str]") -> str:
    return run.group()[: _RUN if run[1] else _DIGITS]
