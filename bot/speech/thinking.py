"""Takes a model's thinking out of its content, wherever the stream was cut into pieces.

Ollama sends thinking in a field of its own, which never comes here. This filter is for what leaks
into the *content* all the same, as seen from servers, front ends and imported models:

- ``<think>…</think>``, also nested, unclosed, in capitals: DeepSeek, Qwen and their imports;
- ``<|channel|>analysis<|message|>…<|end|>``, also in mid-answer: gpt-oss, OpenAI's harmony format;
- ``analysis…assistantfinal…``: the same with its marks stripped;
- a line ``Thinking...`` up to ``...done thinking.``: what the ``ollama`` command prints, also
  where a front end has joined its lines.

Where a transcript is ambiguous the text counts as thinking: a lost reply costs one line of the
persona's own, a spoken thought cannot be taken back.
"""

from enum import Enum, auto

import regex

_ESCAPE = r"\x1b\[[\d;?]{0,40}[A-Za-z]"
_SPACE = rf"(?:\s|{_ESCAPE})*"
_TAG = r"(?:think(?:ing)?|thought|reason(?:ing)?)"
_TOKENS = r"<[|｜](?P<mark>[^<>|｜\n]{1,40})[|｜]>"
_LOST = r"(?P<lost>assistant(?:analysis|commentary))"

# Each pattern lists what can change the mode it belongs to. No marker may contain the beginning of
# another, so that a partial match at the end of what has arrived is the only thing to wait for.
_START = regex.compile(
    rf"{_SPACE}(?:(?P<lost>analysis|commentary)"
    rf"|(?P<cli>Thinking(?:\.{{3}}|…)[ \t]*(?:{_ESCAPE})*\r?\n)"
    # Without a line of its own, only the end tells that it was not "Thinking... pizza!".
    r"|(?P<final>Thinking(?:\.{3}|…)(?s:.*?)(?:\.{3}|…)done thinking\.)"
    r"|(?P<final>final(?=[\p{Lu}\p{Han}\p{Hiragana}\p{Katakana}])))"
)
_SPEAKING = regex.compile(
    rf"{_TOKENS}|(?P<open>(?i:<{_TAG}(?:\s[^<>]{{0,40}})?>))|(?P<stray>(?i:</{_TAG}\s?>))"
    rf"|{_LOST}|(?P<final>assistantfinal)|(?P<escape>{_ESCAPE})"
)
_THINKING = regex.compile(rf"(?i:(?P<open><{_TAG}(?:\s[^<>]{{0,40}})?>)|(?P<close></{_TAG}\s?>))")
_HARMONY = regex.compile(_TOKENS)
_UNMARKED = regex.compile(rf"{_TOKENS}|(?P<final>assistant(?:\s*\n\s*)?final)")
_COMMAND_LINE = regex.compile(r"(?P<final>(?:\.{3}|…)done thinking\.)")

_HEADER_LIMIT = 200


class _Mode(Enum):
    START = auto()
    """Nothing has been said yet: marks that count only at the beginning are looked for."""
    SPEAKING = auto()
    THINKING = auto()
    """Within ``<think>``."""
    HEADER = auto()
    """Between ``<|start|>`` or ``<|channel|>`` and ``<|message|>``."""
    PRIVATE = auto()
    """Within a harmony message that is not for the audience."""
    UNMARKED = auto()
    """Within ``analysis…`` that lost its marks."""
    COMMAND_LINE = auto()


_PATTERNS = {
    _Mode.START: _START,
    _Mode.SPEAKING: _SPEAKING,
    _Mode.THINKING: _THINKING,
    _Mode.HEADER: _HARMONY,
    _Mode.PRIVATE: _HARMONY,
    _Mode.UNMARKED: _UNMARKED,
    _Mode.COMMAND_LINE: _COMMAND_LINE,
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

    def feed(self, piece: str) -> str:
        """Return what can be said for certain after this piece; the rest is held back."""
        return self._read(self._held + piece, last=False)

    def close(self) -> str:
        """Return what was held back only for want of more text."""
        return self._read(self._held, last=True)

    def _read(self, text: str, *, last: bool) -> str:
        said: list[str] = []
        self._held = ""
        while text:
            match = self._find(text, last=last)
            if match is None:
                self._pass(text, said)
                break
            if match.partial:
                self._pass(text[: match.start()], said)
                self._held = text[match.start() :]
                break
            self._pass(text[: match.start()], said)
            text = text[match.end() :]
            self._turn(match)
        return "".join(said)

    def _find(self, text: str, *, last: bool) -> "regex.Match[str] | None":
        if self._mode is _Mode.START:
            if match := _START.match(text, partial=not last):
                return match
            self._mode = _Mode.SPEAKING
        return _PATTERNS[self._mode].search(text, partial=not last)

    def _pass(self, text: str, said: list[str]) -> None:
        if self._mode in {_Mode.START, _Mode.SPEAKING}:
            said.append(text)
        elif self._mode is _Mode.HEADER:
            self._header = (self._header + text)[:_HEADER_LIMIT]
        elif self._mode is _Mode.THINKING and text.strip():
            # The opening tag was in the prompt; one that comes now is a thought within a thought.
            self._depth = max(1, self._depth)

    def _turn(self, match: "regex.Match[str]") -> None:
        kind = match.lastgroup
        if kind == "mark":
            self._harmony(match["mark"].strip().casefold())
        elif kind == "open":
            self._mode = _Mode.THINKING
            self._depth += 1
        elif kind == "close":
            self._depth -= 1
            if self._depth <= 0:
                self._depth = 0
                self._mode = _Mode.SPEAKING
        elif kind == "lost":
            self._mode = _Mode.UNMARKED
        elif kind == "cli":
            self._mode = _Mode.COMMAND_LINE
        elif kind == "final":
            self._mode = _Mode.SPEAKING
        elif kind == "stray":
            self.leaked = True

    def _harmony(self, mark: str) -> None:
        """Follow the format: https://cookbook.openai.com/articles/openai-harmony."""
        if mark in {"start", "channel"}:
            self._mode = _Mode.HEADER
            self._header = ""
            self._header_is_channel = mark == "channel"
        elif mark == "message":
            self._mode = _Mode.SPEAKING if self._is_for_audience() else _Mode.PRIVATE
            self._header = ""
        elif mark in {"end", "return", "call"}:
            self._mode = _Mode.SPEAKING
        elif self._mode is _Mode.HEADER:
            self._pass(" ", [])

    def _is_for_audience(self) -> bool:
        words = self._header.split()
        if any(word.startswith("to=") for word in words):
            return False
        return bool(words) and words[0] == ("final" if self._header_is_channel else "assistant")
