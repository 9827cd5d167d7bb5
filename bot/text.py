"""Text from strangers, made harmless and comparable. Pure."""

import unicodedata
from collections.abc import Iterable

import regex

COMMENT_LIMIT = 500
"""Characters of a comment that are kept; Twitch allows 500, YouTube 200."""
NAME_LIMIT = 50
"""Characters of an author's name that are kept."""

_RAW_LIMIT = 8 * COMMENT_LIMIT
# Zero-width joiners and variation selectors hold emoji sequences together; elsewhere they hide.
_INVISIBLE = regex.compile(
    r"(?<!\p{Emoji}\ufe0f?)[\u200d\ufe0f]|(?![\u200d\ufe0f\u{E0020}-\u{E007F}])[\p{Cf}\p{Co}\p{Cn}]".replace(
        r"\u{E0020}", "\U000e0020"
    ).replace(r"\u{E007F}", "\U000e007f")
)
_BLANK = regex.compile(r"[\p{Cc}\p{Z}\u2800\u3164\u115f\u1160]+")
_STACKED_MARKS = regex.compile(r"((?!\ufe0f)\p{M}{2})(?:(?!\ufe0f)\p{M})+")
_RUN = regex.compile(r"(\X)\1{5,}")
_UNSPACED = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}。、！？」』）…ー〜♪]")


def join(sentences: Iterable[str]) -> str:
    """Return sentences as one text: a space between them, but none beside Japanese."""
    text = ""
    for sentence in sentences:
        bare = not text or _UNSPACED.match(text[-1]) or _UNSPACED.match(sentence)
        text += sentence if bare else f" {sentence}"
    return text


def clean(text: str, limit: int = COMMENT_LIMIT) -> str:
    """Return the text on one line, in one spelling, with nothing in it that cannot be seen.

    Lone surrogates, control, bidi and zero-width characters go; compatibility forms (full-width
    Latin, ligatures) become plain ones by NFKC; stacked marks and long runs are shortened; and no
    more than ``limit`` characters stay.
    """
    text = text[:_RAW_LIMIT].encode("utf-8", "ignore").decode()
    text = _BLANK.sub(" ", unicodedata.normalize("NFKC", _BLANK.sub(" ", text)))
    text = _INVISIBLE.sub("", text)
    text = _STACKED_MARKS.sub(r"\1", text)
    text = _RUN.sub(lambda run: run[1] * 5, text)
    return text[:limit].strip()
