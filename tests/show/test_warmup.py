"""The model is loaded and has read its prompt before anybody waits, at the start and afterwards."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.show.warmup import Warmup
from bot.tasks import cancel_and_wait
from tests.standins.ollama import Fault, Gate, OllamaStandIn
from tests.support.clock import FakeClock
from tests.support.rehearsal import Rehearsal, rehearsal
from tests.support.writing import Desk


@pytest.fixture
async def show(tmp_path: Path, ollama: OllamaStandIn) -> AsyncIterator[Rehearsal]:
    """A show whose greeting has been read."""
    async with rehearsal(tmp_path / "history.db", ollama) as show:
        yield show


async def test_the_first_viewer_waits_no_longer_than_the_tenth(ollama: OllamaStandIn) -> None:
    """Persona and examples are read with the loading, up to the first comment."""
    desk = Desk(ollama)
    assert not desk.writer.dialogue.ready
    await desk.writer.dialogue.prepare()
    assert desk.writer.dialogue.ready
    await desk.answer("hello")
    (_, first), (whole, then) = ollama.read
    assert first > 100
    assert then < 30 < whole
    await desk.llm.close()


async def test_a_very_small_model_reads_ahead_too(ollama: OllamaStandIn) -> None:
    """Its prompt is another, and begins with the same each time."""
    desk = Desk(ollama, brief=True)
    await desk.writer.dialogue.prepare()
    await desk.answer("hello")
    assert ollama.read[-1][1] < 30
    await desk.llm.close()


@pytest.mark.parametrize(("fault", "seconds"), [(Fault.BUSY, 2), (Fault.OUT_OF_MEMORY, 10)])
async def test_it_is_tried_again(ollama: OllamaStandIn, fault: Fault, seconds: int) -> None:
    """Every two seconds; less often where a person has to mend something."""
    desk, clock = Desk(ollama), FakeClock()
    ollama.fault = fault
    warming = asyncio.create_task(Warmup(desk.writer.dialogue, clock).run())
    for _ in range(3):
        async with asyncio.timeout(30):
            await clock.asleep()
        await clock.advance(seconds)
    assert set(clock.slept) == {seconds}
    assert not desk.writer.dialogue.ready
    ollama.fault = None
    async with asyncio.timeout(30):
        await clock.asleep()
        await clock.advance(seconds)
        await desk.writer.dialogue.ready.wait()
    await cancel_and_wait(warming)
    await desk.llm.close()


async def test_a_pause_does_not_give_up_loading(show: Rehearsal) -> None:
    """Four comments in 45 seconds were never answered by a model that was loaded ever again."""
    show.ollama.unload()
    show.ollama.loading = Gate()
    await show.clock.advance(60)
    show.write("hello")
    await show.ollama.loading.reached()
    for order in ("!pause", "!resume", "!clear", "!skip"):
        show.order(order)
    show.write("hello again", "aki")
    show.ollama.loading.release()
    await show.board.finishes("Hello!", "Nice to see you.")
    assert show.ollama.aborted == 0
    assert show.asked() == "[viewer] aki: hello again"
