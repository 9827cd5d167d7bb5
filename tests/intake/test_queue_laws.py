"""Whatever happens in whatever order: no paid comment is lost or doubled, and bounds hold."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from itertools import count

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from bot.chat import Author, Comment, CommentKey, Money, Platform, Remark, Retraction
from bot.intake.batch import Batch, End
from bot.intake.queue import REMARK_LIMIT, WAITING_LIMIT, CommentQueue
from tests.support.clock import FakeClock
from tests.support.intake import dispatcher

_PLATFORMS = st.sampled_from([Platform.TWITCH, Platform.YOUTUBE])
_TEXTS = st.sampled_from(
    ["hi", "Hi!", "草", "botan?", "おはよう", "a long text " * 9, "", "!pause"]
)
_LOST = ("shed", "stale", "said again", "dropped", "retracted")


class Law(RuleBasedStateMachine):
    """Does to an intake what a chat and a director do, and keeps the books."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = FakeClock()
        self.queue = CommentQueue(names=["Botan"], clock=self.clock)
        self.dispatcher = dispatcher(self.queue, self.clock)
        self.numbers = count()
        self.runner = asyncio.Runner()
        self.paid = set[CommentKey]()
        """Paid comments that must be waiting."""
        self.out: list[Batch] = []
        """Taken, and not yet answered."""
        self.taken = 0
        self.returned = 0
        self.failed = set[CommentKey]()
        """Those to which the model has given nothing, once."""

    def teardown(self) -> None:
        """Close the event loop."""
        self.runner.close()

    @rule(
        text=_TEXTS,
        platform=_PLATFORMS,
        author=st.integers(0, 5),
        paid=st.booleans(),
        again=st.booleans(),
    )
    def receive(
        self,
        text: str,
        platform: Platform,
        author: int,
        *,
        paid: bool,
        again: bool,
    ) -> None:
        """Somebody writes, and the platform may deliver it twice."""
        comment = self._comment(text, platform, author, paid=paid)
        for _ in range(1 + again):
            self.dispatcher.receive(comment)
        if paid:
            self.paid.add(comment.key)

    @rule(text=_TEXTS, platform=_PLATFORMS, size=st.integers(1, 150), same=st.booleans())
    def flood(self, text: str, platform: Platform, size: int, *, same: bool) -> None:
        """Many write at once: the same, or each something else."""
        for number in range(size):
            said = text if same else f"{text} {number}"
            self.dispatcher.receive(self._comment(said, platform, 1000 + number, paid=False))

    @precondition(lambda self: len(self.queue) > 0)
    @rule(size=st.integers(1, 40), tokens=st.integers(0, 400))
    def batch(self, size: int, tokens: int) -> None:
        """The director takes the next ones."""
        waiting = len(self.queue)
        batch = self.queue.take(size, tokens)
        comments = batch.comments
        self._check(batch.remarks, size)
        assert len(self.queue) == waiting - len(comments)
        free = [one for one in comments if not one.is_paid]
        taken = {comment.key for comment in comments if comment.is_paid}
        assert taken <= self.paid
        assert not free or taken == self.paid, "nobody goes before who paid"
        self.paid -= taken
        self.out.append(batch)
        self.taken += len(comments)

    @precondition(lambda self: self.out)
    @rule(only_paid=st.booleans(), twice=st.booleans())
    def give_back(self, *, only_paid: bool, twice: bool) -> None:
        """What was taken could not be answered; a lease ends once."""
        batch = self.out.pop()
        for _ in range(1 + twice):
            batch.give_back(only_paid=only_paid)
        back = [one for one in batch.comments if one.is_paid or not only_paid]
        self.returned += len(batch.comments)
        self.paid |= {one.key for one in back if one.is_paid}

    @precondition(lambda self: self.out)
    @rule()
    def fail(self) -> None:
        """The model gave nothing: who paid waits once more, and only once more."""
        batch = self.out.pop()
        again = self.queue.fail(batch)
        assert all(one.is_paid for one in again)
        assert not self.failed & {one.key for one in again}
        self.failed |= {one.key for one in again}
        self.returned += len(again)
        self.paid |= {one.key for one in again}

    @precondition(lambda self: self.out)
    @rule(skipped=st.booleans())
    def end(self, *, skipped: bool) -> None:
        """What was taken is answered, or a moderator skips it: it never comes again."""
        batch = self.out.pop()
        if skipped:
            batch.withdraw()
        else:
            batch.answer()
        batch.give_back()

    @rule()
    def drop(self) -> None:
        """A moderator clears."""
        self.queue.drop_unpaid()
        assert len(self.queue) == len(self.paid)

    @rule(platform=_PLATFORMS, author=st.none() | st.integers(0, 5))
    def retract(self, platform: Platform, author: int | None) -> None:
        """A moderator bans somebody, or clears the whole chat."""
        retraction = Retraction(platform, author_id="" if author is None else str(author))
        covered = [one for remark, _ in self.queue.ranked() for one in remark.comments]
        self.dispatcher.receive(retraction)
        self.paid -= {one.key for one in covered if retraction.covers(one)}
        for batch in tuple(self.out):
            if any(map(retraction.covers, batch.comments)):
                assert batch.end is End.WITHDRAWN
                self.out.remove(batch)
                others = [one for one in batch.comments if not retraction.covers(one)]
                self.returned += len(others)
                self.paid |= {one.key for one in others if one.is_paid}
        assert all(batch.end is None for batch in self.out)

    @rule(seconds=st.floats(0, 100))
    def pass_time(self, seconds: float) -> None:
        """Time goes by."""
        self.runner.run(self.clock.advance(seconds))

    @invariant()
    def nothing_is_lost_or_doubled(self) -> None:
        """Who paid waits, once; and of the others each one's fate is counted."""
        waiting = [one for remark, _ in self.queue.ranked() for one in remark.comments]
        keys = [one.key for one in waiting]
        assert len(set(keys)) == len(keys) == len(self.queue)
        assert {one.key for one in waiting if one.is_paid} == self.paid
        counts = self.queue.counts
        lost = sum(counts[fate] for fate in _LOST)
        assert counts["heard"] + self.returned == len(waiting) + self.taken + lost

    @invariant()
    def bounds_hold(self) -> None:
        """However many write, and however often what was taken is put back."""
        assert len(self.queue) <= WAITING_LIMIT + len(self.paid)
        self._check([remark for remark, _ in self.queue.ranked()], len(self.queue))

    def _check(self, remarks: Sequence[Remark], size: int) -> None:
        assert len(remarks) <= size
        for remark in remarks:
            assert 0 < len(remark.comments) <= REMARK_LIMIT
            assert len(remark.comments) == 1 or not any(one.is_paid for one in remark.comments)
            viewers = {(one.platform, one.author.id) for one in remark.comments}
            assert len(viewers) == len(remark.comments), "each viewer counts once"
            assert remark.first.at == min(one.at for one in remark.comments)

    def _comment(self, text: str, platform: Platform, author: int, *, paid: bool) -> Comment:
        number = next(self.numbers)
        at = self.clock.now() + timedelta(milliseconds=number % 7)
        money = Money(Decimal(100 + number % 3), "JPY") if paid else None
        return Comment(platform, f"m{number}", Author(str(author), "x"), text, at, money)


TestLaw = pytest.mark.slow(Law.TestCase)
TestLaw.settings = settings(max_examples=40, stateful_step_count=30)
