"""The claim on a database: one bot at a time writes in it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from bot.clock import Clock
from bot.errors import MisconfiguredError
from bot.files import private_file
from bot.translation import tr


@contextmanager
def claimed(path: Path, clock: Clock) -> Iterator[None]:
    """Keep other bots from a database. The system ends the claim of a bot that has crashed.

    Raises:
        MisconfiguredError: another bot has claimed it; the text says which.
        OSError: no file can be made beside it.
    """
    # On Windows nobody else can read a locked file, so who has locked it stands in another.
    lock = FileLock(_beside(path, "lock"), timeout=0, mode=0o600)
    owner = _beside(path, "owner")
    try:
        lock.acquire()
    except Timeout:
        raise MisconfiguredError(
            tr(
                "The history {path} is in use by another vtuber-bot ({owner}): end that one, or"
                " name another file in BOT_DATABASE.",
                path=path,
                owner=_read(owner),
            )
        ) from None
    try:
        since = clock.now().astimezone().strftime("%Y-%m-%d %H:%M")
        private_file(owner)
        owner.write_text(
            tr("process {process}, since {since}", process=os.getpid(), since=since),
            encoding="utf-8",
        )
        yield
    finally:
        with suppress(OSError):
            owner.unlink()
        lock.release()


def _beside(path: Path, ending: str) -> Path:
    return path.with_name(f"{path.name}.{ending}")


def _read(owner: Path) -> str:
    try:
        return owner.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return tr("which has just begun")
