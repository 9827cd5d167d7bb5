"""The dispatcher: where all that is heard enters, and is sent on its one way."""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Protocol, TypeAlias

import regex

from bot.chat import Comment, CommentKey, Occasion, Picture, Retraction
from bot.intake import commands
from bot.intake.approval import Approval
from bot.intake.commands import Command, Order, Vocabulary
from bot.intake.privacy import Privacy
from bot.intake.queue import CommentQueue
from bot.persona import Persona
from bot.recent import Recent
from bot.safety.judge import Judge
from bot.sources import Heard
from bot.text import NAME_LIMIT, clean

log = logging.getLogger(__name__)

REMEMBERED_LIMIT = 20_000
"""Message ids kept to know a repeated delivery: an hour of a very busy chat."""
_COLOUR = regex.compile(r"#[0-9a-fA-F]{6}")
_CURRENCY_LIMIT = 12
_PICTURES = 30
"""Emotes of one comment that are shown as pictures, and badges of one author."""
_ADDRESS = 300

Obey: TypeAlias = Callable[[Order, Comment], Iterable[Retraction]]
"""Carries out what a moderator has typed, at once, and returns what no longer stands."""


class Witness(Protocol):
    """Takes note of every comment, whether it will be answered or not."""

    def hear(self, comment: Comment) -> None:
        """Take note of a comment. Returns at once and cannot fail."""
        ...


class Holder(Protocol):
    """Holds comments, or what was said to them, and lets go of what no longer stands."""

    def retract(self, retraction: Retraction) -> None:
        """Let go of all that is taken back. Returns at once and cannot fail."""
        ...


class Booth(Witness, Protocol):
    """Also takes note of what nobody else gets to see."""

    def hold(self, comment: Comment) -> None:
        """Take note of a comment that waits for approval. Returns at once and cannot fail."""
        ...

    def withhold(self, comment: Comment, reasons: tuple[str, ...]) -> None:
        """Take note of a comment that is not shown as it is. Returns at once and cannot fail."""
        ...


