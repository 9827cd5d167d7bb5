"""A tool: something that the model can have done, as the toolbox knows it."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from bot.chat import Comment, Retraction
from bot.faults import in_words
from bot.llm.message import Function


class Arguments(BaseModel):
    """What a tool is called with; the model may send anything."""

    model_config = ConfigDict(extra="ignore", frozen=True)


_Arguments = TypeVar("_Arguments", bound=Arguments)


class ToolError(Exception):
    """A call that came to nothing, in words for the model."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How often a tool may be used; 0 is without a limit.

    Attributes:
        hourly: times in an hour,
        viewer_hourly: and of these for the same viewer.
        pause: seconds between two.
    """

    hourly: int = 0
    viewer_hourly: int = 0
    pause: float = 0.0


class Tool(ABC):
    """One of them.

    Attributes:
        function: what the model is told of it.
        seconds: how long it may take.
        limits: how often it may be used.
        longest: characters of a result that the model gets.
    """

    function: Function
    seconds: float = 1.0
    limits: Limits = Limits()
    longest: int = 600

    @abstractmethod
    async def use(self, arguments: Mapping[str, Any], asked: tuple[Comment, ...]) -> str:
        """Do it, and return what came of it: a line for each thing that is judged by itself.

        Args:
            arguments: as the model sent them.
            asked: the comments that it answers.

        Raises:
            ToolError: it cannot be done.
        """

    def stop(self) -> None:  # noqa: B027  most have nothing that goes on
        """Let go of what is still to come of it: it is not allowed any more."""

    def retract(self, retraction: Retraction) -> None:  # noqa: B027  likewise
        """Let go of what was wanted in a comment that no longer stands."""

    async def close(self) -> None:  # noqa: B027  likewise
        """End what it has begun."""


def function(name: str, description: str, arguments: type[Arguments]) -> Function:
    """Return what a model is told of a tool, by the arguments that it takes."""
    schema = arguments.model_json_schema()
    schema.pop("title", None)
    for told in schema.get("properties", {}).values():
        told.pop("title", None)
    schema.pop("description", None)
    return Function(name, description, schema)


def read(kind: type[_Arguments], arguments: Mapping[str, Any]) -> _Arguments:
    """Return the arguments of a call.

    Raises:
        ToolError: they are wrong; the text says which, and how.
    """
    try:
        return kind.model_validate(dict(arguments))
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        where = ".".join(map(str, fault["loc"]))
        raise ToolError(f"{where}: {in_words(fault)}") from None


def cut(text: str, longest: int) -> str:
    """Return a text on one line, and no more than so many characters of it."""
    line = " ".join(text.split())
    return line if len(line) <= longest else line[:longest] + "…"
