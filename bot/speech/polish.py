"""Takes out of a sentence what belongs to writing and not to speech."""

from collections.abc import Sequence

import regex

_RULE = regex.compile(r"^\s*(?:[-=*_]{3,}|```\w*)\s*$")
_HEADING = regex.compile(r"^\s*(?:#{1,6}\s+|[-*•・]\s+|>\s+|\d{1,2}[.)]\s+)")
_LINK = regex.compile(r"!?\[([^\]\n]{0,200})\]\([^)\n]{0,500}\)")
_STRONG = regex.compile(r"(\*\*|__|~~|`+)(?=\S)(.+?)(?<=\S)\1")
_EMPHASIS = regex.compile(r"\*([^\s*]+)\*|(?<!\w)_(?=\w)([^_]+)(?<=\w)_(?!\w)")
_DIRECTION = regex.compile(r"\*(?=\S)[^*]{1,200}(?<=\S)\*")
# *waves* Hello! 　*手を振る*こんにちは。 But not: *Never* say that. *Wow*!
_OPENING = regex.compile(r"^\s*\*(?=\S)(?:(?!\p{Lu})[^*]+|[^*]+(?=\*\s+\P{Ll}))(?<=\S)\*(?!\p{P})")
_LEFTOVER = regex.compile(r"(?<!\d ?)\*+|\*+(?! ?\d)|`+|^_+|_+$")
_CONTROL = regex.compile(r"[\p{Cc}\p{Cs}\p{Co}\p{Bidi_Control}]+")
_SPACES = regex.compile(r"\s+")


def polish(sentence: str, names: Sequence[str]) -> str:
    """Return the sentence as it is spoken, or an empty string where nothing is left of it.

    Markdown, asterisk stage directions, control characters, and before a colon one of the speaker's
    own ``names`` are taken out.
    """
    if _RULE.match(sentence):
        return ""
    text = _CONTROL.sub(" ", sentence)
    text = _HEADING.sub("", text)
    text = _LINK.sub(r"\1", text)
    text = _STRONG.sub(r"\2", text)
    if _DIRECTION.fullmatch(text.strip()):
        return ""
    text = _OPENING.sub("", text)
    text = _EMPHASIS.sub(r"\1\2", text)
    text = _DIRECTION.sub(" ", text)
    text = _LEFTOVER.sub("", text)
    text = regex.sub(r"^\W{0,3}(?i:\L<names>)\W{0,3}[:：]", "", text, names=names)
    return _SPACES.sub(" ", text).strip()
