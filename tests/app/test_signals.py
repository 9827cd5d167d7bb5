"""Ctrl+C and a service manager's stop, in mid-reply, on the real program."""

import asyncio
import signal
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import pytest

from tests.standins.ollama import Gate, OllamaStandIn, Thinking
from tests.support.obs import RealObs
from tests.support.program import start, until
from tests.support.show import TOKEN, Viewer, rows

pytestmark = [
    pytest.mark.skipif(
        sys.platform == "win32", reason="Windows has no way to send a signal to one process"
    ),
    pytest.mark.slow,
]

_PATIENCE = 30.0


async def _signal(process: asyncio.subprocess.Process, numbers: Sequence[signal.Signals]) -> bytes:
    """Send signals, each when the one before was answered; return what was printed meanwhile."""
    first, *again = numbers
    process.send_signal(first)
    told = b""
    for number in again:
        assert process.stdout
        told += await process.stdout.readuntil(b"ends at once.")
        process.send_signal(number)
    return told


@pytest.mark.parametrize(
    "numbers",
    [
        (signal.SIGINT,),
        (signal.SIGINT, signal.SIGINT),
        (signal.SIGTERM,),
        *([(signal.SIGHUP,)] if hasattr(signal, "SIGHUP") else []),
    ],
)
async def test_a_signal_in_mid_reply_ends_it_cleanly(
    tmp_path: Path, numbers: tuple[signal.Signals, ...]
) -> None:
    """The program ends with 0, blanks overlay and OBS, and the history holds what was shown.

    After one Ctrl+C the sentence is read to its end; a second one ends it at once.
    """
    database = tmp_path / "history.db"
    recording = tmp_path / "chat.jsonl"
    recording.write_text('{"author": "taro", "text": "tell me two things"}\n')
    folder = tmp_path / "obs"
    folder.mkdir()
    seen = set[bytes]()
    with RealObs(folder) as obs:

        def says_one(picture: bytes) -> bool:
            # Its settings are read when it has drawn something new: while they are written, OBS 29
            # can crash of it.
            is_new = picture not in seen
            seen.add(picture)
            return is_new and "One" in obs.text("Reply")

        async with OllamaStandIn() as ollama:
            gate = Gate()
            ollama.will(Thinking("Well now."), "One thing. ", "Two ", gate, "things.")
            settings = {
                "BOT_DATABASE": str(database),
                "BOT_PERSONA": "wren",
                "OBS_CREATE_SOURCE": "true",
                "OBS_PASSWORD": obs.password,
                "OBS_PORT": str(obs.port),
                "OBS_SOURCE": "Reply",
                "OLLAMA_HOST": ollama.host,
                "WEB_TOKEN": TOKEN,
            }
            arguments = ["run", "--recording", str(recording), "--port", "0", "--no-open"]
            process = await start(tmp_path, arguments, settings)
            try:
                overlay = await until(process, "Overlay")
                async with Viewer.at(overlay.split()[1].removesuffix("/overlay")) as viewer:
                    await viewer.until("reply.finished")
                    await viewer.post("!skip", roles=["moderator"])
                    await gate.reached()
                    await viewer.until("reply.sentence", text="One thing.")
                    await asyncio.to_thread(obs.screenshot, says_one)

                    signalled = time.monotonic()
                    told = await _signal(process, numbers)
                    await viewer.until("cleared", count=2)
                async with asyncio.timeout(_PATIENCE):
                    rest, _ = await process.communicate()
                output = told + rest
                took = time.monotonic() - signalled
            finally:
                with suppress(ProcessLookupError):
                    process.kill()
        print(f"ended {took:.2f} s after {numbers}")  # noqa: T201 - a figure, not a verdict
        assert process.returncode == 0, output.decode()
        assert "Traceback" not in output.decode()
        assert "gpt-oss:120b is loaded, and has read its part." in output.decode()
        assert "gpt-oss:120b is out of memory again." in output.decode()
        assert "The whole report: " in output.decode()
        assert ollama.loaded == set()
        assert obs.text("Reply") == ""
    assert rows(database, "PRAGMA integrity_check") == [("ok",)]
    # Between two signals the reply may have come to its end.
    may_be = {"finished"} if numbers == (signal.SIGINT,) else {"cut"}
    [(became,)] = rows(database, "SELECT outcome FROM replies WHERE asked <> ''")
    assert became in (may_be if len(numbers) == 1 else {"finished", "cut"})
    assert ("One thing.",) in rows(database, "SELECT text FROM sentences")
    assert rows(database, "SELECT ended_at IS NOT NULL FROM streams") == [(1,)]
