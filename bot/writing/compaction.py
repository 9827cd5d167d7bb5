"""Compaction: the older part of a grown history becomes notes, when that costs no viewer time.

There are two steps. The notes are asked for when nobody waits: the request continues what the
server has read, so that a viewer who comes between pays for nothing but a few lines. The fold puts
them in the place of what was said; all that follows has to be read anew then, so it is small, and
its moment is chosen by ``bot.show.upkeep``.
"""

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.chat import Comment, ViewerKey
from bot.persona import Persona
from bot.speech import Speech
from bot.text import clean, tokens
from bot.writing import prompt, structured, summary
from bot.writing.conversation import Conversation
from bot.writing.history import Notes, size
from bot.writing.quality import Quality
from bot.writing.structured import About, Noted, Think

log = logging.getLogger(__name__)

_REST = 4
"""Exchanges before notes are asked for again, where that came to nothing or was interrupted."""


@dataclass(frozen=True, slots=True)
class Learned:
    """What there is to know of a viewer, in a sentence that was made from strangers' words."""

    viewer: ViewerKey
    name: str
    fact: str


class Compaction:
    """Puts notes in the place of exchanges.

    Args:
        think: asks the model.
        speech: makes what cleans the notes.
        learn: keeps what there is to know of viewers.
    """

    def __init__(
        self,
        conversation: Conversation,
        persona: Persona,
        quality: Quality,
        *,
        think: Think,
        speech: Callable[[], Speech],
        learn: Callable[[Sequence[Learned]], None],
    ) -> None:
        self._conversation = conversation
        self._history = conversation.history
        self._persona = persona
        self._quality = quality
        self._think = think
        self._speech = speech
        self._learn = learn
        self._rest = 0
        self._noted: tuple[Notes, int] | None = None
        """Notes that are not in the history yet, and on how many of its exchanges."""
        self._changes = 0

    @property
    def wants_notes(self) -> bool:
        """Whether there is something to note, and it has not just come to nothing."""
        is_full = self._history.is_full(self._conversation.room)
        return is_full and not self._rest and not self._notes

    def went_on(self) -> None:
        """Note that the conversation has gone on by an exchange."""
        self._rest = max(0, self._rest - 1)

    async def note(self) -> None:
        """Have the model sum up all that was said. The history is as it was.

        Raises:
            BotError: the model is not there, or failed.
        """
        history = self._history
        sources, count, changes = history.sources(), len(history), history.changes
        told = prompt.messages(
            self._persona, history, prompt.ask_to_sum_up(self._persona, summary.SENTENCES)
        )
        self._rest = _REST
        noted = await structured.answer(self._think, told, Noted)
        notes = noted and summary.harmless(noted.notes, self._speech(), self._quality.quotations())
        if not (noted and notes):
            log.debug("The model noted nothing of what was said earlier.")
        elif changes == history.changes:
            log.debug("Notes on what was said earlier: %s", notes)
            self._noted, self._changes, self._rest = (Notes(notes, sources), count), changes, 0
            self._learn(list(_learned(noted.viewers, sources)))

    @property
    def is_urgent(self) -> bool:
        """Whether a fold cannot wait for a good moment."""
        return self._history.is_crowded(self._conversation.room)

    @property
    def is_noted(self) -> bool:
        """Whether a fold would make the prompt shorter, and lose nothing."""
        return self._notes is not None

    @property
    def can_fold(self) -> bool:
        """Whether a fold would make the prompt shorter, or its messages fewer."""
        return self.is_noted or self.is_urgent or self._history.is_scattered

    @property
    def fold_tokens(self) -> int:
        """About how many tokens are to be read after a fold: all that there are then."""
        notes, told = self._history.folded(self._conversation.room, self._notes)
        return prompt.size(prompt.fixed(self._persona)) + tokens(notes.text) + size(told)

    def fold(self) -> None:
        """Put the notes in their place, or what was said into one message."""
        self._history.fold(*self._history.folded(self._conversation.room, self._notes))

    @property
    def _notes(self) -> tuple[Notes, int] | None:
        """Return what waits to be put in, unless something was taken back since."""
        return self._noted if self._changes == self._history.changes else None


def _learned(told: Iterable[About], sources: Iterable[Comment]) -> Iterator[Learned]:
    """Yield what was noted of viewers who have written; of two of the same name, nothing."""
    named = defaultdict[str, set[ViewerKey]](set)
    for comment in sources:
        named[comment.author.name.casefold()].add(comment.viewer)
    for one in told:
        viewers = named.get(one.name.removeprefix("@").casefold(), set())
        if len(viewers) == 1 and (fact := prompt.unmarked(clean(one.fact))):
            yield Learned(next(iter(viewers)), one.name, fact)
