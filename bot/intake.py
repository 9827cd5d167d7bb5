"""The intake: every comment enters here, on its way to being answered, obeyed or shed."""

import asyncio
import logging
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TypeAlias

import regex

from bot import commands
from bot.chat import Author, Comment, Occasion, Platform, Retraction
from bot.commands import COMMANDS, Command
from bot.sources import Heard
from bot.text import NAME_LIMIT, clean

log = logging.getLogger(__name__)

WAITING_LIMIT = 200
"""Unpaid comments that wait at most; the oldest make room."""
REMEMBERED_LIMIT = 20_000
"""Message ids kept to know a repeated delivery: an hour of a very busy chat."""

Obey: TypeAlias = Callable[[Command, Author], None]
"""Carries out a moderator's command, at once."""


class Intake:
    """Where comments wait, cleaned, ranked and bounded.

    Args:
        names: what the character is called; comments that mention it come first.
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
    ) -> None:
        self.counts: Counter[str] = Counter()
        called = "|".join(regex.escape(clean(name)) for name in names)
        # Wren is not meant by "wrench"; Japanese has no such ends of words.
        self._mention = regex.compile(
            rf"(?<!\p{{Latin}}(?=\p{{Latin}}))(?:{called})(?!(?<=\p{{Latin}})\p{{Latin}})",
            regex.IGNORECASE,
        )
        self._prefix = clean(prefix)
        self._obey = obey
        self._heard = heard
        self._retracted = retracted
        self._waiting: list[Comment] = []
        self._seen: OrderedDict[tuple[Platform, str], None] = OrderedDict()
        self._arrived = asyncio.Event()

    def receive(self, heard: Heard) -> None:
        """Take what a source hears. Returns at once and cannot fail."""
        match heard:
            case Comment():
                self._take(heard)
            case Retraction():
                self._take_back(heard)

    async def batch(self, size: int) -> tuple[Comment, ...]:
        """Wait until there is something to answer, and take the ``size`` comments that rank first.

        They come in the order in which they were written. What was not chosen goes on waiting.
        """
        while not self._waiting:
            self._arrived.clear()
            await self._arrived.wait()
        chosen = sorted(self._waiting, key=self._rank)[:size]
        self._waiting = [comment for comment in self._waiting if comment not in chosen]
        return tuple(sorted(chosen, key=lambda comment: comment.at))

    def put_back(self, comments: Iterable[Comment]) -> None:
        """Let comments that could not be answered wait again."""
        self._waiting[:0] = comments
        if self._waiting:
            self._arrived.set()

    def drop(self) -> None:
        """Forget the comments that wait, except those that were paid for."""
        kept = [comment for comment in self._waiting if comment.is_paid]
        self.counts["dropped"] += len(self._waiting) - len(kept)
        self._waiting = kept

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
        word = commands.word(comment.text, self._prefix)
        # What a viewer paid for is answered, whatever it begins with.
        if word and (comment.author.may_moderate or not comment.is_paid):
            self._order(word, comment.author)
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
        self._waiting.append(comment)
        self._shed()
        self._arrived.set()

    def _take_back(self, retraction: Retraction) -> None:
        if retraction.comment_id:
            # Should it still be on its way, or come again, it is not taken.
            self.already_heard([(retraction.platform, _storable(retraction.comment_id))])
        kept = [comment for comment in self._waiting if not retraction.covers(comment)]
        self.counts["retracted"] += len(self._waiting) - len(kept)
        self._waiting = kept
        self._retracted(retraction)

    def _is_repeated(self, comment: Comment) -> bool:
        if comment.key in self._seen:
            return True
        self._seen[comment.key] = None
        if len(self._seen) > REMEMBERED_LIMIT:
            self._seen.popitem(last=False)
        return False

    def _order(self, word: str, author: Author) -> None:
        command = COMMANDS.get(word)
        if command is None or not author.may_moderate:
            self.counts["not obeyed"] += 1
            log.debug("Ignored the command %r of %s.", word, author.name)
            return
        self._obey(command, author)

    def _rank(self, comment: Comment) -> tuple[int, float]:
        """Paid comments first, oldest before newer; then mentions, then the rest, newest first."""
        at = comment.at.timestamp()
        if comment.is_paid:
            return (0, at)
        return (1 if self._mention.search(comment.text) else 2, -at)

    def _shed(self) -> None:
        unpaid = [comment for comment in self._waiting if not comment.is_paid]
        if len(unpaid) > WAITING_LIMIT:
            self._waiting.remove(min(unpaid, key=lambda comment: comment.at))
            self.counts["shed"] += 1


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
