"""The bot's web server without a show around it, for the tests to drive."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
from pydantic import SecretStr
from yarl import URL

from bot import persona
from bot.chat import Author, Comment, Money, Platform, Reply
from bot.clock import Clock, SystemClock
from bot.sources import Heard, Heartbeat
from bot.web.api import Api
from bot.web.backstage_feed import BackstageFeed
from bot.web.door import Door
from bot.web.local import LocalSource
from bot.web.mailbox import Mailbox
from bot.web.options import WebOptions
from bot.web.overlay import HeardAt, OverlayStage
from bot.web.phone import Phone
from bot.web.server import Web
from bot.web.themes import Themes

TOKEN = "made-up-token-of-a-test"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
WELL = {"state": "on air", "summary": "On air", "is_live": True, "paused_by": "", "parts": []}
NOBODY: dict[str, Any] = {"answering": [], "queue": [], "others": 0}
NOTHING: dict[str, Any] = {"every": 10, "began": 0, "columns": [], "first": 0, "samples": []}
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@dataclass
class Site:
    """A served bot without a show.

    What was posted ends up in ``received``, commands in ``orders``.
    """

    url: str
    client: aiohttp.ClientSession
    stage: OverlayStage
    backstage: BackstageFeed
    door: Door
    received: list[Comment] = field(default_factory=list)
    orders: list[str] = field(default_factory=list)

    @property
    def desk(self) -> str:
        """The path under which the streamer's pages are."""
        return f"/desk-{URL(self.url).port}"

    async def cookie(self) -> str:
        """Return a header that a browser brings which has signed in."""
        url = f"{self.url}/?token={TOKEN}"
        async with self.client.get(url, allow_redirects=False) as response:
            return response.headers["Set-Cookie"].partition(";")[0]

    def receive(self, heard: Heard | Heartbeat) -> None:
        """Take what was posted."""
        if isinstance(heard, Heartbeat):
            return
        assert isinstance(heard, Comment)
        self.received.append(heard)

    async def ask(self, method: str, path: str, **options: Any) -> tuple[int, str]:
        """Return the status and the text of the answer."""
        url = URL(self.url + path, encoded=True)
        async with self.client.request(method, url, **options) as response:
            return response.status, await response.text()


@asynccontextmanager
async def open_site(
    *,
    port: int = 0,
    token: str = TOKEN,
    listening: bool = True,
    clock: Clock | None = None,
    options: WebOptions | None = None,
    themes: Sequence[Path] = (),
    sound: bool = False,
    heard: HeardAt = HeardAt.OVERLAY,
) -> AsyncIterator[Site]:
    """Wire what `bot.app.live` wires around the web server, and serve it."""
    clock = clock or SystemClock()
    options = options or WebOptions()
    stage = OverlayStage(
        persona="牡丹",
        language="ja",
        clock=clock,
        pictures=options.pictures,
        sound=sound,
        heard=heard,
        face="botan",
    )
    backstage = BackstageFeed(clock, persona.load("botan"))
    local = LocalSource()
    door = Door(SecretStr(token), clock)
    mailbox = Mailbox(clock)
    orders: list[str] = []

    def order(command: str, _: str) -> str:
        orders.append(command)
        return "it is done."

    web = Web(
        audience=stage.feed,
        backstage=backstage.feed,
        local=local,
        door=door,
        themes=Themes(themes),
        options=options,
        clock=clock,
        sounds=stage.sounds,
        mailbox=mailbox,
        api=Api(
            door,
            mailbox,
            Phone(door, options),
            status=lambda: WELL,
            queue=lambda: NOBODY,
            figures=lambda _: NOTHING,
            order=order,
        ),
    )
    async with (
        aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as client,
        web.serving(port) as served,
        asyncio.TaskGroup() as tasks,
    ):
        url = f"http://127.0.0.1:{served}"
        site = Site(url, client, stage, backstage, door, orders=orders)
        if listening:
            task = tasks.create_task(local.listen(site.receive))
            await asyncio.sleep(0)  # It listens once it has run.
        try:
            yield site
        finally:
            if listening:
                task.cancel()


def comment(name: str, text: str = "こんばんは", paid: Money | None = None) -> Comment:
    """Return a viewer's comment."""
    return Comment(Platform.YOUTUBE, f"{name} {text}", Author(name, name), text, NOW, paid)


def reply(number: int, *answers: Comment, sentences: Iterable[str] = ()) -> Reply:
    """Return a reply as far as it has been spoken."""
    return Reply(number, answers, tuple(sentences))


async def next_event(response: aiohttp.ClientResponse) -> tuple[str, Any]:
    """Return the name and the data of a feed's next event."""
    name, data = "", None
    async with asyncio.timeout(30):
        async for line in response.content:
            key, _, value = line.decode().rstrip("\n").partition(": ")
            if key == "event":
                name = value
            elif key == "data":
                data = json.loads(value)
            elif not key and name:
                return name, data
    raise EOFError
