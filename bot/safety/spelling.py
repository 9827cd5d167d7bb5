"""Spelling: one form for the many ways in which a word is disguised. Pure.

Every character is folded by itself, so that a place in the folded text is the same place in the
text. What takes several characters (letters set apart, drawn out, or written as digits) is left to
the patterns of ``bot.safety.blocklist``.
"""

import unicodedata
from functools import lru_cache

from confusable_homoglyphs import confusables

_GREEK = {"κ": "k", "τ": "t", "η": "n", "ω": "w"}
"""Letters that pass for Latin ones though Unicode does not say so."""
_KANA = {"夕": "た", "口": "ろ", "二": "に", "力": "か", "工": "え", "ハ": "は", "ニ": "に"}
"""Kanji that are taken for kana."""
_KATAKANA = range(ord("ァ"), ord("ヶ") + 1)
_TO_HIRAGANA = ord("ぁ") - ord("ァ")
_JAPANESE = ("HIRAGANA", "KATAKANA", "CJK", "HANGUL")


def fold(text: str) -> str:
    """Return a cleaned text in small letters, without accents, look-alikes and katakana."""
    return "".join(map(_fold, text))


@lru_cache(maxsize=8192)
def _fold(character: str) -> str:
    if character.isascii():
        return character.lower()
    if alike := _KANA.get(character) or _GREEK.get(character):
        return alike
    if ord(character) in _KATAKANA:
        return chr(ord(character) + _TO_HIRAGANA)
    if unicodedata.name(character, "").startswith(_JAPANESE):
        return character
    plain = unicodedata.normalize("NFKD", character)[:1].lower()
    if plain.isascii() and plain.isalnum():
        return plain
    return _looks_like(character) or _looks_like(character.lower()) or character


def _looks_like(character: str) -> str:
    """Return the Latin letter that Unicode calls confusable with a character, or nothing."""
    alike = confusables.confusables_data.get(character, ())
    letters = (one["c"].lower() for one in alike)
    return next((one for one in letters if len(one) == 1 and "a" <= one <= "z"), "")
