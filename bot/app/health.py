"""Health: how each part of the show is, and in a word how the show is."""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Never

import regex

from bot.app import disk
from bot.app.models import Model
from bot.chat import Platform
from bot.clock import Clock
from bot.errors import BotError
from bot.intake.queue import CommentQueue
from bot.show.director import Director
from bot.sources.broadcast import Broadcast
from bot.sources.listener import Listener
from bot.stage import NeighbourStage
from bot.storage.memory import Memory
from bot.translation import tr
from bot.voice.narrator import Narrator
from bot.writing.writer import Writer

log = logging.getLogger(__name__)

_BETWEEN_PULSES = 2.0
_GLANCE = 1.5
_MISSED = 2
_ADDRESS = regex.compile(r"\s*(?:at|,)?\s*https?://[^\s,;)]+")


class Level(StrEnum):
    """How a part is."""

    WELL = "well"
    WAITING = "waiting"
    """For something that will come: the stream, or its own loading."""
    ILL = "ill"


class Word(StrEnum):
    """How the show is."""

    ON_AIR = "on air"
    TROUBLE = "trouble"
    PAUSED = "paused"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class Part:
    """How one part is, in words for the streamer.

    ``alive`` is how many seconds ago it last did something, where that is known.
    """

    name: str
    level: Level
    state: str
    alive: float | None = None


