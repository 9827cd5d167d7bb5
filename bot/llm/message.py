"""What goes to a model and what comes from it, whoever serves it."""

from dataclasses import dataclass
from typing import Literal, TypeAlias, TypedDict


class Message(TypedDict):
    """One message of a prompt."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Thinking:
    """A piece of the model's reasoning. Never for the audience."""

    text: str


@dataclass(frozen=True, slots=True)
class Content:
    """A piece of the model's answer, not yet cleaned."""

    text: str


@dataclass(frozen=True, slots=True)
class Done:
    """The end of an answer, with the server's own figures, 0 where it does not tell.

    ``cut`` says that the answer or the thinking used up all the tokens there were; ``tokens``
    counts both together, and ``seconds`` is what they took. ``prompt_seconds`` is what it took to
    read of the prompt what the server did not remember, and ``load_seconds`` to have the model in
    memory. ``prompt_read`` is how many tokens of it were read, None where the server does not tell.
    """

    cut: bool = False
    tokens: int = 0
    seconds: float = 0.0
    prompt_seconds: float = 0.0
    load_seconds: float = 0.0
    prompt_read: int | None = None

    @property
    def speed(self) -> float:
        """Tokens a second, 0.0 where the server does not tell."""
        return self.tokens / self.seconds if self.seconds else 0.0


Piece: TypeAlias = Thinking | Content | Done
