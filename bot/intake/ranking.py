"""Which comment is answered first, by plain rules, each with a name. Pure."""

import math
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

import regex

from bot.language import LANGUAGES
from bot.text import clean
from bot.translation import tr, tr_noop

COPY_LENGTH = 30
"""Characters of a form from which on two texts are not the same by chance."""

_COMPARED = 120
"""Characters of a text that are compared with others'; who says the same so far, says the same."""


class Reason(StrEnum):
    """Why a comment stands where it does, in words for the streamer."""

    PAID = tr_noop("paid")
    TIP = tr_noop("small tip")
    """Paid, but so little that it goes before nobody who speaks to the character."""
    NAMED = tr_noop("named")
    """It speaks to the character."""
    FIRST_WORDS = tr_noop("first words")
    """Of a viewer who has not written before, in this show or an earlier one."""
    QUESTION = tr_noop("question")
    OVERLOOKED = tr_noop("not answered for long")
    BARE = tr_noop("bare")
    """Emotes, stamps and laughter, and nothing besides."""
    JUST_ANSWERED = tr_noop("just answered")
    SAID_AGAIN = tr_noop("said again")
    """By the same viewer."""
    COPIED = tr_noop("copied")
    """The same long text from several viewers."""


WEIGHTS = {
    Reason.PAID: 1000.0,
    Reason.TIP: 4.0,
    Reason.NAMED: 4.0,
    Reason.FIRST_WORDS: 3.0,
    Reason.QUESTION: 2.0,
    Reason.OVERLOOKED: 2.0,
    Reason.JUST_ANSWERED: -3.0,
    Reason.BARE: -4.0,
    Reason.SAID_AGAIN: -5.0,
    Reason.COPIED: -8.0,
}
"""What each reason is worth. Each doubling of the viewers who say the same is worth one more."""
_ORDER = list(WEIGHTS)


@dataclass(frozen=True, slots=True)
class Rank:
    """How soon something is to be answered; the higher the score, the sooner."""

    score: float
    reasons: tuple[str, ...]


def weight(reasons: Iterable[Reason]) -> float:
    """Return what several reasons are worth together."""
    return sum(WEIGHTS[reason] for reason in reasons)


def rank(reasons: Collection[Reason], viewers: int = 1) -> Rank:
    """Return the rank of what so many viewers say."""
    score = weight(reasons) + math.log2(viewers)
    told = sorted(reasons, key=_ORDER.index)
    crowd = (tr("{viewers} viewers", viewers=viewers),) if viewers > 1 else ()
    return Rank(score, (*(tr(reason.value) for reason in told), *crowd))


def naming(names: Iterable[str]) -> regex.Pattern[str]:
    """Return a pattern that finds the character's names in a cleaned text.

    Wren is not meant by "wrench", nor ボタン by スタートボタン or 高評価ボタン: what is foreign to
    Japanese is written in katakana, and ends where these do. Kanji may stand at others: 牡丹大好き.
    """
    called = "|".join(regex.escape(clean(name)) for name in names)
    katakana = r"\p{Katakana}"
    return regex.compile(
        r"(?<!\p{Latin}(?=\p{Latin}))"
        rf"(?<![\p{{L}}\p{{N}}--\p{{Hiragana}}](?={katakana}))"
        rf"(?:{called})"
        rf"(?!(?<=\p{{Latin}})\p{{Latin}}|(?<={katakana}){katakana})",
        regex.IGNORECASE | regex.VERSION1,
    )


_ADDRESS = regex.compile(r"https?://\S+|@\w+")
_MARK = regex.compile(r"[\p{L}\p{N}][^\p{L}\p{N}]*\?")


def asks(text: str) -> bool:
    """Return whether a cleaned text, without the character's name, is a question.

    A question mark after a word tells, and without one the end of a Japanese sentence (``ですか``,
    ``かな``, ``っけ``) or the beginning of an English one.
    """
    core = _ADDRESS.sub(" ", text).strip()
    return bool(_MARK.search(core)) or any(language.asks(core) for language in LANGUAGES.values())


# Possessive, so that no text takes long.
_BARE = regex.compile(
    r"""
    (?: :[\w-]+:                                  # a stamp of YouTube's, in words
      | (?i:w|(?:lo)+l|lmf?ao|rofl|xd|(?:ha){2,}h?|kappa|lulw?|omegalul|kekw?|pog(?:gers|champ|u)?)
        (?!\p{Latin}(?<!w))
      | [草笑] | 8{3,}+
      | \b\p{Ll}[\p{Ll}\d]*+\p{Lu}\w*+            # an emote of a channel's own: wrenHype
      | [^\p{L}\p{N}]
    )++
    """,
    regex.VERBOSE,
)


def is_bare(text: str) -> bool:
    """Return whether a cleaned text is emotes, emoji, stamps and laughter, and nothing besides."""
    return bool(_BARE.fullmatch(text))


_HIRAGANA = {katakana: katakana - 0x60 for katakana in range(ord("ァ"), ord("ヶ") + 1)}
# From the end backwards, so that no text takes long.
_TAIL = regex.compile(r"(?r)(?:[^\p{L}\p{N}+<>=]|ー|[っッ]|草|笑|(?<!\p{Latin})w+)+$")
_NOISE = regex.compile(r"[^\p{L}\p{M}\p{N}+<>=]|ー")
_DRAWN_OUT = regex.compile(
    r"""
      (?<=[あかがさざただなはばぱまやらわゃ])[あぁ]+
    | (?<=[いきぎしじちぢにひびぴみり])[いぃ]+
    | (?<=[うくぐすずつづぬふぶぷむゆるゅ])[うぅ]+
    | (?<=[えけげせぜてでねへべぺめれ])[えぇいぃ]+
    | (?<=[おこごそぞとどのほぼぽもよろをょ])[おぉうぅ]+
    """,
    regex.VERBOSE,
)
_REPEATED = regex.compile(r"(\D{1,8}?|8)\1{2,}")
_POLITE = regex.compile(r"ございま(?:す|した)$")
_LAUGHTER = regex.compile(r"[w草笑]+")
_ONE_AFTER_ANOTHER = regex.compile(r"(\X{1,8}?)\1+")


def form(text: str) -> str:
    """Return what a cleaned text has in common with others that say the same.

    Case, katakana, drawn-out vowels, repeats, punctuation, emoji, and laughter at the end make no
    difference, nor does the polite end of a greeting; a question mark at the end does. A text that
    is nothing but these is itself, once: ``草草`` and ``www`` are both ``w``.
    """
    plain = text.casefold()
    tail = _TAIL.search(plain)
    core = plain[: tail.start()] if tail else plain
    core = _NOISE.sub("", core[:_COMPARED].translate(_HIRAGANA))
    core = _POLITE.sub("", _REPEATED.sub(r"\1", _DRAWN_OUT.sub("", core)))
    if not core:
        bare = _LAUGHTER.sub("w", "".join(plain.split()))
        return _ONE_AFTER_ANOTHER.sub(r"\1", bare)
    return f"{core}?" if tail and "?" in tail[0] else core