class Health:
    """Knows whom to ask.

    Args:
        database: the file of the history.
        paused_by: returns who has paused the show, where that is known.
    """

    def __init__(
        self,
        *,
        director: Director,
        queue: CommentQueue,
        writer: Writer,
        model: Model,
        memory: Memory,
        narrator: Narrator,
        listeners: Sequence[Listener],
        neighbours: Sequence[NeighbourStage],
        broadcast: Broadcast,
        clock: Clock,
        database: Path | None = None,
        paused_by: Callable[[], str] = str,
    ) -> None:
        self._director = director
        self._queue = queue
        self._writer = writer
        self._model = model
        self._memory = memory
        self._narrator = narrator
        self._listeners = listeners
        self._neighbours = neighbours
        self._broadcast = broadcast
        self._clock = clock
        self._database = database
        self._paused_by = paused_by
        self._heard = 0
        """Pieces of the model's answers."""
        self._heard_at: float | None = None
        self._is_disk_full = False
        self._ill = frozenset[str]()
        """The parts that did not work at the last look."""
        self._faults = frozenset[str]()
        """Those of them that were written down."""
        self._missed = 0
        """Times in a row that the model was not found."""

    def parts(self) -> list[Part]:
        """Return how each is."""
        panel = Platform.LOCAL.label  # Whoever reads this has it before them.
        return [
            *(self._listened(one) for one in self._listeners if one.label != panel),
            *self._models(),
            *map(self._shown, self._neighbours),
            *self._voice(),
            self._history(),
            *self._disk(),
        ]

    @property
    def word(self) -> Word:
        """How the show is."""
        return self._word(self.parts())

    def summary(self) -> str:
        """Return how the show is, in a few words."""
        return self._summary(self.parts())

    def tell(self) -> str:
        """Return how things are, in a line that may stand in a chat."""
        parts = self.parts()
        facts = [
            tr("{count} waiting", count=len(self._queue)),
            tr("{answered} answered", answered=self._director.answered),
            tr("{shed} shed", shed=self._queue.counts["shed"]),
            tr(
                "{model} at {speed:.1f} tokens/s",
                model=self._model.llm.model,
                speed=self._writer.speed,
            ),
        ]
        summary, few = self._summary(parts), tr(", ").join(facts)
        told = [tr("{summary}: {facts}.", summary=summary, facts=few)]
        told += [
            tr("{name}: {state}", name=one.name, state=one.state)
            for one in parts
            if one.level is not Level.WELL
        ]
        # No chat takes addresses, and moderators have no use for those.
        return _ADDRESS.sub("", " ".join(told))

    def report(self) -> dict[str, Any]:
        """Return all of it, for pages and scripts."""
        parts = self.parts()
        return {
            "state": self._word(parts),
            "summary": self._summary(parts),
            "is_live": self._broadcast.is_live,
            "paused_by": self._paused_by() if self._director.paused else "",
            "parts": [asdict(one) for one in parts],
            "waiting": len(self._queue),
            "answered": self._director.answered,
            "shed": self._queue.counts["shed"],
            "withheld": self._queue.counts["withheld"],
            "tokens_per_second": round(self._writer.speed, 1),
        }

    async def run(self) -> Never:
        """Feel the model's pulse, tell of the disk, note what does not work, until cancelled."""
        while True:
            self._tell_of_disk()
            await self._look_for_model()
            await self._narrator.look()
            heard = self._writer.dialogue.heard
            if heard != self._heard:
                self._heard, self._heard_at = heard, self._clock.monotonic()
            self._note_faults()
            await self._clock.sleep(_BETWEEN_PULSES)

    def _note_faults(self) -> None:
        """Have written down which parts do not work at two looks in a row, and which do again."""
        ill = {part.name: part.state for part in self.parts() if part.level is Level.ILL}
        for name in self._faults - ill.keys():
            self._memory.faults.end(name)
        faults = (self._ill | self._faults) & ill.keys()
        for name in faults - self._faults:
            self._memory.faults.begin(name, ill[name])
        self._faults, self._ill = faults, frozenset(ill)

    async def _look_for_model(self) -> None:
        """Find out that the model is away before somebody has to wait for it in vain.

        One that is at work is left alone, and so is one that was too slow once.
        """
        ready = self._writer.dialogue.ready
        if not ready or self._writer.dialogue.is_asked:
            self._missed = 0
            return
        try:
            await self._model.llm.find(_GLANCE)
        except BotError as error:
            self._missed += 1
            if self._missed == _MISSED:
                log.error("%s", error)
                ready.lost(str(error))
        else:
            self._missed = 0

    def _tell_of_disk(self) -> None:
        """Tell when it is full, and when it is not any more: all other parts do that themselves."""
        for part in self._disk():
            is_full = part.level is Level.ILL
            if is_full != self._is_disk_full:
                self._is_disk_full = is_full
                log.log(
                    logging.WARNING if is_full else logging.INFO,
                    tr("The disk: {state}", state=part.state),
                )

    def _word(self, parts: Sequence[Part]) -> Word:
        if self._director.paused:
            return Word.PAUSED
        if any(one.level is Level.ILL for one in parts):
            return Word.TROUBLE
        return Word.ON_AIR if self._broadcast.is_live else Word.WAITING

    def _summary(self, parts: Sequence[Part]) -> str:
        if self._director.paused:
            name = self._paused_by()
            return tr("Paused by {name}", name=name) if name else tr("Paused")
        now = tr("On air") if self._broadcast.is_live else tr("Waiting for the stream")
        ill = [one.name for one in parts if one.level is Level.ILL]
        return tr("{now}, but without {ill}", now=now, ill=tr(", ").join(ill)) if ill else now

    def _since(self, at: float | None) -> float | None:
        return None if at is None else round(self._clock.monotonic() - at, 1)

    def _listened(self, listener: Listener) -> Part:
        level = Level.WAITING
        if listener.is_failing:
            level = Level.ILL
        elif listener.is_listening and listener.live is not False:
            level = Level.WELL
        return Part(listener.label, level, listener.state, self._since(listener.alive_at))

    def _shown(self, stage: NeighbourStage) -> Part:
        level = Level.WELL if stage.is_ready else Level.ILL
        return Part(stage.label, level, stage.state, self._since(stage.alive_at))

    def _models(self) -> Iterator[Part]:
        ready, llm = self._writer.dialogue.ready, self._model.llm
        if ready:
            state = tr(
                "{about}, {speed:.1f} tokens/s", about=self._model.about, speed=self._writer.speed
            )
            yield Part(llm.model, Level.WELL, state, self._since(self._heard_at))
        elif ready.why:
            yield Part(llm.model, Level.ILL, ready.why, self._since(self._heard_at))
        else:
            yield Part(llm.model, Level.WAITING, tr("It is being loaded."))
        if guard := self._model.guard:
            if guard.llm.is_loaded:
                yield Part(
                    guard.llm.model, Level.WELL, tr("It judges: {about}.", about=guard.llm.about)
                )
            else:
                yield Part(
                    guard.llm.model, Level.ILL, tr("It is not loaded, so it judges nothing.")
                )

    def _voice(self) -> Iterator[Part]:
        if voice := self._narrator.voice:
            trouble = self._narrator.trouble
            level = Level.ILL if trouble else Level.WELL
            alive = self._since(self._narrator.heard_at)
            yield Part(tr("Voice"), level, trouble or voice.label, alive)

    def _history(self) -> Part:
        trouble = self._memory.trouble
        level = Level.ILL if trouble else Level.WELL
        return Part(tr("History"), level, trouble or tr("It is being written."))

    def _disk(self) -> Iterator[Part]:
        if self._database is None:
            return
        is_well, told = disk.look(self._database.parent)
        yield Part(tr("Disk"), Level.WELL if is_well else Level.ILL, told)
