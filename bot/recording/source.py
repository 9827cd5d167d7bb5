"""A recorded chat as a source: played back at the pace it was written, or faster."""

import logging
import math
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from pydantic import ValidationError
from pydantic_core import from_json

from bot.clock import Clock
from bot.errors import MisconfiguredError
from bot.faults import in_words
from bot.recording.formats import Recorded, read
from bot.sources import Heartbeat, Receive
from bot.translation import tr

log = logging.getLogger(__name__)

_LONGEST_SILENCE = timedelta(seconds=30)
"""Longer silences of the recording are shortened to this: nobody rehearses waiting."""

_AT_ONCE = 10
"""Comments without times that are played before others have their turn."""
_SHOWN = 3
"""Entries that are no comments and are told of; the rest is counted."""


class RecordedSource:
    """Plays a recorded chat once, from its beginning.

    Every comment arrives as if written now and under an id of this run, so that a second rehearsal
    with the same file is answered like the first.

    Args:
        path: a file with an entry in each line, or with a list of them, as ``formats`` knows them.
        clock: the time that passes between them.
        speed: how many times as fast as it was written.

    Attributes:
        skipped: how many entries were no comments.
    """

    def __init__(self, path: Path, *, clock: Clock, speed: float = 1.0) -> None:
        self.skipped = 0
        self._path = path
        self._clock = clock
        self._speed = speed

    @property
    def label(self) -> str:
        """See ``Source``."""
        return tr("the recorded chat")

    async def listen(self, receive: Receive) -> None:
        """Hand on each comment at its time, and return after the last.

        Raises:
            MisconfiguredError: the file cannot be read. An entry that is no comment is skipped.
        """
        receive(Heartbeat(tr("playing"), math.inf))
        run = self._clock.now().isoformat()
        previous: datetime | None = None
        for number, (entry, recorded) in enumerate(self._comments(), 1):
            if recorded.at and previous:
                silence = min(max(recorded.at - previous, timedelta()), _LONGEST_SILENCE)
                await self._clock.sleep(silence.total_seconds() / self._speed)
            if recorded.at:
                previous = max(previous or recorded.at, recorded.at)
            identifier = f"{recorded.comment.id or entry}@{run}"
            receive(replace(recorded.comment, id=identifier, at=self._clock.now()))
            if number % _AT_ONCE == 0:
                await self._clock.sleep(0)  # all else has its turn
        if self.skipped > _SHOWN:
            log.warning(
                tr(
                    "{count} entries of {path} are no comments and were skipped.",
                    count=self.skipped,
                    path=self._path,
                )
            )
        log.info(tr("The recording {path} is over.", path=self._path))

    def _comments(self) -> Iterator[tuple[int, Recorded]]:
        for number, entry in self._entries():
            try:
                for recorded in read(entry):
                    yield number, recorded
            except ValidationError as error:
                problem = error.errors(include_url=False, include_input=False)[0]
                where = ".".join(map(str, problem["loc"])) or tr("line")
                self._skip(number, f"{where}: {in_words(problem)}")
            except (ValueError, TypeError, LookupError, ArithmeticError) as error:
                self._skip(number, str(error))

    def _entries(self) -> Iterator[tuple[int, object]]:
        """Yield the lines of the file, or the members of the one list that it holds."""
        try:
            with self._path.open(encoding="utf-8-sig", errors="replace") as file:
                if file.read(1) == "[":
                    file.seek(0)
                    with suppress(ValueError):  # or each line is a list
                        yield from enumerate(from_json(file.read()), 1)
                        return
                file.seek(0)
                lines = ((number, line) for number, line in enumerate(file, 1) if line.strip())
                for number, line in lines:
                    try:
                        yield number, from_json(line)
                    except ValueError as error:
                        self._skip(number, tr("it is no JSON ({error})", error=error))
        except OSError as error:
            raise MisconfiguredError(
                tr(
                    "Cannot read the recorded chat {path}: {why}.",
                    path=self._path,
                    why=error.strerror,
                )
            ) from error

    def _skip(self, number: int, why: str) -> None:
        self.skipped += 1
        if self.skipped <= _SHOWN:
            log.warning(
                tr(
                    "Line {number} of {path} is no comment and is skipped: {why}.",
                    number=number,
                    path=self._path,
                    why=why,
                ),
            )
