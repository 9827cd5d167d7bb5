"""The character as a model in VTube Studio: its mouth follows the voice, its looks the mood."""

import asyncio
import logging
from collections import deque
from contextlib import suppress
from typing import Any, Final, Never

from bot.avatar.looks import Looks
from bot.avatar.mouth import RATE, SHUT, VOWELS, Mouth, Shape, heard, read
from bot.avatar.options import VtsOptions
from bot.avatar.plugin import Plugin, RefusedError, connected
from bot.avatar.sign_in import SignIn
from bot.chat import Reply
from bot.clock import Clock, time_limit
from bot.errors import BotError, MisconfiguredError, UnavailableError
from bot.persona import Persona
from bot.stage.contact import Contact, InContact
from bot.translation import tr

log = logging.getLogger(__name__)

_BETWEEN_CHECKS = 5.0
_FAREWELL = 1.0
_ASLEEP = "sleep"


class AvatarStage(InContact):
    """Moves the mouth and puts on looks; ``run`` does it, also again when VTube Studio was away.

    Args:
        options: where VTube Studio is, and which parameter the mouth is.
        persona: who has which looks.
        clock: the time by which the mouth moves.
        sign_in: what lets us in.
    """

    def __init__(
        self,
        options: VtsOptions,
        persona: Persona,
        *,
        clock: Clock,
        sign_in: SignIn | None = None,
    ) -> None:
        self._options = options
        self._persona = persona
        self._clock = clock
        self._sign_in = sign_in or SignIn()
        address = f"{options.host}:{options.port}"
        super().__init__(
            Contact(
                tr("Connecting to VTube Studio at {address}.", address=address),
                clock=clock,
                log=log,
            )
        )
        self._mouth = Mouth(clock)
        self._looks = Looks()
        self._reply: Reply | None = None
        self._is_paused = False
        self._changed = asyncio.Event()
        self._told = set[int]()
        self._plugin: Plugin | None = None

    label: Final = "VTube Studio"

    def show(self, reply: Reply, *, finished: bool) -> None:  # noqa: ARG002 - looks the same
        """Say what is new of the reply, and look as it wants."""
        before, self._reply = self._reply, reply
        told = len(before.sentences) if before and before.id == reply.id else 0
        for sentence, clips in list(zip(reply.sentences, reply.clips, strict=False))[told:]:
            if not clips:
                self._mouth.say(read(sentence))
        for _, _, clip in reply.heard_since(before):
            self._mouth.say(heard(clip))
        self._changed.set()

    def clear(self) -> None:
        """Shut the mouth, and look as on every day."""
        self._reply = None
        self._mouth.hush()
        self._changed.set()

    def announce(self, *, paused: bool) -> None:
        """Fall asleep while the show is paused."""
        self._is_paused = paused
        self._changed.set()

    def play(self, persona: Persona) -> None:
        """Look like another character from now on."""
        self._persona = persona
        self._changed.set()

    async def press(self, hotkey: str) -> None:
        """Do what a hotkey does.

        Args:
            hotkey: its name or its id, as the API takes it.

        Raises:
            UnavailableError: VTube Studio is not there, or refuses it.
        """
        if self._plugin is None:
            raise UnavailableError(self._contact.state)
        await self._plugin.request("HotkeyTrigger", {"hotkeyID": hotkey})

    async def run(self) -> Never:
        """Keep the model doing what is wanted, until cancelled; then take off what it wears."""
        while True:
            try:
                async with connected(self._options, self._clock) as plugin:
                    await self._enter(plugin)
                    self._plugin = plugin
                    await self._perform(plugin)
            except BotError as error:
                self._contact.down(error)
            finally:
                self._plugin = None
            await self._contact.rest()

    async def _enter(self, plugin: Plugin) -> None:
        try:
            await self._sign_in.sign_in(plugin, self._contact.note)
        except MisconfiguredError as error:
            # Whoever said no is not asked again and again.
            self._contact.down(error)
            await plugin.ended.wait()
            raise
        self._looks.forget()
        self._is_well()

    def _is_well(self) -> None:
        address = f"{self._options.host}:{self._options.port}"
        self._contact.up(
            tr("Connected to VTube Studio at {address}: the model speaks.", address=address)
        )

    async def _perform(self, plugin: Plugin) -> Never:
        moving = deque[asyncio.Future[dict[str, Any]]]()
        is_open, due = False, 0.0
        try:
            while True:
                self._changed.clear()
                await self._looks.wear(plugin, self._look)
                shape = self._mouth.shape
                if shape or is_open:
                    moving.append(await self._move(plugin, shape or SHUT))
                    is_open = shape is not None
                while moving and moving[0].done():
                    self._look_at(moving.popleft())
                if shape:
                    now = self._clock.monotonic()
                    due = max(now, due + 1 / RATE)
                    await self._clock.sleep(due - now)
                else:
                    await self._change_or_check(plugin)
        finally:
            await self._leave(plugin)

    @property
    def _look(self) -> str:
        moods = self._persona.avatar.moods
        if self._is_paused:
            return moods.get(_ASLEEP, "")
        return moods.get(self._reply.mood, "") if self._reply else ""

    async def _move(self, plugin: Plugin, shape: Shape) -> "asyncio.Future[dict[str, Any]]":
        values = {self._options.mouth: shape.opening}
        if shape.vowel or shape is SHUT:
            values |= {f"Voice{one}": float(one == shape.vowel) for one in VOWELS}
        told = [{"id": name, "value": round(value, 3)} for name, value in values.items()]
        return await plugin.ask("InjectParameterData", {"mode": "set", "parameterValues": told})

    def _look_at(self, answer: "asyncio.Future[dict[str, Any]]") -> None:
        try:
            answer.result()
        except RefusedError as error:
            if error.code in {RefusedError.NOT_SIGNED_IN, RefusedError.API_IS_OFF}:
                raise
            if error.code not in self._told:
                self._told.add(error.code)
                log.warning(
                    tr(
                        "The mouth does not move in VTube Studio. {error}. If another"
                        " plugin moves it, turn that off; VTS_MOUTH names the parameter.",
                        error=str(error).removesuffix("."),
                    ),
                )

    async def _change_or_check(self, plugin: Plugin) -> None:
        """Wait for something to do, but ask now and then whether VTube Studio lives."""
        try:
            async with time_limit(self._clock, _BETWEEN_CHECKS):
                await self._changed.wait()
        except TimeoutError:
            await plugin.request("APIState")
            self._is_well()

    async def _leave(self, plugin: Plugin) -> None:
        with suppress(BotError, TimeoutError):
            async with time_limit(self._clock, _FAREWELL):
                await self._looks.wear(plugin, "")
