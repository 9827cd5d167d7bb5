"""Moderation: a moderator's word, carried out the moment it is heard."""

import logging
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Never, Protocol, TypeAlias

from bot.chat import Comment, Retraction, ViewerKey
from bot.clock import Clock
from bot.errors import MisconfiguredError
from bot.intake.approval import Approval
from bot.intake.commands import Command, Order, duration
from bot.llm.options import EFFORTS
from bot.safety.blocklist import problem
from bot.safety.judge import Judge
from bot.show.acquaintances import Acquaintances, UnknownNameError
from bot.show.cast import Cast
from bot.show.director import Director
from bot.show.intermission import Intermission
from bot.stage import Messenger
from bot.storage.order_records import OrderRecords, Standing

log = logging.getLogger(__name__)

_LONGEST_DELAY = 60.0
_FOR_GOOD = "for good"

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
        cast: has another character go on.
        records: keep what was ordered, and what of it stands.
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
        cast: Cast,
        records: OrderRecords,
        clock: Clock,
        prefix: str,
        status: Callable[[], str],
        changed: Changed,
        messengers: Sequence[Messenger] = (),
    ) -> None:
        self._director = director
        self._judge = judge
        self._approval = approval
        self._cast = cast
        self._records = records
        self._clock = clock
        self._prefix = prefix
        self._status = status
        self._changed = changed
        self._messengers = messengers
        self._viewers = Acquaintances()
        self._intermission = Intermission(director, clock, self._go_on_by_itself)
        self._about: ViewerKey | None = None
        """Whom the order that is being carried out is about."""
        self._order = ""
        self._hands: Mapping[Command, _Hand] = {
            Command.PAUSE: self._pause,
            Command.RESUME: self._resume,
            Command.SKIP: self._skip,
            Command.CLEAR: self._clear,
            Command.STATUS: self._tell_status,
            Command.THINK: self._think,
            Command.MUTE: self._mute,
            Command.UNMUTE: self._unmute,
            Command.PERSONA: self._bring_on,
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
        self._viewers.hear(comment)

    async def run(self) -> Never:
        """End each pause when its time is over, until cancelled."""
        await self._intermission.run()

    def recall(self, standing: Standing, *, persona: bool = True) -> None:
        """Take up what was ordered in an earlier run and still stands.

        Args:
            standing: that.
            persona: whether that is true of who speaks, too.
        """
        for mute in standing.mutes:
            self._viewers.know(mute.viewer, mute.name)
            left = (mute.until - self._clock.now()).total_seconds() if mute.until else math.inf
            self._judge.mute(mute.viewer, left)
        for topic in standing.topics:
            self._judge.ban(topic)
        state = standing.state
        if persona and (name := state.get(Command.PERSONA)):
            try:
                self._cast.bring_on(name)
            except MisconfiguredError as error:
                log.error("%s The character of the settings speaks.", error)
        if effort := next((one for one in EFFORTS if one == state.get(Command.THINK)), None):
            self._director.think(effort)
        if seconds := state.get(Command.DELAY):
            self._director.delay(float(seconds))
        if until := state.get(Command.PAUSE):
            self._resume_pause(until)

    def _resume_pause(self, until: str) -> None:
        seconds = None
        if until != _FOR_GOOD:
            seconds = (datetime.fromisoformat(until) - self._clock.now()).total_seconds()
        if seconds is None or seconds > 0:
            self._intermission.begin(seconds)
            self._changed(paused=True)
            log.warning(
                "The show is still paused, as a moderator has ordered: %sresume ends that.",
                self._prefix,
            )

    def obey(self, order: Order, by: Comment) -> Iterable[Retraction]:
        """Carry out a command. What it orders has happened when this returns.

        Args:
            order: what was typed.
            by: the comment that it was typed in; the answer goes to where that was written.

        Returns:
            What no longer stands, for whoever holds it.
        """
        carry_out = self._hands[order.command] if order.command else self._tell_unknown
        self._order, self._about = order.command or order.word, None
        taken_back = carry_out(order, by)
        self._changed(paused=self._director.paused)
        return taken_back or ()

    def _tell(self, by: Comment, text: str) -> None:
        """Tell what became of a command: in the log, and where it was written, if that can be."""
        log.info("%s: %s", by.author.name, text)
        self._records.note(by, self._order, text, about=self._about)
        if self._judge.text(text) is None:
            for messenger in self._messengers:
                messenger.tell(by, text)

    def _pause(self, order: Order, by: Comment) -> None:
        seconds = duration(order.rest)
        self._intermission.begin(seconds)
        end = self._clock.now() + timedelta(seconds=seconds or 0)
        self._records.keep(Command.PAUSE, end.isoformat() if seconds else _FOR_GOOD)
        until = f"for {seconds:.0f} s" if seconds else f"until {self._prefix}resume"
        self._tell(by, f"the show is paused: the character is silent {until}.")

    def _resume(self, _: Order, by: Comment) -> None:
        self._intermission.end()
        self._records.drop(Command.PAUSE)
        self._tell(by, "the show goes on.")

    def _go_on_by_itself(self) -> None:
        self._records.drop(Command.PAUSE)
        self._changed(paused=False)

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
            self._records.keep(Command.THINK, effort)
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
        called = self._viewers.name(viewer)
        self._records.mute(viewer, called, seconds)
        until = f"for {seconds:.0f} s" if seconds else f"until {self._prefix}unmute"
        self._tell(by, f"{called} is muted {until}.")
        platform, identifier = viewer
        return (Retraction(platform, author_id=identifier),)

    def _unmute(self, order: Order, by: Comment) -> None:
        if viewer := self._viewer(order.rest, by):
            self._judge.unmute(viewer)
            self._records.unmute(viewer)
            self._tell(by, f"{self._viewers.name(viewer)} is heard again.")

    def _viewer(self, wanted: str, by: Comment) -> ViewerKey | None:
        """Return who has a name; where that is not one viewer, the moderator is told."""
        try:
            self._about = self._viewers.find(wanted)
        except UnknownNameError as error:
            self._tell(by, str(error))
        return self._about

    def _bring_on(self, order: Order, by: Comment) -> None:
        try:
            persona = self._cast.bring_on(order.rest)
        except MisconfiguredError as error:
            self._tell(by, f"the character stays: {error}")
        else:
            self._records.keep(Command.PERSONA, order.rest)
            self._tell(by, f"{persona.name} is on now.")

    def _ban(self, order: Order, by: Comment) -> None:
        if not order.rest:
            self._tell(by, f"write a word after {self._prefix}{order.word}.")
        elif wrong := problem(order.rest):
            self._tell(by, f"{order.rest} {wrong}.")
        else:
            self._judge.ban(order.rest)
            self._records.ban(order.rest)
            self._director.reconsider(lambda comment: self._judge.comment(comment).comment)
            self._tell(by, f"{order.rest} is banned: nothing that holds it is shown.")

    def _allow(self, order: Order, by: Comment) -> None:
        if topic := self._judge.allow(order.rest):
            self._records.allow(topic)
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
        self._records.keep(Command.DELAY, str(seconds))
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
            # To answer each command of other bots in the chat would be a nuisance.
            text = f"{typed} is no command of this bot's."
            log.info("%s: %s", by.author.name, text)
            self._records.note(by, order.word, text)
