"""The real program is killed at random moments, and nothing that matters is gone."""

import sys

import pytest

from benchmarks import crash

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="it is about a kill that asks nobody"),
]


@pytest.mark.timeout(300)
async def test_five_kills() -> None:
    """No sentence that was seen, no paid comment and no pause; nothing comes twice.

    `uv run --group dev python -m benchmarks crash` does it two hundred times.
    """
    rows = await crash.measure(times=5)
    assert [row for row in rows if not row.passed] == []
