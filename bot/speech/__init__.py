"""Speech: a stream of a model's content in, clean whole sentences out. Pure.

On the way each room takes out what it knows: ``normalise`` what cannot be seen and never ends,
``thinking`` thoughts and ``special_tokens``, ``prefix`` what tells whose turn it is; ``sentence``
cuts; ``aside`` takes stage directions and mood tags out, and ``polish`` markdown.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence

import regex

from bot.speech.aside import Asides
from bot.speech.normalise import Normaliser
from bot.speech.polish import polish, unlink
from bot.speech.prefix import PrefixFilter
from bot.speech.sentence import SentenceSplitter
from bot.speech.special_tokens import without
from bot.speech.thinking import ThinkingFilter

_GIBBERISH = regex.compile(r"(?=[^AEIOUYWHMZ])(\p{Lu})\1{7,}\W*")
"""What some graphics cards make of every answer."""
_FENCE = regex.compile(r"\s*(?:`{3}|~{3})")
_SPOKEN = regex.compile(r"[\p{L}\p{N}\p{Extended_Pictographic}\p{Regional_Indicator}!?！？…♪]")


class Speech:
    """What one reply says, from the first piece of content to the last.

    The first piece that comes out may be a clause, see ``SentenceSplitter``; ``bot.text.join`` puts
    all of them together. However the content is cut into pieces, the same comes out.

    Args:
        names: what the character is called, taken out where the model writes it before its lines.
        moods: what counts as a mood in a tag such as ``[joy]``, in small letters.
        begins_thinking: as in ``ThinkingFilter``.
    """

    def __init__(
        self,
        names: Sequence[str],
        *,
        moods: Collection[str] = (),
        begins_thinking: bool = False,
    ) -> None:
        self._normaliser = Normaliser()
        self._thinking = ThinkingFilter(begins_thinking=begins_thinking, moods=moods)
        self._prefixes = PrefixFilter(names)
        self._splitter = SentenceSplitter(eager=True)
        self._asides = Asides(moods)
        self._is_code = False

    @property
    def leaked(self) -> bool:
        """Whether what was said before turned out to be thinking; see ``ThinkingFilter``."""
        return self._thinking.leaked

    @property
    def has_thought(self) -> bool:
        """Whether a thought was found in the content, with its end, and taken out."""
        return self._thinking.has_thought

    @property
    def mood(self) -> str:
        """The mood of the last sentence returned: that of the last tag before it, or empty."""
        return self._asides.mood

    @property
    def echoes(self) -> int:
        """How many lines were not returned because they were the prompt's, or another's turn."""
        return self._prefixes.echoes

    def feed(self, content: str) -> list[str]:
        """Return the sentences that this piece completes."""
        heard = self._thinking.feed(self._normaliser.feed(content))
        return list(self._clean(self._splitter.feed(self._prefixes.feed(heard))))

    def close(self) -> list[str]:
        """Return the sentences that the end of the stream completes."""
        heard = self._thinking.feed(self._normaliser.close()) + self._thinking.close()
        rest = self._prefixes.feed(heard) + self._prefixes.close()
        return [*self._clean(self._splitter.feed(rest)), *self._clean(self._splitter.close())]

    def _clean(self, sentences: Iterable[str]) -> Iterator[str]:
        for sentence in sentences:
            if _FENCE.match(sentence):
                self._is_code = not self._is_code and sentence.count("`" * 3) % 2 == 1
                continue
            if self._is_code or _GIBBERISH.fullmatch(sentence):
                continue
            said = without(polish(self._asides.take_out(unlink(sentence))))
            if _SPOKEN.search(said):
                self._splitter.eager = False
                yield said
