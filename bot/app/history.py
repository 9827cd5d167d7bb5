"""The history, for people: listed, shown, searched, exported, forgotten and checked."""

import asyncio
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from bot.app.export import Format, exported
from bot.clock import SystemClock
from bot.errors import MisconfiguredError
from bot.storage.archive import Archive, Event, PastStream
from bot.storage.backups import Backups
from bot.storage.database import Database
from bot.storage.viewer_records import forgetting


def list_streams(path: Path, console: Console) -> None:
    """Print one line for each stream.

    Raises: as ``Archive.at``, like all here.
    """
    with Archive.at(path) as archive:
        streams = archive.streams()
    for stream in streams:
        _print(console, _line(stream))
    if not streams:
        _print(console, f"There was no stream yet in {path}.")


def show(path: Path, console: Console, number: int | None) -> None:
    """Print what was written, said and ordered in a stream; the last one, where none is named."""
    with Archive.at(path) as archive:
        stream = _stream(archive, number)
        _print(console, _line(stream))
        _print_events(console, archive.events(stream.id))


def search(path: Path, console: Console, text: str) -> None:
    """Print what holds a text, of all streams."""
    with Archive.at(path) as archive:
        found = list(archive.search(text)) if text.strip() else []
    _print_events(console, found, dated=True)
    if not found:
        _print(console, f"Nothing in the history holds “{text}”.")


def export(
    path: Path, number: int | None, form: Format, to: Path | None, *, everything: bool
) -> None:
    """Write what was written and said into a file, or to where a program's output goes.

    Raises:
        MisconfiguredError: the file cannot be written.
    """
    with Archive.at(path) as archive:
        stream = None if everything else _stream(archive, number)
        began = stream.started_at if stream else datetime.max.replace(tzinfo=UTC)
        events = list(archive.events(stream.id if stream else None))
    began = min([began, *(event.at for event in events[:1])])
    lines = exported(events, form, began)
    if to is None:
        # What a terminal on Windows takes is often not UTF-8; what a file is read as, is.
        if not sys.stdout.isatty():
            sys.stdout.reconfigure(encoding="utf-8", newline="")  # type: ignore[union-attr]
        sys.stdout.writelines(lines)
        return
    try:
        with to.open("w", encoding="utf-8", newline="") as file:
            file.writelines(lines)
    except OSError as error:
        raise MisconfiguredError(f"{to} cannot be written: {error.strerror}.") from error


def forget(path: Path, console: Console, name: str) -> None:
    """Delete all that a viewer wrote, and what was said to it, also from the backups.

    Raises:
        MisconfiguredError: nobody has that name, or several have; or a show is on.
    """
    with Archive.at(path) as archive:
        found = archive.viewers(name)
    if not found:
        raise MisconfiguredError(f"Nobody who is called {name} stands in the history {path}.")
    if len(found) > 1:
        keys = ", ".join(":".join(viewer) for viewer, _ in found)
        raise MisconfiguredError(f"{len(found)} viewers are called {name}: name one of {keys}.")
    [(viewer, called)] = found
    asyncio.run(_forget(path, forgetting(viewer)))
    _print(console, f"{called} is forgotten: comments, and what was said to them, are deleted.")


async def _forget(path: Path, statements: Iterable[tuple[str, tuple[str, ...]]]) -> None:
    clock = SystemClock()
    statements = tuple(statements)
    async with Database.at(path, clock) as database, database.transaction() as connection:
        for sql, values in statements:
            await connection.execute(sql, values)
    Backups(path, clock).write(statements)


def check(path: Path, console: Console) -> bool:
    """Look for damage, print what there is, and return whether all is well."""
    with Archive.at(path) as archive:
        problems = archive.problems()
        count = 0 if problems else len(archive.streams())
    for problem in problems:
        _print(console, problem)
    backups = Backups(path, SystemClock()).paths()
    kept = f"The last backup is {backups[0]}." if backups else "There is no backup yet."
    if problems:
        _print(console, f"{path} is damaged. {kept}")
    else:
        _print(console, f"{path} is whole; it holds {count} streams. {kept}")
    return not problems


def _stream(archive: Archive, number: int | None) -> PastStream:
    wanted = number or archive.last()
    for stream in archive.streams():
        if stream.id == wanted:
            return stream
    if number is None:
        raise MisconfiguredError("There was no stream yet.")
    raise MisconfiguredError(
        f"There is no stream {number}: `vtuber-bot history` lists those that there are."
    )


def _line(stream: PastStream) -> str:
    began = stream.started_at.astimezone()
    ended = f"{stream.ended_at.astimezone():%H:%M}" if stream.ended_at else "now"
    return (
        f"{stream.id:>4}  {began:%Y-%m-%d %H:%M} to {ended}  {stream.persona}, {stream.model}:"
        f" {stream.comments} comments, {stream.replies} replies"
    )


def _print_events(console: Console, events: Iterable[Event], *, dated: bool = False) -> None:
    when = "%Y-%m-%d %H:%M:%S" if dated else "%H:%M:%S"
    for event in events:
        marks = [event.platform, event.paid, "deleted" if event.retracted else ""]
        about = ", ".join(filter(None, marks))
        who = f"{event.who} ({about})" if about else event.who
        sign = "» " if event.kind == "sentence" else "! " if event.kind == "order" else ""
        _print(console, f"{event.at.astimezone():{when}}  {sign}{who}: {event.text}")


def _print(console: Console, line: str) -> None:
    console.print(line, markup=False, highlight=False, soft_wrap=True)
