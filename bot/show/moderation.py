"""Moderation: a moderator's word, carried out the moment it is heard."""

import asyncio
import logging
import math
from collections.abc import Callable, Iterable, Mapping
from typing import Never, Protocol, TypeAlias

from bot.chat import Author, Comment, Retraction, ViewerKey
from bot.clock import Clock, time_limit
from bot.intake.commands import Command, Order, duration
from bot.llm.options import EFFORTS
from bot.recent import Recent
from bot.safety.judge import Judge
from bot.show.director import Director

log = logging.getLogger(__name__)

_NAMES = 5000
"""Viewers whose names are known, to be muted by them."""

_Hand: TypeAlias = Callable[[Order, Author], Iterable[Retraction] | None]
"""Carries out one command, and returns what no longer stands, if anything."""


class Changed(Protocol):
    """Is told after each command."""

    def __call__(self, *, paused: bool) -> None:
        """Take note of whether the show is paused now."""
        ...


class Moderation:
    """Obeys commands; the streamer reads in the log what was done, and viewers see nothing of it.

    Args:
        director: who carries them out.
        judge: what they have withheld.
        clock: the time by which a pause is over.
        prefix: what a command begins with.
        status: tells in a line how things are.
        changed: is told after each command whether the show is paused now.
    """

    def __init__(
        self,
        director: Director,
        *,
        judge: Judge,
        clock: Clock,
        prefix: str,
        status: Callable[[], str],
        changed: Changed,
    ) -> None:
        self._director = director
        self._judge = judge
        self._clock = clock
        self._prefix = prefix
        self._status = status
        self._changed = changed
        self._names: Recent[ViewerKey, str] = Recent(_NAMES)
        self._lasts = math.inf
        """How long the pause that is on was to last, in seconds."""
        self._turned = asyncio.Event()
        """Set at each pause, and each end of one."""
        self._hands: Mapping[Command, _Hand] = {
            Command.PAUSE: self._pause,
            Command.RESUME: self._resume,
            Command.SKIP: self._skip,
            Command.CLEAR: self._clear,
            Command.STATUS: self._tell_status,
            Command.THINK: self._think,
            Command.MUTE: self._mute,
            Command.UNMUTE: self._unmute,
            Command.BAN_TOPIC: self._ban,
            Command.ALLOW_TOPIC: self._allow,
            Command.HELP: self._help,
        }

    def hear(self, comment: Comment) -> None:
        """Learn who is here, and by what name."""
        self._names[comment.viewer] = comment.author.name

    async def run(self) -> Never:
        """End each pause when its time is over, until cancelled."""
        while True:
            self._turned.clear()
            try:
                async with time_limit(self._clock, self._lasts):
                    await self._turned.wait()
            except TimeoutError:
                self._go_on()
                log.info("The pause is over: the show goes on.")
                self._changed(paused=False)

    def obey(self, order: Order, author: Author) -> Iterable[Retraction]:
        """Carry out a command. What it orders has happened when this returns.

        Returns:
            What no longer stands, for whoever holds it.
        """
        carry_out = self._hands[order.command] if order.command else self._tell_unknown
        taken_back = carry_out(order, author)
        self._changed(paused=self._director.paused)
        return taken_back or ()

    def _pause(self, order: Order, author: Author) -> None:
        self._director.pause()
        seconds = duration(order.rest)
        self._lasts = seconds or math.inf
        self._turned.set()
        until = f"for {seconds:.0f} s" if seconds else f"until {self._prefix}resume"
        log.info("%s paused the show: the character is silent %s.", author.name, until)

    def _resume(self, _: Order, author: Author) -> None:
        self._go_on()
        log.info("%s resumed the show.", author.name)

    def _go_on(self) -> None:
        self._lasts = math.inf
        self._turned.set()
        self._director.resume()

    def _skip(self, _: Order, author: Author) -> None:
        self._director.skip()
        log.info("%s skipped the reply.", author.name)

    def _clear(self, _: Order, author: Author) -> None:
        self._director.clear()
        log.info("%s cleared the screen and the comments that waited.", author.name)

    def _tell_status(self, _: Order, author: Author) -> None:
        log.info("Status for %s: %s", author.name, self._status())

    def _help(self, _: Order, author: Author) -> None:
        words = " ".join(f"{self._prefix}{command}" for command in Command)
        log.info("%s asked what can be typed: %s", author.name, words)

    def _think(self, order: Order, author: Author) -> None:
        word = order.rest.casefold()
        effort = next((effort for effort in EFFORTS if effort == word), None)
        if effort:
            self._director.think(effort)
            log.info("%s set the thinking to %s, from the next reply on.", author.name, effort)
        else:
            log.info(
                "%s: write low, medium or high after %sthink. It is %s now.",
                *(author.name, self._prefix, self._director.effort),
            )

    def _mute(self, order: Order, author: Author) -> Iterable[Retraction]:
        """Mute a viewer: a name, with or without a time after it."""
        name, _, last = order.rest.rpartition(" ")
        seconds = duration(last) if name else None
        viewer = self._viewer(order.rest if seconds is None else name, author)
        if viewer is None:
            return ()
        self._judge.mute(viewer, seconds or math.inf)
        log.info(
            "%s muted %s %s: nobody sees what they write.",
            *(author.name, self._names.get(viewer, "?")),
            f"for {seconds:.0f} s" if seconds else f"until {self._prefix}unmute",
        )
        platform, identifier = viewer
        return (Retraction(platform, author_id=identifier),)

    def _unmute(self, order: Order, author: Author) -> None:
        if viewer := self._viewer(order.rest, author):
            self._judge.unmute(viewer)
            log.info("%s unmuted %s.", author.name, self._names.get(viewer, "?"))

    def _viewer(self, wanted: str, author: Author) -> ViewerKey | None:
        """Return who has a name; where that is not one viewer, the moderator is told."""
        name = wanted.strip().removeprefix("@").casefold()
        plain, _, platform = name.rpartition(" ")
        named = [one for one in self._names if self._called(one) == name]
        there = [one for one in self._names if (self._called(one), one[0]) == (plain, platform)]
        if len(found := named if len(named) == 1 else there) == 1:
            return found[0]
        if named:
            log.info(
                "%s: %d viewers are called %s: write the platform after the name (%s).",
                *(author.name, len(named), wanted, " or ".join(sorted({one[0] for one in named}))),
            )
        else:
            log.info("%s: nobody who is called %s has written.", author.name, wanted or "so")
        return None

    def _called(self, viewer: ViewerKey) -> str:
        return self._names.get(viewer, "").removeprefix("@").casefold()

    def _ban(self, order: Order, author: Author) -> None:
        if order.rest:
            self._judge.ban(order.rest)
            log.info("%s banned %s: nothing that holds it is shown.", author.name, order.rest)
        else:
            log.info("%s: write a word after %s%s.", author.name, self._prefix, order.word)

    def _allow(self, order: Order, author: Author) -> None:
        if self._judge.allow(order.rest):
            log.info("%s allowed %s again.", author.name, order.rest)
        else:
            log.info("%s: %s was not banned in this show.", author.name, order.rest or "nothing")

    def _tell_unknown(self, order: Order, author: Author) -> None:
        typed = f"{self._prefix}{order.word}"
        if order.near:
            meant = f"{self._prefix}{order.near}"
            log.info("%s typed %s: is %s meant? Nothing was done.", author.name, typed, meant)
        else:
            log.info("%s typed %s, which is no command of this bot's.", author.name, typed)
