"""What goes to a model and what comes from it, whoever serves it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, TypedDict

from bot.errors import UnavailableError


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
class Function:
    """Something that a model may have done, with ``parameters`` as JSON Schema has them."""

    name: str
    description: str
    parameters: Mapping[str, Any]

    @property
    def described(self) -> dict[str, Any]:
        """It as Ollama's and OpenAI's interfaces want it described."""
        told = {"name": self.name, "description": self.description, "parameters": self.parameters}
        return {"type": "function", "function": told}


@dataclass(frozen=True, slots=True)
class Call:
    """What the model wants done; neither the name nor the arguments need make sense."""

    name: str
    arguments: Mapping[str, Any]


class MalformedCallError(UnavailableError):
    """The model wanted something done, in words that its server does not understand."""


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


Piece: TypeAlias = Thinking | Content | Call | Done


def formatted(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return how OpenAI's API and llama.cpp are asked for an answer of a schema.

    ``strict`` is left out: not all servers understand it.
    """
    return {"type": "json_schema", "json_schema": {"name": "answer", "schema": dict(schema)}}
