"""Takes out of a sentence what belongs to writing and not to speech."""

import regex

_RULE = regex.compile(r"^\s*(?:[-=*_]{3,}|```\w*)\s*$")
_HEADING = regex.compile(r"^\s*(?:#{1,6}\s+|[-*•・]\s+|>\s+|\d{1,2}[.)]\s+)")
_LINK = regex.compile(r"!?\[([^\]\n]{0,200})\]\([^)\n]{0,500}\)")
_STRONG = regex.compile(r"(\*\*|__|~~|`+)(?=\S)(.+?)(?<=\S)\1")
_EMPHASIS = regex.compile(r"(?<!\w)_(?=\w)([^_]+)(?<=\w)_(?!\w)")
_EMOTE = regex.compile(r"(?<!\w):[A-Za-z_+][\w+-]{1,40}:", regex.ASCII)
_LEFTOVER = regex.compile(r"(?<!\d ?)\*+|\*+(?! ?\d)|`+|^_+|_+$|\p{Cc}+")
_LEADING = regex.compile(r"^\s*(?:：\s*|:\s+)(?=\p{L})")
_CELLS = regex.compile(r"\s*\|(?P<cells>.*\|.*)\|?\s*")
_LOOP = regex.compile(r"(.{2,20}?)\1{7,}")
_QUOTED = regex.compile(r'「[^「」]*」|"[^"]*"|“[^“”]*”')
# A face: brackets with hardly a word, and something of which faces are made, between them.
_KAOMOJI = regex.compile(
    r"[(（](?=[^()（）\n]*[´｀`ω∀ﾟ゜д◇▽≧≦・^;_ヮ╹˘‿ಠ□︶☆★°╯╰＾￣๑•ᴗ✧Д*])"
    r"(?![^()（）\n]*(?:\p{Latin}{3}|[\p{Han}\p{Hiragana}]{3}))[^()（）\p{Cc}]{2,14}[)）]"
)
_PLACE = "\ue000"
"""Stands for a face meanwhile; nothing that comes here holds one of its kind."""
_SPACES = regex.compile(r"\s+")


def unlink(sentence: str) -> str:
    """Return the sentence with each link as its text; nothing where it is a rule or a fence."""
    return "" if _RULE.match(sentence) else _LINK.sub(r"\1", sentence)


def polish(sentence: str) -> str:
    """Return the sentence as it is spoken, or an empty string where nothing is left of it.

    Markdown, emote codes, and quotation marks round the whole sentence or without a partner are
    taken out; what is said over and over is said five times.
    """
    sentence = _LEADING.sub("", _spoken_row(sentence))
    faces = _KAOMOJI.findall(sentence)
    text = _EMOTE.sub(" ", _HEADING.sub("", _KAOMOJI.sub(_PLACE, sentence)))
    text = _EMPHASIS.sub(r"\1", _STRONG.sub(r"\2", text))
    text = _SPACES.sub(" ", _LEFTOVER.sub("", text)).strip()
    text = _unpaired(_LOOP.sub(lambda loop: loop[1] * 5, text))
    if _QUOTED.fullmatch(text):
        text = text[1:-1].strip()
    for face in faces:
        text = text.replace(_PLACE, face, 1)
    return text


def _spoken_row(line: str) -> str:
    """Return the cells of a table's row as a list, or the line as it is where it is none."""
    if not (row := _CELLS.fullmatch(line)):
        return line
    cells = (cell.strip() for cell in row["cells"].split("|"))
    return ", ".join(cell for cell in cells if cell.strip("-: "))


def _unpaired(text: str) -> str:
    """Return the text without a quotation mark whose partner is in another sentence."""
    for opening, closing in ("「」", "『』", "“”"):
        more = text.count(opening) - text.count(closing)
        if more:
            text = text.replace(opening if more > 0 else closing, "", abs(more))
    if text.count('"') % 2:
        text = text.removeprefix('"') if text.startswith('"') else text.removesuffix('"')
    return text.strip()
