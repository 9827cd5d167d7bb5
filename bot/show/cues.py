"""Cues: what the character is to say, how it is to think, and who it is."""

import logging

from bot.errors import MisconfiguredError
from bot.intake.commands import Command, Order, duration
from bot.llm.options import EFFORTS, Effort
from bot.safety.judge import Judge
from bot.show.cast import Cast
from bot.show.director import Director
from bot.show.outcome import Hand, Outcome
from bot.storage.order_records import OrderRecords, Standing
from bot.translation import tr

log = logging.getLogger(__name__)

_LONGEST_DELAY = 60.0


class Cues:
    """Tells the director what moderators want, and keeps what is to stay so."""

    def __init__(
        self, director: Director, *, judge: Judge, cast: Cast, records: OrderRecords, prefix: str
    ) -> None:
        self._director = director
        self._judge = judge
        self._cast = cast
        self._records = records
        self._prefix = prefix
        self.hands: dict[Command, Hand] = {
            Command.THINK: self._think,
            Command.PERSONA: self._bring_on,
            Command.SAY: self._say,
            Command.TOPIC: self._talk_about,
            Command.DELAY: self._delay,
        }

    def recall(self, standing: Standing, *, persona: bool) -> None:
        """Take up what was set in an earlier run; of who speaks only where that is wanted."""
        state = standing.state
        if persona and (name := state.get(Command.PERSONA)):
            try:
                self._cast.bring_on(name)
            except MisconfiguredError as error:
                log.error(tr("{error} The character of the settings speaks.", error=error))
        if effort := _effort(state.get(Command.THINK, "")):
            self._director.think(effort)
        if seconds := state.get(Command.DELAY):
            self._director.delay(float(seconds))

    def _think(self, order: Order) -> Outcome:
        effort = _effort(order.rest)
        if effort is None:
            now = self._director.effort
            text = tr(
                "write low, medium or high after {prefix}think. It is {now} now.",
                prefix=self._prefix,
                now=now,
            )
            return Outcome(text)
        undo = f"{Command.THINK} {self._director.effort}"
        seconds = self._director.think(effort)
        self._records.keep(Command.THINK, effort)
        if seconds:
            return Outcome(
                tr(
                    "the thinking will be {effort} once nobody waits, or after three replies:"
                    " the model reads everything anew for it, which takes about {seconds:.0f}"
                    " s.",
                    effort=effort,
                    seconds=seconds,
                ),
                undo=undo,
            )
        return Outcome(
            tr("the thinking is {effort}, from the next reply on.", effort=effort), undo=undo
        )

    def _bring_on(self, order: Order) -> Outcome:
        try:
            persona = self._cast.bring_on(order.rest)
        except MisconfiguredError as error:
            return Outcome(tr("the character stays: {error}", error=error))
        self._records.keep(Command.PERSONA, order.rest)
        return Outcome(tr("{name} is on now.", name=persona.name))

    def _say(self, order: Order) -> Outcome:
        if why_not := self._unsayable(order):
            return why_not
        self._director.say(order.rest)
        return Outcome(tr("the character says next: {words}", words=order.rest))

    def _talk_about(self, order: Order) -> Outcome:
        if why_not := self._unsayable(order):
            return why_not
        self._director.talk_about(order.rest)
        return Outcome(tr("the character talks next about: {words}", words=order.rest))

    def _unsayable(self, order: Order) -> Outcome | None:
        if not order.rest:
            return Outcome(
                tr("write a text after {prefix}{word}.", prefix=self._prefix, word=order.word)
            )
        if why := self._judge.text(order.rest):
            return Outcome(tr("this is not said, because it holds {why}.", why=why))
        return None

    def _delay(self, order: Order) -> Outcome:
        seconds = duration(order.rest, unit="s")
        if seconds is None or seconds > _LONGEST_DELAY:
            most = tr(
                "write up to {seconds:.0f} seconds after {prefix}delay",
                seconds=_LONGEST_DELAY,
                prefix=self._prefix,
            )
            return Outcome(tr("{most}; 0 shows sentences at once.", most=most))
        undo = f"{Command.DELAY} {self._director.delayed:g}s"
        self._director.delay(seconds)
        self._records.keep(Command.DELAY, str(seconds))
        text = tr("each sentence is delayed by {seconds:.0f} s.", seconds=seconds)
        return Outcome(text, undo=undo)


def _effort(word: str) -> Effort | None:
    return next((effort for effort in EFFORTS if effort == word.casefold()), None)
