"""What can be set of the models, with the defaults."""

from pathlib import Path
from typing import Literal, TypeAlias, get_args

from pydantic import BaseModel, ConfigDict, Field

from bot.options import Options, Text

Effort: TypeAlias = Literal["low", "medium", "high"]
"""How long gpt-oss reasons before it speaks. It cannot be told not to reason at all."""
EFFORTS: tuple[Effort, ...] = get_args(Effort)


class Sampling(BaseModel):
    """How freely a model chooses its words; the names are Ollama's own."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    temperature: float = Field(default=1.0, ge=0, le=2)
    top_p: float = Field(default=1.0, gt=0, le=1)
    top_k: int = Field(default=0, ge=0)
    repeat_penalty: float = Field(default=1.0, ge=0.5, le=2)


class OllamaOptions(Options):
    """``OLLAMA_…``: one model on one Ollama server.

    Attributes:
        host: the server's address.
        model: its name there.
        think: how long it reasons, where that is not left to the persona.
        num_ctx: tokens of context; fixed, because changing it makes the server load the model anew.
        num_predict: tokens of thinking and answer together, at most.
        keep_alive: how long the server keeps the model in memory after each request.
        connect_timeout: seconds to wait for a connection.
        first_token_timeout: likewise for the first token; it covers reading the prompt, and
            loading the model where it was unloaded.
        next_token_timeout: likewise for each further one.
    """

    host: Text = "http://127.0.0.1:11434"
    model: Text = "gpt-oss:120b"
    think: Effort | None = None
    num_ctx: int = Field(default=8192, ge=1024)
    num_predict: int = Field(default=1024, ge=32)
    keep_alive: Text = "12h"
    connect_timeout: float = Field(default=5, gt=0)
    first_token_timeout: float = Field(default=180, gt=0)
    next_token_timeout: float = Field(default=30, gt=0)


class EmbeddedOptions(Options):
    """``EMBEDDED_…``: the model in the box.

    Attributes:
        model: a GGUF file to be used in place of the one that is installed along.
    """

    model: Path | None = None
