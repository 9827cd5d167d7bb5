"""The streamer reads short lines in the terminal; everything is in a file of bounded size."""

import io
import logging
import subprocess
import sys
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
    monkeypatch.setattr(log, "_locks", [])
    yield tmp_path / "log"
    for lock in log._locks:  # noqa: SLF001
        lock.release()
    for handler in {*ours.handlers, *root.handlers} - {*before[0], *before[3]}:
        handler.close()
    ours.handlers, ours.propagate, root.handlers[:] = before[0], before[1], before[3]
    ours.setLevel(before[2])


def _begun(console: Console) -> logging.FileHandler:
    log.set_up(console)
    [file] = [one for one in logging.getLogger("bot").handlers if hasattr(one, "baseFilename")]
    assert isinstance(file, logging.FileHandler)
    return file


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
    file = _begun(console)
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
    file = _begun(Console(file=io.StringIO(), width=100))
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


def test_a_file_that_is_held_open(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows lets nobody rename it: it grows meanwhile, nothing is lost, and nobody is told."""
    monkeypatch.setattr(log, "_FILE_BYTES", 2000)
    console = Console(file=io.StringIO(), width=300)
    _begun(console)
    with monkeypatch.context() as patch:

        def refuse(*_: object) -> None:
            raise PermissionError(13, "The process cannot access the file")

        patch.setattr("logging.handlers.os.rename", refuse)
        for number in range(100):
            logging.getLogger("bot.test").debug("Line %03d.", number)
    path = folder / "vtuber-bot.log"
    lines = path.read_text(encoding="utf-8").splitlines()
    assert [line[-9:] for line in lines] == [f"Line {number:03}." for number in range(100)]
    for number in range(100, 200):
        logging.getLogger("bot.test").debug("Line %03d.", number)
    assert len(list(folder.glob("vtuber-bot.log.?"))) > 1, "it is renamed again"
    assert isinstance(console.file, io.StringIO)
    assert "log file" not in console.file.getvalue()


def test_two_at_a_time(folder: Path) -> None:
    """Each writes in a file of its own, which nobody else renames."""
    holder = (
        "import sys; from pathlib import Path; from bot.app import log;"
        "print(log._own(Path(sys.argv[1])).name, flush=True); sys.stdin.read()"
    )
    folder.mkdir()
    with subprocess.Popen(
        [sys.executable, "-c", holder, folder / "vtuber-bot.log"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    ) as other:
        assert other.stdout
        assert other.stdout.readline() == "vtuber-bot.log\n"
        assert Path(_begun(Console(file=io.StringIO())).baseFilename).name == "vtuber-bot-2.log"
        logging.getLogger("bot.test").info("On air.")
        other.kill()
    assert "On air." in (folder / "vtuber-bot-2.log").read_text(encoding="utf-8")


def test_more_programs_than_there_are_files(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They share one; that is better than none."""
    monkeypatch.setattr(log, "_PROGRAMS", 2)
    first = _begun(Console(file=io.StringIO()))
    second = _begun(Console(file=io.StringIO()))
    assert first.baseFilename == second.baseFilename
    assert folder.is_dir()
