"""What Ollama makes of a conversation with gpt-oss, and what its runner keeps of it. Pure.

The template is gpt-oss's, as Ollama ships it; the runner is llama.cpp's server. Both were looked at
in the source of 2026-08, with ``_debug_render_only`` and in the server's log.
"""

from collections import deque
from collections.abc import Mapping, Sequence
from itertools import takewhile
from typing import Any

import regex

_WINDOW = 128
"""Tokens of gpt-oss's sliding window: so far back the runner can go without a checkpoint."""
_CHECKPOINTS = 8
_TOKEN = regex.compile(
    r"<\|\w+\|>|\s*[^\s\p{Han}\p{Hiragana}\p{Katakana}<]{1,8}|\s*(?!<\|\w+\|>)\S|\s+"
)


def tokens(text: str) -> list[str]:
    """Cut a text into pieces about as long as a model's tokens; a special token is one."""
    return _TOKEN.findall(text)


def render(
    messages: Sequence[Mapping[str, Any]],
    effort: str | None,
    tools: Sequence[Mapping[str, Any]] | None = None,
) -> str:
    """Return the prompt that a model is given.

    The effort is at its head, and the tools come right after that. A last message of the
    assistant's is taken for the beginning of the answer: the end marks of all that the assistant
    has said before are then left out, too.
    """
    is_prefill = bool(messages) and messages[-1]["role"] == "assistant"
    prompt = (
        "<|start|>system<|message|>You are ChatGPT, a large language model trained by OpenAI.\n"
        f"Knowledge cutoff: 2024-06\n\nReasoning: {effort or 'medium'}\n\n# Valid channels:"
        " analysis, commentary, final. Channel must be included for every message.<|end|>"
    )
    if tools:
        prompt += f"<|start|>developer<|message|># Tools\n\n{tools}<|end|>"
    for message in messages:
        match message["role"]:
            case "system":
                prompt += (
                    "<|start|>developer<|message|># Instructions\n\n"
                    f"{message['content']}\n\n<|end|>"
                )
            case "assistant":
                prompt += f"<|start|>assistant<|channel|>final<|message|>{message['content']}"
                prompt += "" if is_prefill else "<|end|>"
            case role:
                prompt += f"<|start|>{role}<|message|>{message['content']}<|end|>"
    return prompt if is_prefill else f"{prompt}<|start|>assistant"


class PromptCache:
    """The tokens that a runner has in memory, and how far back it can go in them.

    A model with a sliding window forgets what lies behind it. So the runner goes on from where a
    prompt differs only as long as that is near the end; else from the last checkpoint before, which
    is made at the end of each prompt, or from the beginning.
    """

    def __init__(self) -> None:
        self._tokens: list[str] = []
        self._checkpoints = deque[int](maxlen=_CHECKPOINTS)

    def copy(self) -> "PromptCache":
        """Return another one that knows the same."""
        other = PromptCache()
        other._tokens = self._tokens.copy()
        other._checkpoints = self._checkpoints.copy()
        return other

    def take(self, prompt: Sequence[str]) -> int:
        """Take a prompt on, and return how many of its tokens are known."""
        pairs = zip(prompt, self._tokens, strict=False)
        same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
        known = same
        if len(self._tokens) - same > _WINDOW:
            known = max((one for one in self._checkpoints if one <= same), default=0)
        self._tokens = list(prompt[:known])
        self._checkpoints = deque(
            (one for one in self._checkpoints if one <= known), maxlen=_CHECKPOINTS
        )
        return known

    def read(self, pieces: Sequence[str]) -> None:
        """Note what was read, or written."""
        self._tokens += pieces

    def mark(self) -> None:
        """Make a checkpoint: a prompt is read to its end."""
        self._checkpoints.append(len(self._tokens))
