"""Takes out of a sentence what a character does, from what it says: directions and mood tags."""

from collections.abc import Collection

import regex

from bot.speech.direction import is_direction
from bot.speech.tags import CLOSE, OPEN, is_for_looks

_ASIDE = regex.compile(
    r"""
      [\[［](?P<tag>[^\[\]［］\n]{1,100})[\]］] | 【(?P<tag>[^【】\n]{1,100})】
    | <(?P<markup>[/!]?\p{L}[^<>\n]{0,80})>
    | \((?P<words>[^()\n]{1,100})\) | （(?P<words>[^（）\n]{1,100})）
    | (?<!\*)(?<!\d(?=\*\d))\*(?P<acted>[^\s*](?:[^*\n]{0,200}[^\s*])?)\*(?!\*)
    """,
    regex.VERBOSE,
)
_MOOD = regex.compile(
    r"(?i)\s*(?:(?:mood|emotion|feeling|expression|表情|感情)\s*[:：=]\s*)?(\w+)\s*"
)

_TAG = regex.compile(rf"{OPEN}|{CLOSE}")
_FEELING = regex.compile(r"\p{Ll}{3,20}(?:[ _]\p{Ll}{3,20})?|\p{Lu}{3,20}")
_LAST = regex.compile(rf"{_FEELING.pattern}|\p{{Lu}}{{2,}}(?:[ _]\p{{Lu}}{{2,}})+")
_WORDS = regex.compile(r"[\p{L}\p{N}]")
_BLANK = regex.compile(r"\s")
_MARK = regex.compile(r"\p{P}")
_GOES_ON = regex.compile(r"\s+\p{Ll}")
_CLOSES_UP = regex.compile(r"[\p{P}--[(（「『\[\"“'*_`~<>@#&]]", regex.VERSION1)
_JAPANESE = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}]")


class Asides:
    """What was found in a sentence besides speech.

    Args:
        moods: what counts as a mood, in small letters.
    """

    def __init__(self, moods: Collection[str]) -> None:
        self._moods = moods
        self.mood = ""
        """The last mood tag read, "" before any."""

    def take_out(self, sentence: str) -> str:
        """Return the sentence without stage directions, mood tags and markup.

        - ``[joy]``, ``<joy>`` and ``【joy】`` are tags wherever they stand; ``(joy)`` and ``*joy*``
          only at the beginning, because they are ways to write a word as well.
        - Of what else is in square brackets ``[happy]`` goes at the beginning and the end, and
          ``[END OF REPLY]`` at the end; ``[1]`` and ``[Enter]`` are needed, and ``【速報】`` is.
        - Tags that are for looks go, ``<b>``; other words between ``<>`` stay, unless they are a
          direction.
        - What is between asterisks goes, but for a single word in mid-sentence, which is emphasis.
        - Parentheses stay, ``(I mean it)`` and ``（笑）`` among them, unless they tell what a body
          does: ``(laughs)``, ``（笑顔で手を振る）``. So do square brackets in mid-sentence.
        """
        kept, end = "", 0
        for match in _ASIDE.finditer(sentence):
            kept += sentence[end : match.start()]
            end = match.end()
            if self._stays(match, kept, sentence[end:]):
                kept += match.group() if match.lastgroup != "acted" else match["acted"]
            else:
                kept = _gap(kept, sentence[end : end + 1])
        return kept + sentence[end:]

    def _stays(self, match: "regex.Match[str]", before: str, after: str) -> bool:
        kind = match.lastgroup
        inner = match[kind or 0].strip()
        begins = not _has_words(before)
        if kind in {"tag", "markup"} or (begins and not _is_emphasis(match, after)):
            mood = _MOOD.fullmatch(inner)
            if mood and mood[1].casefold() in self._moods:
                self.mood = mood[1].casefold()
                return False
        if kind == "markup":
            tag = _TAG.fullmatch(match.group())
            name = tag and (tag["open"] or tag["close"])
            return not (is_direction(inner) or (name and is_for_looks(name)))
        if kind == "acted":
            if begins:
                return _is_emphasis(match, after)
            return not (_BLANK.search(inner) or is_direction(inner))
        if kind == "tag" and match.group()[0] in "[［" and (begins or not _has_words(after)):
            return not (_FEELING if begins else _LAST).fullmatch(inner) and not is_direction(inner)
        return not is_direction(inner)


def _has_words(text: str) -> bool:
    return _WORDS.search(text) is not None


def _is_emphasis(match: "regex.Match[str]", after: str) -> bool:
    """Whether asterisks at the beginning stress a word: *Never* say that. *Wow*!"""
    if match.lastgroup != "acted" or is_direction(match["acted"]):
        return False
    if _MARK.match(after):
        return True
    return match["acted"][0].isupper() and _GOES_ON.match(after) is not None


def _gap(before: str, following: str) -> str:
    """Return the text before a gap, ready for the character after it."""
    if not following or _CLOSES_UP.match(following):
        return before.rstrip()
    return before if not before or _JAPANESE.match(following) else f"{before} "
