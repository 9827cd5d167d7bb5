"""Judges for tests: with the terms that are shipped, or with a few of the test's own."""

from pathlib import Path

from bot.chat import Comment, ViewerKey
from bot.clock import Clock
from bot.safety.blocklist import Blocklist
from bot.safety.judge import Judge
from bot.safety.term_files import TermFiles
from tests.support.clock import FakeClock

SHIPPED = TermFiles(Path("no such file")).load()
SOMEBODY = "a viewer"


def judge(blocklist: Blocklist = SHIPPED, *, clock: Clock | None = None) -> Judge:
    """Return a judge."""
    return Judge(blocklist, somebody=SOMEBODY, clock=clock or FakeClock())


class Booth:
    """A streamer who sees what viewers do not, and nothing else."""

    def __init__(self) -> None:
        self.withheld: list[tuple[Comment, tuple[str, ...]]] = []

    def hear(self, comment: Comment) -> None:
        """Take no note."""

    def hold(self, comment: Comment) -> None:
        """See ``bot.stage.backstage.Backstage``."""

    def withhold(self, comment: Comment, reasons: tuple[str, ...]) -> None:
        """See ``bot.intake.dispatcher.Booth``."""
        self.withheld.append((comment, reasons))


class NoRecords:
    """Records of a show that keeps none."""

    def opt_out(self, viewer: ViewerKey) -> None:
        """See ``bot.intake.privacy.Records``."""

    def opt_in(self, viewer: ViewerKey) -> None:
        """See ``bot.intake.privacy.Records``."""

    def forget(self, viewer: ViewerKey) -> None:
        """See ``bot.intake.privacy.Records``."""
