"""The check of what viewers see and hear: each stage shows the same line, and takes it away."""

import asyncio
from collections.abc import Coroutine, Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from bot import persona as personas
from bot.app import pages
from bot.app.checkup import Finding, Grade
from bot.app.folders import PERSONA_FOLDERS
from bot.app.platforms import avatar_stage, obs_stage
from bot.app.trial import overlay_page, show_on, trial_line, try_out
from bot.app.voices import playback, try_voice
from bot.chat import Clip
from bot.clock import Clock, time_limit
from bot.persona import Persona
from bot.settings import Settings
from bot.translation import tr
from bot.voice.options import Engine
from bot.web.listening import PortTakenError, trouble

if TYPE_CHECKING:
    from bot.obs.studio import Studio

_VOICE_SECONDS = 3.0
"""Seconds for which the line waits for its sound."""
_DEVICE_SECONDS = 2.0
"""Seconds that some sound devices take to begin."""
_READY_SECONDS = 4.0
"""Seconds in which a stage should be ready."""


class StageChecks:
    """Has each stage that the settings name try itself out.

    Args:
        settings: which they are.
        clock: the time that they have.
    """

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._sound: asyncio.Future[Clip | None] = asyncio.get_running_loop().create_future()
        """How the line sounds, where there is a voice."""
        self._free: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        """Whether the port is: where it is not, a show is on, perhaps, which is not disturbed."""

    def wanted(self) -> Iterator[tuple[str, Coroutine[None, None, list[Finding]]]]:
        """Yield the name of each part, and its check; all of them have to run."""
        settings = self._settings
        yield tr("Pages"), self._pages()
        if settings.obs.source or settings.obs.password.get_secret_value():
            yield "OBS", self._obs()
        if settings.voice.engine is Engine.NONE:
            self._sound.set_result(None)
        else:
            yield tr("Voice"), self._voice()
        if settings.vts.enabled:
            yield "VTube Studio", self._avatar()

    @cached_property
    def _persona(self) -> Persona:
        return personas.load(self._settings.bot.persona, PERSONA_FOLDERS)

    async def _pages(self) -> list[Finding]:
        part, host, port = tr("Pages"), self._settings.web.host, self._settings.web.port
        loop = asyncio.get_running_loop()
        try:
            server = await loop.create_server(asyncio.Protocol, host, port)
        except OSError as error:
            # A bot that is on already has it.
            wrong = trouble(host, port, error)
            is_taken = isinstance(wrong, PortTakenError)
            self._free.set_result(not is_taken)
            return [Finding(part, Grade.FAIR if is_taken else Grade.BAD, str(wrong))]
        server.close()
        self._free.set_result(True)
        return [Finding(part, Grade.GOOD, tr("port {port} is free", port=port))]

    async def _may_try(self) -> bool:
        """Return whether a test line disturbs nobody."""
        return await asyncio.shield(self._free)

    async def _obs(self) -> list[Finding]:
        from bot.obs.browser_source import overlays  # noqa: PLC0415
        from bot.obs.studio import connected  # noqa: PLC0415

        wanted, web = self._settings.obs, self._settings.web
        address = f"{pages.address(web, web.port)}/overlay"
        async with connected(wanted) as obs:
            scenes = await asyncio.to_thread(obs.scenes)
            shown = await asyncio.to_thread(overlays, obs, address)
            sources = {source for scene in scenes for source in scene.sources}
            is_text = wanted.source in sources or wanted.create_source
            if not (shown or is_text):
                told = tr(
                    "lets us in, but shows neither the overlay nor a text source of ours:"
                    " `vtuber-bot obs setup` puts it there"
                )
                return [Finding("OBS", Grade.FAIR, told)]
            lets_in = tr("lets us in, {count} scenes", count=len(scenes))
            found = [Finding("OBS", Grade.GOOD, lets_in)]
            if not await self._may_try():
                return found
            if is_text:
                found.append(await self._text())
            if shown and web.port:
                found += await self._overlay(obs, shown[0])
        return found

    async def _text(self) -> Finding:
        persona, wanted = self._persona, self._settings.obs
        stage = obs_stage(wanted, self._clock, persona.name)
        await try_out(stage, trial_line(persona), self._clock, within=_READY_SECONDS)
        return Finding("OBS", Grade.GOOD, _has_shown(wanted.source))

    async def _overlay(self, obs: "Studio", name: str) -> list[Finding]:
        persona, line = self._persona, trial_line(self._persona, await self._heard())
        try:
            async with overlay_page(self._settings.web, persona, self._clock) as overlay:
                await asyncio.to_thread(obs.reload, name)
                was_seen = await show_on(overlay, line, self._clock)
        except PortTakenError:  # by a show that has just begun, which is to be seen there
            return []
        if was_seen:
            return [Finding("OBS", Grade.GOOD, _has_shown(name))]
        told = tr("“{name}” does not load the overlay: is it shown in the live scene?", name=name)
        return [Finding("OBS", Grade.FAIR, told)]

    async def _heard(self) -> Clip | None:
        """Return how the line sounds, if that is known in time."""
        try:
            async with time_limit(self._clock, _VOICE_SECONDS):
                return await asyncio.shield(self._sound)
        except TimeoutError:
            return None

    async def _voice(self) -> list[Finding]:
        try:
            label, clip = await try_voice(self._settings)
        except BaseException:
            self._sound.set_result(None)
            raise
        self._sound.set_result(clip)
        told = [tr("{label} speaks ({seconds:.1f} s made)", label=label, seconds=clip.seconds)]
        stages = playback(self._settings, self._clock)
        for stage in stages if await self._may_try() else []:
            line = trial_line(self._persona, clip)
            state = await try_out(
                stage, line, self._clock, within=_READY_SECONDS, begins=_DEVICE_SECONDS
            )
            told.append(state)
        return [Finding(tr("Voice"), Grade.GOOD, tr(", ").join(told))]

    async def _avatar(self) -> list[Finding]:
        if not await self._may_try():
            told = tr("a show is on, perhaps, and is not disturbed")
            return [Finding("VTube Studio", Grade.GOOD, told)]
        persona = self._persona
        stage = avatar_stage(self._settings.vts, self._clock, persona)
        within = 2 * _READY_SECONDS  # somebody may have to let us in
        told = await try_out(stage, trial_line(persona), self._clock, within=within)
        return [Finding("VTube Studio", Grade.GOOD, told)]


def _has_shown(name: str) -> str:
    return tr("“{name}” has shown a test line", name=name)