class Dispatcher:
    """Cleans what is heard; an order is obeyed, a retraction takes effect, a comment waits.

    Of what is no order, nothing goes on from here that the judge has not seen.

    Args:
        queue: where comments wait; the first to let go of what is taken back.
        prefix: what a command begins with, ``!`` say.
        names: what the character is called.
        words: what the streamer calls commands in place of their own words.
        privacy: takes what viewers may order of their own.
        judge: tells what may be shown of a comment.
        approval: keeps what a moderator has to let in.
        booth: where the streamer sees what may not.
        obey: takes the commands of those whom the platform calls moderators.
        meet: takes note of who writes, also of those whose words are withheld.
        ballot: takes a comment that is a vote, and returns whether it is one: nobody answers it.
        witnesses: take note of every comment that is no command.
        holders: let go of what is taken back, in this order.
    """

    def __init__(
        self,
        queue: CommentQueue,
        *,
        prefix: str,
        names: Iterable[str],
        words: Mapping[str, Command] | None = None,
        privacy: Privacy,
        judge: Judge,
        approval: Approval,
        booth: Booth,
        obey: Obey,
        meet: Callable[[Comment], None] = lambda _: None,
        ballot: Callable[[Comment], bool] = lambda _: False,
        witnesses: Sequence[Witness] = (),
        holders: Sequence[Holder] = (),
    ) -> None:
        self._queue = queue
        self._counts = queue.counts
        self._prefix = clean(prefix)
        self._words = words
        self._vocabulary = Vocabulary(self._prefix, names, words)
        self._privacy = privacy
        self._judge = judge
        self._approval = approval
        self._booth = booth
        self._obey = obey
        self._meet = meet
        self._ballot = ballot
        self._witnesses = (booth, *witnesses)
        self._holders: tuple[Holder, ...] = (queue, approval, *holders)
        self._seen: Recent[CommentKey, None] = Recent(REMEMBERED_LIMIT)

    def play(self, persona: Persona) -> None:
        """Understand another character's names in front of commands."""
        self._vocabulary = Vocabulary(self._prefix, persona.names, self._words)

    def receive(self, heard: Heard) -> None:
        """Take what a source hears. Returns at once and cannot fail."""
        if isinstance(heard, Retraction):
            self._take_back(heard)
        else:
            self._take(heard)

    def already_heard(self, keys: Iterable[CommentKey]) -> None:
        """Count these messages as delivered: an earlier run of the show has had them."""
        for key in keys:
            self._seen[key] = None

    def hold_again(self, comment: Comment) -> None:
        """Have a comment wait for a moderator that waited when an earlier run ended."""
        self._meet(comment)
        if judged := self._judged(comment):
            self._let_in_or_hold(judged)

    def _let_in_or_hold(self, comment: Comment) -> None:
        if self._approval.holds(comment):
            self._counts["held"] += 1
            self._booth.hold(comment)
        else:
            self._let_in(comment)

    def _take(self, raw: Comment) -> None:
        comment = _cleaned(raw)
        writer = f"{comment.author.name} on {comment.platform}"
        if comment.key in self._seen:
            self._counts["repeated"] += 1
            log.debug("Skipped a comment by %s that had come before.", writer)
            return
        self._seen[comment.key] = None
        said = self._without_orders(comment)
        if said is None:
            return
        if not said.text and not said.is_paid:
            self._counts["blank"] += 1
            log.debug("Skipped a blank comment by %s.", writer)
            return
        if len(comment.text) < len(raw.text.strip()):
            self._counts["cleaned"] += 1
            log.debug(
                "Cleaned a comment by %s: of %d characters, %d are left.",
                *(writer, len(raw.text), len(comment.text)),
            )
        self._meet(said)
        if judged := self._judged(said):
            self._let_in_or_hold(judged)

    def _without_orders(self, comment: Comment) -> Comment | None:
        """Carry out what a comment orders, and return what it says besides, if it says anything."""
        order = self._order_in(comment)
        if order and (taken_back := self._privacy.obey(order, comment)) is not None:
            for retraction in taken_back:
                self._take_back(retraction)
            return None
        if self._privacy.is_out(comment.viewer) and not comment.author.may_moderate:
            self._counts["opted out"] += 1
            return None
        # What was paid for is answered, whatever it begins with.
        if order is None or (comment.is_paid and not comment.author.may_moderate):
            return comment
        is_obeyed = self._carry_out(order, comment)
        if not comment.is_paid:
            return None
        # An order is no words for the character.
        return replace(comment, text="") if is_obeyed else comment

    def _let_in(self, comment: Comment) -> None:
        self._counts["heard"] += 1
        for witness in self._witnesses:
            witness.hear(comment)
        if comment.membership and comment.membership.occasion is Occasion.RECEIVED:
            return  # whoever gave it is thanked; to greet fifty who wrote nothing would be a flood
        if self._ballot(comment):
            self._counts["voted"] += 1
        else:
            self._queue.add(comment)

    def _judged(self, comment: Comment) -> Comment | None:
        """Return what may be shown of a comment, and have the streamer told of the rest."""
        verdict = self._judge.comment(comment)
        if verdict.reasons:
            self._counts["withheld"] += 1
            if verdict.comment is None:
                self._approval.withhold(comment)
            self._booth.withhold(comment, verdict.reasons)
            log.debug(
                "Withheld of a comment by %s on %s: %s.",
                *(comment.author.name, comment.platform, ", ".join(verdict.reasons)),
            )
        return verdict.comment

    def _take_back(self, retraction: Retraction) -> None:
        if retraction.comment_id:
            key = CommentKey((retraction.platform, _storable(retraction.comment_id)))
            if retraction.is_final:
                # Should it still be on its way, or come again, it is not taken.
                self.already_heard([key])
            else:
                self._seen.discard(key)
        for holder in self._holders:
            holder.retract(retraction)

    def _order_in(self, comment: Comment) -> Order | None:
        """Return what a comment orders; moderators are understood in a hurry, too."""
        if comment.author.may_moderate:
            return self._vocabulary.parse(comment.text)
        return commands.parse(comment.text, self._prefix)

    def _carry_out(self, order: Order, comment: Comment) -> bool:
        """Return whether it was a command of ours, by somebody who may give it."""
        if not comment.author.may_moderate:
            self._counts["not obeyed"] += 1
            log.debug("Ignored the command %r of %s.", order.word, comment.author.name)
            return False
        for retraction in self._obey(order, comment):
            self._take_back(retraction)
        for approved in self._approval.released():
            self._let_in(approved)
        if order.command is None:
            self._counts["not obeyed"] += 1
        return order.command is not None


def _pictures(pictures: Iterable[Picture]) -> tuple[Picture, ...]:
    """Return as many as a comment may have, with their words as they stand in the text."""
    return tuple(
        Picture(clean(picture.word, NAME_LIMIT), picture.address)
        for picture in islice(pictures, _PICTURES)
        if len(picture.address) <= _ADDRESS
    )


def _cleaned(comment: Comment) -> Comment:
    author = replace(
        comment.author,
        id=_storable(comment.author.id),
        name=clean(comment.author.name, NAME_LIMIT) or "?",
        badges=tuple(clean(badge, NAME_LIMIT) for badge in comment.author.badges),
        badge_pictures=_pictures(comment.author.badge_pictures),
        colour=comment.author.colour if _COLOUR.fullmatch(comment.author.colour) else "",
    )
    paid, membership = comment.paid, comment.membership
    return replace(
        comment,
        id=_storable(comment.id),
        author=author,
        text=clean(comment.text),
        emotes=_pictures(comment.emotes),
        paid=paid and replace(paid, currency=clean(paid.currency, _CURRENCY_LIMIT)),
        membership=membership
        and replace(membership, recipient=clean(membership.recipient, NAME_LIMIT)),
        mentions=tuple(clean(one, NAME_LIMIT) for one in comment.mentions),
        channel=_storable(comment.channel),
        origin=_storable(comment.origin),
        reply_to=_storable(comment.reply_to),
    )


def _storable(identifier: str) -> str:
    """Keep an id as it is, but for what UTF-8 cannot hold and for a length no platform uses."""
    return identifier[:200].encode("utf-8", "replace").decode()
