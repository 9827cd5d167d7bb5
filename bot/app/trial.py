"""A test line before the stream: seen, heard and taken away again where the show would be."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from bot.app import pages
from bot.app.folders import THEME_FOLDERS
from bot.chat import Clip, Reply
from bot.clock import Clock, time_limit
from bot.errors import UnavailableError
from bot.language import Code
from bot.persona import Persona
from bot.stage import NeighbourStage
from bot.tasks import cancel_and_wait
from bot.web.backstage_feed import BackstageFeed
from bot.web.door import Door
from bot.web.local import LocalSource
from bot.web.mailbox import Mailbox
from bot.web.options import WebOptions
from bot.web.overlay import OverlayStage
from bot.web.server import Web
from bot.web.themes import Themes

_LINES: dict[Code, str] = {
    "en": "Hello! This is where my words appear.",
    "ja": "こんにちは！ここに、わたしの言葉が出ます。",
}
LOADS: Final = 5.0
"""Seconds in which OBS should have loaded the page."""
DRAWN: Final = 1.5
"""Seconds in which what is shown has been drawn, and can be read."""
_LONGEST = 4.0
_GLANCE = 0.1


def trial_line(persona: Persona, clip: Clip | None = None) -> Reply:
    """Return what the character says, with its sound if there is one."""
    return Reply(1, ()).saying(_LINES[persona.language], clip=clip)


async def try_out(
    stage: NeighbourStage, line: Reply, clock: Clock, *, within: float, begins: float = 0.0
) -> str:
    """Have a stage show a line as in a show, and take it away; return how the stage is.

    Args:
        stage: that; nothing else runs it.
        line: what is said.
        clock: the time that it has.
        within: seconds in which it has to be ready.
        begins: seconds after which it may begin, when it is.

    Raises:
        UnavailableError: it is not, in its own words.
    """
    running = asyncio.create_task(stage.run())
    try:
        async with time_limit(clock, within):
            while not stage.is_ready:
                await clock.sleep(_GLANCE)
        state = stage.state
        stage.show(line, finished=True)
        await clock.sleep(begins + _shown(line))
        stage.clear()
        await clock.sleep(_GLANCE)
    except TimeoutError:
        raise UnavailableError(stage.state) from None
    finally:
        await cancel_and_wait(running)
    return state


def _shown(line: Reply) -> float:
    seconds = sum(clip.seconds for clips in line.clips for clip in clips)
    return min(_LONGEST, max(DRAWN, seconds))


@asynccontextmanager
async def overlay_page(
    options: WebOptions, persona: Persona, clock: Clock
) -> AsyncIterator[OverlayStage]:
    """Serve the overlay as a show would, as long as the context is open, with nothing on it.

    Raises:
        PortTakenError: a show is on there, perhaps.
        MisconfiguredError: the port cannot be had.
    """
    overlay = OverlayStage(persona=persona.name, language=persona.language, clock=clock)
    web = Web(
        audience=overlay.feed,
        backstage=BackstageFeed(clock, persona).feed,
        local=LocalSource(),
        door=Door(pages.token(options), clock),
        themes=Themes(THEME_FOLDERS),
        options=options,
        mailbox=Mailbox(clock),
        clock=clock,
        sounds=overlay.sounds,
    )
    async with web.serving(options.port):
        yield overlay


async def show_on(overlay: OverlayStage, line: Reply, clock: Clock) -> bool:
    """Show a line to whoever loads the page within some seconds; return whether anybody did."""
    try:
        async with time_limit(clock, LOADS):
            await overlay.feed.joined()
    except TimeoutError:
        return False
    overlay.show(line, finished=True)
    await clock.sleep(_shown(line))
    overlay.clear()
    await clock.sleep(_GLANCE)
    return True
