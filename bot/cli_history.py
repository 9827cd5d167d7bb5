"""``vtuber-bot history``: what was written and said."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot import launch, translation

if TYPE_CHECKING:
    from rich.console import Console

Database = Annotated[
    Path | None,
    typer.Option(dir_okay=False, help="The history's file; by default that of live shows."),
]
Stream = Annotated[
    int | None, typer.Argument(help="A stream's number; the last one, where there is none.")
]

app = typer.Typer()


@app.callback(invoke_without_command=True)
def list_history(context: typer.Context, *, database: Database = None) -> None:
    """List the streams, or do what the command says."""
    if context.invoked_subcommand is None:
        from bot.app import history  # noqa: PLC0415

        launch.look(database, history.list_streams)


@app.command("show")
def show_history(stream: Stream = None, *, database: Database = None) -> None:
    """Show what was written, said and ordered in a stream."""
    from bot.app import history  # noqa: PLC0415

    launch.look(database, lambda path, console: history.show(path, console, stream))


@app.command("search")
def search_history(text: str, *, database: Database = None) -> None:
    """Find a text in all that was written and said."""
    from bot.app import history  # noqa: PLC0415

    launch.look(database, lambda path, console: history.search(path, console, text))


@app.command("export")
def export_history(
    stream: Stream = None,
    *,
    form: Annotated[
        str, typer.Option("--format", help="jsonl, csv (for spreadsheets) or srt (subtitles).")
    ] = "jsonl",
    everything: Annotated[bool, typer.Option("--all", help="Every stream, not only one.")] = False,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", dir_okay=False, help="The file to write.")
    ] = None,
    database: Database = None,
) -> None:
    """Write what was written and said into a file."""
    from bot.app import history  # noqa: PLC0415
    from bot.app.export import Format  # noqa: PLC0415

    if form not in set(Format):
        raise typer.BadParameter(translation.tr("choose jsonl, csv or srt"), param_hint="--format")
    launch.look(
        database,
        lambda path, _: history.export(path, stream, Format(form), output, everything=everything),
    )


@app.command("forget")
def forget_viewer(
    viewer: Annotated[str, typer.Argument(help="A viewer's name, or platform:id.")],
    *,
    database: Database = None,
) -> None:
    """Delete all that a viewer wrote, and what was said to it, also from the backups."""
    from bot.app import history  # noqa: PLC0415

    launch.look(database, lambda path, console: history.forget(path, console, viewer))


@app.command("check")
def check_history(*, database: Database = None) -> None:
    """Look for damage."""
    from bot.app import history  # noqa: PLC0415

    def check(path: Path, console: "Console") -> None:
        if not history.check(path, console):
            raise typer.Exit(1)

    launch.look(database, check)
