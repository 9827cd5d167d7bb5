"""Moderation: a moderator's word, carried out the moment it is heard."""

import asyncio
import logging
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Never, Protocol, TypeAlias

from bot.chat import Comment, Retraction, ViewerKey
from bot.clock import Clock, time_limit
from bot.intake.approval import Approval
from bot.intake.commands import Command, Order, duration
from bot.llm.options import EFFORTS
from bot.recent import Recent
from bot.safety.blocklist import problem
from bot.safety.judge import Judge
from bot.show.director import Director
from bot.stage import Messenger

log = logging.getLogger(__name__)

_NAMES = 5000
"""Viewers whose names are known, to be muted by them."""

_LONGEST_DELAY = 60.0

_Hand: TypeAlias = Callable[[Order, Comment], Iterable[Retraction] | None]
"""Carries out one command, and returns what no longer stands, if anything."""


class Changed(Protocol):
    """Is told after each command."""

    def __call__(self, *, paused: bool) -> None:
        """Take note of whether the show is paused now."""
        ...


class Moderation:
    """Obeys commands; whoever typed one, and the streamer, are told what was done.

    Args:
        director: who carries them out.
        judge: what they have withheld.
        approval: what waits for them.
        clock: the time by which a pause is over.
        prefix: what a command begins with.
        status: tells in a line how things are.
        changed: is told after each command whether the show is paused now.
        messengers: tell moderators in their chat what became of a command.
    """

    def __init__(
        self,
        director: Director,
        *,
        judge: Judge,
        approval: Approval,
        clock: Clock,
        prefix: str,
        status: Callable[[], str],
        changed: Changed,
        messengers: Sequence[Messenger] = (),
    ) -> None:
        self._director = director
        self._judge = judge
        self._approval = approval
        self._clock = clock
        self._prefix = prefix
        self._status = status
        self._changed = changed
        self._messengers = messengers
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
            Command.SAY: self._say,
            Command.TOPIC: self._talk_about,
            Command.DELAY: self._delay,
            Command.OK: self._approve,
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

    def obey(self, order: Order, by: Comment) -> Iterable[Retraction]:
        """Carry out a command. What it orders has happened when this returns.

        Args:
            order: what was typed.
            by: the comment that it was typed in; the answer goes to where that was written.

        Returns:
            What no longer stands, for whoever holds it.
        """
        carry_out = self._hands[order.command] if order.command else self._tell_unknown
        taken_back = carry_out(order, by)
        self._changed(paused=self._director.paused)
        return taken_back or ()

    def _tell(self, by: Comment, text: str) -> None:
        """Tell what became of a command: in the log, and where it was written, if that can be."""
        log.info("%s: %s", by.author.name, text)
        if self._judge.text(text) is None:
            for messenger in self._messengers:
                messenger.tell(by, text)

    def _pause(self, order: Order, by: Comment) -> None:
        self._director.pause()
        seconds = duration(order.rest)
        self._lasts = seconds or math.inf
        self._turned.set()
        until = f"for {seconds:.0f} s" if seconds else f"until {self._prefix}resume"
        self._tell(by, f"the show is paused: the character is silent {until}.")

    def _resume(self, _: Order, by: Comment) -> None:
        self._go_on()
        self._tell(by, "the show goes on.")

    def _go_on(self) -> None:
        self._lasts = math.inf
        self._turned.set()
        self._director.resume()

    def _skip(self, _: Order, by: Comment) -> None:
        self._director.skip()
        self._tell(by, "the reply is skipped.")

    def _clear(self, _: Order, by: Comment) -> None:
        self._director.clear()
        self._tell(by, "the screen is clear, and the comments that waited are gone.")

    def _tell_status(self, _: Order, by: Comment) -> None:
        self._tell(by, self._status())

    def _help(self, _: Order, by: Comment) -> None:
        words = " ".join(f"{self._prefix}{command}" for command in Command)
        self._tell(by, f"you can type {words}")

    def _think(self, order: Order, by: Comment) -> None:
        word = order.rest.casefold()
        effort = next((effort for effort in EFFORTS if effort == word), None)
        if effort:
            self._director.think(effort)
            self._tell(by, f"the thinking is {effort}, from the next reply on.")
        else:
            now = self._director.effort
            self._tell(by, f"write low, medium or high after {self._prefix}think. It is {now} now.")

    def _mute(self, order: Order, by: Comment) -> Iterable[Retraction]:
        """Mute a viewer: a name, with or without a time after it."""
        name, _, last = order.rest.rpartition(" ")
        seconds = duration(last) if name else None
        viewer = self._viewer(order.rest if seconds is None else name, by)
        if viewer is None:
            return ()
        self._judge.mute(viewer, seconds or math.inf)
        until = f"for {seconds:.0f} s" if seconds else f"until {self._prefix}unmute"
        self._tell(by, f"{self._names.get(viewer, '?')} is muted {until}.")
        platform, identifier = viewer
        return (Retraction(platform, author_id=identifier),)

    def _unmute(self, order: Order, by: Comment) -> None:
        if viewer := self._viewer(order.rest, by):
            self._judge.unmute(viewer)
            self._tell(by, f"{self._names.get(viewer, '?')} is heard again.")

    def _viewer(self, wanted: str, by: Comment) -> ViewerKey | None:
        """Return who has a name; where that is not one viewer, the moderator is told."""
        name = wanted.strip().removeprefix("@").casefold()
        plain, _, platform = name.rpartition(" ")
        named = [one for one in self._names if self._called(one) == name]
        there = [one for one in self._names if (self._called(one), one[0]) == (plain, platform)]
        if len(found := named if len(named) == 1 else there) == 1:
            return found[0]
        if named:
            which = " or ".join(sorted({one[0] for one in named}))
            told = f"{len(named)} viewers are called {wanted}: write {which} after the name."
        else:
            told = f"nobody who is called {wanted or 'so'} has written."
        self._tell(by, told)
        return None

    def _called(self, viewer: ViewerKey) -> str:
        return self._names.get(viewer, "").removeprefix("@").casefold()

    def _ban(self, order: Order, by: Comment) -> None:
        if not order.rest:
            self._tell(by, f"write a word after {self._prefix}{order.word}.")
        elif wrong := problem(order.rest):
            self._tell(by, f"{order.rest} {wrong}.")
        else:
            self._judge.ban(order.rest)
            self._director.reconsider(lambda comment: self._judge.comment(comment).comment)
            self._tell(by, f"{order.rest} is banned: nothing that holds it is shown.")

    def _allow(self, order: Order, by: Comment) -> None:
        if self._judge.allow(order.rest):
            self._tell(by, f"{order.rest} is allowed again.")
        else:
            self._tell(by, f"{order.rest or 'nothing'} was not banned in this show.")

    def _say(self, order: Order, by: Comment) -> None:
        if self._may_be_said(order, by):
            self._director.say(order.rest)
            self._tell(by, f"the character says next: {order.rest}")

    def _talk_about(self, order: Order, by: Comment) -> None:
        if self._may_be_said(order, by):
            self._director.talk_about(order.rest)
            self._tell(by, f"the character talks next about: {order.rest}")

    def _may_be_said(self, order: Order, by: Comment) -> bool:
        if not order.rest:
            self._tell(by, f"write a text after {self._prefix}{order.word}.")
        elif why := self._judge.text(order.rest):
            self._tell(by, f"this is not said, because it holds {why}.")
        else:
            return True
        return False

    def _delay(self, order: Order, by: Comment) -> None:
        seconds = duration(order.rest, unit="s")
        if seconds is None or seconds > _LONGEST_DELAY:
            most = f"write up to {_LONGEST_DELAY:.0f} seconds after {self._prefix}delay"
            self._tell(by, f"{most}; 0 shows sentences at once.")
            return
        self._director.delay(seconds)
        self._tell(by, f"each sentence is delayed by {seconds:.0f} s.")

    def _approve(self, order: Order, by: Comment) -> None:
        if count := self._approval.approve(order.rest):
            self._tell(by, f"let in: {count}.")
        else:
            self._tell(by, "nothing of that waits for approval.")

    def _tell_unknown(self, order: Order, by: Comment) -> None:
        typed = f"{self._prefix}{order.word}"
        if order.near:
            meant = f"{self._prefix}{order.near}"
            self._tell(by, f"{typed} is no command: is {meant} meant? Nothing was done.")
        else:
            log.info("%s: %s is no command of this bot's.", by.author.name, typed)
