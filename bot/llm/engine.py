"""An engine: whatever serves a model, as the rest of the bot knows it."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Any, Protocol

from bot.llm.message import Function, Message, Piece
from bot.llm.options import Effort, ModelOptions, Sampling


class Engine(Protocol):
    """One model on one server. What fails is of the two kinds in ``bot.errors``."""

    @property
    def options(self) -> ModelOptions:
        """What was set of the model."""
        ...

    @property
    def group(self) -> str:
        """What the names of its settings begin with, for errors."""
        ...

    @property
    def model(self) -> str:
        """The model's name."""
        ...

    @property
    def about(self) -> str:
        """Which model, and where, in words for the streamer."""
        ...

    @property
    def is_loaded(self) -> bool:
        """Whether the model could be asked, as far as is known."""
        ...

    async def find(self, limit: float | None = None) -> None:
        """Look the model up, in ``limit`` seconds where that is given.

        Raises:
            UnavailableError: the server does not answer.
            MisconfiguredError: it does not have the model; the text says how to get it.
        """
        ...

    async def warm(self) -> None:
        """Find the model and have it loaded; a minute and more for a large one.

        Cancelling gives up the waiting, and not the loading.

        Raises: as ``find`` does.
        """
        ...

    def think(
        self,
        messages: Sequence[Message],
        *,
        effort: Effort,
        sampling: Sampling,
        limit: int | None = None,
        functions: Sequence[Function] = (),
        schema: Mapping[str, Any] | None = None,
    ) -> AsyncGenerator[Piece]:
        """Stream the model's answer. Closing or cancelling the stream stops the model.

        Args:
            messages: the prompt.
            effort: how long to reason, where the model can.
            sampling: how freely to choose words.
            limit: tokens of thinking and answer, where they are to be fewer than ``num_predict``.
            functions: what it may have done, where it can; they stand at the head of the prompt.
            schema: what the answer is to be, as a JSON schema; where the server cannot see to that
                it may be anything.

        Raises:
            UnavailableError: the server is not there, failed, or went quiet.
            MisconfiguredError: it does not have the model.
            MalformedCallError: it wants something done, and nobody understands what.
        """
        ...

    async def release(self) -> str:
        """Let the server do without the model; return in words for the streamer what became of it.

        Empty where there is nothing to be said of that. It never fails.
        """
        ...

    async def close(self) -> None:
        """Close the connections. A stream that is still open ends with an error."""
        ...
