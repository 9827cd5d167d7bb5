"""A VOICEVOX engine, a COEIROINK engine, and a speech server of OpenAI's kind, on loopback.

Their wires are those of https://voicevox.github.io/voicevox_engine/api/, of a COEIROINK's own
``/docs``, and of https://platform.openai.com/docs/api-reference/audio/createSpeech; the sound is a
tone.
"""

import asyncio
import base64
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


def _wide(word: str) -> str:
    """Return a word as VOICEVOX keeps it, with letters at full width."""
    return "".join(chr(ord(one) + 0xFEE0) if "!" <= one <= "~" else one for one in word)


class SpeechStandIn:
    """Serves all of them.

    Attributes:
        asked: the texts that were to be said.
        queries: what VOICEVOX, or who else is asked, was told of each.
        words: VOICEVOX's own dictionary: words, and how they are said.
        accents: where the stress of a word is that was added.
        brand: what VOICEVOX calls itself; an old one says nothing.
        phrases: what VOICEVOX tells of a text.
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
        self.words: dict[str, str] = {}
        self.accents: dict[str, int] = {}
        self.brand = ""
        self.phrases: list[dict[str, Any]] = []
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
        async with asyncio.timeout(30), self._changed:
            await self._changed.wait_for(lambda: len(self.asked) >= times)

    async def has_learnt(self, word: str) -> None:
        """Return when a word is in the dictionary."""
        async with asyncio.timeout(30), self._changed:
            await self._changed.wait_for(lambda: word in self.words)

    def gates(self, many: int) -> None:
        """Let so many sounds through a gate that is shut, and shut it behind them."""
        self._through = many
        self.gate.set()

    @asynccontextmanager
    async def serving(self, port: int = 0) -> AsyncIterator[str]:
        """Give the address, at a free port where none is given."""
        app = web.Application(middlewares=[self._gate])
        app.add_routes(
            [
                web.get("/speakers", self._speakers),
                web.post("/audio_query", self._query),
                web.post("/synthesis", self._synthesis),
                web.get("/engine_manifest", self._manifest),
                web.get("/user_dict", self._user_dict),
                web.post("/accent_phrases", self._accent),
                web.post("/user_dict_word", self._add_word),
                web.get("/v1/speakers", self._coeiroink_speakers),
                web.post("/v1/estimate_prosody", self._prosody),
                web.post("/v1/predict_with_duration", self._predict),
                web.post("/v1/synthesis", self._pitched),
                web.get("/v1/audio/voices", self._voices),
                web.post("/v1/audio/speech", self._speech),
            ]
        )
        runner = web.AppRunner(app, shutdown_timeout=0)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
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
        around = {"prePhonemeLength": 0.1, "postPhonemeLength": 0.1, "pauseLengthScale": 1.0}
        scales = {"speedScale": 1.0, "pitchScale": 0.0}
        return web.json_response({"accent_phrases": self.phrases, **around, **scales})

    async def _synthesis(self, request: web.Request) -> web.Response:
        self.queries.append(await request.json() | {"speaker": int(request.query["speaker"])})
        return await self._sound()

    async def _manifest(self, _: web.Request) -> web.Response:
        return (
            web.json_response({"brand_name": self.brand})
            if self.brand
            else web.Response(status=404)
        )

    async def _user_dict(self, _: web.Request) -> web.Response:
        words = {
            f"uuid-{word}": {"surface": _wide(word), "pronunciation": said, "priority": 5}
            for word, said in self.words.items()
        }
        return web.json_response(words)

    async def _accent(self, request: web.Request) -> web.Response:
        assert int(request.query["speaker"]) in {0, 2, 3}
        return web.json_response([{"moras": [], "accent": len(request.query["text"]) % 4}])

    async def _add_word(self, request: web.Request) -> web.Response:
        word, said = request.query["surface"], request.query["pronunciation"]
        if not all("ァ" <= letter <= "ー" for letter in said) or " " in word:
            return web.Response(status=422)
        async with self._changed:
            self.words[word] = said
            self.accents[word] = int(request.query["accent_type"])
            self._changed.notify_all()
        return web.json_response(f"uuid-{word}")

    async def _coeiroink_speakers(self, _: web.Request) -> web.Response:
        styles = [
            {"styleName": "れいせい", "styleId": 0},
            {"styleName": "おしとやか", "styleId": 5},
        ]
        tsukuyomi = {"speakerName": "つくよみちゃん", "speakerUuid": "uuid-t", "styles": styles}
        return web.json_response([tsukuyomi])

    async def _prosody(self, request: web.Request) -> web.Response:
        await self._hear((await request.json())["text"])
        return web.json_response({"plain": [], "detail": [[{"phoneme": "a", "hira": "あ"}]]})

    async def _predict(self, request: web.Request) -> web.Response:
        self.queries.append(await request.json())
        sound = (await self._sound()).body
        assert isinstance(sound, bytes)
        half, end = int(self.seconds * RATE / 2), int(self.seconds * RATE)
        durations = [
            {"mora": "k-a", "hira": "か", "wavRange": {"start": 0, "end": half}},
            {"mora": "N", "hira": "ん", "wavRange": {"start": half, "end": end}},
            {"mora": "pau", "hira": "", "wavRange": {"start": end, "end": end}},
            {"mora": 7},
        ]
        told = {"wavBase64": base64.b64encode(sound).decode(), "moraDurations": durations}
        return web.json_response(told)

    async def _pitched(self, request: web.Request) -> web.Response:
        self.queries.append(await request.json())
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
