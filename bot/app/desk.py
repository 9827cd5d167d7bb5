"""The set-up page's desk: the questions, the answers and the check-up, before a show and in it."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from functools import partial
from io import StringIO
from typing import Any

from rich.console import Console

from bot import translation
from bot.app import init, pages
from bot.app.browser import open_page
from bot.app.checks import examine
from bot.app.checkup import Finding
from bot.app.folders import THEME_FOLDERS
from bot.clock import Clock
from bot.errors import MisconfiguredError
from bot.settings import ENV_FILE, Settings, load
from bot.translation import tr
from bot.web.door import Door
from bot.web.local import LocalSource
from bot.web.mailbox import Mailbox
from bot.web.options import WebOptions
from bot.web.server import Web
from bot.web.set_up import FirstTime, SetUp
from bot.web.sse import Feed
from bot.web.themes import Themes


class SettingsDesk:
    """Asks for settings, keeps them, and has everything looked at.

    Args:
        examine: looks at each part.
        saved: is told what is set, once it is kept.
    """

    def __init__(
        self,
        examine: Callable[[Settings], AsyncIterator[Finding]],
        saved: Callable[[Settings], None] = lambda _: None,
    ) -> None:
        self._examine = examine
        self._saved = saved

    async def questions(self) -> Sequence[Mapping[str, Any]]:
        """Return what is asked; see ``init.questions``."""
        settings = load()
        return [asdict(one) for one in init.questions(await init.look(settings), settings)]

    async def save(self, answers: Mapping[str, str]) -> str:
        """Keep answers; return the file that they are in.

        Raises:
            MisconfiguredError: one is wrong, or was not asked for.
        """
        anything = init.Found(has_obs=True, has_voicevox=True)
        asked = {one.key for one in init.questions(anything, load())}
        if strange := answers.keys() - asked:
            told = tr("Nobody has asked for {keys}.", keys=", ".join(sorted(strange)))
            raise MisconfiguredError(told)
        self._saved(init.save({key: value.strip() for key, value in answers.items()}))
        return str(ENV_FILE.absolute())

    async def findings(self) -> AsyncGenerator[Mapping[str, Any]]:
        """Look at each part, by the settings as they are in the file now."""
        async for finding in self._examine(load()):
            yield asdict(finding)


async def serve(console: Console, clock: Clock, *, open_browser: bool) -> None:
    """Serve the set-up page before a show, until the streamer has done with it.

    Raises:
        MisconfiguredError: there is no port.
    """
    options = WebOptions(port=0)  # a show may be on at the other
    door = Door(pages.token(options), clock)
    mailbox = Mailbox(clock)
    first_time = FirstTime(partial(_sign_in, clock))
    at = SettingsDesk(partial(examine, clock=clock, quick=True), _speak)
    web = Web(
        audience=Feed(clock),
        backstage=Feed(clock),
        local=LocalSource(),
        door=door,
        themes=Themes(THEME_FOLDERS),
        options=options,
        clock=clock,
        mailbox=mailbox,
        set_up=SetUp(door, mailbox, at, first_time),
    )
    async with web.serving(options.port) as port:
        page = f"{pages.address(options, port)}/setup?code={door.code()}"
        console.print(tr("The set-up page: {page}", page=page), markup=False, soft_wrap=True)
        console.print(tr("Ctrl+C ends it; what was saved is saved."))
        if open_browser:
            open_page(page)
        await first_time.done.wait()


def _speak(settings: Settings) -> None:
    translation.use(settings.bot.language or translation.used())


async def _sign_in(clock: Clock) -> AsyncGenerator[Mapping[str, Any]]:
    """Sign in at Twitch; yield the ``address`` to be opened, then what was ``told``."""
    from bot.twitch import login as twitch_login  # noqa: PLC0415
    from bot.twitch.token import TokenFile  # noqa: PLC0415

    addresses = asyncio.Queue[str]()
    file = TokenFile()
    nowhere = Console(file=StringIO())
    signing_in = asyncio.create_task(
        twitch_login.login(
            load().twitch.client_id, file, nowhere, clock=clock, open_page=addresses.put_nowait
        )
    )
    shown = asyncio.create_task(addresses.get())
    try:
        await asyncio.wait([signing_in, shown], return_when=asyncio.FIRST_COMPLETED)
        if shown.done():
            yield {"address": shown.result()}
        await signing_in
        yield {"told": tr("Signed in at Twitch as {login}.", login=file.load().login)}
    finally:
        shown.cancel()
        signing_in.cancel()
        with suppress(asyncio.CancelledError):
            await asyncio.wait([signing_in])
