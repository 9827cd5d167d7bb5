"""The intake: every comment enters here, on its way to being answered, obeyed or shed."""

import asyncio
import logging
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TypeAlias

from bot.chat import Author, Comment, Occasion, Platform, Remark, Retraction
from bot.clock import Clock
from bot.intake import commands
from bot.intake.commands import Order
from bot.intake.queue import Waiting
from bot.intake.ranking import Rank
from bot.intake.viewers import Viewer
from bot.sources import Heard
from bot.text import NAME_LIMIT, clean

log = logging.getLogger(__name__)

REMEMBERED_LIMIT = 20_000
"""Message ids kept to know a repeated delivery: an hour of a very busy chat."""

Obey: TypeAlias = Callable[[Order, Author], None]
"""Carries out a moderator's command, at once."""


class Intake:
    """Cleans what is heard, has commands obeyed and retractions take effect; the rest waits.

    Attributes:
        counts: what became of the comments, in words: ``heard``, ``shed``, ``stale``, and so on.

    Args:
        names: what the character is called, also by its account's name on a platform.
        prefix: what a command begins with, ``!`` say.
        obey: takes the commands of those whom the platform calls moderators.
        heard: is told of every comment that is not a command, whether it will be answered or not.
        retracted: is told of every retraction, once nothing that it covers waits any more.
    """

    def __init__(
        self,
        *,
        names: Iterable[str],
        prefix: str,
        obey: Obey,
        heard: Callable[[Comment], None],
        retracted: Callable[[Retraction], None],
        clock: Clock,
    ) -> None:
        self.counts: Counter[str] = Counter()
        self._prefix = clean(prefix)
        self._obey = obey
        self._heard = heard
        self._retracted = retracted
        self._waiting = Waiting(names=names, clock=clock, counts=self.counts)
        self._seen: OrderedDict[tuple[Platform, str], None] = OrderedDict()
        self._arrived = asyncio.Event()

    def receive(self, heard: Heard) -> None:
        """Take what a source hears. Returns at once and cannot fail."""
        match heard:
            case Comment():
                self._take(heard)
            case Retraction():
                self._take_back(heard)

    async def arrived(self) -> None:
        """Return as soon as there is something to answer."""
        while not self._waiting:
            self._arrived.clear()
            await self._arrived.wait()

    async def batch(self, size: int, tokens: int) -> tuple[Remark, ...]:
        """Wait until there is something to answer, and take what ranks first.

        That is at most ``size`` remarks whose lines are about ``tokens`` tokens together, but at
        least one; they come in the order in which they were written. The rest goes on waiting.
        """
        await self.arrived()
        return self._waiting.take(size, tokens)

    def ranked(self) -> list[tuple[Remark, Rank]]:
        """Return what waits and why it stands where it does, the first to be answered first."""
        return self._waiting.ranked()

    def put_back(self, comments: Iterable[Comment]) -> None:
        """Let comments that could not be answered wait again."""
        self._waiting.put_back(comments)
        self._arrived.set()

    def answered(self, comments: Iterable[Comment]) -> None:
        """Learn whom the character has answered: others go first for a while."""
        self._waiting.answered(comments)

    def drop(self) -> None:
        """Forget the comments that wait, except those that were paid for."""
        self.counts["dropped"] += self._waiting.drop()

    def know(self, viewers: Iterable[Viewer]) -> None:
        """Learn who has written in earlier shows: their words are no newcomer's."""
        self._waiting.know(viewers)

    def already_heard(self, keys: Iterable[tuple[Platform, str]]) -> None:
        """Count these messages as delivered: an earlier run of the show has had them."""
        for key in keys:
            self._seen[key] = None

    @property
    def waiting(self) -> int:
        """How many comments wait."""
        return len(self._waiting)

    def _take(self, raw: Comment) -> None:
        comment = _cleaned(raw)
        writer = f"{comment.author.name} on {comment.platform}"
        if self._is_repeated(comment):
            self.counts["repeated"] += 1
            log.debug("Skipped a comment by %s that had come before.", writer)
            return
        order = commands.parse(comment.text, self._prefix)
        # What a viewer paid for is answered, whatever it begins with.
        if order and (comment.author.may_moderate or not comment.is_paid):
            self._order(order, comment.author)
            return
        if not comment.text and not comment.is_paid:
            self.counts["blank"] += 1
            log.debug("Skipped a blank comment by %s.", writer)
            return
        if len(comment.text) < len(raw.text.strip()):
            self.counts["cleaned"] += 1
            log.debug(
                "Cleaned a comment by %s: of %d characters, %d are left.",
                *(writer, len(raw.text), len(comment.text)),
            )
        self.counts["heard"] += 1
        self._heard(comment)
        if comment.membership and comment.membership.occasion is Occasion.RECEIVED:
            return  # whoever gave it is thanked; to greet fifty who wrote nothing would be a flood
        self._waiting.add(comment)
        self._arrived.set()

    def _take_back(self, retraction: Retraction) -> None:
        if retraction.comment_id:
            # Should it still be on its way, or come again, it is not taken.
            self.already_heard([(retraction.platform, _storable(retraction.comment_id))])
        self.counts["retracted"] += self._waiting.retract(retraction)
        self._retracted(retraction)

    def _is_repeated(self, comment: Comment) -> bool:
        if comment.key in self._seen:
            return True
        self._seen[comment.key] = None
        if len(self._seen) > REMEMBERED_LIMIT:
            self._seen.popitem(last=False)
        return False

    def _order(self, order: Order, author: Author) -> None:
        if order.command is None or not author.may_moderate:
            self.counts["not obeyed"] += 1
            log.debug("Ignored the command %r of %s.", order.word, author.name)
            return
        self._obey(order, author)


def _cleaned(comment: Comment) -> Comment:
    author = replace(
        comment.author,
        id=_storable(comment.author.id),
        name=clean(comment.author.name, NAME_LIMIT) or "?",
    )
    return replace(comment, id=_storable(comment.id), author=author, text=clean(comment.text))


def _storable(identifier: str) -> str:
    """Keep an id as it is, but for what UTF-8 cannot hold and for a length no platform uses."""
    return identifier[:200].encode("utf-8", "replace").decode()
