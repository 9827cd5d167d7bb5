"""Takes a model's thinking out of its content, wherever the stream was cut into pieces.

Ollama sends thinking in a field of its own, which never comes here. This filter is for what leaks
into the *content* all the same, as seen from servers, front ends and imported models:

- ``<think>…</think>`` and whatever else stands between tags that are not for looks (``<b>``) and no
  feeling (``<joy>``): nested, unclosed, in capitals, unknown; DeepSeek, Qwen and their imports;
- ``<|channel|>analysis<|message|>…<|end|>``, also in mid-answer: gpt-oss, OpenAI's harmony format,
  and whatever else stands between ``<|…|>``;
- ``analysis…assistantfinal…``: the same with its special tokens stripped;
- a line ``Thinking...`` up to ``...done thinking.``: what the ``ollama`` command prints, also
  where a front end has joined its lines;
- headings at the beginning: ``Thought: … Final Answer: …``, ``【思考】…【回答】…``.

An end that nothing has opened tells that what was returned before it was a thought; see ``leaked``.

Where a transcript is ambiguous the text counts as thinking: a lost reply costs one line of the
persona's own, a spoken thought cannot be taken back. So the line is this:

- A tag in a word is none (``vector<int>``, ``if a<b and b>c``), unless it names a thought; nor is
  one with words in it that are no attributes. ``<idea>``, which nothing closes, begins a thought.
- An end that somebody speaks of (``Type </think> to end it``) ends nothing.
- ``finalラウンド`` and ``analysis?`` are words; ``finalこんばんは`` and ``analysisThe`` are what
  harmony leaves.
- An answer that begins with ``Thought:`` and has no ``Answer:`` is a thought.
"""

from collections.abc import Collection
from enum import Enum, auto

import regex

from bot.speech import headings, tags
from bot.speech.special_tokens import ESCAPE, SPECIAL, SpecialToken, meaning

_CAPITAL = r"[\p{Lu}\p{Han}\p{Hiragana}\p{Katakana}\"“「『'(*\[<]"
_ROLE = rf"(?P<role>assistant(?:\s*\n|(?={_CAPITAL})))"
_LOST = r"(?P<lost>assistant(?:analysis|commentary))"
_FINAL = r"(?P<final>assistant(?:\s*\n\s*)?final)"
_THINKING_DOTS = r"Thinking(?:\.{3}|…)"
_COMMAND = (
    rf"(?P<cli>{_THINKING_DOTS}[ \t]*(?:{ESCAPE})*\r?\n)"
    # Without a line of its own, only the end tells that it was not "Thinking... pizza!".
    rf"|(?P<joined>{_THINKING_DOTS}(?=[ \t]*(?:{ESCAPE})*[^\s\x1b]))"
)
_SAID_DONE = r"(?P<done>done thinking\.)"
"""What follows dots that were said: to hold every full stop back for it would cost a token."""
_DONE = r"(?P<done>(?:\.{3}|…)done thinking\.)"

# Each pattern lists what can change the mode it belongs to.
_BEGINNING = regex.compile(
    rf"(?P<blank>\s|{ESCAPE})|(?P<lost>(?:analysis|commentary)(?:(?=[\p{{L}}\p{{N}}])|\s*\n))|{_COMMAND}"
    rf"|(?P<final>final(?=[\p{{Lu}}\p{{Han}}\p{{Hiragana}}]))|{_FINAL}|{_LOST}|{_ROLE}"
    rf"|(?P<heading>{headings.THOUGHT})|{SPECIAL}|{tags.OPEN}|{tags.CLOSE}|{tags.LOOSE}"
    rf"|{tags.LOOSE_CLOSE}"
)
_LINE = regex.compile(rf"{_COMMAND}|{tags.LOOSE}|{tags.LOOSE_CLOSE}")
_SPEAKING = regex.compile(
    rf"{SPECIAL}|{tags.OPEN}|{tags.CLOSE}|{tags.LOOSE_CLOSE}|{_LOST}|{_FINAL}|{_SAID_DONE}"
    rf"|(?P<escape>{ESCAPE})"
)
_THOUGHT = regex.compile(rf"{tags.OPEN}|{tags.CLOSE}|{tags.LOOSE}|{tags.LOOSE_CLOSE}")
_AWAITING = regex.compile(rf"{SPECIAL}|{_FINAL}|{_DONE}|{_THOUGHT.pattern}")
_TOKENS = regex.compile(SPECIAL)
_ROLE_LINE = regex.compile(rf"{SPECIAL}|(?P<line>\n)")
_UNMARKED = regex.compile(rf"{SPECIAL}|{_FINAL}")
_COMMAND_LINE = regex.compile(_DONE)
_HEADED = regex.compile(rf"(?P<answer>{headings.ANSWER})|{SPECIAL}|{_FINAL}")

