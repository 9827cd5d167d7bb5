"""Speech: a stream of a model's content in, clean whole sentences out. Pure."""

from collections.abc import Iterable

import regex

from bot.speech.polish import polish
from bot.speech.sentence import SentenceSplitter
from bot.speech.thinking import ThinkingFilter

_SPOKEN = regex.compile(r"[\p{L}\p{N}\p{Extended_Pictographic}\p{Regional_Indicator}!?！？…♪]")


class Speech:
    """What one reply says, from the first piece of content to the last.

    Args:
        names: what the character is called, taken out where the model writes it before its lines.
        begins_thinking: as in ``ThinkingFilter``.
    """

    def __init__(self, *names: str, begins_thinking: bool = False) -> None:
        self._names = names
        self._filter = ThinkingFilter(begins_thinking=begins_thinking)
        self._splitter = SentenceSplitter()

    @property
    def leaked(self) -> bool:
        """Whether what was said before turned out to be thinking; see ``ThinkingFilter``."""
        return self._filter.leaked

    def feed(self, content: str) -> list[str]:
        """Return the sentences that this piece completes."""
        return self._clean(self._splitter.feed(self._filter.feed(content)))

    def close(self) -> list[str]:
        """Return the sentences that the end of the stream completes."""
        rest = self._splitter.feed(self._filter.close())
        return self._clean([*rest, *self._splitter.close()])

    def _clean(self, sentences: Iterable[str]) -> list[str]:
        polished = (polish(sentence, self._names) for sentence in sentences)
        return [sentence for sentence in polished if _SPOKEN.search(sentence)]
