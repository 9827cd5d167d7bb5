"""What the tests of the show share."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.standins.ollama import OllamaStandIn
from tests.support.rehearsal import Rehearsal, rehearsal


@pytest.fixture
async def show(tmp_path: Path, ollama: OllamaStandIn) -> AsyncIterator[Rehearsal]:
    """A show whose greeting has been read."""
    async with rehearsal(tmp_path / "history.db", ollama) as show:
        yield show