# Between two of these there is nothing to look for.
_TELLS = regex.compile(
    r"[<＜◁\x1b]|[\[［](?=[/／\s\p{L}]|$)|a(?=ss|s?$)|T(?=hi|h?$)|(?:(?<=[.…])|^)d(?=on|o?$)"
)
_TELLS_END = regex.compile(rf"{_TELLS.pattern}|[.…](?=[.d]|$)")
_ENDS_LINE = regex.compile(r"(?:^|[\n.!?。！？…])[ \t]*$")
_SPOKEN_OF = regex.compile(
    r"(?:(?i:(?<!\p{L})(?:type|write|say|use|print|enter|put|send|add|close|with|the|an?|tag|token"
    r"|mark|called|named|means?|of|like|is)s?)\s|[`\"'“‘「『（(])$"
)
_GOES_ON = regex.compile(r"[`\"'”’」』)）]|\s\p{Ll}|[をとがはのにって]|って|という")

_HEADER_LIMIT = 200
_JOINED_LIMIT = 4000
"""Characters after ``Thinking...`` within which a thought must end; beyond them nothing is held."""
_CALL = regex.compile(r"\s*[^\s.。…<]{1,16}[!?！？♪〜]+\s*")
"""What may be speech after ``Thinking...``: a word that is called out."""
_CONTEXT = 24
_AFTER = len("という")
_LETTERS = regex.compile(r"[A-Za-z0-9_]{2}")


class _Mode(Enum):
    START = auto()
    """Nothing has been said yet: words that count only at the beginning are looked for."""
    SPEAKING = auto()
    THOUGHT = auto()
    """Within tags."""
    AWAITING = auto()
    """Within a thought that was opened in the prompt: any end ends it."""
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
    HEADED = auto()
    """Under a heading that says that it is a thought."""


_PATTERNS = {
    _Mode.START: _BEGINNING,
    _Mode.SPEAKING: _SPEAKING,
    _Mode.THOUGHT: _THOUGHT,
    _Mode.AWAITING: _AWAITING,
    _Mode.HEADER: _TOKENS,
    _Mode.ROLE: _ROLE_LINE,
    _Mode.PRIVATE: _TOKENS,
    _Mode.UNMARKED: _UNMARKED,
    _Mode.COMMAND_LINE: _COMMAND_LINE,
    _Mode.HEADED: _HEADED,
}
_TALKS = {_Mode.START, _Mode.SPEAKING}
_ANYWHERE = regex.compile(r"(?s).")
_MINDS_NAMES = {*_TALKS, _Mode.AWAITING}
_BEGINS = {"lost": _Mode.UNMARKED, "cli": _Mode.COMMAND_LINE, "heading": _Mode.HEADED}
_ENDS = {"final", "done", "answer"}
_PLACES = {
    **dict.fromkeys((_Mode.ROLE, _Mode.HEADED), _ANYWHERE),
    **dict.fromkeys((_Mode.AWAITING, _Mode.COMMAND_LINE), _TELLS_END),
}


