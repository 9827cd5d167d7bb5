"""One text source in OBS. What it does blocks, so it lives in a thread of its own."""

import logging
from collections import deque
from typing import Any

from bot.errors import BotError, MisconfiguredError
from bot.obs.connection import ObsConnection, RequestRefusedError
from bot.obs.options import ObsOptions

log = logging.getLogger(__name__)

_KINDS = ("text_gdiplus_v3", "text_gdiplus_v2", "text_ft2_source_v2")
_LEFT_BOTTOM = 1 | 8
_MARGIN = 0.04  # of the canvas
_LINES_ON_CANVAS = 18
_REMEMBERED = 20


class TextSource:
    """The text source that the options name, made where it is missing and they say so.

    Any error leaves a connection that must be closed.
    """

    def __init__(self, options: ObsOptions) -> None:
        """Do not connect yet."""
        self.name = options.source
        self.address = f"{options.host}:{options.port}"
        self._options = options
        self._connection: ObsConnection | None = None
        self._written = deque[str](maxlen=_REMEMBERED)
        """What was written lately, by which a source is known that was ours."""

    def open(self) -> None:
        """Connect, and make sure that the source is there.

        Raises:
            UnavailableError: OBS is not running, does not answer, or refuses.
            MisconfiguredError: the password, the host, the source or the scene is wrong.
        """
        wanted = self._options
        self._connection = obs = ObsConnection(
            host=wanted.host, port=wanted.port, password=wanted.password
        )
        inputs = _inputs(obs)
        if self.name not in inputs:
            if not wanted.create_source:
                raise self._missing(inputs)
            self._make(obs)
        elif not _is_text(inputs[self.name]):
            raise MisconfiguredError(
                f"“{self.name}” in OBS is not a text source but a {inputs[self.name]}. Set "
                f"OBS_SOURCE to the name of a text source. {_text_sources(inputs)}"
            )

    def write(self, text: str) -> None:
        """Set the text, and leave font, size, colours and position as the streamer has them.

        Does nothing where there is no connection. Words of ours in a source that has another name
        now, because the streamer has renamed it and perhaps made another, are taken away.

        Raises:
            UnavailableError: OBS is gone, does not answer, or refuses.
            MisconfiguredError: the source is gone.
        """
        obs = self._connection
        if obs is None:
            return
        try:
            _set_text(obs, self.name, text)
        except RequestRefusedError as error:
            if error.code == RequestRefusedError.NOT_FOUND:
                inputs = _inputs(obs)
                self._blank_others(obs, inputs)
                raise self._missing(inputs) from error
            raise
        if not text or text in self._written:  # what is new must not wait for this
            self._blank_others(obs, _inputs(obs))
        if text and text not in self._written:
            self._written.append(text)

    def _blank_others(self, obs: ObsConnection, inputs: dict[str, str]) -> None:
        for name, kind in inputs.items():
            if name != self.name and _is_text(kind) and _text(obs, name) in self._written:
                _set_text(obs, name, "")
                log.info("“%s” in OBS was blanked: it still showed the character's words.", name)

    def close(self) -> None:
        """Drop the connection at once, if there is one."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _make(self, obs: ObsConnection) -> None:
        """Make the source at the lower left, its bottom fixed, so that it grows upwards."""
        kinds = obs.request("GetInputKindList", unversioned=False)["inputKinds"]
        kind = next((kind for kind in _KINDS if kind in kinds), None)
        if kind is None:
            raise MisconfiguredError(
                f"This OBS has none of the text sources we know ({', '.join(_KINDS)}): make one "
                "by hand, and set OBS_SOURCE to its name."
            )
        video = obs.request("GetVideoSettings")
        width, height = video["baseWidth"], video["baseHeight"]
        scene = (
            self._options.scene or obs.request("GetCurrentProgramScene")["currentProgramSceneName"]
        )
        widest = (1 - 2 * _MARGIN) * width / (self._options.line_width / 2)
        try:
            made = obs.request(
                "CreateInput",
                sceneName=scene,
                inputName=self.name,
                inputKind=kind,
                inputSettings=_look(_font(obs, kind), int(min(height / _LINES_ON_CANVAS, widest))),
            )
        except RequestRefusedError as error:
            raise self._not_made(obs, scene, error) from error
        obs.request(
            "SetSceneItemTransform",
            sceneName=scene,
            sceneItemId=made["sceneItemId"],
            sceneItemTransform={
                "alignment": _LEFT_BOTTOM,
                "positionX": _MARGIN * width,
                "positionY": height - _MARGIN * height,
            },
        )
        log.info("Made the text source “%s” in the scene “%s” of OBS.", self.name, scene)

    def _missing(self, inputs: dict[str, str]) -> MisconfiguredError:
        return MisconfiguredError(
            f"There is no source “{self.name}” in OBS. {_text_sources(inputs)} Set OBS_SOURCE to "
            f"the name of one, or OBS_CREATE_SOURCE=true, and “{self.name}” is made for you."
        )

    def _not_made(self, obs: ObsConnection, scene: str, error: RequestRefusedError) -> BotError:
        if error.code == RequestRefusedError.EXISTS:
            return MisconfiguredError(
                f"“{self.name}” in OBS is a scene or a group: set OBS_SOURCE to another name."
            )
        if error.code == RequestRefusedError.NOT_FOUND:
            scenes = [found["sceneName"] for found in obs.request("GetSceneList")["scenes"]]
            return MisconfiguredError(
                f"There is no scene “{scene}” in OBS, which has {_listed(scenes)}. Set OBS_SCENE "
                "to one of them, or leave it out for the scene that is live."
            )
        return error


def _font(obs: ObsConnection, kind: str) -> str:
    """Return a font with Japanese that comes with the system on which OBS runs."""
    if kind.startswith("text_gdiplus"):
        return "Yu Gothic UI"
    platform = obs.request("GetVersion")["platform"]
    return "Hiragino Sans" if platform in {"macos", "osx"} else "Noto Sans CJK JP"


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


def _inputs(obs: ObsConnection) -> dict[str, str]:
    """Return the kinds of the sources there are, by name."""
    inputs = obs.request("GetInputList")["inputs"]
    return {found["inputName"]: found["inputKind"] for found in inputs}


def _set_text(obs: ObsConnection, name: str, text: str) -> None:
    obs.request(
        "SetInputSettings",
        inputName=name,
        inputSettings={"text": text},
        overlay=True,  # False loses the font
    )


def _text(obs: ObsConnection, name: str) -> str:
    return str(obs.request("GetInputSettings", inputName=name)["inputSettings"].get("text", ""))


def _is_text(kind: str) -> bool:
    return "text" in kind  # text_gdiplus_v3, text_ft2_source_v2, and those of plugins


def _text_sources(inputs: dict[str, str]) -> str:
    names = [name for name, kind in inputs.items() if _is_text(kind)]
    return f"Its text sources: {_listed(names)}." if names else "It has no text source yet."


def _listed(names: list[str]) -> str:
    return ", ".join(f"“{name}”" for name in names)
