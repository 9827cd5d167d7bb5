"""The report after a stream: a page that needs nothing else, and a few lines for the terminal.

Nothing of it leaves the machine.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from html import escape
from pathlib import Path

from rich.console import Console

from bot.app.summary import Best, Summary, summarise
from bot.errors import MisconfiguredError
from bot.files import private_folder, replace_private
from bot.storage.archive import Archive, Event, Fault, PastStream, Presence
from bot.text import clean, join
from bot.translation import tr, tr_noop, used
from bot.writing.structured import Recap

THANKS = {
    "thanked": tr_noop("thanked"),
    "owed": tr_noop("not thanked yet"),
    "passed over": tr_noop("passed over"),
}
"""What became of something that was paid for, in words that are translated when they are used."""
_WIDTH, _HEIGHT = 720, 160
_STYLE = """
body { margin: 0 auto; padding: 2rem 1rem; max-width: 46rem; font: 1rem/1.6 system-ui, sans-serif;
       color: #24132e; background: #f8f3f8; }
h1 { margin: 0; font-size: 1.6rem; } h2 { margin: 2rem 0 0.5rem; font-size: 1.15rem; }
table { border-collapse: collapse; width: 100%; } td, th { padding: 0.3rem 0.6rem 0.3rem 0;
       border-top: 1px solid #d8c8dc; text-align: left; vertical-align: top; }
td:last-child { overflow-wrap: anywhere; } td:nth-child(-n + 3) { max-width: 9rem; }
dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(10rem, 1fr)); gap: 0.8rem; }
dt { color: #5f4a6b; font-size: 0.85rem; } dd { margin: 0; font-size: 1.3rem; font-weight: 700; }
blockquote { margin: 0.8rem 0; padding: 0.6rem 1rem; border-left: 0.25rem solid #b3245f;
       background: #fff; } blockquote p { margin: 0.2rem 0; } .quiet { color: #5f4a6b; }
.owed { color: #b3171f; font-weight: 700; } svg { width: 100%; height: auto; background: #fff; }
@media (prefers-color-scheme: dark) { body { color: #f3e9f5; background: #1b1020; }
       .quiet, dt { color: #c3b1cb; } blockquote, svg { background: #281a2f; }
       td, th { border-color: #4a3753; } .owed { color: #ff9a94; } }
"""


def write(
    database: Path, number: int | None, to: Path, console: Console, *, since: datetime | None = None
) -> None:
    """Write the page of a stream, the last one where none is named, and print its summary.

    Args:
        database: that holds it.
        number: which stream.
        to: where the page is kept.
        console: where the summary is printed.
        since: a stream that began before this is none.

    Raises:
        MisconfiguredError: there is no such stream, or the file cannot be written.
    """
    with Archive.at(database) as archive:
        stream = past(archive, number)
        if since and stream.started_at < since:
            raise MisconfiguredError(tr("There was no stream yet."))
        summary = summarise(
            stream,
            archive.events(stream.id),
            archive.exchanges(stream.id),
            archive.present(stream.id),
            archive.faults(stream.id),
        )
    try:
        private_folder(to.parent)
        replace_private(to, page(summary).encode())
    except OSError as error:
        raise MisconfiguredError(
            tr("{to} cannot be written: {why}.", to=to, why=error.strerror)
        ) from error
    for line in lines(summary):
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    told = tr("The whole report: {path}", path=to)
    console.print(told, markup=False, highlight=False, soft_wrap=True)


def past(archive: Archive, number: int | None) -> PastStream:
    """Return a stream, the last one where none is named.

    Raises:
        MisconfiguredError: there is no such one.
    """
    wanted = number or archive.last()
    for stream in archive.streams():
        if stream.id == wanted:
            return stream
    if number is None:
        raise MisconfiguredError(tr("There was no stream yet."))
    raise MisconfiguredError(
        tr(
            "There is no stream {number}: `vtuber-bot history` lists those that there are.",
            number=number,
        )
    )


def lines(summary: Summary) -> Iterator[str]:
    """Yield the summary for a terminal. Pure."""
    yield tr("{title}: {length}", title=_title(summary), length=_length(summary))
    if recap := _told(summary):
        yield recap.summary
    figures = [f"{name} {value}" for name, value in _figures(summary)]
    yield tr(", ").join(figures)
    for one in summary.paid:
        if one.thanks != "thanked":
            yield tr("Not thanked: {who}, {paid}", who=one.who, paid=_paid(one))
    for fault in summary.faults:
        about = {"part": fault.part, "how_long": _how_long(fault)}
        yield tr("Did not work: {part}, {how_long}", **about)


def page(summary: Summary) -> str:
    """Return the report as HTML. Pure."""
    title = escape(_title(summary))
    about = f"{_length(summary)}, {summary.stream.model}"
    parts = [
        f"<h1>{title}</h1><p class=quiet>{escape(about)}</p>",
        _recap(summary),
        _list(_figures(summary)),
        _section(tr("Comments and replies a minute"), _chart(summary.comments, summary.replies)),
        _section(tr("What was paid"), _money(summary)),
        _section(tr("Best exchanges"), "".join(map(_exchange, summary.best))),
        _section(tr("Newcomers"), _names(summary.newcomers)),
        _section(tr("Regulars"), _names(summary.regulars)),
        _section(tr("What moderators did"), _orders(summary.orders)),
        _section(tr("What did not work"), _faults(summary.faults)),
    ]
    return (
        f"<!doctype html><html lang={used()}><meta charset=utf-8>"
        '<meta name=viewport content="width=device-width"><meta http-equiv='
        "Content-Security-Policy content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>{title}</title><style>{_STYLE}</style><body><main>{''.join(parts)}</main>"
    )


def _title(summary: Summary) -> str:
    return f"{summary.stream.persona} · {summary.stream.started_at.astimezone():%Y-%m-%d %H:%M}"


def _length(summary: Summary) -> str:
    hours, minutes = divmod(int(summary.length.total_seconds()) // 60, 60)
    return tr("{hours} h {minutes} min", hours=hours, minutes=minutes)


def _figures(summary: Summary) -> list[tuple[str, str]]:
    return [
        (tr("Comments"), str(sum(summary.comments))),
        (tr("Viewers who wrote"), str(summary.viewers)),
        (tr("Replies"), str(sum(summary.replies))),
        (tr("Comments answered"), str(summary.answered)),
        (tr("Comment to answer"), tr("{seconds:.0f} s", seconds=summary.waited.median)),
        (tr("In 95 of 100"), tr("{seconds:.0f} s", seconds=summary.waited.most)),
        (tr("Replies cut"), str(summary.cut)),
        (tr("Replies that failed"), str(summary.failed)),
    ]


def _told(summary: Summary) -> Recap | None:
    """Return what the model has told of the stream, if it has."""
    told = summary.stream.recap
    if not told:
        return None
    recap = Recap.model_validate_json(told)
    lists = {
        "moments": [clean(line) for line in recap.moments],
        "promises": [clean(line) for line in recap.promises],
    }
    return Recap(summary=clean(recap.summary, len(recap.summary)), **lists)


def _recap(summary: Summary) -> str:
    recap = _told(summary)
    if recap is None:
        return ""
    parts = {
        tr("What was best"): recap.moments,
        tr("Promised, and not done yet"): recap.promises,
    }
    told = [f"<p>{escape(recap.summary)}</p>"]
    for name, lines in parts.items():
        items = "".join(f"<li>{escape(line)}" for line in lines)
        told.append(_section(name, f"<ul>{items}</ul>" if items else ""))
    return "".join(told)


def _list(figures: Iterable[tuple[str, str]]) -> str:
    rows = (f"<div><dt>{escape(name)}</dt><dd>{escape(told)}</dd></div>" for name, told in figures)
    return f"<dl>{''.join(rows)}</dl>"


def _section(title: str, body: str) -> str:
    return f"<h2>{escape(title)}</h2>{body}" if body else ""


def _chart(comments: Sequence[int], replies: Sequence[int]) -> str:
    """Return two lines over the minutes as SVG."""
    most = max(*comments, *replies, 1)

    def line(values: Sequence[int], colour: str) -> str:
        step = _WIDTH / max(1, len(values) - 1)
        points = " ".join(
            f"{number * step:.1f},{_HEIGHT - value * (_HEIGHT - 10) / most:.1f}"
            for number, value in enumerate(values)
        )
        return f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>'

    told = tr("At most {most} a minute; comments in red, replies in violet.", most=most)
    return (
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{escape(told)}">'
        f"{line(comments, '#c2185b')}{line(replies, '#7c6ae6')}</svg>"
        f"<p class=quiet>{escape(told)}</p>"
    )


def _money(summary: Summary) -> str:
    rows = "".join(
        f"<tr><td>{escape(one.who)}<td>{escape(_paid(one))}"
        f"<td{'' if one.thanks == 'thanked' else ' class=owed'}>{escape(tr(THANKS[one.thanks]))}"
        f"<td>{escape(one.text)}"
        for one in summary.paid
    )
    if not rows:
        return ""
    total = ", ".join(f"{amount} {currency}" for currency, amount in summary.sums.items())
    told = tr("In all: {total}", total=total) if total else ""
    return f"<table>{rows}</table><p>{escape(told)}</p>"


def _paid(event: Event) -> str:
    return event.paid or tr("{membership} membership", membership=event.membership)


def _exchange(best: Best) -> str:
    one = best.exchange
    told = tr("{count} comments followed", count=best.reactions)
    return (
        f"<blockquote><p><b>{escape(one.who)}</b> {escape(one.text)}</p>"
        f"<p>{escape(join(one.sentences))}</p><p class=quiet>{escape(told)}</p></blockquote>"
    )


def _names(present: Sequence[Presence]) -> str:
    told = (f"{one.name} ({one.comments})" for one in present)
    return f"<p>{escape(tr(', ').join(told))}</p>" if present else ""


def _orders(orders: Iterable[Event]) -> str:
    rows = "".join(
        f"<tr><td>{one.at.astimezone():%H:%M}<td>{escape(one.who)}<td>{escape(one.text)}"
        for one in orders
    )
    return f"<table>{rows}</table>" if rows else ""


def _faults(faults: Iterable[Fault]) -> str:
    rows = "".join(
        f"<tr><td>{one.began_at.astimezone():%H:%M}<td>{escape(one.part)}"
        f"<td>{escape(_how_long(one))}<td>{escape(one.told)}"
        for one in faults
    )
    return f"<table>{rows}</table>" if rows else ""


def _how_long(fault: Fault) -> str:
    if fault.ended_at is None:
        return tr("to the end")
    return tr("for {seconds:.0f} s", seconds=(fault.ended_at - fault.began_at).total_seconds())
