"""Which model talks, and what people are told of it."""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from bot.app.models import any_model, embedded_model, keep_warming, wanted_model
from bot.clock import SystemClock
from bot.errors import MisconfiguredError
from bot.llm.embedded import bundled_model
from bot.llm.options import EmbeddedOptions, OllamaOptions
from bot.safety.options import GuardOptions
from bot.settings import Settings
from tests.standins.ollama import Fault, OllamaStandIn
from tests.support.clock import FakeClock

pytestmark = pytest.mark.slow


def _settings(host: str, gguf: Path | None = None) -> Settings:
    return Settings.model_construct(
        ollama=OllamaOptions(host=host), embedded=EmbeddedOptions(model=gguf)
    )


async def test_the_wanted_model_on_ollama_is_used_where_it_answers() -> None:
    """The demo takes the real model where there is one, and says so."""
    async with OllamaStandIn() as ollama, any_model(_settings(ollama.host), SystemClock()) as model:
        assert model.about == f"gpt-oss:120b on Ollama at {ollama.host}"
        assert not model.is_stand_in


async def test_the_model_in_the_box_stands_in() -> None:
    """Without Ollama, or with one that lacks the model, the small one talks, and it says why."""
    async with (
        OllamaStandIn(model="another") as ollama,
        any_model(_settings(ollama.host), SystemClock()) as model,
    ):
        assert model.is_stand_in
        assert "only a stand-in for gpt-oss:120b" in model.about
        assert "does not have the model gpt-oss:120b" in model.why
    async with any_model(_settings(ollama.host), SystemClock()) as model:
        assert model.is_stand_in
        assert "Ollama does not answer at" in model.why


async def test_a_server_that_never_answers_costs_two_seconds() -> None:
    """Whoever starts the demo sees no blank terminal for half a minute."""
    clock = FakeClock()
    async with OllamaStandIn() as ollama, AsyncExitStack() as stack:
        ollama.fault = Fault.SILENT
        choosing = asyncio.create_task(
            stack.enter_async_context(any_model(_settings(ollama.host), clock))
        )
        await clock.asleep()
        assert clock.slept == [2.0]
        await clock.advance(2)
        assert "accepts what it is sent and does not answer" in (await choosing).why


async def test_any_gguf_file_can_be_put_in_the_box(tmp_path: Path) -> None:
    """``EMBEDDED_MODEL`` names a file, and the model is called by the file's name."""
    path = tmp_path / "my-model.gguf"
    path.symlink_to(bundled_model())
    async with embedded_model(_settings("http://127.0.0.1:9", path), SystemClock()) as model:
        assert model.about == "my-model, a small model in this program"
        assert not model.is_stand_in
        await model.llm.find()


@pytest.mark.parametrize("host", ["http://0.0.0.0:11434", "0.0.0.0:11434"])
async def test_a_server_that_listens_everywhere_is_reached_at_home(host: str) -> None:
    """Ollama's own setting for its server is often what stands in ``OLLAMA_HOST``."""
    async with wanted_model(_settings(host), SystemClock()) as model:
        assert "127.0.0.1:11434" in model.about


async def test_a_model_that_comes_up_later_is_loaded(ollama: OllamaStandIn) -> None:
    """It is tried again now and then; what was in the way is told where it was met first."""
    clock = FakeClock()
    async with wanted_model(_settings(ollama.host), SystemClock()) as model:
        ollama.fault = Fault.BUSY
        warming = asyncio.create_task(keep_warming(model.llm, clock))
        for _ in range(2):
            await clock.asleep()
            await clock.advance(10)
        assert not model.llm.is_loaded
        ollama.fault = None
        while not warming.done():
            await clock.advance(10)
            await asyncio.sleep(0)
        assert model.llm.is_loaded


async def test_a_second_judge_is_had_where_one_is_named(tmp_path: Path) -> None:
    """On its own server, or on the one of the model that talks; it has to be loaded, too."""
    policy = tmp_path / "policy.txt"
    policy.write_text("Judge.", encoding="utf-8")
    for host, wanted in (("", "http://127.0.0.1:1"), ("http://127.0.0.1:2", "http://127.0.0.1:2")):
        settings = Settings.model_construct(
            ollama=OllamaOptions(host="http://127.0.0.1:1"),
            guard=GuardOptions(model="llama-guard3", host=host, policy=policy),
        )
        async with wanted_model(settings, SystemClock()) as model:
            assert [llm.model for llm in model.llms] == ["gpt-oss:120b", "llama-guard3"]
            assert wanted in model.llms[1].about
            assert "judged by llama-guard3" in model.about
    missing = Settings.model_construct(
        ollama=OllamaOptions(), guard=GuardOptions(model="llama-guard3", policy=tmp_path / "none")
    )
    with pytest.raises(MisconfiguredError, match="GUARD_POLICY"):
        await wanted_model(missing, SystemClock()).__aenter__()
