"""What can be set of the tools."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, Field

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
    "show_scene": "TOOLS_SCENES",
    "show_source": "TOOLS_SOURCES",
    "play_sound": "TOOLS_SOUNDS",
    "gesture": "TOOLS_GESTURES",
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
        scenes: the scenes in OBS to which it may switch, with commas.
        sources: the sources in OBS that it may show and hide, likewise.
        sounds: the media sources in OBS that it may play, likewise.
        gestures: the hotkeys in VTube Studio that it may use, likewise.
        pause: seconds between two uses of each of these four.
    """

    allowed: Annotated[Text, AfterValidator(_known)] = ""
    polls: bool = False
    scenes: Text = ""
    sources: Text = ""
    sounds: Text = ""
    gestures: Text = ""
    pause: float = Field(default=30, ge=0, le=3600)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of those that may be there."""
        wanted = listed(self.allowed) if self.allowed else _NAMES
        return tuple(name for name in wanted if self.polls or name != "hold_poll")
