"""The special tokens that model families put between the parts of a conversation.

A server takes them out, unless its template for the model is wrong or the model makes them up.
Harmony: https://cookbook.openai.com/articles/openai-harmony. Gemma 4, which writes ``<|turn>`` and
``<turn|>``: https://ai.google.dev/gemma/docs/core/prompt-formatting-gemma4. The others are as in
the templates that come with the models: ChatML's ``<|im_start|>`` (Qwen and many more), Llama's
``<|start_header_id|>`` and ``<s>``, Mistral's ``[INST]``, DeepSeek's ``<｜end▁of▁sentence｜>``.

One that is not listed is taken for the beginning of something private, or for its end.
"""

from enum import Enum, auto

import regex

ESCAPE = r"\x1b\[[\d;?]{0,40}[A-Za-z]"
"""What colours a terminal's text."""

SPECIAL = (
    r"(?:<[|｜](?P<token>[^<>|｜\n]{1,40})[|｜]>|<(?P<token>\|[a-z_]{1,20}|[a-z_]{1,20}\|)>"
    r"|(?i:<(?P<token>/?(?:s|bos|eos|unk|pad|mask|sop|eop|(?:start|end)_of_turn|unused\d{1,4}))>"
    r"|<(?P<token></?sys>)>)"
    r"|\[(?P<token>/?(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS)|[gs]?MASK|PAD"
    r"|UNK|SEP|CLS)\])"
)
"""Any special token of any family."""

_LEFT = regex.compile(SPECIAL)


class SpecialToken(Enum):
    """What a token says about the text after it."""

    HEADER = auto()
    """Who speaks, up to the token ``MESSAGE``."""
    CHANNEL = auto()
    """On which channel, up to the token ``MESSAGE``."""
    MESSAGE = auto()
    ROLE = auto()
    """Who speaks, up to the end of the line or the token ``MESSAGE``."""
    OTHER = auto()
    """Somebody else speaks: a viewer, a tool, the system; or it is a thought."""
    END = auto()
    """The character speaks, or nobody."""
    UNKNOWN = auto()
    """Nobody knows: what follows is private, until the same token or another one comes."""
    THOUGHT_END = auto()
    """The character speaks; what was before was a thought, also where nothing began it."""
    NOTHING = auto()


_TOKENS = {
    SpecialToken.HEADER: ("start",),
    SpecialToken.CHANNEL: ("channel",),
    SpecialToken.MESSAGE: ("message", "end_header_id", "im_sep"),
    SpecialToken.ROLE: ("im_start", "start_of_turn", "|turn", "start_header_id", "start_of_role"),
    SpecialToken.OTHER: (
        *("user", "system", "tool", "observation", "inst", "<sys>", "system_prompt"),
        *("|channel", "begin_of_thought", "start_thinking", "unused94", "|tool_call", "tool_calls"),
        *("|tool", "|tool_response", "available_tools", "tool_results", "tool_calls_begin"),
    ),
    SpecialToken.END: (
        *("end", "return", "call", "im_end", "end_of_turn", "turn|", "eot_id", "eom_id", "eos"),
        *("assistant", "end_of_text", "endoftext", "end_of_sentence", "begin_of_sentence", "/s"),
        *("s", "bos", "eop", "end_of_role", "/inst", "/system_prompt", "tool|", "tool_call|"),
        *("tool_response|", "/available_tools", "/tool_results", "tool_calls_end"),
        *("begin_of_text", "startoftext", "begin_of_solution", "start_response", "sep", "eot"),
        *("end_of_solution", "end_response", "endofprompt", "end_of_message", "eoa", "eom"),
    ),
    SpecialToken.THOUGHT_END: ("channel|", "end_of_thought", "end_thinking", "unused95"),
    SpecialToken.NOTHING: (
        *("</sys>", "pad", "unk", "mask", "cls", "gmask", "smask", "sop", "constrain", "refusal"),
        *("image", "audio", "video", "image_pad", "video_pad", "vision_start", "vision_end"),
        *("box_start", "box_end", "object_ref_start", "object_ref_end", "quad_start", "quad_end"),
    ),
}
_MEANINGS = {token: meaning for meaning, tokens in _TOKENS.items() for token in tokens}
_NEUTRAL = regex.compile(r"fim_\w+|(?:reserved|extra|special|unused|dummy|placeholder)\w*")
_ENDS = regex.compile(r"/.*|(?:.*_)?(?:end|stop|close|suffix|done|out)(?:_.*)?|.*\|")


def meaning(match: "regex.Match[str]") -> SpecialToken:
    """Return what the token that ``SPECIAL`` has found means."""
    name = match["token"].strip().casefold().replace("▁", "_").replace(" ", "_")
    if name in _MEANINGS:
        return _MEANINGS[name]
    if _NEUTRAL.fullmatch(name):
        return SpecialToken.NOTHING
    return SpecialToken.THOUGHT_END if _ENDS.fullmatch(name) else SpecialToken.UNKNOWN


def without(text: str) -> str:
    """Return a text without the special tokens that taking something else out has brought about."""
    while (cleaned := _LEFT.sub("", text)) != text:
        text = cleaned
    return text
