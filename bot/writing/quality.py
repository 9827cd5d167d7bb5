"""Quality: what is wrong with an answer. Speech cleans, and what is left is judged here. Pure.

What is quoted, and what is repeated, is decided by one rule each, and nowhere else:

- A sentence *quotes* where it ends a passage of eight words of our rules (sixteen characters of
  Japanese), or stands as it is, and whole, in what the model was told of its character.
- A sentence *repeats* where almost the same one is in this reply or one of the last, unless it is
  as short as greetings and cheers are; those may come three times in a row, and not a fourth.
"""

import logging
from collections import deque
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from itertools import chain

import regex

from bot.chat import Remark
from bot.language import LANGUAGES
from bot.language.language import Fault
from bot.language.script import letters
from bot.persona import Persona
from bot.safety.judge import Judge
from bot.speech.sentence import SentenceSplitter
from bot.translation import tr
from bot.writing import prompt
from bot.writing.quotation import Quotations

log = logging.getLogger(__name__)

_REPLIES = 8
"""Replies that are compared with a new one."""
_SENTENCES = 8
"""Sentences of each that are."""
_ALIKE = 0.85
"""From this ratio on two sentences are the same one to whoever hears them."""
_WEIGHTY = 24
"""Bytes up to which a sentence may come again, as greetings and cheers do."""
_IN_A_ROW = 3
"""How often it may: はい。はい。はい。 but not what a model in a loop writes."""
_QUOTED = 36
"""Bytes from which on a sentence that stands in the prompt as it is has been read out."""

_QUOTATION = regex.compile(r"「[^」]*」|『[^』]*』|\"[^\"]*\"|“[^”]*”|(?<!\w)'[^']*'(?!\w)")
_PREAMBLE = regex.compile(
    r"(?:okay|ok|alright|all right|so|well|hm+|first|now|as|according|まず)\b|[^。！？]*として",
    regex.IGNORECASE,
)
"""How models begin a sentence about their task, and people many another."""
_WORD = regex.compile(r"[\p{L}\p{N}]")


class Quality:
    """Knows what the character said lately, and what it was told before.

    Args:
        persona: who speaks.
        judge: tells what may be shown.
        lenient: whether a very small model is judged, of which no more is asked than that it does
            not go round in circles.
    """

    def __init__(self, persona: Persona, judge: Judge, *, lenient: bool = False) -> None:
        self._judge = judge
        self._language = LANGUAGES[persona.language]
        self._names = persona.names
        self._lenient = lenient
        self._rules = () if lenient else (prompt.rules(persona),)
        self._told = "" if lenient else _bare(prompt.system(persona))
        self._replies: deque[list[str]] = deque(maxlen=_REPLIES)

    def remember(self, reply: str) -> None:
        """Take note of a reply."""
        if self._lenient:
            return
        splitter = SentenceSplitter()
        sentences = [*splitter.feed(reply), *splitter.close()]
        self._replies.append([_bare(sentence) for sentence in sentences[:_SENTENCES]])

    def quotations(self) -> Quotations:
        """Return what knows passages of our rules, for one answer: give it every sentence."""
        return Quotations(self._rules)

    def fault(self, sentence: str, batch: Iterable[Remark]) -> Fault | None:
        """Return what is wrong with the first sentence of an answer to these remarks, if anything.

        Names, quotations and interjections are in no language.
        """
        if self.thinks_aloud(sentence):
            return Fault.ALOUD
        if self.is_unsafe(sentence):
            return Fault.UNSAFE
        return None if self._lenient else self._out_of_character(sentence, batch)

    def _out_of_character(self, sentence: str, batch: Iterable[Remark]) -> Fault | None:
        if self.quotes(sentence):
            return Fault.QUOTED
        if self._language.is_foreign(self._bared(sentence, batch)):
            return Fault.LANGUAGE
        if self.repeats(sentence):
            return Fault.REPEATED
        return None

    def is_unsafe(self, sentence: str) -> bool:
        """Return whether a sentence may not be shown, whoever asked for it."""
        why = self._judge.text(sentence)
        if why:
            log.info(tr("A sentence of the model's was withheld: it holds {why}.", why=why))
        return bool(why)

    def thinks_aloud(self, sentence: str) -> bool:
        """Return whether a sentence is a model's own talk about its task, in any language."""
        said = _QUOTATION.sub("", sentence)
        return any(language.thinks_aloud(said) for language in LANGUAGES.values())

    def repeats(self, sentence: str, said: Sequence[str] = ()) -> bool:
        """Return whether almost the same is in one of the last replies, or in ``said``."""
        if len(said) >= _IN_A_ROW and all(one == sentence for one in said[-_IN_A_ROW:]):
            return True
        if self._lenient:
            return False
        bare = _bare(sentence)
        known = chain(chain.from_iterable(self._replies), map(_bare, said))
        return len(bare.encode()) > _WEIGHTY and any(_is_alike(bare, old) for old in known)

    def is_undecided(self, clause: str, batch: Iterable[Remark]) -> bool:
        """Return whether only the rest can tell what is wrong with a sentence that begins so.

        It begins almost as one in the last replies or in the prompt, with a few words of another
        language, or as models begin to talk about their task.
        """
        if _PREAMBLE.match(clause):
            return True
        if self._lenient:
            return False
        bare, known = _bare(clause), chain.from_iterable(self._replies)
        is_long = len(bare.encode()) > _WEIGHTY
        if is_long and (
            bare in self._told or any(_is_alike(bare, old[: len(bare)]) for old in known)
        ):
            return True
        text = self._bared(clause, batch)
        return letters(text) > 3 * self._language.letters(text)

    def quotes(self, sentence: str) -> bool:
        """Return whether a sentence stands in the prompt word for word."""
        bare = _bare(sentence)
        return len(bare.encode()) >= _QUOTED and bare in self._told

    def _bared(self, sentence: str, batch: Iterable[Remark]) -> str:
        """Return a sentence without what is in no language: quotations and names."""
        text = _QUOTATION.sub(" ", sentence)
        writers = (comment.author.name for remark in batch for comment in remark.comments)
        for name in (*self._names, *writers):
            text = text.replace(name, " ")
        return text


def _bare(text: str) -> str:
    """Return the letters and digits of a text, which is what people hear of it."""
    return "".join(_WORD.findall(text.casefold()))


def _is_alike(one: str, other: str) -> bool:
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return (
        matcher.real_quick_ratio() >= _ALIKE
        and matcher.quick_ratio() >= _ALIKE
        and matcher.ratio() >= _ALIKE
    )
