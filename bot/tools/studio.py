"""Acts in OBS, of those that the streamer has listed: a scene, a source, a sound."""

import asyncio
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

from bot.obs.options import ObsOptions
from bot.obs.studio import Studio, connected
from bot.tools.act import Act, Wanted
from bot.tools.tool import ToolError


class _InObs(Act):
    """Does it over a connection of its own.

    Args:
        names: of those that may be used.
        options: where OBS is.
        pause: seconds between two.
    """

    who = "OBS"

    def __init__(self, names: Sequence[str], options: ObsOptions, pause: float) -> None:
        super().__init__(names, pause)
        self._options = options

    async def _do(self, wanted: Wanted) -> None:
        async with connected(self._options) as obs:
            await asyncio.to_thread(self._act, obs, wanted)

    @abstractmethod
    def _act(self, obs: Studio, wanted: Wanted) -> None: ...


class ShowScene(_InObs):
    """Switches to a scene."""

    name = "show_scene"
    description = "Switch what viewers see to another scene. Only when it fits."

    def _act(self, obs: Studio, wanted: Wanted) -> None:
        obs.switch(wanted.name)


class ShowSource(_InObs):
    """Shows or hides a source, wherever it is."""

    name = "show_source"
    description = "Show something on screen, or hide it again."
    others: Mapping[str, Any] = {"visible": {"type": "boolean", "default": True}}

    def _act(self, obs: Studio, wanted: Wanted) -> None:
        if not obs.reveal(wanted.name, visible=wanted.visible):
            raise ToolError("no scene has it")


class PlaySound(_InObs):
    """Plays a media source from its beginning."""

    name = "play_sound"
    description = "Play a sound that viewers hear. Seldom."

    def _act(self, obs: Studio, wanted: Wanted) -> None:
        obs.play(wanted.name)
