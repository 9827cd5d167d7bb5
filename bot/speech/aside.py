"""Takes out of a sentence what a character does, from what it says: directions and mood tags."""

from collections.abc import Collection

import regex

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

# What a body does, in the forms that directions are written in: waves, waving, (softly) laughs.
_DOES = (
    *("beam", "blink", "blush", "bounce", "bow", "cheer", "chuckle", "clap", "cough", "cry"),
    *("dance", "fidget", "flick", "frown", "gasp", "giggle", "glance", "gaze", "grin", "hop"),
    *("hug", "hum", "jump", "kneel", "lean", "laugh", "mumble", "murmur", "mutter", "nod"),
    *("nuzzle", "pant", "pat", "peek", "perk", "poke", "pout", "purr", "shiver", "shrug"),
    *("sigh", "sip", "smile", "smirk", "snicker", "sniff", "sniffle", "sob", "spin", "squeal"),
    *("stare", "stretch", "sway", "tilt", "tremble", "twirl", "twitch", "wag", "wave"),
    *("whisper", "whistle", "wiggle", "wink", "yawn", "clear", "raise", "adjust", "point"),
)
_DOES_ELSEWISE = (
    r"rubs|scratches|lowers|lifts|takes|puts|holds|turns|closes|opens|shakes|tucks|hides|pauses"
    r"|(?:look|rub|hold|shak|hid|paus|think|sing)ing\s(?:at|up|down|away|around|for|h(?:er|is)|my)"
    r"|(?:looks|thinks)\s(?:at|up|down|away|around|for)|sticks|reaches|pulls|pushes|sits|stands"
)
_MANNER = (
    r"(?:softly|quietly|gently|shyly|nervously|excitedly|cheerfully|happily|playfully|warmly)"
    r"|in\san?\s.{1,30}(?:voice|tone|whisper)|.{0,30}\b(?:laughter|applause|giggles|silence|sighs)"
    r"|with\san?\s.{0,30}(?:smile|grin|wink|laugh|sigh|giggle|voice|tone)|tail\s.*|ears\s.*"
)


def _forms(verb: str) -> str:
    stem, ending = (verb[:-1], verb[-1]) if verb[-1] in "ey" else (verb, "")
    return rf"{stem}(?:{ending}s|e?s|ies|{ending}ing|{verb[-1]}?ing)"


_DIRECTION = regex.compile(
    rf"""
      (?:(?i:\p{{L}}+ly|and|then|still|just|s?he|they)\s|\p{{Lu}}\p{{L}}+\s)?
        (?i:{"|".join(map(_forms, _DOES))}|{_DOES_ELSEWISE})(?:[\s,:.].*)?
    | (?i:{"|".join(_DOES)}|{_MANNER})
    """.replace("{_MANNER}", _MANNER),
    regex.VERBOSE,
)
_DIRECTION_JA = regex.compile(
    r"手を[振叩合]|手をたた|手をふ|首を[かか傾振縦横]|頭を[下掻か撫な]|目を[細閉開輝丸逸そ]|顔を[赤覗隠]|頬を|肩を"
    r"|胸を|口を|耳を|息を|尻尾|しっぽを|笑顔で|微笑|ほほえ|笑いながら|笑って|うなず|頷|お辞儀|会釈|拍手"
    r"|ため息|溜め?息|咳|ウィ?インク|ウインク|照れ(?:て|な|笑|る|くさ)|赤面|小声で|ささや|囁|つぶや|呟"
    r"|くすくす|クスクス|にこにこ|ニコニコ|にっこり|ニヤニヤ|しょんぼり|ぺこり|見つめ|見回|覗き|かしげ"
    r"|飛び跳ね|立ち上が|抱きし|考え込|間を置|沈黙|無言|そうに$|ながら$|声で$"
)


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
        - What else is in square brackets goes at the beginning and the end, ``<words>`` go always.
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
            return False
        if kind == "acted":
            if begins:
                return _is_emphasis(match, after)
            return not (_BLANK.search(inner) or is_direction(inner))
        if kind == "tag" and (begins or not _has_words(after)):
            return False
        return not is_direction(inner)


def is_direction(words: str) -> bool:
    """Whether words tell what a body does: waves, 手を振る."""
    return bool(_DIRECTION.fullmatch(words) or _DIRECTION_JA.search(words))


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
