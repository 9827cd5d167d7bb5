"""Takes out of a sentence what belongs to writing and not to speech."""

import regex

_RULE = regex.compile(r"^\s*(?:[-=*_]{3,}|```\w*)\s*$")
_HEADING = regex.compile(r"^\s*(?:#{1,6}\s+|[-*•・]\s+|>\s+|\d{1,2}[.)]\s+)")
_LINK = regex.compile(r"!?\[([^\]\n]{0,200})\]\([^)\n]{0,500}\)")
_STRONG = regex.compile(r"(\*\*|__|~~|`+)(?=\S)(.+?)(?<=\S)\1")
_EMPHASIS = regex.compile(r"(?<!\w)_(?=\w)([^_]+)(?<=\w)_(?!\w)")
_EMOTE = regex.compile(r"(?<!\w):[A-Za-z_+][\w+-]{1,40}:", regex.ASCII)
_LEFTOVER = regex.compile(r"(?<!\d ?)\*+|\*+(?! ?\d)|`+|^_+|_+$|\p{Cc}+")
_LOOP = regex.compile(r"(.{2,20}?)\1{7,}")
_QUOTED = regex.compile(r'「[^「」]*」|"[^"]*"|“[^“”]*”')
_SPACES = regex.compile(r"\s+")


def unlink(sentence: str) -> str:
    """Return the sentence with each link as its text; nothing where it is a rule or a fence."""
    return "" if _RULE.match(sentence) else _LINK.sub(r"\1", sentence)


def polish(sentence: str) -> str:
    """Return the sentence as it is spoken, or an empty string where nothing is left of it.

    Markdown, emote codes, and quotation marks round the whole sentence or without a partner are
    taken out; what is said over and over is said five times.
    """
    text = _EMOTE.sub(" ", _HEADING.sub("", sentence))
    text = _EMPHASIS.sub(r"\1", _STRONG.sub(r"\2", text))
    text = _SPACES.sub(" ", _LEFTOVER.sub("", text)).strip()
    text = _unpaired(_LOOP.sub(lambda loop: loop[1] * 5, text))
    if _QUOTED.fullmatch(text):
        text = text[1:-1].strip()
    return text


def _unpaired(text: str) -> str:
    """Return the text without a quotation mark whose partner is in another sentence."""
    for opening, closing in ("「」", "『』", "“”"):
        more = text.count(opening) - text.count(closing)
        if more:
            text = text.replace(opening if more > 0 else closing, "", abs(more))
    if text.count('"') % 2:
        text = text.removeprefix('"') if text.startswith('"') else text.removesuffix('"')
    return text.strip()
