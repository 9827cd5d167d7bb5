"""VTube Studio, as far as its plugin API goes: what it answers, and what it refuses.

The wire is that of https://github.com/DenchiSoft/VTubeStudio, the numbers those of its ``ErrorID``.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import WSMsgType, web

from tests.standins.serving import serve

_TOKEN = "made-up-token-of-vtube-studio"
SMILE, WAVE = "Smile.exp3.json", "wave.motion3.json"


class _RefusedError(Exception):
    def __init__(self, code: int, message: str) -> None:
        self.told = {"errorID": code, "message": message}


class VTubeStudioStandIn:
    """Serves the API to any number of connections.

    Attributes:
        answer: what the user clicks: allow, deny, or nothing yet.
        asked: how often the user was asked.
        is_on: whether the API is.
        is_mute: whether requests are answered at all.
        has_model: whether a model is loaded.
        hotkeys: those of the model.
        expressions: those of the model, by file, with whether they are on.
        pressed: hotkeys that were triggered.
        injected: the values of each injection, in order.
        parameters: those that can be injected.
        taken: those that another plugin moves.
        raw: what is sent in place of the next answer.
    """

    def __init__(self) -> None:
        self.answer: str = "allow"
        self.asked = 0
        self.is_on = True
        self.is_mute = False
        self.has_model = True
        self.hotkeys: list[dict[str, Any]] = [
            {"name": "Big Smile", "type": "ToggleExpression", "file": SMILE, "hotkeyID": "h1"},
            {"name": "Wave", "type": "TriggerAnimation", "file": WAVE, "hotkeyID": "h2"},
        ]
        self.expressions = {SMILE: False, "Sleepy.exp3.json": False}
        self.pressed: list[str] = []
        self.injected: list[dict[str, float]] = []
        self.parameters = {"MouthOpen", *(f"Voice{vowel}" for vowel in "AIUEO")}
        self.taken = set[str]()
        self.raw: str | None = None
        self._tokens = set[str]()
        self._sockets = dict[web.WebSocketResponse, bool]()
        self._changed = asyncio.Condition()
        self._port = 0

    def revoke(self) -> None:
        """Let nobody in with what was given, and ask those who are in to leave."""
        self._tokens.clear()
        self._sockets = dict.fromkeys(self._sockets, False)

    @property
    def mouth(self) -> list[float]:
        """How far it was open, in order."""
        return [values["MouthOpen"] for values in self.injected]

    async def until(self, holds: Callable[[], bool]) -> None:
        """Return when something holds."""
        async with asyncio.timeout(30), self._changed:
            await self._changed.wait_for(holds)

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[int]:
        """Give the port; the same when it is served again."""
        app = web.Application()
        app.add_routes([web.get("/", self._serve)])
        runner = await serve(app, self._port)
        self._port = runner.addresses[0][1]
        try:
            yield self._port
        finally:
            await self.hang_up()
            await runner.cleanup()

    async def hang_up(self) -> None:
        """Close every connection."""
        for socket in list(self._sockets):
            await socket.close()

    async def _serve(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self._sockets[socket] = False
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT and not self.is_mute:
                    await self._answer(socket, message.json())
        finally:
            del self._sockets[socket]
        return socket

    async def _answer(self, socket: web.WebSocketResponse, asked: dict[str, Any]) -> None:
        assert asked["apiName"] == "VTubeStudioPublicAPI"
        assert asked["apiVersion"] == "1.0"
        assert 1 <= len(asked["requestID"]) <= 64
        kind = asked["messageType"].removesuffix("Request")
        try:
            data = await self._obey(socket, kind, asked["data"])
            told = f"{kind}Response"
        except _RefusedError as error:
            data, told = error.told, "APIError"
        head = {key: asked[key] for key in ("apiName", "apiVersion", "requestID")}
        if self.raw is not None:
            await socket.send_str(self.raw)
        elif not socket.closed:
            answer = {**head, "timestamp": 1625405710728, "messageType": told, "data": data}
            await socket.send_json(answer)
        async with self._changed:
            self._changed.notify_all()

    async def _obey(
        self, socket: web.WebSocketResponse, kind: str, data: dict[str, Any]
    ) -> dict[str, Any]:
        if not self.is_on:
            raise _RefusedError(1, "VTube Studio API access is deactivated.")
        if kind == "APIState":
            return {"active": True, "currentSessionAuthenticated": self._sockets[socket]}
        if kind == "AuthenticationToken":
            return await self._ask(data)
        if kind == "Authentication":
            self._sockets[socket] = data["authenticationToken"] in self._tokens
            return {"authenticated": self._sockets[socket], "reason": "So it is."}
        if not self._sockets[socket]:
            raise _RefusedError(8, "This request requires authentication.")
        obey = {
            "HotkeysInCurrentModel": self._hotkeys,
            "HotkeyTrigger": self._press,
            "ExpressionActivation": self._express,
            "InjectParameterData": self._inject,
        }[kind]
        return obey(data)

    async def _ask(self, data: dict[str, Any]) -> dict[str, Any]:
        assert all(3 <= len(data[key]) <= 32 for key in ("pluginName", "pluginDeveloper"))
        self.asked += 1
        if self.answer == "busy":
            raise _RefusedError(51, "Another token request is ongoing.")
        if self.answer == "deny":
            raise _RefusedError(50, "User has denied API access for your plugin.")
        token = f"{_TOKEN}-{self.asked}"
        if self.answer == "allow":
            self._tokens.add(token)
        return {"authenticationToken": token}

    def _hotkeys(self, _: dict[str, Any]) -> dict[str, Any]:
        hotkeys = self.hotkeys if self.has_model else []
        return {"modelLoaded": self.has_model, "availableHotkeys": hotkeys}

    def _press(self, data: dict[str, Any]) -> dict[str, Any]:
        if not self.has_model:
            raise _RefusedError(201, "No model loaded.")
        wanted = data["hotkeyID"].casefold()  # "HotkeyNameOrUniqueIdOfHotkeyToExecute"
        for one in self.hotkeys:
            if wanted in {one["hotkeyID"].casefold(), one["name"].casefold()}:
                self.pressed.append(one["hotkeyID"])
                return {"hotkeyID": one["hotkeyID"]}
        raise _RefusedError(202, "No such hotkey.")

    def _express(self, data: dict[str, Any]) -> dict[str, Any]:
        if not self.has_model:
            raise _RefusedError(652, "No model loaded.")
        if data["expressionFile"] not in self.expressions:
            raise _RefusedError(651, "No such expression.")
        self.expressions[data["expressionFile"]] = data["active"]
        return {}

    def _inject(self, data: dict[str, Any]) -> dict[str, Any]:
        values = {one["id"]: one["value"] for one in data["parameterValues"]}
        assert data["mode"] == "set"
        assert values
        if unknown := values.keys() - self.parameters:
            raise _RefusedError(453, f"Parameter {min(unknown)} not found.")
        if values.keys() & self.taken:
            raise _RefusedError(454, "Parameter is controlled by another plugin.")
        self.injected.append(values)
        return {}
