"""How long people need to read. Pure."""

import regex

_GRAPHEME = regex.compile(r"\X")
_DENSE = regex.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}ー\p{Extended_Pictographic}\p{Regional_Indicator}]"
)
_HANGUL = regex.compile(r"\p{Hangul}")

_DENSE_A_SECOND = 7.0
"""Characters of Japanese, and emoji. Subtitles are set for 4, because the picture has to be looked
at as well; people who just read manage 400 to 600 a minute, 7 to 10 a second. Here the text is
large and stays where it is, but there is a game beside it: so the slow readers' pace."""
_HANGUL_A_SECOND = 12.0
_LETTERS_A_SECOND = 17.0
"""Letters, blanks and marks of other scripts. Netflix sets Korean for 12, English for 17 to 20, and
most other languages for 17: https://sublingo.cc/guides/subtitle-specs-by-language."""
_NOTICE = 0.8
"""To see that there is something new. No subtitle is shorter than 5/6 of a second:
https://partnerhelp.netflixstudios.com/hc/en-us/articles/215758617."""
_LONGEST = 30.0
"""What the longest sentence that ``bot.speech`` lets through takes; nothing waits longer."""


def reading_seconds(text: str) -> float:
    """Return how many seconds a viewer needs for a text, from noticing it to its last word."""
    return min(_LONGEST, _NOTICE + sum(map(_seconds, _GRAPHEME.findall(text))))


def _seconds(grapheme: str) -> float:
    if _DENSE.match(grapheme):
        return 1 / _DENSE_A_SECOND
    return 1 / (_HANGUL_A_SECOND if _HANGUL.match(grapheme) else _LETTERS_A_SECOND)
