"""What a double click starts: installs what is missing, sets up the first time, goes live after."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[1]
_SHELLS = ("start.sh", "start.command")


def _fake(folder: Path, name: str, script: str) -> None:
    program = folder / name
    program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    program.chmod(0o755)


def _started(folder: Path, name: str, *, has_uv: bool, fails: str = "no") -> list[str]:
    """Return what was called, by a script that lies in a folder of its own."""
    programs, calls = folder / ".local" / "bin", folder / "calls"
    programs.mkdir(parents=True, exist_ok=True)
    uv = f'echo "uv $*" >> {calls}; case "$*" in *{fails}) exit 1;; esac'
    if has_uv:
        _fake(programs, "uv", uv)
    else:
        # The installer puts uv where its own does.
        _fake(folder, "curl", f"printf '%s' 'echo installed >> {calls}'")
    script = folder / name
    script.write_bytes((_ROOT / name).read_bytes())
    subprocess.run(
        ["/bin/sh", script],
        env={"PATH": f"{folder}:{os.defpath}", "HOME": str(folder)},
        input="\n",
        text=True,
        capture_output=True,
        check=False,
    )
    return calls.read_text(encoding="utf-8").splitlines()


@pytest.mark.skipif(sys.platform == "win32", reason="that has start.bat")
@pytest.mark.parametrize("name", _SHELLS)
def test_the_first_time_and_after_that(tmp_path: Path, name: str) -> None:
    """Where setting up breaks off, nothing goes live; where nothing can, it is set up again."""
    set_up = "uv run vtuber-bot init --page"
    assert _started(tmp_path, name, has_uv=True) == [set_up, "uv run vtuber-bot run"]
    (tmp_path / "calls").unlink()
    assert _started(tmp_path, name, has_uv=True, fails="--page") == [set_up]
    (tmp_path / "calls").unlink()
    (tmp_path / ".env").touch()
    assert _started(tmp_path, name, has_uv=True) == ["uv run vtuber-bot run"]
    (tmp_path / "calls").unlink()
    run = "uv run vtuber-bot run"
    assert _started(tmp_path, name, has_uv=True, fails="bot*run") == [run, set_up, run]


@pytest.mark.skipif(sys.platform == "win32", reason="that has start.bat")
@pytest.mark.parametrize("name", _SHELLS)
def test_what_is_missing_is_installed(tmp_path: Path, name: str) -> None:
    """By the installer that uv's makers offer."""
    assert _started(tmp_path, name, has_uv=False) == ["installed"]


def test_windows_has_the_same() -> None:
    """In its own words, and with its own ends of lines, without which a label is not found."""
    text = (_ROOT / "start.bat").read_bytes().decode("ascii")
    assert text.count("\r\n") == text.count("\n")
    for step in ("install.ps1", "if exist .env goto live", "uv run vtuber-bot init"):
        assert step in text
    assert text.index("vtuber-bot init") < text.index(":live") < text.index("vtuber-bot run")


def test_macos_has_the_same() -> None:
    """Finder starts only what is called ``.command``."""
    assert (_ROOT / "start.command").read_bytes() == (_ROOT / "start.sh").read_bytes()
    if sys.platform != "win32":
        assert all((_ROOT / name).stat().st_mode & 0o111 for name in _SHELLS)
