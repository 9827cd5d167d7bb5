"""A VOICEVOX engine, and a speech server of OpenAI's kind, on loopback.

Their wires are those of https://voicevox.github.io/voicevox_engine/api/ and of
https://platform.openai.com/docs/api-reference/audio/createSpeech; the sound is a tone.
"""

import asyncio
import math
from array import array
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

from bot.voice.wave_file import packed

RATE = 24_000


def tone(seconds: float) -> bytes:
    """Return a sound that can be heard."""
    wave = (int(9000 * math.sin(number / 8)) for number in range(int(seconds * RATE)))
    return packed(array("h", wave).tobytes(), RATE)


class SpeechStandIn:
    """Serves both.

    Attributes:
        asked: the texts that were to be said.
        queries: what VOICEVOX was told of each.
        seconds: how long each sound is.
        status: what every request is answered with, where it is no success.
        sound: what is sent in place of one.
        gate: what sounds wait for.
        key: what lets somebody in, where one is wanted.
        strange: what is answered at some paths in place of what should be: JSON, or a text.
    """

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.queries: list[dict[str, Any]] = []
        self.seconds = 0.5
        self.status = 200
        self.sound: bytes | None = None
        self.gate = asyncio.Event()
        self.gate.set()
        self._through = 0
        self.key = ""
        self.strange: dict[str, object] = {}
        self._changed = asyncio.Condition()

    async def was_asked(self, times: int) -> None:
        """Return when so many texts were to be said."""
        async with asyncio.timeout(5), self._changed:
            await self._changed.wait_for(lambda: len(self.asked) >= times)

    def gates(self, many: int) -> None:
        """Let so many sounds through a gate that is shut, and shut it behind them."""
        self._through = many
        self.gate.set()

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[str]:
        """Give the address."""
        app = web.Application(middlewares=[self._gate])
        app.add_routes(
            [
                web.get("/speakers", self._speakers),
                web.post("/audio_query", self._query),
                web.post("/synthesis", self._synthesis),
                web.get("/v1/audio/voices", self._voices),
                web.post("/v1/audio/speech", self._speech),
            ]
        )
        runner = web.AppRunner(app, shutdown_timeout=0)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        try:
            yield f"http://127.0.0.1:{runner.addresses[0][1]}"
        finally:
            self.gate.set()
            await runner.cleanup()

    @web.middleware
    async def _gate(self, request: web.Request, handler: Any) -> web.StreamResponse:
        if self.key and request.headers.get("Authorization") != f"Bearer {self.key}":
            return web.Response(status=401)
        if self.status != 200:
            return web.Response(status=self.status)
        if request.path in self.strange:
            told = self.strange[request.path]
            return web.Response(text=told) if isinstance(told, str) else web.json_response(told)
        response: web.StreamResponse = await handler(request)
        return response

    async def _hear(self, text: str) -> None:
        async with self._changed:
            self.asked.append(text)
            self._changed.notify_all()

    async def _speakers(self, _: web.Request) -> web.Response:
        metan = [{"name": "ノーマル", "id": 2}, {"name": "あまあま", "id": 0}]
        zunda = [{"name": "ノーマル", "id": 3}]
        return web.json_response(
            [{"name": "四国めたん", "styles": metan}, {"name": "ずんだもん", "styles": zunda}]
        )

    async def _query(self, request: web.Request) -> web.Response:
        await self._hear(request.query["text"])
        return web.json_response({"accent_phrases": [], "speedScale": 1.0, "pitchScale": 0.0})

    async def _synthesis(self, request: web.Request) -> web.Response:
        self.queries.append(await request.json() | {"speaker": int(request.query["speaker"])})
        return await self._sound()

    async def _voices(self, _: web.Request) -> web.Response:
        return web.json_response({"voices": ["af_bella", {"id": "jf_alpha"}]})

    async def _speech(self, request: web.Request) -> web.Response:
        asked = await request.json()
        await self._hear(asked["input"])
        self.queries.append(asked)
        return await self._sound()

    async def _sound(self) -> web.Response:
        await self.gate.wait()
        if self._through == 1:
            self.gate.clear()
        self._through = max(0, self._through - 1)
        sound = tone(self.seconds) if self.sound is None else self.sound
        return web.Response(body=sound, content_type="audio/wav")
