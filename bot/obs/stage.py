"""The reply as a text source in OBS."""

import asyncio
import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from queue import SimpleQueue
from typing import Final, Never

from bot.chat import Reply
from bot.clock import Clock, time_limit
from bot.errors import BotError
from bot.obs.emoji_words import in_words
from bot.obs.options import Emoji, Header, ObsOptions
from bot.obs.text_source import TextSource
from bot.obs.wrap import wrap
from bot.persona import Persona
from bot.stage.contact import Contact, InContact
from bot.text import join
from bot.translation import tr

log = logging.getLogger(__name__)

_BETWEEN_UPDATES = 0.1
_BETWEEN_CHECKS = 5.0
_FAREWELL = 1.0
_NAMED = 3
"""Viewers who are named above the words; the others are counted."""


class ObsStage(InContact):
    """Shows the end of the reply in one text source, which it can make itself.

    What should be seen is noted at once; ``run`` brings it to OBS, and again when OBS was away.
    """

    def __init__(self, options: ObsOptions, *, clock: Clock, speaker: str = "") -> None:
        """Do not connect yet. ``speaker`` is the character's name."""
        self._speaker = speaker
        self._options = options
        self._source = TextSource(options)
        self._clock = clock
        self._wanted = ""
        self._is_paused = False
        self._changed = asyncio.Event()
        super().__init__(
            Contact(
                tr("Connecting to OBS at {address}.", address=self._source.address),
                clock=clock,
                log=log,
            )
        )

    label: Final = "OBS"

    def show(self, reply: Reply, *, finished: bool) -> None:  # noqa: ARG002 - looks the same
        """Show the last lines of the reply, under who speaks and to whom, if that is wanted."""
        text = join(reply.sentences)
        if self._options.emoji is Emoji.WORDS:
            text = in_words(text)
        lines = wrap(text, self._options.line_width)
        self._want("\n".join([*self._header(reply), *lines[-self._options.lines :]]))

    def _header(self, reply: Reply) -> list[str]:
        wanted = self._options.header
        if wanted is Header.NOTHING or not reply.sentences:
            return []
        text = self._speaker
        names = dict.fromkeys(comment.author.name for comment in reply.answers)
        if wanted is Header.VIEWERS and names:
            text += f" → {', '.join(list(names)[:_NAMED])}"
            text += f" +{len(names) - _NAMED}" if len(names) > _NAMED else ""
        return wrap(text, self._options.line_width)[:1]

    def play(self, persona: Persona) -> None:
        """Name another character above the words from the next reply on."""
        self._speaker = persona.name

    def clear(self) -> None:
        """Show nothing."""
        self._want("")

    def announce(self, *, paused: bool) -> None:
        """Have what else follows the show in OBS know whether it is paused."""
        if paused != self._is_paused:
            self._is_paused = paused
            self._changed.set()

    async def run(self) -> Never:
        """Keep OBS showing what is wanted, until cancelled; then leave the source blank."""
        thread = _Thread("obs")
        try:
            while True:
                try:
                    await self._keep_writing(thread)
                except BotError as error:
                    self._contact.down(error)
                thread.post(self._source.close)
                await self._contact.rest()
        finally:
            await self._leave(thread)

    async def _keep_writing(self, thread: "_Thread") -> Never:
        await thread.call(self._source.open)
        while True:
            self._changed.clear()
            await thread.call(partial(self._source.write, self._wanted, paused=self._is_paused))
            self._contact.up(
                tr(
                    "Connected to OBS at {address}: replies appear in “{source}”.",
                    address=self._source.address,
                    source=self._source.name,
                )
            )
            await self._clock.sleep(_BETWEEN_UPDATES)
            await self._change_or_check()

    async def _change_or_check(self) -> None:
        """Wait for another text, but write the same one now and then, to see that OBS lives."""
        with suppress(TimeoutError):
            async with time_limit(self._clock, _BETWEEN_CHECKS):
                await self._changed.wait()

    async def _leave(self, thread: "_Thread") -> None:
        try:
            async with time_limit(self._clock, _FAREWELL):
                await thread.call(partial(self._source.write, ""))
        except (BotError, TimeoutError):
            log.warning(
                tr(
                    "OBS did not take the farewell: “{source}” may still show the last reply.",
                    source=self._source.name,
                ),
            )
        finally:
            thread.post(self._source.close)
            thread.end()

    def _want(self, text: str) -> None:
        if text != self._wanted:
            self._wanted = text
            self._changed.set()


class _Thread:
    """Runs blocking jobs one after another.

    A daemon, unlike an executor's threads: a job that hangs does not keep the process from ending.
    """

    def __init__(self, name: str) -> None:
        self._jobs: SimpleQueue[Callable[[], object] | None] = SimpleQueue()
        threading.Thread(target=self._work, name=name, daemon=True).start()

    async def call(self, job: Callable[[], None]) -> None:
        """Wait until the job is done, and raise what it raises."""
        await asyncio.wrap_future(self.post(job))

    def post(self, job: Callable[[], None]) -> Future[None]:
        """Have the job done when its turn comes."""
        done: Future[None] = Future()
        self._jobs.put(partial(_do, job, done))
        return done

    def end(self) -> None:
        """End the thread when the jobs before are done."""
        self._jobs.put(None)

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            job()


def _do(job: Callable[[], None], done: Future[None]) -> None:
    if done.set_running_or_notify_cancel():
        try:
            job()
        except BaseException as error:  # noqa: BLE001 - whoever waits gets it, whatever it is
            done.set_exception(error)
            del done  # which the error's traceback holds: together they would outlive their use
        else:
            done.set_result(None)
