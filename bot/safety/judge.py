"""The judge: asked before anything of a stranger's, or of the model's, reaches an outlet."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Protocol

from bot.chat import Comment, ViewerKey
from bot.clock import Clock
from bot.language import LANGUAGES, Code
from bot.recent import Recent
from bot.safety.blocklist import Blocklist
from bot.safety.injection import is_attempt
from bot.safety.links import unlinked
from bot.safety.personal import personal
from bot.safety.spelling import fold
from bot.text import clean
from bot.translation import tr

BENCHED = 600.0
"""Seconds in which nobody hears of whoever tried to take the model over."""
_VIEWERS = 1000
_TEXTS = 4000
_SHORTEST_SECRET, _LONGEST_WORD = 6, 12
"""Characters from which on a secret is none that anybody might say by chance: a word has to be
longer, or every sentence with it would be withheld."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What may be shown of a comment.

    Attributes:
        comment: as it may be shown, or None where none of it may.
        reasons: what was withheld, and why, in words for the streamer.
    """

    comment: Comment | None
    reasons: tuple[str, ...] = ()


class _Character(Protocol):
    """What the judge has to know of a persona."""

    @property
    def language(self) -> Code: ...

    @property
    def banned_topics(self) -> tuple[str, ...]: ...


class Judge:
    """Knows what no outlet shows. It judges cleaned texts.

    Args:
        blocklist: terms that are not shown.
        somebody: what a viewer is called whose name may not be shown.
        topics: what the persona does not talk about; terms as the blocklist has them.
        clock: the time by which a bench is over.
        secrets: the settings' own, which nobody is to read out.
    """

    def __init__(
        self,
        blocklist: Blocklist,
        *,
        somebody: str,
        topics: Iterable[str] = (),
        clock: Clock,
        secrets: Iterable[str] = (),
    ) -> None:
        self._blocklist = blocklist
        self._judged: Recent[str, str | None] = Recent(_TEXTS)
        """What was found of texts lately: names come again, and so do greetings."""
        self._somebody = somebody
        self._clock = clock
        self._secrets = [fold(one) for one in secrets if _is_secret(one)]
        self._benched: Recent[ViewerKey, float] = Recent(_VIEWERS)
        self._muted: dict[ViewerKey, float] = {}
        self._banned: dict[str, str] = {}
        self._persona_topics = tuple(topics)
        self._topics = Blocklist(self._persona_topics)
        """What the persona does not talk about, and what is banned in this show."""

    @property
    def blocklist(self) -> Blocklist:
        """Terms that are not shown."""
        return self._blocklist

    @blocklist.setter
    def blocklist(self, blocklist: Blocklist) -> None:
        self._blocklist = blocklist
        self._judged.clear()

    def comment(self, comment: Comment) -> Verdict:
        """Judge a comment and its author's name.

        What was paid for is thanked without its words, if these may not be shown. A name that may
        not be shown is replaced; of those who are mentioned or given something it is left out.
        """
        reasons: list[str] = []
        if name := self.text(comment.author.name):
            reasons.append(tr("the name holds {name}", name=name))
            comment = replace(comment, author=replace(comment.author, name=self._somebody))
        if comment.mentions:
            mentions = tuple(one for one in comment.mentions if self.text(clean(one)) is None)
            comment = replace(comment, mentions=mentions)
        if (membership := comment.membership) and self.text(membership.recipient):
            comment = replace(comment, membership=replace(membership, recipient=""))
        plain = unlinked(comment.text)
        if why := self._words(comment, plain):
            reasons.append(why)
            return Verdict(replace(comment, text="") if comment.is_paid else None, tuple(reasons))
        return Verdict(replace(comment, text=plain), tuple(reasons))

    def play(self, persona: _Character) -> None:
        """Judge by what another persona does not talk about, and in its language."""
        self._somebody = LANGUAGES[persona.language].somebody
        self._persona_topics = persona.banned_topics
        self._settle()

    def mute(self, viewer: ViewerKey, seconds: float) -> None:
        """Show nothing of a viewer's for so long; ``math.inf`` is for good."""
        self._muted[viewer] = self._clock.monotonic() + seconds

    def unmute(self, viewer: ViewerKey) -> None:
        """Show again what a viewer writes, who was muted or benched."""
        self._muted.pop(viewer, None)
        self._benched.discard(viewer)

    def ban(self, term: str) -> None:
        """Show nothing that holds a term."""
        self._banned[fold(term)] = term
        self._settle()

    def allow(self, term: str) -> str | None:
        """Show again what holds a term, and return it as it was banned; None where it was not."""
        banned = self._banned.pop(fold(term), None)
        self._settle()
        return banned

    def _settle(self) -> None:
        self._topics = Blocklist([*self._persona_topics, *self._banned.values()])
        self._judged.clear()

    def text(self, text: str) -> str | None:
        """Return what a text holds that may not be shown, in words for the streamer, or None."""
        return self._held(text) or (tr("a link") if unlinked(text) != text else None)

    def found(self, text: str) -> str | None:
        """Return why the model may not read what a tool has found, or None; as ``text``."""
        return tr("words for a model") if is_attempt(text) else self.text(text)

    def _held(self, text: str) -> str | None:
        if text not in self._judged:
            self._judged[text] = self._find(text)
        return self._judged.get(text, None)

    def _find(self, text: str) -> str | None:
        if term := self._blocklist.finds(text):
            return tr("what the blocklist has as {term}", term=term)
        if term := self._topics.finds(text):
            return tr("the banned topic {term}", term=term)
        if kind := personal(text):
            return kind
        folded = fold(text)
        if any(secret in folded for secret in self._secrets):
            return tr("a secret of the settings")
        return None

    def _words(self, comment: Comment, plain: str) -> str | None:
        """Return why a comment's words may not be shown, of which ``plain`` has no links."""
        if self._clock.monotonic() < self._muted.get(comment.viewer, 0.0):
            return tr("a moderator has muted the author")
        if self._clock.monotonic() < self._benched.get(comment.viewer, 0.0):
            return tr("the author is benched for trying to take the model over")
        if not comment.author.may_moderate and is_attempt(comment.text):
            self._benched[comment.viewer] = self._clock.monotonic() + BENCHED
            return tr("it tries to take the model over; its author is benched for ten minutes")
        why = self._held(plain)
        return tr("it holds {why}", why=why) if why else None


def _is_secret(text: str) -> bool:
    return len(text) >= (_LONGEST_WORD if text.isalpha() else _SHORTEST_SECRET)
