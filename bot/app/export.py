"""What was written and said, as files for other programs. Pure."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from bot.storage.archive import Event
from bot.writing.reading_time import reading_seconds

_FIELDS = (
    *("at", "kind", "platform", "who", "text", "paid", "retracted"),
    *("membership", "thanks"),
)


class Format(StrEnum):
    """A kind of file."""

    JSONL = "jsonl"
    """One JSON object a line."""
    CSV = "csv"
    """A table, for spreadsheets."""
    SRT = "srt"
    """Subtitles: what the character said, from the beginning of the stream on."""


def exported(events: Iterable[Event], form: Format, began: datetime) -> Iterator[str]:
    """Yield the lines of a file, each with its end; ``began`` is when its first stream did."""
    yield from _FORMS[form](events, began)


def _jsonl(events: Iterable[Event], _: datetime) -> Iterator[str]:
    for event in events:
        yield json.dumps(_row(event), ensure_ascii=False) + "\n"


def _csv(events: Iterable[Event], _: datetime) -> Iterator[str]:
    line = io.StringIO()
    writer = csv.DictWriter(line, _FIELDS, lineterminator="\r\n")
    line.write("\ufeff")  # Excel takes it for UTF-8 only then
    writer.writeheader()
    for event in events:
        # A spreadsheet would take what begins so for a formula, and run it.
        cells = {
            key: f"'{cell}" if str(cell).startswith(("=", "+", "-", "@")) else cell
            for key, cell in _row(event).items()
        }
        writer.writerow(cells)
        yield line.getvalue()
        line.seek(0)
        line.truncate()


def _srt(events: Iterable[Event], began: datetime) -> Iterator[str]:
    """https://en.wikipedia.org/wiki/SubRip#Format."""
    said = [(event.at - began, event.text) for event in events if event.kind == "sentence"]
    for number, ((begin, text), (later, _)) in enumerate(pairwise([*said, (timedelta.max, "")]), 1):
        end = min(begin + timedelta(seconds=reading_seconds(text)), later)
        yield f"{number}\n{_clock(begin)} --> {_clock(end)}\n{text}\n\n"


_FORMS: Mapping[Format, Callable[[Iterable[Event], datetime], Iterator[str]]] = {
    Format.JSONL: _jsonl,
    Format.CSV: _csv,
    Format.SRT: _srt,
}


def _row(event: Event) -> dict[str, object]:
    cells = {field: getattr(event, field) for field in _FIELDS}
    return cells | {"at": event.at.isoformat()}


def _clock(passed: timedelta) -> str:
    milliseconds = max(0, passed // timedelta(milliseconds=1))
    seconds, milliseconds = divmod(milliseconds, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02},{milliseconds:03}"
