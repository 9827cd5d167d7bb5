"""The words a moderator can type. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from enum import StrEnum

import regex

from bot.text import clean
from bot.translation import tr


class Command(StrEnum):
    """What a moderator may order; the value is the word that is typed after the prefix."""

    PAUSE = "pause"
    """Fall silent at once, and stay so; or for as long as is typed after it (``10m``)."""
    RESUME = "resume"
    """Speak again."""
    SKIP = "skip"
    """Stop this reply and go on with the next."""
    CLEAR = "clear"
    """Blank the screen and forget the comments that wait."""
    STATUS = "status"
    """Say, to the streamer only, how things are."""
    THINK = "think"
    """Reason longer or shorter before speaking: low, medium or high."""
    MUTE = "mute"
    """Hear no more of a viewer, for good or for as long as is typed after the name."""
    UNMUTE = "unmute"
    """Hear a viewer again."""
    PERSONA = "persona"
    """Go on as another character."""
    BAN_TOPIC = "ban-topic"
    """Show nothing that holds a word."""
    ALLOW_TOPIC = "allow-topic"
    """Show it again."""
    SAY = "say"
    """Say something, word for word."""
    TOPIC = "topic"
    """Talk about something."""
    DELAY = "delay"
    """Show each sentence so many seconds later; the streamer sees it at once."""
    OK = "ok"
    """Let a comment go on that waits for approval, or all that do."""
    TOOLS = "tools"
    """Let the character use no tools, or all of them again."""
    TOOL = "tool"
    """Let it use one of them, or not."""
    HELP = "help"
    """Say, to the streamer only, what can be typed."""


_OTHER_WORDS = {
    Command.PAUSE: ("stop", "停止", "一時停止", "ストップ", "止めて", "とめて", "黙って"),
    Command.RESUME: ("unpause", "再開", "続けて"),
    Command.SKIP: ("次", "スキップ", "飛ばして"),
    Command.CLEAR: ("消す", "消して", "クリア"),
    Command.STATUS: ("状態", "ステータス"),
    Command.THINK: ("思考", "考えて"),
    Command.MUTE: ("黙らせて", "ミュート"),
    Command.UNMUTE: ("ミュート解除", "許して"),
    Command.PERSONA: ("ペルソナ", "キャラ", "交代"),
    Command.BAN_TOPIC: ("禁止",),
    Command.ALLOW_TOPIC: ("許可",),
    Command.SAY: ("言って",),
    Command.TOPIC: ("話題", "話して"),
    Command.DELAY: ("遅延",),
    Command.OK: ("承認", "よし"),
    Command.TOOLS: ("道具",),
    Command.TOOL: ("道具だけ",),
    Command.HELP: ("ヘルプ", "使い方"),
}
COMMANDS = {
    **{command.value: command for command in Command},
    **{word: command for command, words in _OTHER_WORDS.items() for word in words},
}
"""The command for each word."""

_ALIKE = 0.75
"""How much of a word must be right to tell what was meant."""
_NAME = regex.compile(r"[\p{L}_][\p{L}\p{N}_-]*")
_WORD = rf"(?P<word>{_NAME.pattern})(?P<rest>.*)"
_QUOTES = r"[\s\"'“”‘’「『(*]*"
_ENDS = " \"'“”‘’」』)*!.。"


@dataclass(frozen=True, slots=True)
class Order:
    """A word that was typed after the prefix, and the rest of the line.

    ``command`` is what a moderator means by it, None where it is some other bot's; ``near`` is the
    one that it almost is.
    """

    word: str
    rest: str
    command: Command | None = None
    near: Command | None = None


def parse(text: str, prefix: str) -> Order | None:
    """Return what anybody's cleaned text orders, of whatever bot; the word in small letters.

    ``!Think  high`` gives ``think`` and ``high``; ``!!! wow`` and ordinary text give None.
    """
    match = regex.match(regex.escape(prefix) + _WORD, text, regex.DOTALL)
    return Order(match["word"].casefold(), match["rest"].strip()) if match else None


def other_words(text: str) -> dict[str, Command]:
    """Read what the streamer calls commands: ``skip=next, clear=wipe``.

    Returns:
        The command for each word that takes the place of its own.

    Raises:
        ValueError: that is not what it says.
    """
    words = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, equals, word = (one.strip() for one in part.partition("="))
        if not (equals and _NAME.fullmatch(word) and name in set(Command)):
            raise ValueError(tr("write a command, = and a word: skip=next, clear=wipe"))
        words[word.casefold()] = Command(name)
    return words


def typed(command: str, prefix: str, others: Mapping[str, Command]) -> str:
    """Return a command by its own word as a moderator would type it, who has another for it.

    Args:
        command: ``pause 5m``, with the prefix or without it.
        prefix: what a command begins with.
        others: as ``other_words`` returns them.
    """
    word, blank, rest = command.removeprefix(prefix).partition(" ")
    own = {meant.value: other for other, meant in others.items()}
    return f"{prefix}{own.get(word, word)}{blank}{rest}"


class Vocabulary:
    """Understands moderators, also in a hurry: a command that falls to nobody is a show gone on.

    ``! pause``, ``!!pause``, ``/pause``, ``"!pause"``, ``@Wren !pause``, ``!pauseplease``, and the
    same after what a platform puts before the words of a milestone, are the command. Of what is
    only almost a command, ``pause`` is taken for one, since silence does no harm.

    Args:
        prefix: what a command begins with.
        names: what the character is called.
        others: words that take the place of commands' own.
    """

    def __init__(
        self, prefix: str, names: Iterable[str], others: Mapping[str, Command] | None = None
    ) -> None:
        self._prefix = prefix
        replaced = {command.value for command in (others or {}).values()}
        own = {word: command for word, command in COMMANDS.items() if word not in replaced}
        self._commands = own | dict(others or {})
        self._pauses = tuple(
            word for word, command in self._commands.items() if command is Command.PAUSE
        )
        mark = f"(?:{regex.escape(prefix)}|[!/])"
        called = "|".join(regex.escape(clean(name)) for name in names)
        self._pattern = regex.compile(
            rf"(?:.*\s·\s)?{_QUOTES}(?:(?:@\S+|{called})[\s,、:]+)*{_QUOTES}{mark}(?:\s*{mark})*\s*"
            + _WORD,
            regex.IGNORECASE | regex.DOTALL,
        )

    def parse(self, text: str) -> Order | None:
        """Return what a moderator's cleaned text orders."""
        plain = parse(text, self._prefix)
        if plain and (command := self._commands.get(plain.word)):
            return replace(plain, command=command)
        match = self._pattern.match(text)
        return (self._hurried(match["word"].casefold(), match["rest"]) if match else None) or plain

    def _hurried(self, word: str, rest: str) -> Order | None:
        """Return what is meant by a word that was typed somehow; None where it is none of ours."""
        rest = rest.strip(_ENDS)
        if command := self._commands.get(word):
            return Order(word, rest, command)
        alike = get_close_matches(word, self._commands, 1, _ALIKE)
        near = self._commands[alike[0]] if alike else None
        if near is Command.PAUSE or word.startswith(self._pauses):
            return Order(word, "", Command.PAUSE)
        return Order(word, rest, near=near) if near else None


_DURATION = regex.compile(
    r"(?P<count>\d{1,4})\s*(?P<unit>s|m|h|秒|分|時間)?\p{L}*", regex.IGNORECASE
)
_SECONDS = {"s": 1.0, "秒": 1.0, "m": 60.0, "分": 60.0, "h": 3600.0, "時間": 3600.0}


def duration(text: str, *, unit: str = "m") -> float | None:
    """Return the seconds that ``10m``, ``30s`` or ``1時間`` mean, or a number of ``unit``."""
    match = _DURATION.fullmatch(text.strip())
    if match is None:
        return None
    return int(match["count"]) * _SECONDS[(match["unit"] or unit).lower()]
