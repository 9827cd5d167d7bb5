"""What viewers see is taken away wherever that can be done."""

from pathlib import Path

import pytest

from bot.chat import Reply
from bot.show.speaker import Speaker
from bot.storage.opening import open_memory
from tests.support.clock import FakeClock


class _Stage:
    """A stage that may have a bug."""

    def __init__(self, bug: Exception | None = None) -> None:
        self.cleared = 0
        self._bug = bug

    def show(self, reply: Reply, *, finished: bool) -> None:
        """See ``bot.stage.Stage``."""

    def clear(self) -> None:
        """See ``bot.stage.Stage``."""
        self.cleared += 1
        if self._bug:
            raise self._bug


async def test_a_bug_in_a_stage_leaves_no_words_on_another(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """It is loud in the log."""
    clock = FakeClock()
    stages = [_Stage(), _Stage(ZeroDivisionError()), _Stage()]
    async with open_memory(tmp_path / "h.db", clock=clock, persona="Mika", model="m") as memory:
        Speaker(memory, stages, clock).blank()
    assert [stage.cleared for stage in stages] == [1, 1, 1]
    assert "ZeroDivisionError" in caplog.text
