"""What can be set of the tools."""

from typing import Annotated

from pydantic import AfterValidator

from bot.options import Options, Text
from bot.translation import tr

NAMES = ("calculate", "time", "roll_dice", "choose", "look_up_viewer", "search_past")
"""All there are: each is of use on any stream, and harmless."""


def _known(text: str) -> str:
    if strange := [name for name in listed(text) if name not in NAMES]:
        told = tr("there is no {name}; there are {names}", name=strange[0], names=", ".join(NAMES))
        raise ValueError(told)
    return text


def listed(text: str) -> tuple[str, ...]:
    """Return the names in a setting."""
    names = (name.strip() for name in text.split(","))
    return tuple(name for name in names if name and name != "none")


class ToolsOptions(Options):
    """``TOOLS_…``: what the character may have done.

    Attributes:
        allowed: which tools, with commas; ``none`` for no tool at all.
    """

    allowed: Annotated[Text, AfterValidator(_known)] = ", ".join(NAMES)
