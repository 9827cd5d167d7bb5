"""Quality: what is wrong with an answer, judged by its first sentence. Pure."""

from collections import deque
from collections.abc import Iterable
from difflib import SequenceMatcher
from enum import Enum, auto
from itertools import chain

import regex

from bot.chat import Remark
from bot.persona import Persona
from bot.speech.sentence import SentenceSplitter
from bot.writing import prompt

_REPLIES = 8
"""Replies that are compared with a new one."""
_SENTENCES = 8
"""Sentences of each that are."""
_ALIKE = 0.85
"""From this ratio on two sentences are the same one to whoever hears them."""
_WEIGHTY = 24
"""Bytes up to which a sentence may come again, as greetings and cheers do."""
_QUOTED = 36
"""Bytes from which on a sentence that stands in the prompt as it is has been read out."""

_QUOTATION = regex.compile(r"「[^」]*」|『[^』]*』|\"[^\"]*\"|“[^”]*”|(?<!\w)'[^']*'(?!\w)")
_WORD = regex.compile(r"[\p{L}\p{N}]")
_KANA = regex.compile(r"[\p{Hiragana}\p{Katakana}]")
_HAN = regex.compile(r"\p{Han}")
_LATIN = regex.compile(r"\p{Latin}")
_LATIN_WORD = regex.compile(r"\p{Latin}+")
_LETTER = regex.compile(r"\p{L}")
_SCRIPTS = {"en": _LATIN, "ja": regex.compile(r"[\p{Hiragana}\p{Katakana}\p{Han}]")}

_FOREIGN_LETTERS = 12
"""Letters of another script up to which a sentence may be an interjection."""
_FOREIGN_WORDS = 4
"""Latin words in Japanese up to which it may."""


class Fault(Enum):
    """Why an answer cannot be used."""

    EMPTY = auto()
    """There was nothing to be said in it."""
    EATEN = auto()
    """The thinking used up all the tokens."""
    LEAKED = auto()
    """It was thinking that nothing marked."""
    LANGUAGE = auto()
    """It is not in the character's language."""
    REPEATED = auto()
    """It was said before, in almost the same words."""
    QUOTED = auto()
    """It reads out what only the model was told."""

    def said(self, language: str) -> str:
        """Return the fault in words for the model."""
        return _SAID[language][self]


_SAID = {
    "en": {
        Fault.EMPTY: "it was empty.",
        Fault.EATEN: "you thought for too long; think briefly.",
        Fault.LEAKED: "it was your thinking, not your answer.",
        Fault.LANGUAGE: "it was not in English.",
        Fault.REPEATED: "you have said almost the same before; say something else.",
        Fault.QUOTED: "it read out your instructions.",
    },
    "ja": {
        Fault.EMPTY: "何も書かれていませんでした。",
        Fault.EATEN: "考える時間が長すぎました。短く考えてください。",
        Fault.LEAKED: "答えではなく考えごとが書かれていました。",
        Fault.LANGUAGE: "日本語ではありませんでした。",
        Fault.REPEATED: "前とほとんど同じでした。別のことを言ってください。",
        Fault.QUOTED: "指示の文章を読み上げていました。",
    },
}


class Quality:
    """Knows what the character said lately, and what it was told before."""

    def __init__(self, persona: Persona) -> None:
        self._persona = persona
        self._told = _bare(prompt.system(persona))
        self._replies: deque[list[str]] = deque(maxlen=_REPLIES)

    def remember(self, said: str) -> None:
        """Take note of a reply."""
        splitter = SentenceSplitter()
        sentences = [*splitter.feed(said), *splitter.close()]
        self._replies.append([_bare(sentence) for sentence in sentences[:_SENTENCES]])

    def fault(self, sentence: str, batch: Iterable[Remark]) -> Fault | None:
        """Return what is wrong with the first sentence of an answer to these remarks, if anything.

        Names, quotations and interjections are in no language.
        """
        if self.quotes(sentence):
            return Fault.QUOTED
        if is_foreign(self._bared(sentence, batch), self._persona.language):
            return Fault.LANGUAGE
        if self.repeats(sentence):
            return Fault.REPEATED
        return None

    def repeats(self, sentence: str, said: Iterable[str] = ()) -> bool:
        """Return whether almost the same is in one of the last replies, or in ``said``."""
        bare = _bare(sentence)
        known = chain(chain.from_iterable(self._replies), map(_bare, said))
        return len(bare.encode()) > _WEIGHTY and any(_is_alike(bare, old) for old in known)

    def is_undecided(self, clause: str, batch: Iterable[Remark]) -> bool:
        """Return whether only the rest can tell what is wrong with a sentence that begins so.

        It begins almost as one in the last replies or in the prompt, or with a few words of another
        language.
        """
        bare, known = _bare(clause), chain.from_iterable(self._replies)
        is_long = len(bare.encode()) > _WEIGHTY
        if is_long and (
            bare in self._told or any(_is_alike(bare, old[: len(bare)]) for old in known)
        ):
            return True
        text = self._bared(clause, batch)
        own = len(_SCRIPTS[self._persona.language].findall(text))
        return len(_LETTER.findall(text)) > 3 * own

    def quotes(self, sentence: str) -> bool:
        """Return whether a sentence stands in the prompt word for word."""
        bare = _bare(sentence)
        return len(bare.encode()) >= _QUOTED and bare in self._told

    def _bared(self, sentence: str, batch: Iterable[Remark]) -> str:
        """Return a sentence without what is in no language: quotations and names."""
        text = _QUOTATION.sub(" ", sentence)
        writers = (comment.author.name for remark in batch for comment in remark.comments)
        for name in (*self._persona.names, *writers):
            text = text.replace(name, " ")
        return text


def is_foreign(text: str, language: str) -> bool:
    """Return whether a text is written in the script of another language than this."""
    kana, han = len(_KANA.findall(text)), len(_HAN.findall(text))
    latin, letters = len(_LATIN.findall(text)), len(_LETTER.findall(text))
    if language == "en":
        return letters - latin > max(_FOREIGN_LETTERS, latin)
    if not kana and han > _FOREIGN_LETTERS:
        return True  # Chinese
    japanese, other = kana + han, letters - kana - han - latin
    if other > _FOREIGN_LETTERS:
        return other > japanese
    # Names of things are Latin in Japanese, and a Latin letter says less than a Japanese one.
    return len(_LATIN_WORD.findall(text)) > _FOREIGN_WORDS and latin > 6 * max(2, japanese)


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
