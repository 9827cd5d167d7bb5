"""The files of the blocklist: those that are shipped, and the streamer's own."""

import logging
from collections.abc import Iterator
from pathlib import Path

from bot.clock import Clock
from bot.errors import MisconfiguredError
from bot.safety.blocklist import Blocklist, read_terms
from bot.safety.judge import Judge
from bot.translation import tr

log = logging.getLogger(__name__)

_SHIPPED = Path(__file__).with_name("terms")
_BETWEEN_LOOKS = 2.0


class TermFiles:
    """Reads the files, and again when one of them is changed.

    Args:
        own: the streamer's, which need not be there.
    """

    def __init__(self, own: Path) -> None:
        self._own = own
        self._seen = self._state()

    def load(self) -> Blocklist:
        """Return the blocklist as the files have it now.

        Raises:
            MisconfiguredError: a line of one cannot be used.
        """
        self._seen = self._state()
        return Blocklist(self._terms())

    async def follow(self, judge: Judge, clock: Clock) -> None:
        """Keep a judge's blocklist as the files have it, until cancelled."""
        while True:
            await clock.sleep(_BETWEEN_LOOKS)
            if self._state() == self._seen:
                continue
            try:
                judge.blocklist = self.load()
            except MisconfiguredError as error:
                log.error(
                    tr("{error} Until it is mended, the blocklist stays as it was.", error=error)
                )
            else:
                log.info(tr("The blocklist has been read again."))

    def _terms(self) -> Iterator[str]:
        for path in sorted(_SHIPPED.glob("*.txt")):
            yield from read_terms(path)
        if self._own.exists():
            yield from read_terms(self._own)

    def _state(self) -> tuple[int, int]:
        """Return what changes when the streamer's file does."""
        try:
            about = self._own.stat()
        except OSError:
            return (0, 0)
        return (about.st_mtime_ns, about.st_size)
