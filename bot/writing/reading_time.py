"""How long people need to read. Pure."""

from collections.abc import Iterable
from itertools import islice

import regex

from bot.chat import Comment
from bot.language import ENGLISH, JAPANESE

_GRAPHEME = regex.compile(r"\X")
_DENSE = regex.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}ー\p{Extended_Pictographic}\p{Regional_Indicator}]"
)
_HANGUL = regex.compile(r"\p{Hangul}")

_HANGUL_A_SECOND = 12.0
"""Netflix's rule for subtitles: https://sublingo.cc/guides/subtitle-specs-by-language."""
_NOTICE = 0.8
"""To see that there is something new. No subtitle is shorter than 5/6 of a second:
https://partnerhelp.netflixstudios.com/hc/en-us/articles/215758617."""
_LONGEST = 30.0
"""What the longest sentence that ``bot.speech`` lets through takes; nothing waits longer."""

_COMMENTS = 3
_LINE = 5.0
"""Of a comment viewers see a line, and of one that was paid for all of it; of several the paid ones
first, and only a few. The others are counted."""


def reading_seconds(text: str) -> float:
    """Return how many seconds a viewer needs for a text, from noticing it to its last word."""
    return min(_LONGEST, _NOTICE + sum(map(_seconds, _GRAPHEME.findall(text))))


def comments_seconds(comments: Iterable[Comment]) -> float:
    """Return how many seconds a viewer needs for what is shown of the comments answered."""
    shown = sorted(comments, key=lambda comment: not comment.is_paid)
    return sum(
        reading_seconds(comment.text)
        if comment.is_paid
        else min(_LINE, reading_seconds(comment.text))
        for comment in islice(shown, _COMMENTS)
    )


def _seconds(grapheme: str) -> float:
    if _DENSE.match(grapheme):
        return 1 / JAPANESE.reading_speed
    return 1 / (_HANGUL_A_SECOND if _HANGUL.match(grapheme) else ENGLISH.reading_speed)
