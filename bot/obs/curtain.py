"""The curtain: what else in OBS follows the show, where the streamer wants that. It blocks."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bot.obs.connection import RequestRefusedError
from bot.obs.options import ObsOptions
from bot.obs.studio import Studio, listed
from bot.translation import tr

log = logging.getLogger(__name__)


class Curtain:
    """A source that is seen only while the character speaks; a scene and hotkeys for a pause.

    What OBS refuses of this is told, once, and keeps no words from being seen.
    """

    def __init__(self, options: ObsOptions) -> None:
        self._options = options
        self._is_speaking: bool | None = None
        self._is_paused = False
        self._scene = ""
        """What was live before the pause."""
        self._told = set[str]()

    def open(self) -> None:
        """Begin with an OBS of which nothing is known."""
        self._is_speaking = None

    def follow(self, obs: Studio, *, speaking: bool, paused: bool) -> None:
        """Have OBS look as the show is.

        Raises:
            UnavailableError: OBS is gone, or does not answer.
        """
        if speaking != self._is_speaking:
            self._is_speaking = speaking
            self._reveal(obs, visible=speaking)
        if paused != self._is_paused:
            self._is_paused = paused
            self._switch(obs, paused=paused)
            hotkey = self._options.pause_hotkey if paused else self._options.resume_hotkey
            self._press(obs, hotkey, "OBS_PAUSE_HOTKEY" if paused else "OBS_RESUME_HOTKEY")

    def _reveal(self, obs: Studio, *, visible: bool) -> None:
        name = self._options.speaking_source
        if name and not obs.reveal(name, visible=visible):
            self._tell(
                tr(
                    "No scene in OBS has a source “{name}”, which is to be seen only while the"
                    " character speaks. Set OBS_SPEAKING_SOURCE to the name of one, or leave"
                    " it out.",
                    name=name,
                )
            )

    def _switch(self, obs: Studio, *, paused: bool) -> None:
        scene = self._options.pause_scene
        if not scene:
            return
        live = obs.live_scene
        # Where the streamer has chosen another one meanwhile, theirs stays.
        wanted = (scene if paused else self._scene) if paused or live == scene else ""
        self._scene = live if paused else ""
        if not wanted or wanted == live:
            return
        with self._telling(
            lambda: tr(
                "There is no scene “{wanted}” in OBS for a pause, only {scenes}. Set"
                " OBS_PAUSE_SCENE to one of them, or leave it out.",
                wanted=wanted,
                scenes=listed(one.name for one in obs.scenes()),
            )
        ):
            obs.switch(wanted)

    def _press(self, obs: Studio, hotkey: str, setting: str) -> None:
        if not hotkey:
            return
        with self._telling(
            lambda: tr(
                "OBS knows no hotkey “{hotkey}”. Set {setting} to one of its own names, or"
                " leave it out; `vtuber-bot obs setup --hotkeys` lists them.",
                hotkey=hotkey,
                setting=setting,
            )
        ):
            obs.press(hotkey)

    @contextmanager
    def _telling(self, told: Callable[[], str]) -> Iterator[None]:
        """Tell the streamer where OBS does not know what is wanted of it."""
        try:
            yield
        except RequestRefusedError as error:
            if error.code != RequestRefusedError.NOT_FOUND:
                raise
            self._tell(told())

    def _tell(self, text: str) -> None:
        if text not in self._told:
            self._told.add(text)
            log.warning("%s", text)
