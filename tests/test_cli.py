"""The command line tells what there is."""

from importlib.metadata import version

from typer.testing import CliRunner

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
