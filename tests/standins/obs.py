"""An OBS on loopback that knows sources and scenes, and fails as no real one does on command.

The wire is that of https://github.com/obsproject/obs-websocket/blob/master/docs/generated/protocol.md;
what its requests answer is what a real OBS 29 did when it was looked at.
"""

import base64
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import regex
from aiohttp import WSMsgType, web

SCENE = "Scene"
_CAPITAL = regex.compile(r"(?=[A-Z])")
_NOT_FOUND, _EXISTS = 600, 601


@dataclass
class Source:
    """A source: what is set of it, and where it is seen."""

    kind: str
    settings: dict[str, Any] = field(default_factory=dict)


class RefusalError(Exception):
    """A request is refused with a code."""


class ObsStandIn:
    """Takes requests while ``serving``.

    Attributes:
        connections: how many there were.
        sources: by name.
        scenes: what is in each, the lowest first.
        live: the scene that viewers see.
        kinds: of sources that can be made.
        platform: the system on which it says that it runs.
        texts: every text that a source was given.
        photographed: of what screenshots were taken.
        groups: what is in each group.
        enabled: what was last shown or hidden: scene or group, and the place in it.
        refused: with which code it refuses a request.
        silent_from: the request, or ``Hello``, from which on there is no answer.
        garbled: the request that is answered with something else.
        garbage: what that is.
        hello: what it says first.
        picture: what a screenshot is.
        loads: loads a page where a browser source shows one.
        draws: returns what a screenshot is instead.
    """

    def __init__(self) -> None:
        self.connections = 0
        self.sources: dict[str, Source] = {}
        self.scenes: dict[str, list[str]] = {SCENE: []}
        self.live = SCENE
        self.kinds = ["image_source", "text_gdiplus_v3", "browser_source"]
        self.platform = "windows"
        self.texts: list[str] = []
        self.photographed: list[str] = []
        self.groups: dict[str, list[str]] = {}
        self.enabled: dict[tuple[str, int], bool] = {}
        self.refused: dict[str, int] = {}
        self.silent_from = "nothing"
        self.garbled = "nothing"
        self.garbage: Any = {"op": 5, "d": {"eventType": "ExitStarted"}}
        self.hello: Any = {"op": 0, "d": {"rpcVersion": 1}}
        self.picture = b"a picture"
        self.loads: Callable[[str], Awaitable[None]] | None = None
        self.draws: Callable[[], Awaitable[bytes]] | None = None

    @asynccontextmanager
    async def serving(self, port: int = 0) -> AsyncIterator[int]:
        """Give the port, a free one where none is given."""
        app = web.Application()
        app.router.add_get("/", self._connect)
        runner = web.AppRunner(app, shutdown_timeout=0)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        try:
            yield runner.addresses[0][1]
        finally:
            await runner.cleanup()

    async def _connect(self, request: web.Request) -> web.WebSocketResponse:
        self.connections += 1
        client = web.WebSocketResponse()
        await client.prepare(request)
        if self.silent_from != "Hello":
            await client.send_json(self.hello)
        async for message in client:
            if message.type is not WSMsgType.TEXT:
                break
            asked = message.json()
            if asked["op"] == 1:
                await client.send_json({"op": 2, "d": {"negotiatedRpcVersion": 1}})
            elif asked["d"]["requestType"] == self.garbled:
                await client.send_json(self.garbage)
            elif asked["d"]["requestType"] != self.silent_from:
                await client.send_json({"op": 7, "d": await self._answer(asked["d"])})
        return client

    async def _answer(self, asked: dict[str, Any]) -> dict[str, Any]:
        request, data = asked["requestType"], asked.get("requestData", {})
        answer: dict[str, Any] = {"requestType": request, "requestId": asked["requestId"]}
        if request == "GetSourceScreenshot" and self.draws:
            self.picture = await self.draws()
        code: int | None = self.refused.get(request)
        found: dict[str, Any] = {}
        try:
            if not code:
                found = getattr(self, _CAPITAL.sub("_", request).lower())(data)
        except RefusalError as refusal:
            code = refusal.args[0]
        if code:
            return answer | {"requestStatus": {"result": False, "code": code}}
        if self.loads and (address := self._address(request, data)):
            await self.loads(address)
        return answer | {"requestStatus": {"result": True, "code": 100}, "responseData": found}

    def _get_version(self, _: dict[str, Any]) -> dict[str, Any]:
        return {"platform": self.platform}

    def _get_video_settings(self, _: dict[str, Any]) -> dict[str, Any]:
        return {"baseWidth": 1920, "baseHeight": 1080}

    def _get_input_kind_list(self, _: dict[str, Any]) -> dict[str, Any]:
        return {"inputKinds": self.kinds}

    def _get_input_list(self, _: dict[str, Any]) -> dict[str, Any]:
        sources = self.sources.items()
        return {"inputs": [{"inputName": name, "inputKind": one.kind} for name, one in sources]}

    def _get_current_program_scene(self, _: dict[str, Any]) -> dict[str, Any]:
        return {"currentProgramSceneName": self.live}

    def _get_scene_list(self, _: dict[str, Any]) -> dict[str, Any]:
        names = [{"sceneName": name} for name in reversed(self.scenes)]
        return {"currentProgramSceneName": self.live, "scenes": names}

    def _get_scene_item_list(self, data: dict[str, Any]) -> dict[str, Any]:
        return self._items(self._scene(data))

    def _get_group_scene_item_list(self, data: dict[str, Any]) -> dict[str, Any]:
        return self._items(self.groups[data["sceneName"]])

    def _set_scene_item_enabled(self, data: dict[str, Any]) -> dict[str, Any]:
        self.enabled[data["sceneName"], data["sceneItemId"]] = data["sceneItemEnabled"]
        return {}

    def _items(self, names: list[str]) -> dict[str, Any]:
        return {
            "sceneItems": [
                {"sceneItemId": number, "sourceName": name, "isGroup": name in self.groups or None}
                for number, name in enumerate(names)
            ]
        }

    def _get_input_settings(self, data: dict[str, Any]) -> dict[str, Any]:
        return {"inputSettings": self._source(data["inputName"]).settings}

    def _set_input_settings(self, data: dict[str, Any]) -> dict[str, Any]:
        assert data["overlay"]
        self._source(data["inputName"]).settings.update(data["inputSettings"])
        if "text" in data["inputSettings"]:
            self.texts.append(data["inputSettings"]["text"])
        return {}

    def _create_input(self, data: dict[str, Any]) -> dict[str, Any]:
        scene, name = self._scene(data), data["inputName"]
        if name in self.sources or name in self.scenes:
            raise RefusalError(_EXISTS)
        self.sources[name] = Source(data["inputKind"], dict(data["inputSettings"]))
        scene.append(name)
        return {"sceneItemId": len(scene) - 1}

    def _press_input_properties_button(self, data: dict[str, Any]) -> dict[str, Any]:
        assert data["propertyName"] == "refreshnocache"
        assert "url" in self._source(data["inputName"]).settings
        return {}

    def _address(self, request: str, data: dict[str, Any]) -> str:
        """Return the address of the page that a request has a browser source load, if it does."""
        if request == "CreateInput":
            return str(data["inputSettings"].get("url", ""))
        if request == "PressInputPropertiesButton":
            return str(self._source(data["inputName"]).settings["url"])
        return ""

    def _create_scene_item(self, data: dict[str, Any]) -> dict[str, Any]:
        self._source(data["sourceName"])
        scene = self._scene(data)
        scene.append(data["sourceName"])
        return {"sceneItemId": len(scene) - 1}

    def _set_scene_item_transform(self, data: dict[str, Any]) -> dict[str, Any]:
        assert data["sceneItemId"] < len(self._scene(data))
        return {}

    def _get_source_screenshot(self, data: dict[str, Any]) -> dict[str, Any]:
        self.photographed.append(data["sourceName"])
        return {"imageData": f"data:image/png;base64,{base64.b64encode(self.picture).decode()}"}

    def _scene(self, data: dict[str, Any]) -> list[str]:
        if data["sceneName"] not in self.scenes:
            raise RefusalError(_NOT_FOUND)
        return self.scenes[data["sceneName"]]

    def _source(self, name: str) -> Source:
        if name not in self.sources:
            raise RefusalError(_NOT_FOUND)
        return self.sources[name]
