"""The history, for people: listed, shown, searched, exported, forgotten and checked."""

import asyncio
import sys
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from bot.app.export import Format, exported
from bot.app.report import THANKS, past
from bot.app.summary import sums_of
from bot.clock import SystemClock
from bot.errors import MisconfiguredError
from bot.storage.archive import Archive, Event, PastStream
from bot.storage.backups import Backups
from bot.storage.database import Database
from bot.storage.viewer_records import forgetting
from bot.translation import tr


def list_streams(path: Path, console: Console) -> None:
    """Print one line for each stream.

    Raises: as ``Archive.at``, like all here.
    """
    with Archive.at(path) as archive:
        streams = archive.streams()
    for stream in streams:
        _print(console, _line(stream))
    if not streams:
        _print(console, tr("There was no stream yet in {path}.", path=path))


def show(path: Path, console: Console, number: int | None) -> None:
    """Print what was written, said and ordered in a stream; the last one, where none is named."""
    with Archive.at(path) as archive:
        stream = past(archive, number)
        _print(console, _line(stream))
        events = list(archive.events(stream.id))
    _print_events(console, events)
    if paid := _paid(events):
        _print(console, paid)


def search(path: Path, console: Console, text: str) -> None:
    """Print what holds a text, of all streams."""
    with Archive.at(path) as archive:
        found = list(archive.search(text)) if text.strip() else []
    _print_events(console, found, dated=True)
    if not found:
        _print(console, tr("Nothing in the history holds “{text}”.", text=text))


def export(
    path: Path, number: int | None, form: Format, to: Path | None, *, everything: bool
) -> None:
    """Write what was written and said into a file, or to where a program's output goes.

    Raises:
        MisconfiguredError: the file cannot be written.
    """
    with Archive.at(path) as archive:
        stream = None if everything else past(archive, number)
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
        raise MisconfiguredError(
            tr("{to} cannot be written: {why}.", to=to, why=error.strerror)
        ) from error


def forget(path: Path, console: Console, name: str) -> None:
    """Delete all that a viewer wrote, and what was said to it, also from the backups.

    Raises:
        MisconfiguredError: nobody has that name, or several have; or a show is on.
    """
    with Archive.at(path) as archive:
        found = archive.viewers(name)
    if not found:
        raise MisconfiguredError(
            tr("Nobody who is called {name} stands in the history {path}.", name=name, path=path)
        )
    if len(found) > 1:
        keys = ", ".join(":".join(viewer) for viewer, _ in found)
        raise MisconfiguredError(
            tr(
                "{count} viewers are called {name}: name one of {keys}.",
                count=len(found),
                name=name,
                keys=keys,
            )
        )
    [(viewer, called)] = found
    asyncio.run(_forget(path, forgetting(viewer)))
    _print(
        console,
        tr(
            "{called} is forgotten: comments, and what was said to them, are deleted.",
            called=called,
        ),
    )


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
    kept = (
        tr("The last backup is {backups}.", backups=backups[0])
        if backups
        else tr("There is no backup yet.")
    )
    if problems:
        _print(console, tr("{path} is damaged. {kept}", path=path, kept=kept))
    else:
        _print(
            console,
            tr(
                "{path} is whole; it holds {count} streams. {kept}",
                path=path,
                count=count,
                kept=kept,
            ),
        )
    return not problems


def _line(stream: PastStream) -> str:
    began = stream.started_at.astimezone()
    ended = f"{stream.ended_at.astimezone():%H:%M}" if stream.ended_at else tr("now")
    return tr(
        "{id:>4}  {began:%Y-%m-%d %H:%M} to {ended}  {persona}, {model}: {comments} comments,"
        " {replies} replies",
        id=stream.id,
        began=began,
        ended=ended,
        persona=stream.persona,
        model=stream.model,
        comments=stream.comments,
        replies=stream.replies,
    )


def _paid(events: Iterable[Event]) -> str:
    """Return in a line what was paid for, and what became of it; nothing where nothing was."""
    paid = [event for event in events if event.thanks]
    became = Counter(event.thanks for event in paid)
    told = ", ".join(f"{became[one]} {tr(words)}" for one, words in THANKS.items() if became[one])
    total = ", ".join(f"{amount} {currency}" for currency, amount in sums_of(paid).items())
    return (
        tr(
            "Paid for: {count} ({total}): {told}.",
            count=len(paid),
            total=total or tr("memberships"),
            told=told,
        )
        if paid
        else ""
    )


def _print_events(console: Console, events: Iterable[Event], *, dated: bool = False) -> None:
    when = "%Y-%m-%d %H:%M:%S" if dated else "%H:%M:%S"
    for event in events:
        member = (
            tr("{membership} membership", membership=event.membership) if event.membership else ""
        )
        thanks = tr(THANKS.get(event.thanks, ""))
        deleted = tr("deleted") if event.retracted else ""
        marks = [event.platform, event.paid, member, thanks, deleted]
        about = ", ".join(filter(None, marks))
        who = f"{event.who} ({about})" if about else event.who
        sign = "» " if event.kind == "sentence" else "! " if event.kind == "order" else ""
        _print(console, f"{event.at.astimezone():{when}}  {sign}{who}: {event.text}")


def _print(console: Console, line: str) -> None:
    console.print(line, markup=False, highlight=False, soft_wrap=True)
