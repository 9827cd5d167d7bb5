"""Tags as in XML: which begin a thought, which are for looks, and which are none. Pure."""

import regex

from bot.speech.direction import is_direction

_THOUGHT = (
    r"(?:[A-Za-z]\w{0,19}[:_.-])?(?:think|thinks|thinking|thought|thoughts|reason|reasoning|reflect"
    r"|reflection|analysis|analyse|analyze|scratchpad|monologue|inner_monologue|planning|cot"
    r"|chain_of_thought|deliberation|ponder|pondering|internal)(?:[:_.-]\w{1,20})?"
)
_ATTRIBUTE = r"""\s+[\w:-]{1,30}\s*=\s*(?:"[^"<>\n]{0,60}"|'[^'<>\n]{0,60}'|[^\s"'<>=]{1,40})"""

OPEN = (
    rf"(?i:<\s?(?P<open>{_THOUGHT})(?:\s[^<>]{{0,60}})?>)"
    rf"|<(?P<open>[A-Za-z][\w:.-]{{0,40}})(?:{_ATTRIBUTE}){{0,6}}\s*(?P<empty>/)?>"
    r"|\[(?P<open>THINK)\]|◁(?P<open>think)▷"
)
"""What opens something; ``open`` is its name. Mistral and Kimi have marks of their own."""
CLOSE = r"<\s?/\s?(?P<close>[A-Za-z][\w:.-]{0,40})\s*>|\[/(?P<close>THINK)\]|◁/(?P<close>think)▷"
LOOSE = rf"(?i:＜\s?(?P<open>{_THOUGHT})\s?＞|[\[［]\s?(?P<open>{_THOUGHT})\s?[\]］])"
"""Distorted, and only at the beginning of a line: elsewhere people write so, too."""
LOOSE_CLOSE = (
    rf"(?i:＜\s?[/／]\s?(?P<close>{_THOUGHT})\s?＞|[\[［]\s?/\s?(?P<close>{_THOUGHT})\s?[\]］])"
)

_IS_THOUGHT = regex.compile(_THOUGHT, regex.IGNORECASE)
_LOOKS = frozenset(
    (
        *("a", "abbr", "b", "big", "br", "center", "cite", "code", "del", "div", "em", "font"),
        *("h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd", "li", "ol", "p"),
        *("mark", "q", "rb", "rp", "rt", "ruby", "s", "samp", "small", "span", "strike", "strong"),
        *("comments", "notes"),  # what stands round them in our own prompt
        *("sub", "sup", "table", "tbody", "td", "th", "tr", "tt", "u", "ul", "var", "wbr"),
        # What speech engines take.
        *("break", "emphasis", "prosody", "say-as", "speak", "voice", "pause", "phoneme"),
        # Feelings, as they stand in tags for a face.
        *("afraid", "angry", "bored", "calm", "cheerful", "confused", "curious", "disgusted"),
        *("embarrassed", "excited", "fear", "flustered", "gentle", "happy", "joy", "love"),
        *("nervous", "neutral", "playful", "proud", "relaxed", "sad", "scared", "serious"),
        *("shy", "sleepy", "smug", "surprised", "tired", "worried"),
    )
)


def kind(name: str) -> str:
    """Return one name for all tags that may close each other."""
    return "think" if _IS_THOUGHT.fullmatch(name) else name.casefold()


def is_for_looks(name: str) -> bool:
    """Return whether what stands between such tags is speech all the same."""
    return name.casefold() in _LOOKS or is_direction(name)
