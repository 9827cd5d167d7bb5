"""The end of a stream that was about something: the model sums it up for the report."""

import asyncio
import json
from pathlib import Path

import pytest

from bot.app import live
from bot.app.ending import Ending
from bot.storage.archive import Archive
from tests.standins.ollama import ErrorLine, OllamaStandIn, Step
from tests.support.show import Viewer, on_air

RECAP = {"summary": "They spoke of the sea.", "moments": ["The gull."], "promises": []}
REPLIES = ["The sea is loud.", "A gull came by."]


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have two answers make a stream: each is read in its own time."""
    monkeypatch.setattr(live, "_WORTH", 2)


async def talk(viewer: Viewer, ollama: OllamaStandIn, count: int) -> None:
    """Have some viewers write, one after the other, and be answered."""
    for number, said in enumerate(REPLIES[:count]):
        ollama.will_say(said)
        await viewer.post(f"question {number}?", f"viewer{number}")
        await viewer.until("reply.finished", number + 2)


async def ended(tmp_path: Path, ollama: OllamaStandIn, *steps: Step, count: int = 2) -> str:
    """Hold a stream in which so many were answered, and end it; return what was kept of it."""
    ending, path = Ending(), tmp_path / "history.db"
    async with on_air(ollama.host, path, speaker="wren", ending=ending) as viewer:
        await viewer.until("reply.finished")
        await talk(viewer, ollama, count)
        ollama.will(*steps)
        assert ending.last_words
        async with asyncio.timeout(60):
            await ending.last_words()
    with Archive.at(path) as archive:
        return archive.streams()[0].recap


@pytest.mark.slow
async def test_it_is_summed_up(tmp_path: Path, ollama: OllamaStandIn) -> None:
    """After the last word; it is in the report."""
    recap = await ended(tmp_path, ollama, json.dumps(RECAP))
    assert json.loads(recap) == RECAP
    request = ollama.requests[-1]
    assert "Sum it up for the streamer" in request["messages"][-1]["content"]
    assert "summary" in request["format"]["properties"]


@pytest.mark.slow
async def test_nothing_comes_of_it(tmp_path: Path, ollama: OllamaStandIn) -> None:
    """The stream ends without."""
    assert await ended(tmp_path, ollama, "I do not know.") == ""


@pytest.mark.slow
async def test_there_is_nothing_to_sum_up(tmp_path: Path, ollama: OllamaStandIn) -> None:
    """The model is not asked."""
    assert await ended(tmp_path, ollama, json.dumps(RECAP), count=1) == ""
    assert "Sum it up" not in str(ollama.requests)


@pytest.mark.slow
async def test_a_model_that_fails(
    tmp_path: Path, ollama: OllamaStandIn, caplog: pytest.LogCaptureFixture
) -> None:
    """It is told, and the stream ends."""
    caplog.set_level("INFO")
    assert await ended(tmp_path, ollama, ErrorLine()) == ""
    assert "The stream was not summed up" in caplog.text
