"""Acts in OBS, of those that the streamer has listed: a scene, a source, a sound."""

import asyncio
import logging
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

from bot.chat import Comment
from bot.errors import BotError
from bot.llm.message import Function
from bot.obs.connection import ObsConnection
from bot.obs.options import ObsOptions
from bot.obs.studio import Studio
from bot.tools.tool import Arguments, Limits, Tool, ToolError, read

log = logging.getLogger(__name__)


class _Arguments(Arguments):
    name: str
    visible: bool = True


class _Act(Tool):
    """Does something with one of several that OBS has, over a connection of its own.

    Args:
        names: of those that may be used.
        options: where OBS is.
        pause: seconds between two.
    """

    name = ""
    description = ""
    others: Mapping[str, Any] = {}
    """Further arguments, as a JSON schema has them."""
    seconds = 4.0

    def __init__(self, names: Sequence[str], options: ObsOptions, pause: float) -> None:
        self._names = names
        self._options = options
        self.function = one_of(self.name, self.description, names, self.others)
        self.limits = Limits(pause=pause)

    async def use(self, arguments: Mapping[str, Any], asked: tuple[Comment, ...]) -> str:
        """See ``Tool``."""
        del asked
        wanted = read(_Arguments, arguments)
        if wanted.name not in self._names:
            raise ToolError(f"there is no such one; there are {', '.join(self._names)}")
        try:
            await asyncio.to_thread(self._act, wanted)
        except BotError as error:
            log.warning("%s", error)
            raise ToolError("OBS does not do it") from None
        return "done"

    def _act(self, wanted: _Arguments) -> None:
        connection = ObsConnection(self._options)
        try:
            self._do(Studio(connection), wanted)
        finally:
            connection.close()

    @abstractmethod
    def _do(self, obs: Studio, wanted: _Arguments) -> None: ...


class ShowScene(_Act):
    """Switches to a scene."""

    name = "show_scene"
    description = "Switch what viewers see to another scene. Only when it fits."

    def _do(self, obs: Studio, wanted: _Arguments) -> None:
        obs.switch(wanted.name)


class ShowSource(_Act):
    """Shows or hides a source, wherever it is."""

    name = "show_source"
    description = "Show something on screen, or hide it again."
    others: Mapping[str, Any] = {"visible": {"type": "boolean", "default": True}}

    def _do(self, obs: Studio, wanted: _Arguments) -> None:
        if not obs.reveal(wanted.name, visible=wanted.visible):
            raise ToolError("no scene has it")


class PlaySound(_Act):
    """Plays a media source from its beginning."""

    name = "play_sound"
    description = "Play a sound that viewers hear. Seldom."

    def _do(self, obs: Studio, wanted: _Arguments) -> None:
        obs.play(wanted.name)


def one_of(
    name: str, description: str, names: Sequence[str], others: Mapping[str, Any] | None = None
) -> Function:
    """Return what a model is told of a tool that takes one of several names."""
    properties = {"name": {"type": "string", "enum": list(names)}, **(others or {})}
    schema = {"type": "object", "properties": properties, "required": ["name"]}
    return Function(name, description, schema)
