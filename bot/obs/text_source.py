"""One text source in OBS. What it does blocks, so it lives in a thread of its own."""

import logging
from collections.abc import Iterator
from typing import Any

from bot.errors import MisconfiguredError
from bot.language.script import has_japanese
from bot.obs.connection import ObsConnection, RequestRefusedError
from bot.obs.curtain import Curtain
from bot.obs.font import FontProbe, japanese_font
from bot.obs.options import ObsOptions
from bot.obs.studio import Studio, listed
from bot.translation import tr

log = logging.getLogger(__name__)

_TEXT = "text"
"""A word in the names of all kinds: text_gdiplus_v3, text_ft2_source_v2, and those of plugins."""
_KINDS = ("text_gdiplus_v3", "text_gdiplus_v2", "text_ft2_source_v2")
_LEFT_BOTTOM = 1 | 8
_MARGIN = 0.04  # of the canvas
_LINES_ON_CANVAS = 18
_MARK = "vtuber_bot"
"""A setting that no source has; OBS keeps it, and by it we know the source that is ours, whatever
it is called. It holds the name that our settings have for it."""


class TextSource:
    """The text source that the options name, made where it is missing and they say so.

    Any error leaves a connection that must be closed.

    Attributes:
        name: what it is called in OBS now.
    """

    def __init__(self, options: ObsOptions) -> None:
        """Do not connect yet."""
        self.name = options.source
        self.address = f"{options.host}:{options.port}"
        self._options = options
        self._connection: ObsConnection | None = None
        self._curtain = Curtain(options)
        self._font = FontProbe()
        self._last = ""
        self._names = frozenset[str]()
        """What there was when the others were looked at last."""

    def open(self) -> None:
        """Connect, and make sure that the source is there.

        Raises:
            UnavailableError: OBS is not running, does not answer, or refuses.
            MisconfiguredError: the password, the host, the source or the scene is wrong.
        """
        wanted = self._options
        self._connection = ObsConnection(wanted)
        obs = Studio(self._connection)
        self._curtain.open()
        self._names = frozenset()
        inputs = obs.inputs()
        self._font.clean_up(obs, inputs)
        self.name = wanted.source
        if self.name not in inputs and not self._adopt(obs):
            if not wanted.create_source:
                raise self._missing(inputs)
            self._make(obs, wanted.scene or obs.live_scene)
        elif not _is_text(inputs[self.name]):
            raise MisconfiguredError(
                tr(
                    "“{name}” in OBS is not a text source but a {kind}. Set OBS_SOURCE to"
                    " the name of a text source. {there}",
                    name=self.name,
                    kind=inputs[self.name],
                    there=_text_sources(inputs),
                )
            )

    def write(self, text: str, *, paused: bool = False) -> None:
        """Set the text, and leave font, size, colours and position as the streamer has them.

        Does nothing where there is no connection. A source that was renamed keeps being ours; where
        another has the name that our settings know, that one is, and the old one loses its words.

        Raises:
            UnavailableError: OBS is gone, does not answer, or refuses.
            MisconfiguredError: the source is gone.
        """
        if self._connection is None:
            return
        obs = Studio(self._connection)
        try:
            self._set(obs, text)
        except RequestRefusedError as error:
            if error.code != RequestRefusedError.NOT_FOUND:
                raise
            if not self._adopt(obs):
                raise self._missing(obs.inputs()) from error
            self._set(obs, text)
        self._curtain.follow(obs, speaking=bool(text), paused=paused)
        if not text or text == self._last:  # what is new must not wait for this
            self._blank_others(obs)
            self._font.judge(obs)
        elif has_japanese(text):
            self._font.begin(obs, self.name)
        self._last = text

    def close(self) -> None:
        """Drop the connection at once, if there is one."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _make(self, obs: Studio, scene: str) -> None:
        """Make the source at the lower left of a scene, its bottom fixed: it grows upwards.

        Raises:
            MisconfiguredError: the scene is missing, or the name is a scene's or a group's.
        """
        kinds = obs.kinds
        kind = next((kind for kind in _KINDS if kind in kinds), None)
        if kind is None:
            raise MisconfiguredError(
                tr(
                    "This OBS has none of the text sources we know ({kinds}): make one by"
                    " hand, and set OBS_SOURCE to its name.",
                    kinds=", ".join(_KINDS),
                )
            )
        width, height = obs.canvas
        widest = (1 - 2 * _MARGIN) * width / (self._options.line_width / 2)
        look = _look(japanese_font(obs, kind), int(min(height / _LINES_ON_CANVAS, widest)))
        item = obs.make(scene, self.name, kind, {**look, _MARK: self._options.source})
        place(obs, scene, item)
        log.info(
            tr(
                "Made the text source “{name}” in the scene “{scene}” of OBS.",
                name=self.name,
                scene=scene,
            )
        )

    def _set(self, obs: Studio, text: str) -> None:
        obs.set(self.name, **{"text": text, _MARK: self._options.source})

    def _adopt(self, obs: Studio) -> bool:
        """Go on with the source that is ours under another name, if there is one."""
        ours = list(self._ours(obs))
        if not ours:
            return False
        self.name, _ = ours[0]
        log.info(
            tr(
                "“{source}” in OBS is called “{name}” now, and goes on showing the reply. Set"
                " OBS_SOURCE to the new name when you have the time.",
                source=self._options.source,
                name=self.name,
            ),
        )
        return True

    def _blank_others(self, obs: Studio) -> None:
        # Settings are read only where a name has changed: OBS 29 can crash of that while another
        # program writes them, the text of a clock or a song, say.
        names = frozenset(obs.inputs())
        if names == self._names:
            return
        for name, text in self._ours(obs):
            if name != self.name and text:
                obs.set(name, text="")
                log.info(
                    tr(
                        "“{name}” in OBS was blanked: it still showed the character's words.",
                        name=name,
                    )
                )
        self._names = names

    def _ours(self, obs: Studio) -> Iterator[tuple[str, str]]:
        """Yield names and texts of the sources that have our mark."""
        for name, settings in obs.settings_of(_TEXT):
            if settings.get(_MARK) == self._options.source:
                yield name, settings.get("text", "")

    def _missing(self, inputs: dict[str, str]) -> MisconfiguredError:
        return MisconfiguredError(
            tr(
                "There is no source “{name}” in OBS. {there} Set OBS_SOURCE to the name"
                " of one, or OBS_CREATE_SOURCE=true, and “{name}” is made for you.",
                name=self.name,
                there=_text_sources(inputs),
            )
        )


def place(obs: Studio, scene: str, item: int) -> None:
    """Place a text source at the lower left, its bottom fixed."""
    width, height = obs.canvas
    obs.place(
        scene,
        item,
        alignment=_LEFT_BOTTOM,
        positionX=_MARGIN * width,
        positionY=height - _MARGIN * height,
    )


def _look(font: str, size: int) -> dict[str, Any]:
    """Return the settings of a new source, readable on any picture; each kind takes its own."""
    bold = 1
    freetype = {"drop_shadow": True, "antialiasing": True}  # its outline is black and thin
    gdiplus = {"outline_size": max(2, size // 10), "outline_color": 0, "outline_opacity": 100}
    return {
        "text": "",
        "font": {"face": font, "style": "Bold", "flags": bold, "size": size},
        "outline": True,
        **freetype,
        **gdiplus,
    }


def _is_text(kind: str) -> bool:
    return _TEXT in kind


def _text_sources(inputs: dict[str, str]) -> str:
    names = [name for name, kind in inputs.items() if _is_text(kind)]
    return (
        tr("Its text sources: {names}.", names=listed(names))
        if names
        else tr("It has no text source yet.")
    )
