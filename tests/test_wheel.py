"""The wheel: all that belongs to it is in it, and it runs from an empty folder."""

import asyncio
import os
import shutil
import signal
import sys
import zipfile
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from bot import box, launch
from tests.support.program import until

pytestmark = pytest.mark.slow

_ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build it, as a release is built."""
    if not shutil.which("uv"):
        pytest.skip("pip install uv")
    folder = tmp_path_factory.mktemp("wheel")
    asyncio.run(_done("uv", "build", "--quiet", "--wheel", "--out-dir", str(folder), str(_ROOT)))
    [wheel] = folder.glob("*.whl")
    return wheel


async def _done(*command: str) -> None:
    process = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.PIPE)
    _, told = await process.communicate()
    assert process.returncode == 0, told.decode()


def test_what_is_in_it(wheel: Path) -> None:
    """Characters, pages, words, the licence and the changelog; nothing of the tests."""
    with zipfile.ZipFile(wheel) as file:
        names = set(file.namelist())
    about = f"vtuber_bot-{version('vtuber-bot')}.dist-info"
    assert {
        *("bot/personas/botan.toml", "bot/personas/wren.toml", "bot/overlays/panel.html"),
        *("bot/overlays/setup.html", "bot/translation/ja.toml", "bot/CHANGELOG.md"),
        *("bot/web/openapi.json", "bot/safety/policy.txt", f"{about}/licenses/LICENSE"),
    } <= names
    assert not [name for name in names if name.startswith(("tests/", "benchmarks/"))]
    assert not [name for name in names if name.endswith((".env", ".db"))]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for one process")
@pytest.mark.timeout(240)
async def test_it_runs_from_an_empty_folder(wheel: Path, tmp_path: Path) -> None:
    """By one command; the model in the box is fetched where there is no Ollama."""
    process = await asyncio.create_subprocess_exec(
        *("uvx", "--from", str(wheel), "vtuber-bot", "demo"),
        *("--no-open", "--mute", "--port", "0"),
        cwd=tmp_path,
        env={
            **{name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"},
            "BOT_LANGUAGE": "en",
            "OLLAMA_HOST": "http://127.0.0.1:9",
            "XDG_DATA_HOME": str(tmp_path),
        },
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        await until(process, "Getting the model in the box", within=120)
        await until(process, "On air", within=120)
        # A terminal sends it to all of them, and uv passes none on then; here it would.
        psutil.Process(process.pid).children(recursive=True)[-1].send_signal(signal.SIGINT)
        async with asyncio.timeout(60):
            told, _ = await process.communicate()
    finally:
        if process.returncode is None:
            os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
    assert process.returncode == 0, told.decode()
    assert "Traceback" not in told.decode()
    assert "The show is over" in told.decode()


class _Installed:
    def __init__(self, told: str | None) -> None:
        self._told = told

    def read_text(self, name: str) -> str | None:
        """Return how it was installed."""
        assert name == "direct_url.json"
        return self._told


@pytest.mark.parametrize(
    ("told", "source", "started"),
    [
        (None, "", "uv run vtuber-bot"),
        ('{"url": "file:///a", "dir_info": {"editable": true}}', "", "uv run vtuber-bot"),
        (
            '{"url": "file:///my%20files/bot.whl", "archive_info": {}}',
            "file:///my%20files/bot.whl",
            "uvx --from '/my files/bot.whl' vtuber-bot",
        ),
    ],
)
def test_how_it_was_started(
    monkeypatch: pytest.MonkeyPatch, told: str | None, source: str, started: str
) -> None:
    """Commands that people are told to type work where they are told."""
    monkeypatch.setattr(box, "distribution", lambda _: _Installed(told))
    monkeypatch.setenv("UV", "/bin/uv")
    assert box.source_of_wheel() == source
    assert launch.started() == started
    monkeypatch.delenv("UV")
    assert launch.started() == ""
    assert box.run_with_it() is None


@pytest.fixture
def interrupt() -> Iterator[None]:
    """Take Ctrl+C as before when the test is over."""
    before = signal.getsignal(signal.SIGINT)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interrupt")
def test_it_is_started_once_more(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the box, without what that would want in turn, and never a third time."""
    ran = list[tuple[list[str], str, str]]()

    def run(command: list[str], *, env: Mapping[str, str], check: bool) -> SimpleNamespace:
        assert not check
        ran.append((command, Path(command[4]).read_text("utf-8"), env["VTUBER_BOT_BOX"]))
        return SimpleNamespace(returncode=3)

    told = '{"url": "file:///bot.whl", "archive_info": {}}'
    monkeypatch.setattr(box, "distribution", lambda _: _Installed(told))
    monkeypatch.setattr("bot.box.subprocess.run", run)
    monkeypatch.setattr("bot.app.log.set_up", lambda *_, **__: None)
    monkeypatch.setattr(sys, "argv", ["vtuber-bot", "demo", "--mute"])
    monkeypatch.setenv("UV", "/bin/uv")

    async def missing(*_: object) -> None:
        raise box.BoxMissingError

    with pytest.raises(SystemExit) as ended:
        launch.run(missing)
    assert ended.value.code == 3
    [(command, overrides, tried)] = ran
    assert command[:4] == ["/bin/uv", "tool", "run", "--overrides"]
    assert command[5:] == [
        *("--from", "vtuber-bot[embedded] @ file:///bot.whl", "vtuber-bot", "demo", "--mute")
    ]
    assert "llama-cpp-python; sys_platform == 'never'" in overrides
    assert tried == "1"
    assert "some 300 MB" in capsys.readouterr().err
    monkeypatch.setenv("VTUBER_BOT_BOX", "1")
    with pytest.raises(SystemExit) as ended:
        launch.run(missing)
    assert ended.value.code == 1
    assert len(ran) == 1


def test_where_nothing_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A checkout that is on the path, say."""

    def fail(_: str) -> None:
        raise PackageNotFoundError

    monkeypatch.setattr(box, "distribution", fail)
    assert box.source_of_wheel() == ""