class ThinkingFilter:
    """Feed it content as it comes; what it returns is for the audience.

    Args:
        begins_thinking: whether nothing is for the audience before an end of thinking, because its
            beginning stands in the prompt.
        moods: tags that are no thoughts, in small letters.

    Attributes:
        leaked: turns true at an end of thinking that nothing has begun, where something was
            returned before: that was thinking, and must be taken back.
        has_thought: whether a thought was found, and taken out.
    """

    def __init__(self, *, begins_thinking: bool = False, moods: Collection[str] = ()) -> None:
        self.leaked = False
        self.has_thought = False
        self._moods = moods
        self._mode = _Mode.AWAITING if begins_thinking else _Mode.START
        self._kind = "think"
        """What kind of tag has opened the thought, and"""
        self._depth = 0
        """how many of that kind are open."""
        self._token = ""
        """The token that began what is private, where it is an unknown one."""
        self._header = ""
        self._header_is_channel = self._header_is_whole = False
        self._held = ""
        self._context = ""
        """What came last, of whatever kind."""
        self._said: list[str] = []
        self._last = ""
        self._has_spoken = self._breaks = False

    def feed(self, piece: str) -> str:
        """Return what can be said for certain after this piece; the rest is held back."""
        if self._mode is _Mode.SPEAKING and not (self._held or _TELLS.search(piece)):
            self._context = (self._context + piece)[-_CONTEXT:]
            self._pass(piece)
            return self._flush()
        return self._read(piece, last=False)

    def close(self) -> str:
        """Return what was held back only for want of more text."""
        return self._read("", last=True)

    def _flush(self) -> str:
        said, self._said = "".join(self._said), []
        return said

    def _read(self, piece: str, *, last: bool) -> str:
        text, self._held = self._held + piece, ""
        while text:
            if self._mode is _Mode.JOINED:
                text = self._wait(text, last=last)
                continue
            start, match = self._find(text, last=last)
            self._take(text[:start])
            text = text[start:]
            if match is None:
                self._held = text
                break
            if match.lastgroup == "joined":
                self._mode = _Mode.JOINED
                continue
            self._consume(match.group())
            text = text[match.end() - start :]
            self._follow(match)
        return self._flush()

    def _find(self, text: str, *, last: bool) -> "tuple[int, regex.Match[str] | None]":
        """Return where something begins that matters, and what it is, or None where more must tell.

        The earliest one counts, whole or not: then it makes no difference where a stream is cut.
        """
        if self._mode is _Mode.START:
            match = self._match(_BEGINNING, text, 0, last=last)
            if match is not None:
                return 0, None if match.partial else match
            self._mode = _Mode.SPEAKING
        pattern = _PATTERNS[self._mode]
        for place in _PLACES.get(self._mode, _TELLS).finditer(text):
            start = place.start()
            match = self._match(pattern, text, start, last=last)
            if match is None and self._mode is _Mode.SPEAKING and self._begins_line(text, start):
                match = self._match(_LINE, text, start, last=last)
            if match is not None:
                return start, None if match.partial else match
        return len(text), None

    def _match(
        self, pattern: "regex.Pattern[str]", text: str, start: int, *, last: bool
    ) -> "regex.Match[str] | None":
        """Return what begins at a place, unless it is the character's own."""
        before = (self._context + text[:start])[-_CONTEXT:]
        goes_on = self._mode is _Mode.HEADED and _LETTERS.fullmatch(before[-1:] + text[start])
        is_word = self._mode is _Mode.SPEAKING and text[start] == "d" and before[-3:] != "..."
        if goes_on or (is_word and before[-1:] != "…"):
            return None
        match = pattern.match(text, start, partial=not last)
        if match is None or match.partial or self._mode not in _MINDS_NAMES:
            return match
        found = match.groupdict()
        name = found.get("open") or found.get("close") or ""
        if name and tags.kind(name) != "think":
            is_in_word = found.get("open") and _LETTERS.fullmatch(before[-1:] + "a")
            if is_in_word or tags.is_for_looks(name) or name.casefold() in self._moods:
                return None
        if found.get("close") and self._mode in _TALKS and _SPOKEN_OF.search(before):
            after = text[match.end() : match.end() + _AFTER]
            if not last and len(after) < _AFTER:
                return pattern.match(text[: start + 1], start, partial=True)
            if _GOES_ON.match(after):
                return None
        return match

    def _begins_line(self, text: str, start: int) -> bool:
        return _ENDS_LINE.search((self._context + text[:start])[-_CONTEXT:]) is not None

    def _wait(self, text: str, *, last: bool) -> str:
        """Hold a text back that may turn out to be a thought, and return what is left to read."""
        done, line = _COMMAND_LINE.search(text), text.find("\n")
        if done and not 0 <= line < done.start() and done.end() <= _JOINED_LIMIT:
            self._consume(text[: done.end()])
            self._end_thought()
            return text[done.end() :]
        end = line if line >= 0 else len(text)
        if _is_short(text[:end]) and (line >= 0 or last):
            self._take(text[:end], spoken=True)
            self._mode = _Mode.SPEAKING
            return text[end:]
        if len(text) > _JOINED_LIMIT or last:
            self._mode = _Mode.COMMAND_LINE
            return text
        self._held = text
        return ""

    def _take(self, text: str, *, spoken: bool = False) -> None:
        """Take what stands between two things that matter."""
        self._consume(text)
        if spoken or self._mode in _TALKS:
            self._pass(text)
        elif self._mode in {_Mode.HEADER, _Mode.ROLE}:
            self._header = (self._header + text)[:_HEADER_LIMIT]
        elif self._mode is _Mode.AWAITING and text.strip():
            # The opening tag was in the prompt; one that comes now is a thought within a thought.
            self._depth = max(1, self._depth)

    def _consume(self, text: str) -> None:
        self._context = (self._context + text)[-_CONTEXT:]

    def _pass(self, text: str) -> None:
        if not text:
            return
        if self._breaks and not (text[0].isspace() or self._last.isspace()):
            self._said.append("\n")
        self._breaks = False
        self._last = text[-1]
        self._said.append(text)
        self._has_spoken = self._has_spoken or not text.isspace()

    def _end_thought(self) -> None:
        """Go on with the answer."""
        self.has_thought = True
        self._mode = _Mode.SPEAKING if self._has_spoken else _Mode.START

    def _end_unopened(self) -> None:
        """Go on with the answer, after an end that nothing has begun."""
        self.leaked = self.leaked or self._has_spoken
        self._end_thought()

    def _follow(self, match: "regex.Match[str]") -> None:
        found = match.groupdict()
        kind = match.lastgroup
        if found.get("token"):
            self._follow_token(meaning(match), found["token"])
        elif found.get("open"):
            if not found.get("empty"):
                self._enter(tags.kind(found["open"]))
        elif found.get("close"):
            self._leave(tags.kind(found["close"]))
        elif kind == "line":
            self._follow_token(SpecialToken.MESSAGE, "")
        elif kind == "blank":
            self._pass(match.group() if match.group().isspace() else "")
        elif kind in _BEGINS:
            self._mode = _BEGINS[kind]
        elif kind in _ENDS and self._mode in _TALKS and not (kind == "final" and self.has_thought):
            self._end_unopened()
        elif kind in _ENDS:
            self._end_thought()

    def _enter(self, kind: str) -> None:
        if self._mode in _TALKS:
            self._mode, self._kind, self._depth = _Mode.THOUGHT, kind, 0
        self._depth += kind == self._kind

    def _leave(self, kind: str) -> None:
        if self._mode in _TALKS:
            self._end_unopened()
        elif kind == self._kind:
            self._depth -= 1
            if self._depth <= 0:
                self._depth = 0
                self._end_thought()

    def _follow_token(self, token: SpecialToken, name: str) -> None:
        mode = self._mode
        if token is SpecialToken.MESSAGE:
            self._read_header()
        elif token is SpecialToken.NOTHING:
            if mode is _Mode.HEADER:
                self._take(" ")
        elif token is SpecialToken.THOUGHT_END:
            if mode in _TALKS:
                self._end_unopened()
            else:
                self._end_thought()
        elif token is SpecialToken.END:
            if mode is not _Mode.AWAITING:
                self._end_message()
        elif token is SpecialToken.UNKNOWN and mode is _Mode.PRIVATE and self._token == name:
            self._end_thought()
        elif token in {SpecialToken.OTHER, SpecialToken.UNKNOWN}:
            self._mode = _Mode.PRIVATE
            self._token = name if token is SpecialToken.UNKNOWN else ""
        else:
            self._header_is_whole = token is SpecialToken.HEADER or (
                mode is _Mode.HEADER and self._header_is_whole
            )
            self._mode = _Mode.ROLE if token is SpecialToken.ROLE else _Mode.HEADER
            self._header = ""
            self._header_is_channel = token is SpecialToken.CHANNEL

    def _end_message(self) -> None:
        """Be ready for another message, which is a line of its own."""
        if self._mode not in _TALKS:
            self.has_thought = True
        self._mode = _Mode.START
        self._breaks = self._has_spoken

    def _read_header(self) -> None:
        """Go on as the header says of the message that begins."""
        words = self._header.split()
        wanted = {"final"} if self._header_is_channel else {"assistant", "model"}
        is_for_audience = bool(words) and words[0] in wanted
        is_for_audience = is_for_audience and not any(word.startswith("to=") for word in words)
        if not is_for_audience:
            self._mode, self._token = _Mode.PRIVATE, ""
        elif self._header_is_channel and self._header_is_whole and not self.has_thought:
            # What came before the first channel of all can only have been another channel's.
            self._end_unopened()
        else:
            self._mode = _Mode.START
        self._header = ""
        self._header_is_whole = False


def _is_short(text: str) -> bool:
    """Whether what begins with ``Thinking...`` is what one might say."""
    said = text.partition("...")[2] or text.partition("…")[2]
    return _CALL.fullmatch(said) is not None
