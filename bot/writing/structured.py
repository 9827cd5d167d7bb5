"""Structured answers: asked for by a JSON schema, looked at, asked for once more, and done without.

What a model writes into them was made from strangers' words, and is as little to be trusted.
"""

import logging
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import Any, Protocol, TypeVar

from pydantic import BaseModel, Field, ValidationError

from bot.llm.message import Content, Message, Piece

log = logging.getLogger(__name__)

_TRIES = 2


class Think(Protocol):
    """Streams what the model has to say, and takes note of what it has read for that."""

    def __call__(
        self, messages: list[Message], *, schema: Mapping[str, Any]
    ) -> AsyncGenerator[Piece]:
        """Answer a prompt by a schema."""
        ...


class About(BaseModel):
    """What there is to know of a viewer for a long time."""

    name: str = Field(max_length=60)
    fact: str = Field(max_length=200)


class Noted(BaseModel):
    """What was said so far, for the model itself."""

    notes: list[str] = Field(max_length=30)
    viewers: list[About] = Field(default=[], max_length=30)


class Recap(BaseModel):
    """A stream that is over, for the streamer."""

    summary: str = Field(max_length=1500)
    moments: list[str] = Field(default=[], max_length=10)
    promises: list[str] = Field(default=[], max_length=10)


_Answer = TypeVar("_Answer", bound=BaseModel)


async def answer(think: Think, messages: list[Message], kind: type[_Answer]) -> _Answer | None:
    """Return what the model answers; None where it is none of that kind, twice.

    Raises:
        BotError: the model is not there, or failed.
    """
    schema = kind.model_json_schema()
    for _ in range(_TRIES):
        async with aclosing(think(messages, schema=schema)) as pieces:
            text = "".join([one.text async for one in pieces if isinstance(one, Content)])
        try:
            return kind.model_validate_json(_object(text))
        except ValidationError as error:
            log.debug("An answer was no %s: %s", kind.__name__, error)
    return None


def _object(text: str) -> str:
    """Return the JSON in a text: a server that does not see to it may let words stand round it."""
    return text[text.find("{") : text.rfind("}") + 1]
