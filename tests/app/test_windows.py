"""The show runs where Windows' ways hold: without calls that it lacks, in its code pages."""

import signal
import sys
from pathlib import Path

import pytest

from tests.standins.ollama import OllamaStandIn
from tests.support.program import start, until
from tests.support.show import TOKEN, Viewer, rows

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="Windows itself shows that"),
]

_WINDOWS = """
import asyncio, os, signal, sys, warnings

def lacking(method):
    def call(*words, **named):
        if sys._getframe(1).f_globals["__name__"].startswith("asyncio."):
            return method(*words, **named)  # its own way to do what the other loop does otherwise
        raise NotImplementedError
    return call

# https://docs.python.org/3/library/asyncio-platforms.html#windows
for name in ("add_reader", "remove_reader", "add_writer", "remove_writer", "add_signal_handler",
             "remove_signal_handler", "create_unix_connection", "create_unix_server"):
    method = getattr(asyncio.SelectorEventLoop, name)
    setattr(asyncio.SelectorEventLoop, name, lacking(method))
for name in ("getgid", "fork", "nice", "getloadavg",
             "getpgid", "killpg"):
    delattr(os, name)
for name in ("SIGHUP", "SIGUSR1", "SIGUSR2", "SIGALRM"):
    delattr(signal, name)
for name in ("pty", "tty", "pwd", "grp", "resource", "curses", "readline"):
    sys.modules[name] = None
# What is read or written in no encoding that is named is cp932 there, or cp1252.
warnings.filterwarnings("error", category=EncodingWarning, module=r"bot\\b")
"""
"""What Python has elsewhere, and not on Windows, is taken away before the program begins."""


@pytest.mark.parametrize(
    ("language", "encoding", "overlay"),
    [("ja", "cp932", "オーバーレイ"), ("en", "cp1252", "Overlay")],
)
async def test_a_show_from_beginning_to_end(
    tmp_path: Path, language: str, encoding: str, overlay: str
) -> None:
    """A comment is answered, a moderator pauses, and Ctrl+C ends it; nothing is logged as a bug."""
    (tmp_path / "sitecustomize.py").write_text(_WINDOWS, encoding="utf-8")
    recording = tmp_path / "chat.jsonl"
    recording.write_text('{"author": "花子🌸", "text": "元気?"}\n', encoding="utf-8")
    async with OllamaStandIn() as ollama:
        ollama.respond = lambda _: "元気だよ🌸。"
        settings = {
            "BOT_DATABASE": str(tmp_path / "history.db"),
            "BOT_LANGUAGE": language,
            "BOT_PERSONA": "botan",
            "OLLAMA_HOST": ollama.host,
            "PYTHONIOENCODING": encoding,
            "PYTHONPATH": str(tmp_path),
            "PYTHONUTF8": "0",
            "PYTHONWARNDEFAULTENCODING": "1",
            "WEB_TOKEN": TOKEN,
        }
        arguments = ["run", "--recording", str(recording), "--port", "0", "--no-open"]
        process = await start(tmp_path, arguments, settings)
        try:
            line = await until(process, overlay, encoding)
            async with Viewer.at(line.split()[1].removesuffix("/overlay")) as viewer:
                await viewer.until("reply.started")
                await viewer.post("!skip", roles=["moderator"])
                await viewer.until("reply.sentence", text="元気だよ🌸。")
                await viewer.post("!pause", roles=["moderator"])
                await viewer.until("state", paused=True)
                process.send_signal(signal.SIGINT)
                assert process.stdout
                told = (await process.stdout.read()).decode(encoding)
            assert await process.wait() == 0
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
    assert "Traceback" not in told
    answered = "SELECT text FROM sentences JOIN replies ON replies.id = reply_id WHERE asked <> ''"
    assert rows(tmp_path / "history.db", answered) == [("元気だよ🌸。",)]
    assert "Traceback" not in _logged(tmp_path)


def _logged(folder: Path) -> str:
    (log,) = folder.rglob("vtuber-bot.log")
    return log.read_text(encoding="utf-8")
