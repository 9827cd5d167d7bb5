"""What can be set of the tools."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator

from bot.options import Options, Text
from bot.translation import tr

HARMLESS = (
    *("calculate", "time", "roll_dice", "choose", "look_up_viewer", "search_past"),
    "set_timer",
)
"""Those that are of use on any stream, and are there without more ado."""
NEEDS: Mapping[str, str] = {
    "hold_poll": "TOOLS_POLLS",
    "web_search": "SEARCH_ENGINE",
    "read_page": "SEARCH_ENGINE",
}
"""The others, each with the setting without which it is not there."""
_NAMES = (*HARMLESS, *NEEDS)


def _known(text: str) -> str:
    if strange := [name for name in listed(text) if name not in _NAMES]:
        told = tr("there is no {name}; there are {names}", name=strange[0], names=", ".join(_NAMES))
        raise ValueError(told)
    return text


def listed(text: str) -> tuple[str, ...]:
    """Return the names in a setting."""
    names = (name.strip() for name in text.split(","))
    return tuple(name for name in names if name and name != "none")


class ToolsOptions(Options):
    """``TOOLS_…``: what the character may have done.

    Attributes:
        allowed: which tools, with commas; ``none`` for no tool at all. By default the harmless
            ones, and those that other settings bring.
        polls: whether it may have viewers vote.
    """

    allowed: Annotated[Text, AfterValidator(_known)] = ""
    polls: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The names of those that may be there."""
        wanted = listed(self.allowed) if self.allowed else _NAMES
        return tuple(name for name in wanted if self.polls or name != "hold_poll")
