"""Bans: viewers of whom nothing is heard, and topics of which nothing is said."""

import math

from bot.chat import Comment, Retraction
from bot.clock import Clock
from bot.intake.commands import Command, Order, duration
from bot.safety.blocklist import problem
from bot.safety.judge import Judge
from bot.show.acquaintances import Acquaintances, UnknownNameError
from bot.show.director import Director
from bot.show.outcome import Hand, Outcome
from bot.storage.order_records import OrderRecords, Standing
from bot.translation import tr


class Bans:
    """Tells the judge what moderators do not want, and keeps it."""

    def __init__(
        self, director: Director, *, judge: Judge, records: OrderRecords, clock: Clock, prefix: str
    ) -> None:
        self._director = director
        self._judge = judge
        self._records = records
        self._clock = clock
        self._prefix = prefix
        self._viewers = Acquaintances()
        self.hands: dict[Command, Hand] = {
            Command.MUTE: self._mute,
            Command.UNMUTE: self._unmute,
            Command.BAN_TOPIC: self._ban,
            Command.ALLOW_TOPIC: self._allow,
        }

    def meet(self, comment: Comment) -> None:
        """Learn who is here, and by what name."""
        self._viewers.hear(comment)

    def recall(self, standing: Standing) -> None:
        """Take up the mutes and the topics of earlier runs."""
        for mute in standing.mutes:
            self._viewers.know(mute.viewer, mute.name)
            left = (mute.until - self._clock.now()).total_seconds() if mute.until else math.inf
            self._judge.mute(mute.viewer, left)
        for topic in standing.topics:
            self._judge.ban(topic)

    def _mute(self, order: Order) -> Outcome:
        """Mute a viewer: a name, with or without a time after it."""
        name, _, last = order.rest.rpartition(" ")
        seconds = duration(last) if name else None
        try:
            viewer = self._viewers.find(order.rest if seconds is None else name)
        except UnknownNameError as error:
            return Outcome(str(error))
        called = self._viewers.name(viewer)
        self._judge.mute(viewer, seconds or math.inf)
        self._records.mute(viewer, called, seconds)
        until = (
            tr("for {seconds:.0f} s", seconds=seconds)
            if seconds
            else tr("until {prefix}unmute", prefix=self._prefix)
        )
        platform, identifier = viewer
        taken_back = (Retraction(platform, author_id=identifier),)
        return Outcome(
            tr("{called} is muted {until}.", called=called, until=until),
            about=viewer,
            taken_back=taken_back,
            undo=f"{Command.UNMUTE} {called} {platform}",
        )

    def _unmute(self, order: Order) -> Outcome:
        try:
            viewer = self._viewers.find(order.rest)
        except UnknownNameError as error:
            return Outcome(str(error))
        self._judge.unmute(viewer)
        self._records.unmute(viewer)
        return Outcome(tr("{name} is heard again.", name=self._viewers.name(viewer)), about=viewer)

    def _ban(self, order: Order) -> Outcome:
        if not order.rest:
            return Outcome(
                tr("write a word after {prefix}{word}.", prefix=self._prefix, word=order.word)
            )
        if wrong := problem(order.rest):
            return Outcome(f"{order.rest} {wrong}.")
        self._judge.ban(order.rest)
        self._records.ban(order.rest)
        self._director.reconsider(lambda comment: self._judge.comment(comment).comment)
        return Outcome(
            tr("{term} is banned: nothing that holds it is shown.", term=order.rest),
            undo=f"{Command.ALLOW_TOPIC} {order.rest}",
        )

    def _allow(self, order: Order) -> Outcome:
        if topic := self._judge.allow(order.rest):
            self._records.allow(topic)
            return Outcome(
                tr("{term} is allowed again.", term=order.rest),
                undo=f"{Command.BAN_TOPIC} {topic}",
            )
        return Outcome(tr("{term} was not banned in this show.", term=order.rest or tr("nothing")))
