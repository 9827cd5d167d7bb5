"""Moderation: a moderator's word, carried out the moment it is heard."""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Never, Protocol

from bot.chat import Comment, CommentKey, Retraction
from bot.clock import Clock
from bot.intake.approval import Approval
from bot.intake.commands import Command, Order, duration
from bot.recent import Recent
from bot.safety.judge import Judge
from bot.show.bans import Bans
from bot.show.cast import Cast
from bot.show.cues import Cues
from bot.show.director import Director
from bot.show.intermission import Intermission
from bot.show.outcome import Hand, Outcome
from bot.show.tool_switches import Switchable, ToolSwitches
from bot.stage import Messenger
from bot.stage.backstage import Backstage
from bot.storage.order_records import OrderRecords, Standing
from bot.translation import tr

log = logging.getLogger(__name__)

_FOR_GOOD = "for good"
_OUTCOMES = 100


class Watcher(Protocol):
    """Is told after each command."""

    def announce(self, *, paused: bool) -> None:
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
        backstage: is told what was ordered, and what came of it.
        watchers: are told after each command whether the show is paused now.
        messengers: tell moderators in their chat what became of a command.
        tools: what they may forbid the character to use.

    Attributes:
        paused_by: who has paused the show, where that is known.
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
        backstage: Backstage,
        watchers: Sequence[Watcher] = (),
        messengers: Sequence[Messenger] = (),
        tools: Switchable,
    ) -> None:
        self._director = director
        self._judge = judge
        self._approval = approval
        self._records = records
        self._clock = clock
        self._prefix = prefix
        self._backstage = backstage
        self._watchers = watchers
        self._messengers = messengers
        self.paused_by = ""
        self._outcomes: Recent[CommentKey, str] = Recent(_OUTCOMES)
        self._intermission = Intermission(director, clock, self._go_on_by_itself)
        self._bans = Bans(director, judge=judge, records=records, clock=clock, prefix=prefix)
        self._cues = Cues(director, judge=judge, cast=cast, records=records, prefix=prefix)
        self._switches = ToolSwitches(tools, records=records, prefix=prefix)
        self._hands: Mapping[Command, Hand] = {
            Command.PAUSE: self._pause,
            Command.RESUME: self._resume,
            Command.SKIP: self._skip,
            Command.CLEAR: self._clear,
            Command.STATUS: lambda _: Outcome(status()),
            Command.OK: self._approve,
            Command.HELP: self._help,
            **self._bans.hands,
            **self._cues.hands,
            **self._switches.hands,
        }

    def meet(self, comment: Comment) -> None:
        """Learn who is here, and by what name."""
        self._bans.meet(comment)

    async def run(self) -> Never:
        """End each pause when its time is over, until cancelled."""
        await self._intermission.run()

    def recall(self, standing: Standing, *, persona: bool = True) -> None:
        """Take up what was ordered in an earlier run and still stands.

        Args:
            standing: that.
            persona: whether that is true of who speaks, too.
        """
        self._bans.recall(standing)
        self._cues.recall(standing, persona=persona)
        self._switches.recall(standing)
        if until := standing.state.get(Command.PAUSE):
            self._resume_pause(until)

    def _resume_pause(self, until: str) -> None:
        seconds = None
        if until != _FOR_GOOD:
            seconds = (datetime.fromisoformat(until) - self._clock.now()).total_seconds()
        if seconds is None or seconds > 0:
            self._intermission.begin(seconds)
            self._announce(paused=True)
            log.warning(
                tr(
                    "The show is still paused, as a moderator has ordered: {prefix}resume ends"
                    " that.",
                    prefix=self._prefix,
                ),
            )

    def obey(self, order: Order, by: Comment) -> Iterable[Retraction]:
        """Carry out a command. What it orders has happened when this returns.

        Args:
            order: what was typed.
            by: the comment that it was typed in; the answer goes to where that was written.

        Returns:
            What no longer stands, for whoever holds it.
        """
        carry_out = self._hands[order.command] if order.command else self._explain
        outcome = carry_out(order)
        if order.command is Command.PAUSE:
            self.paused_by = by.author.name
        self._outcomes[by.key] = outcome.text
        self._announce(paused=self._director.paused)
        log.info("%s: %s", by.author.name, outcome.text)
        self._backstage.obeyed(by, outcome.text, outcome.undo)
        self._records.note(by, order.command or order.word, outcome.text, about=outcome.about)
        if outcome.is_told and self._judge.text(outcome.text) is None:
            for messenger in self._messengers:
                messenger.tell(by, outcome.text)
        return outcome.taken_back

    def outcome(self, of: CommentKey) -> str:
        """Return what became of the command in a comment, if there was one lately."""
        return self._outcomes.get(of, "")

    def _pause(self, order: Order) -> Outcome:
        seconds = duration(order.rest)
        self._intermission.begin(seconds)
        end = self._clock.now() + timedelta(seconds=seconds or 0)
        self._records.keep(Command.PAUSE, end.isoformat() if seconds else _FOR_GOOD)
        until = (
            tr("for {seconds:.0f} s", seconds=seconds)
            if seconds
            else tr("until {prefix}resume", prefix=self._prefix)
        )
        text = tr("the show is paused: the character is silent {until}.", until=until)
        return Outcome(text, undo=Command.RESUME)

    def _resume(self, _: Order) -> Outcome:
        self.paused_by = ""
        self._intermission.end()
        self._records.drop(Command.PAUSE)
        return Outcome(tr("the show goes on."))

    def _go_on_by_itself(self) -> None:
        self.paused_by = ""
        self._records.drop(Command.PAUSE)
        self._announce(paused=False)

    def _announce(self, *, paused: bool) -> None:
        for watcher in self._watchers:
            watcher.announce(paused=paused)

    def _skip(self, _: Order) -> Outcome:
        self._director.skip()
        return Outcome(tr("the reply is skipped."))

    def _clear(self, _: Order) -> Outcome:
        self._director.clear()
        return Outcome(tr("the screen is clear, and the comments that waited are gone."))

    def _help(self, _: Order) -> Outcome:
        words = " ".join(f"{self._prefix}{command}" for command in Command)
        return Outcome(tr("you can type {words}", words=words))

    def _approve(self, order: Order) -> Outcome:
        count = self._approval.approve(order.rest)
        return Outcome(
            tr("let in: {count}.", count=count)
            if count
            else tr("nothing of that waits for approval.")
        )

    def _explain(self, order: Order) -> Outcome:
        typed = f"{self._prefix}{order.word}"
        if order.near:
            meant = f"{self._prefix}{order.near}"
            return Outcome(
                tr(
                    "{typed} is no command: is {meant} meant? Nothing was done.",
                    typed=typed,
                    meant=meant,
                )
            )
        # To answer each command of other bots in the chat would be a nuisance.
        return Outcome(tr("{typed} is no command of this bot's.", typed=typed), is_told=False)
