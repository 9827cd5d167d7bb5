"""Readiness: what is still missing before the show is on air, told to the streamer."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console

from bot.app.models import Model
from bot.clock import Clock
from bot.llm.availability import Availability
from bot.sources.broadcast import Broadcast
from bot.sources.listener import Listener
from bot.stage import NeighbourStage
from bot.translation import tr

_BETWEEN_LOOKS = 0.1
_GRACE = 3.0
"""Seconds in which everything usually comes up, so that nothing need be said of it."""


@dataclass(frozen=True, slots=True)
class Readiness:
    """Knows whom to ask."""

    model: Model
    ready: Availability
    listeners: Sequence[Listener]
    neighbours: Sequence[NeighbourStage]
    broadcast: Broadcast

    def missing(self) -> tuple[str, ...]:
        """Return the names of what does not work yet."""
        guard = self.model.guard
        return (
            *([] if self.ready else [self.model.llm.model]),
            *([guard.llm.model] if guard and not guard.llm.is_loaded else []),
            *(one.label for one in self.listeners if not one.is_listening),
            *(one.label for one in self.neighbours if not one.is_ready),
        )

    async def announce(self, console: Console, clock: Clock) -> None:
        """Tell what is missing, each thing once, until the show is on air.

        Why it is missing stands in the log, told by whoever knows.
        """
        told = set[tuple[str, ...]]()
        missing, since = self.missing(), clock.monotonic()
        while missing or not self.broadcast.is_live:
            if missing not in told and clock.monotonic() - since >= _GRACE:
                told.add(missing)
                line = tr("Not on air yet. Missing: {missing}.", missing=", ".join(missing))
                line = line if missing else self._waiting()
                console.print(line, style="yellow", markup=False, highlight=False)
            await clock.sleep(_BETWEEN_LOOKS)
            before, missing = missing, self.missing()
            if missing != before:
                since = clock.monotonic()
        console.print(tr("On air. Ctrl+C ends the show."), style="bold green")

    def _waiting(self) -> str:
        states = [one for one in self.listeners if self.broadcast.knows(one.label)]
        if any(one.live is False for one in states):
            how = "; ".join(f"{one.label}: {one.state}" for one in states)
            return tr(
                "Ready. The stream has not begun ({how}): the character greets when it does.",
                how=how,
            )
        return tr("Ready. Nobody tells whether the stream is live: the first comment will.")
