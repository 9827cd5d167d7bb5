"""A poll in the chat: viewers write the number of an option, and the character tells the result."""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import regex
from pydantic import Field

from bot.chat import Comment, Retraction, ViewerKey
from bot.clock import Clock
from bot.safety.judge import Judge
from bot.tasks import cancel_and_wait
from bot.text import clean
from bot.tools.tool import Arguments, Limits, Tool, ToolError, function, read

_BETWEEN = 1.0
"""Seconds after which viewers are shown new votes, at most so often."""
_LONGEST_OPTION = 30
_VOTE = regex.compile(r"\W*(\d{1,2})\W*")


class _Arguments(Arguments):
    question: str = Field(min_length=1, max_length=80)
    options: list[str] = Field(min_length=2, max_length=5, description="in a word or two each")
    minutes: float = Field(default=2, ge=0.5, le=10, description="how long it goes on")


@dataclass(frozen=True, slots=True)
class Count:
    """How a poll stands.

    Attributes:
        question: what is asked.
        options: what can be voted for.
        votes: how many each has.
    """

    question: str
    options: tuple[str, ...]
    votes: tuple[int, ...]

    @property
    def told(self) -> str:
        """The options with their votes, the most first, in a line."""
        pairs = sorted(zip(self.options, self.votes, strict=True), key=lambda pair: -pair[1])
        return ", ".join(f"{option} {votes}" for option, votes in pairs)


class _Ballot:
    def __init__(self, question: str, options: tuple[str, ...], asked: tuple[Comment, ...]) -> None:
        self.question = question
        self.options = options
        self.asked = asked
        self.votes: dict[ViewerKey, tuple[int, Comment]] = {}
        self._forms = {_form(option): number for number, option in enumerate(options)}

    def number(self, text: str) -> int | None:
        """Return which option a comment is a vote for, if it is one."""
        if (number := _VOTE.fullmatch(text)) and 0 < int(number[1]) <= len(self.options):
            return int(number[1]) - 1
        return self._forms.get(_form(text))

    @property
    def count(self) -> Count:
        """How it stands."""
        votes = Counter(number for number, _ in self.votes.values())
        each = tuple(votes[number] for number in range(len(self.options)))
        return Count(self.question, self.options, each)


class Poll(Tool):
    """Holds one poll at a time. A viewer has one vote, the last; what is deleted does not count.

    Args:
        judge: tells what viewers may not see.
        clock: the time that a poll has.
        tell: has the character tell the result to whoever wanted the poll, and all others.

    Attributes:
        show: has viewers see how it stands; None when it is over.
    """

    function = function(
        "hold_poll",
        "Have viewers vote in the chat. You are told the result when it is over.",
        _Arguments,
    )
    limits = Limits(hourly=6, viewer_hourly=2)

    def __init__(
        self,
        *,
        judge: Judge,
        clock: Clock,
        tell: Callable[[Count, tuple[Comment, ...]], None],
    ) -> None:
        self._judge = judge
        self._clock = clock
        self.show: Callable[[Count | None], None] = lambda _: None
        self._tell = tell
        self._ballot: _Ballot | None = None
        self._running: asyncio.Task[None] | None = None

    async def use(self, arguments: Mapping[str, Any], asked: tuple[Comment, ...]) -> str:
        """See ``Tool``."""
        wanted = read(_Arguments, arguments)
        if self._ballot:
            raise ToolError("there is a poll already")
        question, options = clean(wanted.question), tuple(map(_short, wanted.options))
        if any(map(self._judge.found, (question, *options))):
            raise ToolError("viewers may not see that")
        if len(set(map(_form, options))) < len(options) or not all(options):
            raise ToolError("each option must be another one")
        self._ballot = _Ballot(question, options, asked)
        self._running = asyncio.create_task(self._run(self._ballot, 60 * wanted.minutes))
        return f"it is on for {wanted.minutes:g} minutes; viewers write 1 to {len(options)}"

    def take(self, comment: Comment) -> bool:
        """Count a comment, if it is a vote, and return whether it is."""
        if self._ballot is None or comment.is_paid:
            return False
        number = self._ballot.number(comment.text)
        if number is None:
            return False
        self._ballot.votes[comment.viewer] = number, comment
        return True

    def retract(self, retraction: Retraction) -> None:
        """Count no vote that no longer stands, and end what nobody has asked for."""
        if self._ballot is None:
            return
        if any(map(retraction.covers, self._ballot.asked)):
            self.stop()
            return
        votes = self._ballot.votes
        for viewer in [who for who, (_, comment) in votes.items() if retraction.covers(comment)]:
            del votes[viewer]

    def stop(self) -> None:
        """See ``Tool``."""
        if self._running:
            self._running.cancel()

    async def close(self) -> None:
        """See ``Tool``."""
        await cancel_and_wait(self._running)

    async def _run(self, ballot: _Ballot, seconds: float) -> None:
        end = self._clock.monotonic() + seconds
        shown: Count | None = None
        try:
            while (left := end - self._clock.monotonic()) > 0:
                if (count := ballot.count) != shown:
                    shown = count
                    self.show(count)
                await self._clock.sleep(min(_BETWEEN, left))
        finally:
            self._ballot = None
            self.show(None)
        self._tell(ballot.count, ballot.asked)


def _short(option: str) -> str:
    return clean(option)[:_LONGEST_OPTION]


def _form(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))
