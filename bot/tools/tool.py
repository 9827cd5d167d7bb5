"""A tool: something that the model can have done, as the toolbox knows it."""

from collections.abc import Mapping
from typing import Any, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from bot.chat import Comment
from bot.faults import in_words
from bot.llm.message import Function


class Arguments(BaseModel):
    """What a tool is called with; the model may send anything."""

    model_config = ConfigDict(extra="ignore", frozen=True)


_Arguments = TypeVar("_Arguments", bound=Arguments)


class ToolError(Exception):
    """A call that came to nothing, in words for the model."""


class Tool(Protocol):
    """One of them.

    Attributes:
        function: what the model is told of it.
        seconds: how long it may take.
    """

    function: Function
    seconds: float

    async def use(self, arguments: Mapping[str, Any], asked: tuple[Comment, ...]) -> str:
        """Do it, and return what came of it in a line.

        Args:
            arguments: as the model sent them.
            asked: the comments that it answers.

        Raises:
            ToolError: it cannot be done.
        """
        ...


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
