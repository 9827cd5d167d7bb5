"""Takes a model's thinking out of its content, wherever the stream was cut into pieces.

Ollama sends thinking in a field of its own, which never comes here. This filter is for what leaks
into the *content* all the same, as seen from servers, front ends and imported models:

- ``<think>…</think>``, also nested, unclosed, in capitals: DeepSeek, Qwen and their imports;
- ``<|channel|>analysis<|message|>…<|end|>``, also in mid-answer: gpt-oss, OpenAI's harmony format;
- ``analysis…assistantfinal…``: the same with its special tokens stripped;
- a line ``Thinking...`` up to ``...done thinking.``: what the ``ollama`` command prints, also
  where a front end has joined its lines.

Where a transcript is ambiguous the text counts as thinking: a lost reply costs one line of the
persona's own, a spoken thought cannot be taken back.
"""

from enum import Enum, auto

import regex

from bot.speech.special_tokens import CLOSE, ESCAPE, OPEN, SPECIAL, SpecialToken, meaning, none_in

_LOST = r"(?P<lost>assistant(?:analysis|commentary))"

# Each pattern lists what can change the mode it belongs to. No marker may contain the beginning of
# another, so that a partial match at the end of what has arrived is the only thing to wait for.
_START = regex.compile(
    rf"(?P<blank>\s|{ESCAPE})|(?P<lost>analysis|commentary)"
    rf"|(?P<cli>Thinking(?:\.{{3}}|…)[ \t]*(?:{ESCAPE})*\r?\n)"
    # Without a line of its own, only the end tells that it was not "Thinking... pizza!".
    rf"|(?P<joined>Thinking(?:\.{{3}}|…)(?=[ \t]*(?:{ESCAPE})*[^\s\x1b]))"
    r"|(?P<final>final(?=[\p{Lu}\p{Han}\p{Hiragana}\p{Katakana}]))"
)
_SPEAKING = regex.compile(
    rf"{SPECIAL}|(?P<open>{OPEN})|(?P<stray>{CLOSE})"
    rf"|{_LOST}|(?P<final>assistantfinal)|(?P<escape>{ESCAPE})"
)
_THINKING = regex.compile(rf"(?P<open>{OPEN})|(?P<close>{CLOSE})")
_HEADER = regex.compile(SPECIAL)
_ROLE = regex.compile(rf"{SPECIAL}|(?P<line>\n)")
_UNMARKED = regex.compile(rf"{SPECIAL}|(?P<final>assistant(?:\s*\n\s*)?final)")
_COMMAND_LINE = regex.compile(r"(?P<final>(?:\.{3}|…)done thinking\.)")

_BEGINNING_LENGTH = len("Thinking…")
_END_LENGTH = len("...done thinking.")

_HEADER_LIMIT = 200
_JOINED_LIMIT = 4000
"""Characters after ``Thinking...`` that may turn out to be speech; beyond them it is a thought."""


class _Mode(Enum):
    START = auto()
    """Nothing has been said yet: words that count only at the beginning are looked for."""
    SPEAKING = auto()
    THINKING = auto()
    """Within ``<think>``."""
    HEADER = auto()
    """Between ``<|start|>`` or ``<|channel|>`` and ``<|message|>``."""
    ROLE = auto()
    """Between ``<|im_start|>``, or the like of another family, and the end of the line."""
    PRIVATE = auto()
    """Within a message that is not for the audience."""
    UNMARKED = auto()
    """Within ``analysis…`` that lost its tokens."""
    JOINED = auto()
    """After ``Thinking...`` in mid-line: all is held back until it is known to be a thought."""
    COMMAND_LINE = auto()


_PATTERNS = {
    _Mode.START: _START,
    _Mode.SPEAKING: _SPEAKING,
    _Mode.THINKING: _THINKING,
    _Mode.HEADER: _HEADER,
    _Mode.ROLE: _ROLE,
    _Mode.PRIVATE: _HEADER,
    _Mode.UNMARKED: _UNMARKED,
    _Mode.COMMAND_LINE: _COMMAND_LINE,
}
_SWITCHES = {
    "lost": _Mode.UNMARKED,
    "joined": _Mode.JOINED,
    "cli": _Mode.COMMAND_LINE,
    "final": _Mode.SPEAKING,
}
_MODES = {
    SpecialToken.OTHER: _Mode.PRIVATE,
    SpecialToken.END: _Mode.SPEAKING,
    SpecialToken.HEADER: _Mode.HEADER,
    SpecialToken.CHANNEL: _Mode.HEADER,
    SpecialToken.ROLE: _Mode.ROLE,
}


