"""A real OBS without a screen, for the tests that want to see what viewers would see."""

import asyncio
import base64
import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pytest
from obsws_python import ReqClient
from obsws_python.error import OBSSDKError, OBSSDKRequestError
from websocket import WebSocketException

WIDTH, HEIGHT = 640, 360
SCENE = "Scene"
"""The scene that a new OBS has, and that is live."""

_DEADLINE = 30.0
_GLOBAL = """\
[General]
FirstRun=true
[OBSWebSocket]
FirstLoad=false
ServerEnabled=true
ServerPort={port}
AuthRequired=true
ServerPassword={password}
"""
_PROFILE = f"""\
[General]
Name=Untitled
[Video]
BaseCX={WIDTH}
BaseCY={HEIGHT}
OutputCX={WIDTH}
OutputCY={HEIGHT}
FPSType=1
FPSInt=10
"""


class RealObs:
    """OBS under Xvfb: a small canvas, ten frames a second, and nothing recorded.

    ``start`` and ``stop`` may follow each other; the port stays the same, and so does what OBS
    has saved. As a context manager it starts, and takes the screen away as well in the end; the
    test is skipped where OBS or Xvfb is not installed.
    """

    password = "wonderland"

    def __init__(self, folder: Path) -> None:
        """Keep the configuration, and what OBS prints, in an empty folder."""
        self.port = free_port()
        self._folder = folder
        self._screen: subprocess.Popen[bytes] | None = None
        self._obs: subprocess.Popen[bytes] | None = None
        self._display = ""
        profile = folder / "obs-studio/basic/profiles/Untitled/basic.ini"
        profile.parent.mkdir(parents=True)
        profile.write_text(_PROFILE)
        (folder / "obs-studio/global.ini").write_text(
            _GLOBAL.format(port=self.port, password=self.password)
        )

    def __enter__(self) -> Self:
        if not (shutil.which("obs") and shutil.which("Xvfb")):
            pytest.skip("apt-get install obs-studio xvfb fonts-noto-cjk")
        try:
            self.start()
        except BaseException:
            self._close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._close()

    @property
    def running(self) -> bool:
        """Whether it was started, and has not ended."""
        return self._obs is not None and self._obs.poll() is None

    def start(self) -> None:
        """Return when it takes requests: after about a second."""
        if self._screen is None:
            self._start_screen()
        environment = os.environ | {
            "DISPLAY": self._display,
            "QT_QPA_PLATFORM": "xcb",
            "LIBGL_ALWAYS_SOFTWARE": "1",
            "XDG_CONFIG_HOME": str(self._folder),
        }
        with self._output.open("ab") as output:
            self._obs = subprocess.Popen(
                [
                    "obs",
                    "--multi",
                    "--minimize-to-tray",
                    "--disable-updater",
                    "--disable-missing-files-check",
                    "--disable-shutdown-check",  # OBS 30 and later ask after a kill
                    "--websocket_ipv4_only",
                ],
                env=environment,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        deadline = time.monotonic() + _DEADLINE
        while not self._answers():
            try:
                self._obs.wait(0.02)
            except subprocess.TimeoutExpired:
                if time.monotonic() < deadline:
                    continue
            raise AssertionError(f"OBS does not start:\n{self._output.read_text()[-2000:]}")

    def stop(self) -> None:
        """Kill OBS, which leaves it no time to say goodbye."""
        _kill(self._obs)
        self._obs = None

    def client(self) -> ReqClient:
        """Return a client that has been let in; it blocks, and the caller disconnects it."""
        return ReqClient(host="127.0.0.1", port=self.port, password=self.password, timeout=5)

    def settings(self, source: str) -> dict[str, Any]:
        """Return a source's settings, those that were never set left out."""
        with self.client() as client:
            found: dict[str, Any] = client.get_input_settings(source).input_settings
        return found

    def text(self, source: str) -> str:
        """Return the text of a text source."""
        text = self.settings(source)["text"]
        assert isinstance(text, str)
        return text

    async def shows(self, source: str, text: str) -> None:
        """Wait until a text source has a text: OBS may be slow to take it over."""
        async with asyncio.timeout(_DEADLINE):
            while await asyncio.to_thread(self.text, source) != text:
                pass

    def make_text(self, source: str, **settings: Any) -> None:
        """Make a text source by hand, as a streamer would."""
        with self.client() as client:
            client.create_input(SCENE, source, "text_ft2_source_v2", settings, True)

    def make_scene(self, name: str) -> None:
        """Make another scene."""
        with self.client() as client:
            client.create_scene(name)

    def scenes(self) -> dict[str, list[str]]:
        """Return what is in each scene."""
        with self.client() as client:
            return {
                scene["sceneName"]: [
                    item["sourceName"]
                    for item in client.get_scene_item_list(scene["sceneName"]).scene_items
                ]
                for scene in client.get_scene_list().scenes
            }

    def holds(self, scenes: dict[str, list[str]]) -> None:
        """Wait until just this is in the scenes: OBS takes its time to remove what was removed."""
        deadline = time.monotonic() + _DEADLINE
        while (found := self.scenes()) != scenes and time.monotonic() < deadline:
            pass
        assert found == scenes

    def names(self) -> set[str]:
        """Return what its sources are called."""
        with self.client() as client:
            return {source["inputName"] for source in client.get_input_list().inputs}

    def is_enabled(self, source: str) -> bool:
        """Return whether a source is shown in the scene."""
        with self.client() as client:
            item = client.get_scene_item_id(SCENE, source).scene_item_id
            return bool(client.get_scene_item_enabled(SCENE, item).scene_item_enabled)

    @property
    def live_scene(self) -> str:
        """The scene that viewers see; settable."""
        with self.client() as client:
            return str(client.get_current_program_scene().current_program_scene_name)

    @live_scene.setter
    def live_scene(self, name: str) -> None:
        with self.client() as client:
            client.set_current_program_scene(name)

    def picture(self, source: str) -> str:
        """Return what a source looks like, small."""
        with self.client() as client:
            return str(client.get_source_screenshot(source, "png", 32, 32, -1).image_data)

    def wait_until(self, holds: Callable[[], bool]) -> None:
        """Return when something holds that OBS does in its own time."""
        deadline = time.monotonic() + _DEADLINE
        while not holds():
            assert time.monotonic() < deadline, "OBS never does what is waited for"

    def screenshot(self, shows: Callable[[bytes], bool]) -> bytes:
        """Return the live scene as a PNG, once it shows what is waited for."""
        deadline = time.monotonic() + _DEADLINE
        with self.client() as client:
            while time.monotonic() < deadline:
                answer = client.get_source_screenshot(SCENE, "png", WIDTH, HEIGHT, -1)
                picture = base64.b64decode(answer.image_data.partition(",")[2])
                if shows(picture):
                    return picture
        raise AssertionError("OBS never shows what is waited for")

    def renew(self) -> None:
        """Leave it running, and the scene as a new OBS has it."""
        if not self.running:
            self.start()
        with self.client() as client:
            client.set_current_program_scene(SCENE)
            for scene in client.get_scene_list().scenes:
                if scene["sceneName"] != SCENE:
                    client.remove_scene(scene["sceneName"])
        self.remove_sources()

    def remove_sources(self) -> None:
        """Remove all sources from the scene, and return when they are gone."""
        with self.client() as client:
            for source in client.get_input_list().inputs:
                # OBS lists for a while what it is removing.
                with suppress(OBSSDKRequestError):
                    client.remove_input(source["inputName"])
            deadline = time.monotonic() + _DEADLINE
            while client.get_input_list().inputs:
                assert time.monotonic() < deadline, "OBS does not remove a source"

    @property
    def _output(self) -> Path:
        return self._folder / "output.txt"

    def _start_screen(self) -> None:
        read, write = os.pipe()
        with os.fdopen(read) as number:
            self._screen = subprocess.Popen(
                ["Xvfb", "-displayfd", str(write), "-screen", "0", "640x480x24"],
                pass_fds=[write],
                stderr=subprocess.DEVNULL,
            )
            os.close(write)
            self._display = f":{number.readline().strip()}"
        assert self._display != ":", "Xvfb does not start"

    def _answers(self) -> bool:
        try:
            self.client().disconnect()
        except (OSError, WebSocketException, OBSSDKError, json.JSONDecodeError):
            return False
        return True

    def _close(self) -> None:
        self.stop()
        _kill(self._screen)
        self._screen = None


def free_port() -> int:
    """Return a port at which nothing listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


def _kill(process: subprocess.Popen[bytes] | None) -> None:
    if process is not None:
        process.kill()
        process.wait()
