"""A room with a loudspeaker and an ear: a real PulseAudio, whose sink plays into nothing."""

import asyncio
import math
import shutil
import subprocess
from array import array
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import pytest

NAME = "Room"
_LOUD, _PIECE = 300, 960


class Ear:
    """Hears what is played.

    Attributes:
        loud: how many hundredths of a second were loud.
    """

    def __init__(self, stream: asyncio.StreamReader) -> None:
        self.loud = 0
        self._stream = stream

    async def is_loud(self) -> None:
        """Wait until something is heard."""
        await self._until(lambda level: level > _LOUD)

    async def has_heard(self, hundredths: int) -> None:
        """Wait until so much was loud in all: a busy machine may make pauses in between."""
        if self.loud < hundredths:
            await self._until(lambda _: self.loud >= hundredths)

    async def is_silent(self) -> None:
        """Wait until nothing has been heard for a while."""
        quiet = 0

        def lasts(level: float) -> bool:
            nonlocal quiet
            quiet = 0 if level else quiet + 1
            return quiet == 30

        await self._until(lasts)

    async def _until(self, holds: Callable[[float], bool]) -> None:
        async with asyncio.timeout(20):
            while True:
                samples = array("h", await self._stream.readexactly(_PIECE))
                level = math.sqrt(sum(one * one for one in samples) / len(samples))
                self.loud += level > _LOUD
                if holds(level):
                    return


@contextmanager
def room(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Have a sound device in this process's reach, and no other; give where it is served."""
    if not shutil.which("pulseaudio"):
        pytest.skip("apt-get install pulseaudio pulseaudio-utils")
    socket = folder / "native"
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("PULSE_RUNTIME_PATH", str(folder))
    monkeypatch.setenv("PULSE_SERVER", f"unix:{socket}")
    command = ["pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no"]
    sink = f"module-null-sink sink_name=room sink_properties=device.description={NAME}"
    wire = f"module-native-protocol-unix socket={socket} auth-anonymous=1"
    # The wire comes last: once it is there, all is.
    with subprocess.Popen([*command, "-L", sink, "-L", wire], stderr=subprocess.DEVNULL) as pulse:
        try:
            while not socket.exists() and pulse.poll() is None:
                pass
            yield socket
        finally:
            pulse.terminate()


@asynccontextmanager
async def listening() -> AsyncIterator[Ear]:
    """Hear what the room's device plays."""
    recorder = await asyncio.create_subprocess_exec(
        *("parec", "--device=room.monitor", "--raw", "--rate=48000", "--channels=1"),
        "--latency-msec=10",
        stdout=asyncio.subprocess.PIPE,
    )
    assert recorder.stdout
    try:
        yield Ear(recorder.stdout)
    finally:
        recorder.terminate()
        await recorder.wait()
