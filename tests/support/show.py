"""A whole show for the tests: the app as it is, with its addresses leading to stand-ins."""

import asyncio
import io
import json
import sqlite3
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, Self

import aiohttp
from pydantic import SecretStr
from rich.console import Console

from bot import persona
from bot.app import platforms
from bot.app.ending import Ending
from bot.app.house import Bill, Wishes
from bot.app.live import perform
from bot.app.models import wanted_model
from bot.app.voices import narrator
from bot.clock import SystemClock
from bot.llm.options import Api, LlmOptions, OllamaOptions, OpenAIOptions
from bot.mcp.options import McpOptions
from bot.obs.options import ObsOptions
from bot.safety.options import GuardOptions
from bot.search.options import SearchOptions
from bot.settings import Settings
from bot.sources import Source
from bot.tools.options import ToolsOptions
from bot.translation import tr
from bot.voice.options import VoiceOptions
from bot.web.options import WebOptions

TOKEN = "a-token-for-tests"


class Viewer:
    """Follows the feeds of a running show, as the overlay and the panel do."""

    def __init__(self, session: aiohttp.ClientSession, address: str) -> None:
        self.events: list[tuple[str, Any]] = []
        self.came: list[float] = []
        """When each event came, on ``time.perf_counter``."""
        self._session = session
        self._address = address
        self._changed = asyncio.Condition()

    async def post(self, text: str, author: str = "taro", roles: Sequence[str] = ()) -> None:
        """Write in the local chat."""
        body = {"author": author, "text": text, "roles": list(roles)}
        async with self._session.post(
            f"{self._address}/api/comments",
            json=body,
            headers={"Authorization": f"Bearer {TOKEN}"},
        ) as response:
            assert response.status == 202, await response.text()

    async def ask(self, method: str, path: str, **options: Any) -> tuple[int, Any]:
        """Ask as a script does; return the status, and what was answered."""
        headers = {"Authorization": f"Bearer {TOKEN}"}
        url = f"{self._address}{path}"
        async with self._session.request(method, url, headers=headers, **options) as response:
            return response.status, await response.json()

    @property
    def address(self) -> str:
        """Where the show is served."""
        return self._address

    async def until(self, name: str, count: int = 1, *, within: float = 60, **about: Any) -> Any:
        """Wait for the ``count``-th event of a name whose data holds ``about``; return its data."""

        def found() -> list[Any]:
            return [
                data
                for event, data in self.events
                if event == name and about.items() <= data.items()
            ]

        async with asyncio.timeout(within), self._changed:
            await self._changed.wait_for(lambda: len(found()) >= count)
        return found()[count - 1]

    @property
    def shown(self) -> str:
        """Everything that viewers were ever shown as speech."""
        return "".join(data["text"] for event, data in self.events if event == "reply.sentence")

    async def follow(self, feed: str, joined: asyncio.Event) -> None:
        """Read a feed's events until the show ends."""
        name = ""
        authorisation = {"Authorization": f"Bearer {TOKEN}"}
        async with self._session.get(self._address + feed, headers=authorisation) as response:
            async for line in response.content:
                joined.set()
                if line.startswith(b"event: "):
                    name = line[7:].strip().decode()
                elif line.startswith(b"data: "):
                    async with self._changed:
                        self.came.append(time.perf_counter())
                        self.events.append((name, json.loads(line[6:])))
                        self._changed.notify_all()

    @classmethod
    @asynccontextmanager
    async def at(cls, address: str) -> AsyncIterator[Self]:
        """Follow the show at an address."""
        async with aiohttp.ClientSession() as session:
            viewer = cls(session, address)
            following = []
            for feed in ("/api/events", "/api/backstage"):
                joined = asyncio.Event()
                following.append(asyncio.create_task(viewer.follow(feed, joined)))
                async with asyncio.timeout(30):
                    await joined.wait()
            try:
                yield viewer
            finally:
                for task in following:
                    task.cancel()
                await asyncio.wait(following)


@asynccontextmanager
async def on_air(
    ollama: str,
    database: Path,
    *,
    sources: Sequence[Source] = (),
    openai: OpenAIOptions | None = None,
    obs: ObsOptions | None = None,
    guard: GuardOptions | None = None,
    voice: VoiceOptions | None = None,
    tools: ToolsOptions | None = None,
    search: SearchOptions | None = None,
    mcp: McpOptions | None = None,
    ending: Ending | None = None,
    speaker: str = "botan",
    open_browser: bool = False,
) -> AsyncIterator[Viewer]:
    """Run a show in this process, and follow it. It is over when the context is left."""
    settings = Settings.model_construct(  # as it is written here, whatever the environment says
        llm=LlmOptions(api=Api.OPENAI if openai else Api.OLLAMA),
        ollama=OllamaOptions(host=ollama),
        openai=openai or OpenAIOptions(),
        obs=obs or ObsOptions(),
        guard=guard or GuardOptions(),
        voice=voice or VoiceOptions(),
        tools=tools or ToolsOptions(),
        search=search or SearchOptions(),
        mcp=mcp or McpOptions(),
        web=WebOptions(port=0, token=SecretStr(TOKEN)),
    )
    clock = SystemClock()
    printed = _Lines()
    async with wanted_model(settings, clock) as model:
        bill = Bill(
            persona.load(speaker),
            model,
            database,
            sources,
            [platforms.obs_stage(obs, clock, speaker)] if obs else [],
            narrator=narrator(settings, persona.load(speaker), clock),
        )
        show = asyncio.create_task(
            perform(
                settings,
                Wishes(open_browser=open_browser),
                Console(file=printed, width=200),
                bill,
                clock=clock,
                ending=ending,
            )
        )
        try:
            overlay = await printed.line(tr("Overlay"), unless=show)
            async with Viewer.at(overlay.split()[1].removesuffix("/overlay")) as viewer:
                await printed.line(tr("On air"), "Ready", "Not on air", unless=show)
                yield viewer
        finally:
            show.cancel()
            with suppress(asyncio.CancelledError):
                await show


class _Lines(io.StringIO):
    """Text that can be waited for."""

    def __init__(self) -> None:
        super().__init__()
        self._written = asyncio.Event()

    def write(self, text: str) -> int:
        count = super().write(text)
        self._written.set()
        return count

    async def line(self, *beginnings: str, unless: asyncio.Task[None]) -> str:
        """Return the first line that begins so, or raise what ended the task instead."""
        async with asyncio.timeout(20):
            while True:
                for line in self.getvalue().splitlines():
                    if line.startswith(beginnings):
                        return line
                self._written.clear()
                writing = asyncio.create_task(self._written.wait())
                await asyncio.wait({writing, unless}, return_when=asyncio.FIRST_COMPLETED)
                if unless.done():
                    writing.cancel()
                    unless.result()


def rows(database: Path, sql: str) -> list[tuple[Any, ...]]:
    """Return what a query finds in a show's database."""
    connection = sqlite3.connect(database)
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()
