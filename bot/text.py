"""Text from strangers, made harmless and comparable. Pure."""

import unicodedata
from collections.abc import Iterable
from itertools import takewhile

import regex

COMMENT_LIMIT = 500
"""Characters of a comment that are kept; Twitch allows 500, YouTube 200."""
NAME_LIMIT = 50
"""Characters of an author's name that are kept."""

_RAW_LIMIT = 8 * COMMENT_LIMIT
_BLANK = regex.compile(r"[\p{Cc}\p{Z}\u2800\u3164\uffa0\u115f\u1160]+")
# All but accents that stand alone, as in the kaomoji (´∀｀) and ¯\_(ツ)_/¯, and the Thai and Lao
# vowel am: NFKC would take these apart.
_NORMALIZED = regex.compile(r"[^¨¯´¸‾￣\u0e33\u0eb3]+")
_HIDDEN = regex.compile(
    r"""
      # What holds an emoji together: the flags of England, Scotland and Wales, the style of an
      # emoji, a keycap, and the joiner within a sequence.
      (?P<kept>
        (?<=\U0001F3F4)
          \U000E0067\U000E0062(?:\U000E0065\U000E006E\U000E0067|\U000E0073\U000E0063\U000E0074
          |\U000E0077\U000E006C\U000E0073)\U000E007F
      | (?<=\p{Extended_Pictographic})\ufe0f
      | (?<=[0-9\#*])\ufe0f(?=\u20e3)
      | (?<=\p{Extended_Pictographic}[\ufe0f\p{Emoji_Modifier}]?)\u200d(?=\p{Extended_Pictographic})
      # What shapes a letter in Persian (after a letter) and in Indic scripts (after a virama).
      | (?<=[\p{Arabic}\p{ccc=9}])[\u200c\u200d](?=\p{L})
      )
    | [\p{Default_Ignorable_Code_Point}\p{Cf}\p{Co}\p{Cn}]
    """,
    regex.VERBOSE,
)
_STACKED_MARKS = regex.compile(r"(\p{M}{4})\p{M}+")  # Burmese has words with four.
_RUN = regex.compile(r"(\X)\1{5,}")
_GRAPHEME = regex.compile(r"\X")
_UNSPACED = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}。、！？」』）…ー〜♪]")


def join(sentences: Iterable[str]) -> str:
    """Return sentences as one text: a space between them, but none beside Japanese."""
    text = ""
    for sentence in sentences:
        bare = not text or _UNSPACED.match(text[-1]) or _UNSPACED.match(sentence)
        text += sentence if bare else f" {sentence}"
    return text


def tokens(text: str) -> int:
    """Estimate, rather high than low, how many tokens of a model a text takes.

    Japanese takes about one token a character and English one for four in the tokenisers of the
    models this is for; one for three bytes of UTF-8 is right for the one, leaves room for unusual
    words in the other, and counts emoji and other scripts for what they take.
    """
    return (len(text.encode("utf-8", "surrogatepass")) + 2) // 3 + 4


def clean(text: str, limit: int = COMMENT_LIMIT) -> str:
    """Return the text on one line, in one spelling, with nothing in it that cannot be seen.

    Lone surrogates, control, bidi and hidden characters go; compatibility forms (full-width Latin,
    ligatures) become plain ones by NFKC; stacked marks and long runs are shortened; and no more
    than ``limit`` characters stay, the last of them whole. Cleaning twice changes nothing more.
    """
    text = _shortened(text, _RAW_LIMIT).encode("utf-8", "ignore").decode()
    # What one step takes out may bring together what another step looks for.
    while (cleaned := _cleaned(text, limit)) != text:
        text = cleaned
    return text


def _cleaned(text: str, limit: int) -> str:
    text = _NORMALIZED.sub(lambda part: unicodedata.normalize("NFKC", part[0]), text)
    text = _HIDDEN.sub(r"\g<kept>", _BLANK.sub(" ", text))
    text = _STACKED_MARKS.sub(r"\1", text)
    text = _RUN.sub(lambda run: run[1] * 5, text)
    return _shortened(text.strip(), limit).strip()


def _shortened(text: str, limit: int) -> str:
    """Return the graphemes, what people see as one character, that fit within the limit."""
    if len(text) <= limit:
        return text
    ends = (grapheme.end() for grapheme in _GRAPHEME.finditer(text))
    return text[: max(takewhile(lambda end: end <= limit, ends), default=limit)]
