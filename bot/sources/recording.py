"""A recorded chat: one comment a line as JSON, played back at the pace it was written."""

import logging
import math
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from pydantic import AwareDatetime, BaseModel, ValidationError

from bot.chat import Author, Comment, Money, Platform
from bot.clock import Clock
from bot.errors import MisconfiguredError
from bot.sources import Heartbeat, Receive
from bot.translation import tr

log = logging.getLogger(__name__)

_LONGEST_SILENCE = timedelta(seconds=30)
"""Longer silences of the recording are shortened to this: nobody rehearses waiting."""

_AT_ONCE = 10
"""Lines without times that are played before others have their turn."""


class _Line(BaseModel):
    """One line, in the form in which ``/api/backstage`` tells comments.

    Only ``author``, as a name alone or in full, and ``text`` must be there.
    """

    author: Author | str
    text: str
    platform: Platform = Platform.LOCAL
    id: str = ""
    paid: Money | None = None
    at: AwareDatetime | None = None

    def comment(self, number: int, at: datetime, run: str) -> Comment:
        """Return the comment that the line tells of, as if written ``at``."""
        author = Author(self.author, self.author) if isinstance(self.author, str) else self.author
        identifier = f"{self.id or number}@{run}"
        return Comment(self.platform, identifier, author, self.text, at, self.paid)


class RecordedSource:
    """Plays a recorded chat once, from its beginning.

    Every comment arrives as if written now and under an id of this run, so that a second rehearsal
    with the same file is answered like the first.
    """

    def __init__(self, path: Path, *, clock: Clock) -> None:
        self._path = path
        self._clock = clock

    @property
    def label(self) -> str:
        """See ``Source``."""
        return tr("the recorded chat")

    async def listen(self, receive: Receive) -> None:
        """Hand on each comment at its time, and return after the last.

        Raises:
            MisconfiguredError: the file cannot be read. A line that is no comment is skipped.
        """
        receive(Heartbeat(tr("playing"), math.inf))
        run = self._clock.now().isoformat()
        previous: datetime | None = None
        for number, line in self._lines():
            if line.at and previous:
                silence = min(max(line.at - previous, timedelta()), _LONGEST_SILENCE)
                await self._clock.sleep(silence.total_seconds())
            if line.at:
                previous = max(previous or line.at, line.at)
            receive(line.comment(number, self._clock.now(), run))
            if number % _AT_ONCE == 0:
                await self._clock.sleep(0)  # all else has its turn
        log.info(tr("The recording {path} is over.", path=self._path))

    def _lines(self) -> Iterator[tuple[int, _Line]]:
        try:
            with self._path.open(encoding="utf-8-sig", errors="replace") as file:
                for number, line in enumerate(file, 1):
                    if not line.strip():
                        continue
                    try:
                        yield number, _Line.model_validate_json(line)
                    except ValidationError as error:
                        problem = error.errors(include_url=False, include_input=False)[0]
                        log.warning(
                            tr(
                                "Line {number} of {path} is no comment and is skipped:"
                                " {where}: {what}.",
                                number=number,
                                path=self._path,
                                where=".".join(map(str, problem["loc"])) or tr("line"),
                                what=problem["msg"],
                            ),
                        )
        except OSError as error:
            raise MisconfiguredError(
                tr(
                    "Cannot read the recorded chat {path}: {why}.",
                    path=self._path,
                    why=error.strerror,
                )
            ) from error
