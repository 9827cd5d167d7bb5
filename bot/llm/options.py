"""What can be set of the models, with the defaults."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal, TypeAlias, get_args

import regex
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr

from bot.options import Address, Options, Text
from bot.translation import tr

Effort: TypeAlias = Literal["low", "medium", "high"]
"""How long gpt-oss reasons before it speaks. It cannot be told not to reason at all."""
EFFORTS: tuple[Effort, ...] = get_args(Effort)


class Sampling(BaseModel):
    """How freely a model chooses its words; the names are Ollama's own.

    gpt-oss is made for temperature 1 and top_p 1. Without a ``top_k`` Ollama sorts all of its
    201,088 tokens on the CPU for each one that it writes: 115 tokens/s instead of 188 were measured
    on an H100. What lies behind the first hundred is next to nothing.

    With the same ``seed`` a model answers the same to the same prompt; without one nobody knows.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    temperature: float = Field(default=1.0, ge=0, le=2)
    top_p: float = Field(default=1.0, gt=0, le=1)
    top_k: int = Field(default=100, ge=0)
    repeat_penalty: float = Field(default=1.0, ge=0.5, le=2)
    seed: int | None = Field(default=None, ge=0, le=2**31 - 1)


class ModelOptions(Options):
    """What can be set of a model, whoever serves it.

    Attributes:
        model: its name.
        think: how long it reasons, where that is not left to the persona.
        num_ctx: tokens of context; fixed, because changing it makes a server load the model anew.
        num_predict: tokens of thinking and answer together, at most.
        connect_timeout: seconds to wait for a connection.
        first_token_timeout: likewise for the first token; it covers reading the prompt.
        next_token_timeout: likewise for each further one.
    """

    model: Text = "gpt-oss:120b"
    think: Effort | None = None
    num_ctx: int = Field(default=8192, ge=1024)
    num_predict: int = Field(default=1024, ge=32)
    connect_timeout: float = Field(default=5, gt=0)
    first_token_timeout: float = Field(default=180, gt=0)
    next_token_timeout: float = Field(default=30, gt=0)


_NUMBER = regex.compile(r"[-+]?\d{1,9}")
_DURATION = regex.compile(r"[-+]?(?:\d+(?:\.\d*)?(?:ns|us|µs|ms|s|m|h))+")
"""As Go's ``time.ParseDuration`` takes it."""


def _keep_alive(value: object) -> object:
    """Return what Ollama understands in a request of what it takes in its own variable.

    A number is one of seconds there, but as a string it is refused; a negative one is for ever.
    """
    text = str(value).strip()
    if _NUMBER.fullmatch(text):
        return int(text)
    if _DURATION.fullmatch(text):
        return text
    raise ValueError(tr("write a time like 12h, 30m or 90s, a number of seconds, or -1 for ever"))


class OllamaOptions(ModelOptions):
    """``OLLAMA_…``: one model on one Ollama server.

    Attributes:
        host: the server's address, in any form that Ollama itself takes.
        keep_alive: how long the server keeps the model in memory after each request: a duration,
            or a number of seconds; a negative one is for ever.
        num_batch: tokens of prompt that are read at once, where that is not left to Ollama.
        unload: whether the model is taken out of memory when the show is over.
    """

    host: Address = "http://127.0.0.1:11434"
    keep_alive: Annotated[int | str, BeforeValidator(_keep_alive)] = "12h"
    num_batch: int | None = Field(default=None, ge=32, le=16384)
    unload: bool = True


class OpenAIOptions(ModelOptions):
    """``OPENAI_…``: one model on a server that speaks OpenAI's API.

    Attributes:
        base_url: the server's address, with the ``/v1`` that most have at its end.
        api_key: what it wants to be told, if it wants a key.
    """

    model: Text = "openai/gpt-oss-120b"
    base_url: Address = "http://127.0.0.1:8000/v1"
    api_key: SecretStr = SecretStr("")


class Api(StrEnum):
    """How a server is spoken to."""

    OLLAMA = "ollama"
    OPENAI = "openai"


class LlmOptions(Options):
    """``LLM_…``: who serves the model.

    Attributes:
        api: how that server is spoken to.
    """

    api: Api = Api.OLLAMA


class EmbeddedOptions(Options):
    """``EMBEDDED_…``: the model in the box.

    Attributes:
        model: a GGUF file to be used in place of the one that is installed along.
    """

    model: Path | None = None
