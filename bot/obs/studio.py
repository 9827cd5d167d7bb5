"""What there is in an OBS, and what can be done with it. All of it blocks but ``connected``.

The requests and their fields are those of the obs-websocket 5 protocol:
https://github.com/obsproject/obs-websocket/blob/master/docs/generated/protocol.md
"""

import asyncio
import base64
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

from bot.errors import BotError, MisconfiguredError
from bot.obs.connection import ObsConnection, RequestRefusedError
from bot.obs.options import ObsOptions
from bot.translation import tr


@dataclass(frozen=True, slots=True)
class Scene:
    """A scene, and what is in it.

    Attributes:
        sources: the names of its sources, groups and other scenes, the topmost first.
        is_live: whether viewers see it.
    """

    name: str
    sources: tuple[str, ...]
    is_live: bool


class Studio:
    """One OBS that has let us in. What it refuses raises ``RequestRefusedError``."""

    def __init__(self, connection: ObsConnection) -> None:
        self._ask = connection.request

    @property
    def live_scene(self) -> str:
        """The name of the scene that viewers see."""
        return str(self._ask("GetCurrentProgramScene")["currentProgramSceneName"])

    @property
    def canvas(self) -> tuple[int, int]:
        """Width and height of the picture, in pixels."""
        video = self._ask("GetVideoSettings")
        return int(video["baseWidth"]), int(video["baseHeight"])

    @property
    def platform(self) -> str:
        """The system on which it runs: ``windows``, ``macos``, or a Linux."""
        return str(self._ask("GetVersion")["platform"])

    @property
    def kinds(self) -> list[str]:
        """The kinds of sources that it knows."""
        return list(self._ask("GetInputKindList", unversioned=False)["inputKinds"])

    def inputs(self) -> dict[str, str]:
        """Return the kinds of the sources there are, by name."""
        return {one["inputName"]: one["inputKind"] for one in self._ask("GetInputList")["inputs"]}

    def scenes(self) -> list[Scene]:
        """Return the scenes, in the order in which OBS shows them."""
        found = self._ask("GetSceneList")
        live = found["currentProgramSceneName"]
        names = [one["sceneName"] for one in found["scenes"]][::-1]
        return [Scene(name, self._sources(name), name == live) for name in names]

    def settings(self, name: str) -> dict[str, Any]:
        """Return what is set of a source, what was never set left out."""
        return dict(self._ask("GetInputSettings", inputName=name)["inputSettings"])

    def settings_of(self, kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield names and settings of the sources whose kind has a word in its name."""
        for name, its in self.inputs().items():
            if kind in its:
                # OBS lists for a while what it is removing.
                with suppress(RequestRefusedError):
                    yield name, self.settings(name)

    def set(self, name: str, **settings: object) -> None:
        """Change some of a source's settings."""
        # Without ``overlay`` the others would be lost, and with them the font.
        self._ask("SetInputSettings", inputName=name, inputSettings=settings, overlay=True)

    def make(
        self, scene: str, name: str, kind: str, settings: dict[str, Any], *, enabled: bool = True
    ) -> int:
        """Make a source in a scene, and return the number that it has there.

        Raises:
            MisconfiguredError: there is no such scene, or the name is a scene's or a group's.
        """
        try:
            made = self._ask(
                "CreateInput",
                sceneName=scene,
                inputName=name,
                inputKind=kind,
                inputSettings=settings,
                sceneItemEnabled=enabled,
            )
        except RequestRefusedError as error:
            raise self._not_made(scene, name, error) from error
        return int(made["sceneItemId"])

    def put(self, scene: str, name: str) -> int | None:
        """Put a source that there is into a scene, and return the number that it has there.

        None where it is in it already. Raises as ``make``.
        """
        try:
            if name in self._sources(scene):
                return None
            made = self._ask("CreateSceneItem", sceneName=scene, sourceName=name)
        except RequestRefusedError as error:
            raise self._not_made(scene, name, error) from error
        return int(made["sceneItemId"])

    def place(self, scene: str, item: int, **transform: object) -> None:
        """Place what is in a scene."""
        self._ask(
            "SetSceneItemTransform",
            sceneName=scene,
            sceneItemId=item,
            sceneItemTransform=transform,
        )

    def reload(self, name: str) -> None:
        """Have a browser source load its page anew, as its button in OBS does."""
        self._ask("PressInputPropertiesButton", inputName=name, propertyName="refreshnocache")

    def remove(self, name: str) -> None:
        """Remove a source from all scenes."""
        self._ask("RemoveInput", inputName=name)

    def picture(self, name: str, width: int, height: int) -> bytes:
        """Return what a source or a scene looks like, as a PNG of this size in pixels."""
        found = self._ask(
            "GetSourceScreenshot",
            sourceName=name,
            imageFormat="png",
            imageWidth=width,
            imageHeight=height,
        )
        return base64.b64decode(found["imageData"].partition(",")[2])

    def reveal(self, name: str, *, visible: bool) -> bool:
        """Show or hide a source or a group wherever it is; return whether it is anywhere."""
        items = [(where, item["sceneItemId"]) for where, item in self._items() if _is(item, name)]
        for where, item in items:
            self._ask(
                "SetSceneItemEnabled", sceneName=where, sceneItemId=item, sceneItemEnabled=visible
            )
        return bool(items)

    def switch(self, scene: str) -> None:
        """Have viewers see another scene."""
        self._ask("SetCurrentProgramScene", sceneName=scene)

    def play(self, name: str) -> None:
        """Play a media source from its beginning."""
        self._ask(
            "TriggerMediaInputAction",
            inputName=name,
            mediaAction="OBS_WEBSOCKET_MEDIA_INPUT_ACTION_RESTART",
        )

    def press(self, hotkey: str) -> None:
        """Do what a hotkey does, by the name that OBS has for that."""
        self._ask("TriggerHotkeyByName", hotkeyName=hotkey)

    def hotkeys(self) -> list[str]:
        """Return the names that OBS has for its hotkeys."""
        return sorted(set(self._ask("GetHotkeyList")["hotkeys"]))

    def _items(self) -> Iterator[tuple[str, dict[str, Any]]]:
        for scene in self._ask("GetSceneList")["scenes"]:
            name = scene["sceneName"]
            for item in self._ask("GetSceneItemList", sceneName=name)["sceneItems"]:
                yield name, item
                if item.get("isGroup"):
                    group = item["sourceName"]
                    grouped = self._ask("GetGroupSceneItemList", sceneName=group)["sceneItems"]
                    yield from ((group, one) for one in grouped)

    def _sources(self, scene: str) -> tuple[str, ...]:
        items = self._ask("GetSceneItemList", sceneName=scene)["sceneItems"]
        return tuple(item["sourceName"] for item in reversed(items))

    def _not_made(self, scene: str, name: str, error: RequestRefusedError) -> BotError:
        if error.code == RequestRefusedError.EXISTS:
            return MisconfiguredError(
                tr(
                    "“{name}” in OBS is a scene or a group: set OBS_SOURCE to another name.",
                    name=name,
                )
            )
        if error.code == RequestRefusedError.NOT_FOUND:
            scenes = (one["sceneName"] for one in self._ask("GetSceneList")["scenes"])
            return MisconfiguredError(
                tr(
                    "There is no scene “{scene}” in OBS, which has {scenes}. Set OBS_SCENE to"
                    " one of them, or leave it out for the scene that is live.",
                    scene=scene,
                    scenes=listed(scenes),
                )
            )
        return error


@asynccontextmanager
async def connected(options: ObsOptions) -> AsyncIterator[Studio]:
    """Be let in by an OBS for a while.

    Raises:
        UnavailableError, MisconfiguredError: as ``ObsConnection``.
    """
    connection = await asyncio.to_thread(ObsConnection, options)
    try:
        yield Studio(connection)
    finally:
        connection.close()


def listed(names: Iterable[str]) -> str:
    """Return names as they are told to people."""
    return ", ".join(f"“{name}”" for name in names)


def _is(item: dict[str, Any], name: str) -> bool:
    return bool(item["sourceName"] == name)
