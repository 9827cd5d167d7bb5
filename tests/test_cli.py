"""The command line tells what there is."""

import asyncio
from importlib.metadata import version

import pytest
from typer.testing import CliRunner

from bot import launch
from bot.cli import app


def test_the_version() -> None:
    """As the package has it; nothing else is started."""
    result = CliRunner().invoke(app, ["--version"])
    assert result.exit_code == 0
    assert result.output == f"vtuber-bot {version('vtuber-bot')}\n"


def test_the_commands_are_listed() -> None:
    """Whoever types the bare name is told what to type."""
    result = CliRunner().invoke(app, [])
    assert all(name in result.output for name in ("demo", "run", "chat", "login", "logout"))


def test_what_is_stopped_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In a word, and not as an error."""
    monkeypatch.setattr("bot.app.log.set_up", lambda *_, **__: None)

    async def stopped(*_: object) -> None:
        raise asyncio.CancelledError

    launch.run(stopped)
    assert capsys.readouterr().out == "Stopped.\n"
