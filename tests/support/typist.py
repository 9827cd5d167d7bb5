"""Somebody at a terminal: a program that asks, and what is typed."""

import os
import subprocess
import sys
import threading
from pathlib import Path


def typed(folder: Path, *words: str, answers: str, **variables: str) -> tuple[int, str]:
    """Return how a program ends to which this is typed, and all that it has said.

    Args:
        folder: where it is started.
        words: what is typed after its name.
        answers: what is typed when it asks, with the ends of lines.
        variables: the environment, beside the usual.
    """
    import pty  # noqa: PLC0415  Windows has none

    ours, its = pty.openpty()
    environment = {**os.environ, "HOME": str(folder), "PYTHONUTF8": "1", "COLUMNS": "200"}
    program = subprocess.Popen(
        [sys.executable, "-m", "bot", *words],
        cwd=folder,
        env={**environment, **variables},
        stdin=its,
        stdout=its,
        stderr=its,
    )
    os.close(its)
    said = bytearray()

    def read() -> None:
        try:
            while piece := os.read(ours, 4096):
                said.extend(piece)
        except OSError:  # so ends a terminal whose program has ended
            pass

    reading = threading.Thread(target=read)
    reading.start()
    os.write(ours, answers.encode())
    code = program.wait(60)
    reading.join()
    os.close(ours)
    return code, said.decode(errors="replace")
