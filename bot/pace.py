"""How long people need to read. Pure."""

import regex

_UNSPACED = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}]")

_UNSPACED_A_SECOND = 7.0
"""Japanese subtitles are set for 4 characters a second of speech; viewers of a short, large text
read faster than they listen."""
_LETTERS_A_SECOND = 17.0
"""What broadcasters allow for English subtitles."""
_NOTICE = 0.8
_LONGEST = 15.0


def reading_seconds(text: str) -> float:
    """Return how many seconds a viewer needs for a text, from noticing it to its last word."""
    unspaced = len(_UNSPACED.findall(text))
    letters = len(text) - unspaced
    return min(_LONGEST, _NOTICE + unspaced / _UNSPACED_A_SECOND + letters / _LETTERS_A_SECOND)
