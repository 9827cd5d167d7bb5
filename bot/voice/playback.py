"""The voice on a sound device: a stage that is heard, for those who do not want it in a page."""

import asyncio
import logging
from typing import Never

from bot.chat import Reply
from bot.clock import Clock
from bot.errors import BotError, UnavailableError
from bot.stage.contact import Contact, InContact
from bot.translation import tr
from bot.voice.loudspeaker import Loudspeaker

log = logging.getLogger(__name__)

_BETWEEN_CHECKS = 1.0


class PlaybackStage(InContact):
    """Plays what is said; ``run`` opens the device, also again when it was away.

    Args:
        device: its name; the system's usual one where it is empty.
        clock: the time between two looks at the device.
    """

    def __init__(self, device: str, *, clock: Clock) -> None:
        self._name = device
        self._clock = clock
        super().__init__(Contact(tr("Opening the sound device."), clock=clock, log=log))
        self._loudspeaker: Loudspeaker | None = None
        self._reply: Reply | None = None

    @property
    def label(self) -> str:
        """See ``NeighbourStage``."""
        return tr("Sound device")

    def show(self, reply: Reply, *, finished: bool) -> None:  # noqa: ARG002 - sounds the same
        """Play what is new of it; what is said while there is no device is not heard later."""
        before, self._reply = self._reply, reply
        for _, _, clip in reply.heard_since(before):
            if self._loudspeaker:
                self._loudspeaker.play(clip.sound)

    def clear(self) -> None:
        """Be silent, now."""
        if self._loudspeaker:
            self._loudspeaker.hush()

    async def run(self) -> Never:
        """Keep the device open, until cancelled."""
        while True:
            try:
                await self._keep_open()
            except BotError as error:
                self._contact.down(error)
            await self._contact.rest()

    async def _keep_open(self) -> Never:
        self._loudspeaker = loudspeaker = await asyncio.to_thread(Loudspeaker, self._name)
        try:
            usual = tr("the system's usual sound device")
            device = tr("the sound device “{name}”", name=self._name) if self._name else usual
            while loudspeaker.is_alive:
                self._contact.up(tr("The voice is heard at {device}.", device=device))
                await self._clock.sleep(_BETWEEN_CHECKS)
            raise UnavailableError(
                tr("The sound device is gone: nothing is heard until it is back. The show goes on.")
            )
        finally:
            self._loudspeaker = None
            loudspeaker.close()
