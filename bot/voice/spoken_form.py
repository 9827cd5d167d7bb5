"""What is said of what is shown. Pure."""

from collections.abc import Mapping

import emoji
import regex

from bot.language import Code

_BRACKETED = regex.compile(r"\[[^\]\n]{1,12}\]")
_KAOMOJI = regex.compile(r"[(（][^()（）\p{Han}\p{Latin}]{2,12}[)）][ノﾉσゞ♪☆彡]*")
_EMOTICON = regex.compile(
    r"(?<![\p{L}\p{N}])(?:[:;=]-?[()DPpOo3|*]+|<3+|\^[_.o-]?\^|[>T;][_.][<T;]|\\o/|orz)(?![\p{L}\p{N}])"
)
_LINK = regex.compile(r"https?://[!-~]+|www\.[!-~]+")
_GRASS = regex.compile(r"草{2,}")
_TIME = regex.compile(r"(?<![\d:])(?P<hour>\d{1,2}):(?P<minute>\d{2})(?![\d:])")
_ORNAMENT = regex.compile(r"[_*★☆♪♡♥＊@＠]+")
_LAUGH = regex.compile(r"(?<![\p{Latin}\p{N}])[wｗWＷ]+(?![\p{Latin}\p{N}])")
_GROUPED = regex.compile(r"(?<=\d)[,，](?=\d{3}(?!\d))")
_SUM = regex.compile(r"(?P<sign>[¥￥$＄€£])\s?(?P<sum>\d+(?:\.\d+)?)")
_MARKS = regex.compile(r"[！!？?]{2,}")
_WAVE = regex.compile(r"[〜～~]+")
_SAYS = regex.compile(r"[\p{L}\p{N}]")
_PAUSE = regex.compile(r"[、，；：。！？…!?]+|[,;:.—](?=\s)")
_SHORT = 5
"""Letters that are no clause yet."""

_CURRENCIES: Mapping[Code, Mapping[str, str]] = {
    "ja": {"¥": "円", "￥": "円", "$": "ドル", "＄": "ドル", "€": "ユーロ", "£": "ポンド"},
    "en": {
        "¥": " yen",
        "￥": " yen",
        "$": " dollars",
        "＄": " dollars",
        "€": " euros",
        "£": " pounds",
    },
}
_LAUGHTER: Mapping[Code, str] = {"ja": "わら", "en": ""}
_LINKS: Mapping[Code, str] = {"ja": "リンク", "en": "a link"}
_TIMES: Mapping[Code, str] = {"ja": r"\g<hour>時\g<minute>分", "en": r"\g<0>"}


def spoken(text: str, language: Code, dictionary: Mapping[str, str] | None = None) -> str:
    """Return a sentence as it is said aloud; empty where there is nothing to say in it.

    Args:
        text: as it is shown.
        language: which decides how sums and laughter are said.
        dictionary: how the streamer wants words to be said.
    """
    if dictionary:
        longest_first = sorted(map(regex.escape, dictionary), key=len, reverse=True)
        words = regex.compile("|".join(longest_first))
        text = words.sub(lambda found: dictionary[found[0]], text)
    text = _BRACKETED.sub(lambda found: found[0][1:-1], text)
    text = _LINK.sub(_LINKS[language], text)
    text = _EMOTICON.sub("", _KAOMOJI.sub("", emoji.replace_emoji(text, "")))
    text = _ORNAMENT.sub(" ", _GRASS.sub("くさ", text))
    text = _LAUGH.sub(_LAUGHTER[language], text)
    text = _TIME.sub(_TIMES[language], _GROUPED.sub("", text))
    units = _CURRENCIES[language]
    text = _SUM.sub(lambda found: found["sum"] + units[found["sign"]], text)
    text = _WAVE.sub("ー" if language == "ja" else " ", text)
    text = _MARKS.sub(lambda found: "？" if "？" in found[0] else found[0][0], text).strip()
    return text if _SAYS.search(text) else ""


def clauses(text: str) -> tuple[str, ...]:
    """Return the first clause of what is said, and the rest of it; all of it where it is short."""
    for pause in _PAUSE.finditer(text):
        parts = text[: pause.end()].strip(), text[pause.end() :].strip()
        if all(len(_SAYS.findall(part)) >= _SHORT for part in parts):
            return parts
    return (text,)


def read_dictionary(text: str) -> dict[str, str]:
    """Return what a file says of how words are said: ``word = reading`` in each line.

    Lines that begin with ``#``, and those that say nothing, are left out.
    """
    pairs = (line.partition("=") for line in text.splitlines() if not line.startswith("#"))
    return {word.strip(): reading.strip() for word, sign, reading in pairs if word.strip() and sign}
