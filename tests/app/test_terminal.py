"""``vtuber-bot chat``, as it is typed."""

import asyncio
import signal
import sys
from pathlib import Path

import pytest

from tests.standins.ollama import OllamaStandIn
from tests.support.program import start, until

pytestmark = pytest.mark.slow


async def _talk(
    folder: Path, host: str, *options: str, typed: bytes = b"hello\n\nand you?\n"
) -> tuple[int | None, str]:
    process = await start(
        folder, ["chat", "--persona", "wren", *options], {"OLLAMA_HOST": host}, typed=True
    )
    async with asyncio.timeout(30):
        output, _ = await process.communicate(typed)
    return process.returncode, output.decode()


@pytest.mark.parametrize("shown", [True, False])
async def test_thinking_is_shown_to_those_who_ask_for_it(tmp_path: Path, *, shown: bool) -> None:
    """Every line is answered; the reasoning stands beside the answer only with the option."""
    async with OllamaStandIn() as ollama:
        ollama.will_say("Hello yourself.", thinking="The viewer greets.")
        ollama.will_say("I am well.", thinking="A question.")
        code, output = await _talk(tmp_path, ollama.host, *(["--show-thinking"] if shown else []))
    assert code == 0
    assert output.index("Hello yourself.") < output.index("I am well.")
    assert ("The viewer greets." in output) is shown
    assert "gpt-oss:120b on Ollama" in output


async def test_without_ollama_it_says_what_to_do(tmp_path: Path) -> None:
    """One line for people, and no traceback."""
    async with OllamaStandIn() as ollama:
        host = ollama.host
    code, output = await _talk(tmp_path, host)
    assert code == 1
    assert f"Ollama does not answer at {host}. Start it" in output
    assert "Traceback" not in output


@pytest.mark.parametrize("line", ["!pause", "!uptime now", "！ｐａｕｓｅ"])
async def test_a_command_works_on_air_only(tmp_path: Path, line: str) -> None:
    """It says so, and asks on; the model never reads it."""
    async with OllamaStandIn() as ollama:
        ollama.will_say("Hello yourself.")
        code, output = await _talk(tmp_path, ollama.host, typed=f"{line}\nhello\n".encode())
        asked = [request["messages"][-1]["content"] for request in ollama.requests]
    assert code == 0
    assert output.index("commands work on air only") < output.index("Hello yourself.")
    assert len(asked) == 1
    assert "hello" in asked[0]


async def test_what_viewers_would_not_see_is_told(tmp_path: Path) -> None:
    """The model never reads it, and the next line is answered."""
    async with OllamaStandIn() as ollama:
        ollama.will_say("Hello yourself.")
        code, output = await _talk(tmp_path, ollama.host, typed=b"k y s\nhello\n")
    assert code == 0
    assert "Viewers would not see this: it holds what the blocklist has as kys." in output
    assert "Hello yourself." in output


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for one process")
async def test_ctrl_c_ends_it(tmp_path: Path) -> None:
    """Also while it waits for a line, with a word and without a traceback."""
    async with OllamaStandIn() as ollama:
        settings = {"OLLAMA_HOST": ollama.host}
        process = await start(tmp_path, ["chat", "--persona", "wren"], settings, typed=True)
        await until(process, "Type a line")
        process.send_signal(signal.SIGINT)
        async with asyncio.timeout(30):
            output, _ = await process.communicate()
    assert process.returncode == 0
    assert output.decode().strip().endswith("Stopped.")
    assert "Traceback" not in output.decode()
