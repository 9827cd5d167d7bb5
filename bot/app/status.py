"""How a show is, in a line for the streamer."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.app.models import Model
from bot.intake.queue import CommentQueue
from bot.show.director import Director
from bot.sources.listener import Listener
from bot.stage import NeighbourStage
from bot.writing.writer import Writer


@dataclass(frozen=True, slots=True)
class Status:
    """Knows whom to ask."""

    director: Director
    queue: CommentQueue
    writer: Writer
    model: Model
    listeners: Sequence[Listener]
    neighbours: Sequence[NeighbourStage]

    def tell(self) -> str:
        """Return how things are."""
        parts = [
            "paused" if self.director.paused else "on air",
            f"{len(self.queue)} waiting",
            f"{self.director.answered} answered",
            f"{self.queue.counts['shed']} shed",
            f"{self.model.llm.model} at {self.writer.speed:.1f} tokens/s",
            *(f"{listener.label} {listener.state}" for listener in self.listeners),
        ]
        return " ".join([", ".join(parts) + ".", *(stage.state for stage in self.neighbours)])
