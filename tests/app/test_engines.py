"""A whole show on an engine that is not Ollama."""

import asyncio
import sys
from pathlib import Path

import pytest

from bot.app.models import wanted_model
from bot.clock import SystemClock
from bot.errors import MisconfiguredError
from bot.llm.options import Api, LlmOptions, OpenAIOptions
from bot.settings import Settings
from tests.standins.ollama import Gate, Thinking
from tests.standins.vllm import VllmStandIn
from tests.support.show import on_air

pytestmark = pytest.mark.slow


async def test_two_characters_on_one_engine(tmp_path: Path) -> None:
    """Each greets and answers in its own show; the thinking is kept from viewers."""
    async with VllmStandIn() as vllm:
        vllm.steps = (Thinking("SECRET: they say hi."), "Hello ", "to you. ")
        options = OpenAIOptions(base_url=vllm.base_url)

        async def put_on(speaker: str, port: int) -> str:
            database = tmp_path / f"{port}.db"
            async with on_air("", database, openai=options, speaker=speaker) as viewer:
                await viewer.until("reply.finished")
                await viewer.post("hi")
                await viewer.until("reply.finished", count=2)
                events = [event for event in viewer.events if event[0] != "thinking"]
                assert "SECRET" not in str(events)
                return viewer.shown

        shown = await asyncio.gather(put_on("wren", 1), put_on("wren", 2))
        assert all(text.endswith("Hello to you.") for text in shown)
        prompts = {request["messages"][0]["content"] for request in vllm.requests}
        assert len(prompts) == 1


async def test_a_pause_stops_it_in_mid_sentence(tmp_path: Path) -> None:
    """The stage is blank, and the engine is hung up on."""
    async with VllmStandIn() as vllm:
        options = OpenAIOptions(base_url=vllm.base_url)
        async with on_air("", tmp_path / "1.db", openai=options, speaker="wren") as viewer:
            await viewer.until("reply.finished")
            gate = Gate()
            vllm.steps = (Thinking("Hm."), "Hello there. ", "This is ", gate, "never seen.")
            await viewer.post("!skip", roles=["moderator"])
            await viewer.post("hi")
            await gate.reached()
            await viewer.until("reply.sentence", text="Hello there.")
            await viewer.post("!pause", roles=["moderator"])
            await viewer.until("state", paused=True)
            async with asyncio.timeout(30):
                await vllm.hung_up.wait()
        assert "never seen" not in viewer.shown


async def test_its_client_is_an_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where that is not installed, the command is told that installs it."""
    monkeypatch.delitem(sys.modules, "bot.llm.openai", raising=False)
    monkeypatch.setitem(sys.modules, "openai", None)
    settings = Settings.model_construct(llm=LlmOptions(api=Api.OPENAI))
    with pytest.raises(MisconfiguredError, match="uv run --extra openai"):
        await wanted_model(settings, SystemClock()).__aenter__()


async def test_the_settings_choose_it() -> None:
    """And the start tells which model, and where."""
    settings = Settings.model_construct(
        llm=LlmOptions(api=Api.OPENAI), openai=OpenAIOptions(model="gpt-oss")
    )
    async with wanted_model(settings, SystemClock()) as model:
        assert model.about == "gpt-oss at http://127.0.0.1:8000/v1"
