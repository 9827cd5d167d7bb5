"""`vtuber-bot obs setup`: puts the character's words into OBS, and shows what that looks like."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.prompt import Prompt

from bot import persona as personas
from bot.app import pages
from bot.app.folders import PERSONA_FOLDERS
from bot.app.trial import DRAWN, LOADS, overlay_page, trial_line
from bot.clock import Clock, time_limit
from bot.errors import MisconfiguredError, UnavailableError
from bot.obs.browser_source import KIND, put_overlay
from bot.obs.options import ObsOptions
from bot.obs.studio import Scene, Studio, connected, listed
from bot.obs.text_source import TextSource, place
from bot.persona import Persona
from bot.settings import Settings
from bot.translation import tr
from bot.web.listening import PortTakenError
from bot.web.options import WebOptions
from bot.web.overlay import OverlayStage

_TEXT_SOURCE = "vtuber-bot"
_PICTURE_WIDTH = 1280


@dataclass(frozen=True, slots=True)
class ObsWishes:
    """What was asked for on the command line.

    Attributes:
        picture: where a picture of the result is kept.
        scene: where it is to be seen.
        as_text: whether a text source is wanted, and no browser source.
        open_page: shows a picture to the streamer; None where that is not wanted.
        may_ask: whether somebody is there to be asked.
    """

    picture: Path
    scene: str | None = None
    as_text: bool = False
    open_page: Callable[[str], None] | None = None
    may_ask: bool = False


async def set_up(settings: Settings, wishes: ObsWishes, console: Console, *, clock: Clock) -> None:
    """See that a scene in OBS shows what the character says, and show the streamer that it does.

    Done again, it changes nothing.

    Raises:
        UnavailableError: OBS is not running, its WebSocket server is off, or it does not answer.
        MisconfiguredError: a setting, or the scene, is wrong.
    """
    persona = personas.load(settings.bot.persona, PERSONA_FOLDERS)
    wanted = settings.obs
    async with connected(wanted) as obs:
        _tell(
            console,
            tr("OBS at {host}:{port} lets us in. Its scenes:", host=wanted.host, port=wanted.port),
        )
        scenes = await asyncio.to_thread(obs.scenes)
        for found in scenes:
            live = tr(" (live now)") if found.is_live else ""
            _tell(console, f"  {found.name}{live}: {', '.join(found.sources) or tr('empty')}")
        scene = _chosen(scenes, wishes.scene or wanted.scene, console, may_ask=wishes.may_ask)
        has_pages = KIND in await asyncio.to_thread(lambda: obs.kinds)
        if not (has_pages or wishes.as_text):
            _tell(
                console, tr("This OBS has no browser sources: the reply goes into a text source.")
            )
        studio = _Setup(obs, scene, persona, clock, console)
        is_page = has_pages and not wishes.as_text
        async with studio.page(settings.web) if is_page else studio.text(wanted) as name:
            picture = await asyncio.to_thread(_photograph, obs, scene)
        _tell(console, tr("“{name}” is in the scene “{scene}”.", name=name, scene=scene))
        wishes.picture.parent.mkdir(parents=True, exist_ok=True)
        wishes.picture.write_bytes(picture)
        _tell(console, tr("What that looked like: {picture}", picture=wishes.picture))
        if wishes.open_page:
            wishes.open_page(wishes.picture.absolute().as_uri())
        if not is_page and name != wanted.source:
            _tell(
                console,
                tr("Write this into .env:  OBS_SOURCE={name}", name=name),
                style="bold green",
            )


async def list_hotkeys(settings: Settings, console: Console) -> None:
    """Print OBS's names of its hotkeys.

    Raises:
        UnavailableError: as ``set_up``.
        MisconfiguredError: as ``set_up``.
    """
    async with connected(settings.obs) as obs:
        for name in await asyncio.to_thread(obs.hotkeys):
            _tell(console, name)


def _chosen(scenes: list[Scene], wanted: str, console: Console, *, may_ask: bool) -> str:
    names = [scene.name for scene in scenes]
    if wanted:
        if wanted not in names:
            raise MisconfiguredError(
                tr(
                    "There is no scene “{wanted}” in OBS, which has {names}. Name one of them"
                    " with --scene, or leave it out for the scene that is live.",
                    wanted=wanted,
                    names=listed(names),
                )
            )
        return wanted
    live = next(scene.name for scene in scenes if scene.is_live)
    if not may_ask or len(scenes) == 1:
        return live
    return Prompt.ask(tr("In which scene?"), console=console, choices=names, default=live)


@dataclass(frozen=True, slots=True)
class _Setup:
    """The two ways in which a scene can show the test line. Each gives the name of the source."""

    obs: Studio
    scene: str
    persona: Persona
    clock: Clock
    console: Console

    @property
    def line(self) -> str:
        """What the character says."""
        return trial_line(self.persona).sentences[0]

    @asynccontextmanager
    async def text(self, wanted: ObsOptions) -> AsyncIterator[str]:
        """Show it in a text source, and take it away again."""
        name = wanted.source or _TEXT_SOURCE
        options = {"source": name, "create_source": True, "scene": self.scene}
        source = TextSource(wanted.model_copy(update=options))
        try:
            await asyncio.to_thread(source.open)
            item = await asyncio.to_thread(self.obs.put, self.scene, source.name)
            if item is not None:
                await asyncio.to_thread(place, self.obs, self.scene, item)
            await asyncio.to_thread(source.write, self.line)
            await self.clock.sleep(DRAWN)
            try:
                yield source.name
            finally:
                await asyncio.to_thread(source.write, "")
        finally:
            source.close()

    @asynccontextmanager
    async def page(self, options: WebOptions) -> AsyncIterator[str]:
        """Show it in a browser source, by pages that are there as long as this lasts."""
        if not options.port:
            raise MisconfiguredError(
                tr(
                    "WEB_PORT=0 takes another port at each start, and OBS would look for the"
                    " overlay at the last one. Set WEB_PORT to a number, 8765 for example."
                )
            )
        address = f"{pages.address(options, options.port)}/overlay"
        overlay: OverlayStage | None = None
        async with AsyncExitStack() as stack:
            serving = overlay_page(options, self.persona, self.clock)
            try:
                overlay = await stack.enter_async_context(serving)
            except PortTakenError:
                told = tr("The bot is on already: the picture shows what it is saying now.")
                _tell(self.console, told)
            name = await asyncio.to_thread(put_overlay, self.obs, self.scene, address)
            _tell(self.console, tr("“{name}” shows {address}", name=name, address=address))
            if overlay:
                overlay.show(trial_line(self.persona), finished=True)
                await self._load(overlay, address, name)
            await self.clock.sleep(DRAWN)
            yield name
            if overlay:
                overlay.clear()

    async def _load(self, overlay: OverlayStage, address: str, name: str) -> None:
        try:
            async with time_limit(self.clock, LOADS):
                await overlay.feed.joined()
        except TimeoutError as error:
            raise UnavailableError(
                tr(
                    "OBS has not loaded {address} within {seconds:.0f} s. Look whether “{name}”"
                    " is hidden in the scene “{scene}”, show that scene, and try again.",
                    address=address,
                    seconds=LOADS,
                    name=name,
                    scene=self.scene,
                )
            ) from error


def _photograph(obs: Studio, scene: str) -> bytes:
    width, height = obs.canvas
    shown = min(width, _PICTURE_WIDTH)
    return obs.picture(scene, shown, round(height * shown / width))


def _tell(console: Console, text: str, style: str = "") -> None:
    console.print(text, style=style, markup=False, highlight=False, soft_wrap=True)
