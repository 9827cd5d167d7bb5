"""A timer: the character is reminded, and tells viewers that the time has come."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pydantic import Field, TypeAdapter, ValidationError

from bot.chat import Comment, Retraction
from bot.clock import Clock
from bot.safety.judge import Judge
from bot.tasks import cancel_and_wait
from bot.text import clean
from bot.tools.tool import Arguments, Limits, Tool, ToolError, function, read

log = logging.getLogger(__name__)

_MOST = 10
_LONGEST_ABOUT = 60
_LATE = timedelta(minutes=15)


class _Arguments(Arguments):
    minutes: float = Field(ge=0.5, le=180, description="from now")
    about: str = Field(min_length=1, max_length=_LONGEST_ABOUT, description="what for, in short")


@dataclass(frozen=True, slots=True)
class Reminder:
    """What somebody wants to be reminded of, and when.

    Attributes:
        due: when.
        about: of what.
        asked: the comments in one of which it was wanted.
    """

    due: datetime
    about: str
    asked: tuple[Comment, ...]


_REMINDERS = TypeAdapter(tuple[Reminder, ...])


class Timer(Tool):
    """Keeps some reminders, also over a restart.

    Args:
        judge: tells what viewers may not be told.
        clock: the time that they wait by.
        ring: has viewers told of one that is due.
        keep: keeps what there is for the next run; nothing, where it is empty.
    """

    function = function(
        "set_timer",
        "Be reminded later, so that you tell viewers then. Only when somebody asks for it.",
        _Arguments,
    )
    limits = Limits(hourly=20, viewer_hourly=3)

    def __init__(
        self,
        *,
        judge: Judge,
        clock: Clock,
        ring: Callable[[Reminder], None],
        keep: Callable[[str], None],
    ) -> None:
        self._judge = judge
        self._clock = clock
        self._ring = ring
        self._keep = keep
        self._waiting: dict[Reminder, asyncio.Task[None]] = {}

    @property
    def waiting(self) -> int:
        """How many there are."""
        return len(self._waiting)

    async def use(self, arguments: Mapping[str, Any], asked: tuple[Comment, ...]) -> str:
        """See ``Tool``."""
        wanted = read(_Arguments, arguments)
        about = clean(wanted.about)
        if self._judge.found(about):
            raise ToolError("viewers may not see that")
        if len(self._waiting) >= _MOST:
            raise ToolError("there are enough timers already")
        due = self._clock.now() + timedelta(minutes=wanted.minutes)
        self._begin(Reminder(due, about, asked))
        self._kept()
        return f"set, for {wanted.minutes:g} minutes from now"

    def recall(self, kept: str) -> None:
        """Take up what an earlier run has kept; what was due a while ago nobody waits for."""
        try:
            reminders = _REMINDERS.validate_json(kept)
        except ValidationError:
            log.warning("What an earlier run has kept of timers cannot be read.")
            return
        oldest = self._clock.now() - _LATE
        for reminder in reminders:
            if reminder.due > oldest:
                self._begin(reminder)
        self._kept()

    def retract(self, retraction: Retraction) -> None:
        """Forget what was wanted in a comment that no longer stands."""
        gone = [one for one in self._waiting if any(map(retraction.covers, one.asked))]
        for reminder in gone:
            self._waiting.pop(reminder).cancel()
        if gone:
            self._kept()

    def stop(self) -> None:
        """See ``Tool``."""
        for task in self._waiting.values():
            task.cancel()
        self._waiting.clear()
        self._kept()

    async def close(self) -> None:
        """See ``Tool``. What waits is kept for the next run."""
        await cancel_and_wait(*self._waiting.values())

    def _begin(self, reminder: Reminder) -> None:
        self._waiting[reminder] = asyncio.create_task(self._wait(reminder))

    async def _wait(self, reminder: Reminder) -> None:
        left = (reminder.due - self._clock.now()).total_seconds()
        await self._clock.sleep(max(0.0, left))
        self._waiting.pop(reminder, None)
        self._kept()
        if self._judge.found(reminder.about) is None:  # a term may have been banned meanwhile
            self._ring(reminder)

    def _kept(self) -> None:
        self._keep(_REMINDERS.dump_json(tuple(self._waiting)).decode() if self._waiting else "")
