"""What the options of all adapters have in common. Each adapter has a class of its own for them."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Text = Annotated[str, StringConstraints(strip_whitespace=True)]
Port = Annotated[int, Field(ge=0, le=65535)]


class Options(BaseModel):
    """One adapter's options with their defaults: a section of the settings.

    Other programs' variables may begin with our prefixes, as OLLAMA_MODELS of Ollama's server, so
    keys that are unknown are ignored here; ``bot.settings`` finds misspelt ones in ``.env``.
    """

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)