class ThinkingFilter:
    """Feed it content as it comes; what it returns is for the audience.

    ``leaked`` turns true at a closing tag that nothing opened: some templates write the opening one
    into the prompt, so what was returned before it was thinking, and must be taken back. Where that
    is known, ``begins_thinking`` says nothing before that tag.
    """

    def __init__(self, *, begins_thinking: bool = False) -> None:
        self.leaked = False
        self._mode = _Mode.THINKING if begins_thinking else _Mode.START
        self._depth = 0
        self._header = ""
        self._header_is_channel = False
        self._held = ""
        self._said: list[str] = []

    def feed(self, piece: str) -> str:
        """Return what can be said for certain after this piece; the rest is held back."""
        if self._mode is _Mode.SPEAKING and not self._held and none_in(piece):
            return piece
        return self._read(piece, last=False)

    def close(self) -> str:
        """Return what was held back only for want of more text."""
        if self._mode is _Mode.JOINED:
            self._mode = _Mode.SPEAKING
        return self._read("", last=True)

    def _read(self, piece: str, *, last: bool) -> str:
        text, seen = self._held + piece, len(self._held)
        self._held = ""
        while text:
            if self._mode is _Mode.JOINED:
                text, seen = self._wait(text, seen), 0
                continue
            match = self._find(text, last=last)
            if match is None:
                self._pass(text)
                break
            self._pass(text[: match.start()])
            if match.partial:
                self._held = text[match.start() :]
                break
            text = text[match.end() if match.lastgroup != "joined" else 0 :]
            self._switch(match)
        said, self._said = "".join(self._said), []
        return said

    def _wait(self, text: str, seen: int) -> str:
        """Hold a text back that may turn out to be a thought, and return what is left to read."""
        match = _COMMAND_LINE.search(text, max(_BEGINNING_LENGTH, seen - _END_LENGTH))
        if match and match.end() <= _JOINED_LIMIT:
            self._mode = _Mode.SPEAKING
            return text[match.end() :]
        if len(text) > _JOINED_LIMIT:
            self._mode = _Mode.COMMAND_LINE
            return text
        self._held = text
        return ""

    def _find(self, text: str, *, last: bool) -> "regex.Match[str] | None":
        if self._mode is _Mode.START:
            if match := _START.match(text, partial=not last):
                return match
            self._mode = _Mode.SPEAKING
        return _PATTERNS[self._mode].search(text, partial=not last)

    def _pass(self, text: str) -> None:
        if self._mode in {_Mode.START, _Mode.SPEAKING}:
            self._said.append(text)
        elif self._mode in {_Mode.HEADER, _Mode.ROLE}:
            self._header = (self._header + text)[:_HEADER_LIMIT]
        elif self._mode is _Mode.THINKING and text.strip():
            # The opening tag was in the prompt; one that comes now is a thought within a thought.
            self._depth = max(1, self._depth)

    def _switch(self, match: "regex.Match[str]") -> None:
        kind = match.lastgroup
        if kind == "token":
            self._follow(meaning(match))
        elif kind == "line":
            self._follow(SpecialToken.MESSAGE)
        elif kind == "blank":
            self._pass(match.group() if match.group().isspace() else "")
        elif kind == "open":
            self._mode = _Mode.THINKING
            self._depth += 1
        elif kind == "close":
            self._depth -= 1
            if self._depth <= 0:
                self._depth = 0
                self._mode = _Mode.SPEAKING
        elif kind == "stray":
            self.leaked = True
        elif kind in _SWITCHES:
            self._mode = _SWITCHES[kind]

    def _follow(self, token: SpecialToken) -> None:
        if token is SpecialToken.MESSAGE:
            self._mode = _Mode.SPEAKING if self._is_for_audience() else _Mode.PRIVATE
            self._header = ""
        elif token is not SpecialToken.NOTHING:
            self._mode = _MODES[token]
            self._header = ""
            self._header_is_channel = token is SpecialToken.CHANNEL
        elif self._mode is _Mode.HEADER:
            self._pass(" ")

    def _is_for_audience(self) -> bool:
        words = self._header.split()
        if any(word.startswith("to=") for word in words):
            return False
        wanted = {"final"} if self._header_is_channel else {"assistant", "model"}
        return bool(words) and words[0] in wanted
