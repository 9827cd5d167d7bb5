"""What the options of all adapters have in common. Each adapter has a class of its own for them."""

from typing import Annotated

import regex
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from bot.translation import tr

Text = Annotated[str, StringConstraints(strip_whitespace=True)]
_ADDRESS = regex.compile(
    r"""
    (?:[a-z][a-z0-9+.-]*://)?
    (?:[^\s/@]+@)?
    (?:\[[0-9a-f:.]+\] | [^\s/:?\#@\[\]]*)
    (?::\d{1,5})?
    (?:/\S*)?
    """,
    regex.VERBOSE | regex.IGNORECASE,
)


def _address(text: str) -> str:
    if not _ADDRESS.fullmatch(text):
        raise ValueError(tr("an address is wanted, such as http://127.0.0.1:11434"))
    return text


Address = Annotated[Text, AfterValidator(_address)]
"""Of a server, in any form that people write: a name, with or without a scheme, a port, a path."""
Port = Annotated[int, Field(ge=0, le=65535)]


class Options(BaseModel):
    """One adapter's options with their defaults: a section of the settings.

    Other programs' variables may begin with our prefixes, as OLLAMA_MODELS of Ollama's server, so
    keys that are unknown are ignored here; ``bot.settings`` finds misspelt ones in ``.env``.
    """

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)
