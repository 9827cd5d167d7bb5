"""The streamer reads short lines in the terminal; everything is in a file of bounded size."""

import io
import logging
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from rich.console import Console

from bot.app import log


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where the log file is to be; the loggers are as they were afterwards."""
    ours, root = logging.getLogger("bot"), logging.getLogger()
    before = (ours.handlers, ours.propagate, ours.level, root.handlers[:])
    monkeypatch.setattr("bot.app.log.user_log_path", lambda *_, **__: tmp_path / "log")
    yield tmp_path / "log"
    for handler in {*ours.handlers, *root.handlers} - {*before[0], *before[3]}:
        handler.close()
    ours.handlers, ours.propagate, root.handlers[:] = before[0], before[1], before[3]
    ours.setLevel(before[2])


def test_the_terminal_gets_less_than_the_file(folder: Path) -> None:
    """What is of no concern to a streamer, and what libraries warn of, is in the file alone."""
    console = Console(file=io.StringIO(), width=100)
    log.set_up(console)
    logging.getLogger("bot.test").info("On air.")
    logging.getLogger("bot.test").debug("A detail.")
    logging.getLogger("library").warning("Something odd.")
    assert isinstance(console.file, io.StringIO)
    terminal = console.file.getvalue()
    assert "On air." in terminal
    assert "detail" not in terminal
    assert "odd" not in terminal
    written = (folder / "vtuber-bot.log").read_text(encoding="utf-8")
    assert all(text in written for text in ("On air.", "A detail.", "Something odd."))


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk that is full")
def test_a_disk_that_is_full(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The terminal says so once, without a traceback; and again only after it had room."""
    console = Console(file=io.StringIO(), width=300)
    log.set_up(console)
    [file] = [one for one in logging.getLogger("bot").handlers if hasattr(one, "baseFilename")]
    assert isinstance(file, logging.FileHandler)
    with (
        suppress(OSError),  # to close it is to write to it
        Path("/dev/full").open("w", encoding="utf-8") as full,
        monkeypatch.context() as patch,
    ):
        patch.setattr(file, "stream", full)
        for number in range(300):
            logging.getLogger("bot.test").info("Command %d.", number)
    logging.getLogger("bot.test").info("There is room.")
    assert isinstance(console.file, io.StringIO)
    assert console.file.getvalue().count("cannot be written") == 1
    assert console.file.getvalue().count("Command") == 300
    assert capsys.readouterr().err == ""
    written = (folder / "vtuber-bot.log").read_text(encoding="utf-8")
    assert "There is room." in written


def test_a_line_with_a_bug_in_it_is_loud(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is no trouble with the disk."""
    log.set_up(Console(file=io.StringIO(), width=100))
    [file] = [one for one in logging.getLogger("bot").handlers if hasattr(one, "baseFilename")]
    file.handle(logging.LogRecord("library", logging.WARNING, "", 1, "%d", ("none",), None))
    assert "TypeError" in capsys.readouterr().err
    assert folder.exists()


def test_a_file_that_cannot_be_written(folder: Path) -> None:
    """The terminal says so once, and is all there is."""
    folder.touch()
    console = Console(file=io.StringIO(), width=200)
    log.set_up(console)
    logging.getLogger("bot.test").info("On air.")
    assert isinstance(console.file, io.StringIO)
    terminal = console.file.getvalue()
    assert terminal.count("No log file:") == 1
    assert "On air." in terminal
