"""The command line. What a command needs is imported when it runs, so that ``--help`` is quick."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot import cli_history, launch, translation

if TYPE_CHECKING:
    from rich.console import Console

    from bot.settings import Settings

app = typer.Typer(
    name="vtuber-bot",
    help="A live-stream character that answers YouTube and Twitch chat, and falls silent when a"
    " moderator says so.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

_login = typer.Typer(no_args_is_help=True)
_logout = typer.Typer(no_args_is_help=True)
app.add_typer(_login, name="login", help="Sign in at a platform, once.")
app.add_typer(_logout, name="logout", help="Sign out at a platform.")

app.add_typer(cli_history.app, name="history", help="Look at what was written and said.")
_obs = typer.Typer(no_args_is_help=True)
app.add_typer(_obs, name="obs", help="Put the character's words into OBS.")

_Persona = Annotated[
    str | None, typer.Option(help="Who speaks: a name from personas/, or a path to a .toml file.")
]
_Port = Annotated[
    int | None,
    typer.Option(min=0, max=65535, help="Where the pages are served; 0 takes any free port."),
]
_Recording = Annotated[
    Path | None,
    typer.Option(
        exists=True,
        dir_okay=False,
        readable=True,
        help="Also play back a recorded chat, in any form that `rehearse` takes.",
    ),
]
_Open = Annotated[bool, typer.Option("--open/--no-open", help="Open the panel in a browser.")]
_OpenTwitch = Annotated[
    bool, typer.Option("--open/--no-open", help="Open Twitch's page in a browser.")
]
_OpenSetUp = Annotated[
    bool, typer.Option("--open/--no-open", help="Open the set-up page in a browser.")
]
_MayDelete = Annotated[
    bool,
    typer.Option(
        "--may-delete",
        help="Also let the bot delete what it has posted, when the comment that it answers is"
        " deleted.",
    ),
]
_ShowThinking = Annotated[
    bool, typer.Option("--show-thinking", help="Show the model's reasoning, dimmed.")
]
_UseEmbedded = Annotated[
    bool, typer.Option("--embedded", help="Talk to the small model in the box, without Ollama.")
]


def _show_version(wanted: bool) -> None:  # noqa: FBT001 - typer's way
    if wanted:
        from importlib.metadata import version  # noqa: PLC0415

        typer.echo(f"vtuber-bot {version('vtuber-bot')}")
        raise typer.Exit


@app.callback()
def _options(
    *,
    _: Annotated[
        bool,
        typer.Option(
            "--version", help="Show the version and exit.", callback=_show_version, is_eager=True
        ),
    ] = False,
) -> None:
    """Take what stands before a command."""


@app.command()
def demo(
    *,
    persona: _Persona = None,
    port: _Port = None,
    recording: _Recording = None,
    open_browser: _Open = True,
    mute: Annotated[bool, typer.Option("--mute", help="Let nothing be heard.")] = False,
) -> None:
    """Try it on this machine alone: no account, no Ollama, no OBS."""
    from bot.app import house, live  # noqa: PLC0415
    from bot.app.ending import Ending  # noqa: PLC0415

    wishes = house.Wishes(persona, port, recording, open_browser, mute)
    ending = Ending()
    launch.run(lambda settings, console: live.demo(settings, wishes, console, ending), ending)


@app.command()
def run(
    *,
    persona: _Persona = None,
    port: _Port = None,
    recording: _Recording = None,
    open_browser: _Open = True,
) -> None:
    """Go live, with the settings in .env."""
    from bot.app import house, live  # noqa: PLC0415
    from bot.app.ending import Ending  # noqa: PLC0415

    wishes = house.Wishes(persona, port, recording, open_browser)
    ending = Ending()
    launch.run(lambda settings, console: live.run(settings, wishes, console, ending), ending)


@app.command("init")
def set_up(
    *,
    language: Annotated[str | None, typer.Option(help="BOT_LANGUAGE: en or ja.")] = None,
    persona: _Persona = None,
    youtube: Annotated[str | None, typer.Option(help="YOUTUBE_VIDEO.")] = None,
    twitch: Annotated[str | None, typer.Option(help="TWITCH_CHANNEL.")] = None,
    twitch_client_id: Annotated[str | None, typer.Option(help="TWITCH_CLIENT_ID.")] = None,
    model: Annotated[str | None, typer.Option(help="OLLAMA_MODEL.")] = None,
    obs_password: Annotated[str | None, typer.Option(help="OBS_PASSWORD.")] = None,
    voice: Annotated[str | None, typer.Option(help="VOICE_ENGINE.")] = None,
    page: Annotated[bool, typer.Option("--page", help="Ask on a page in place of here.")] = False,
    open_browser: _OpenSetUp = True,
) -> None:
    """Ask a handful of questions, write the answers into .env, and check them."""
    from bot.app import checks, checkup, desk, init  # noqa: PLC0415
    from bot.clock import SystemClock  # noqa: PLC0415

    told = {
        "BOT_LANGUAGE": language,
        "BOT_PERSONA": persona,
        "YOUTUBE_VIDEO": youtube,
        "TWITCH_CHANNEL": twitch,
        "TWITCH_CLIENT_ID": twitch_client_id,
        "OLLAMA_MODEL": model,
        "OBS_PASSWORD": obs_password,
        "VOICE_ENGINE": voice,
    }
    given = {key: value for key, value in told.items() if value is not None}

    def ask(question: init.Question) -> str:
        answer = typer.prompt(
            question.text,
            question.proposed,
            hide_input=question.is_secret,
            show_default=bool(question.proposed),
        )
        return str(answer).strip()

    async def asked(settings: "Settings", console: "Console") -> None:
        from bot.settings import load  # noqa: PLC0415

        if page:
            if given:
                init.save(given)
            await desk.serve(console, SystemClock(), open_browser=open_browser)
            return
        questions = init.questions(await init.look(settings), settings)
        init.set_up(questions, given, ask if sys.stdin.isatty() else None, console)
        written = load()
        translation.use(written.bot.language or translation.used())
        await checkup.show(checks.examine(written, SystemClock(), quick=True), console)

    launch.run(asked, is_quiet=True)


@app.command()
def check(
    *,
    quick: Annotated[
        bool, typer.Option("--quick", help="Do not have the model loaded, and say something.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Look before a stream whether each part would do its work, and tell what mends it."""
    from bot.app import checks, checkup  # noqa: PLC0415
    from bot.app.pull import pull_missing  # noqa: PLC0415
    from bot.clock import SystemClock  # noqa: PLC0415

    ready = list[bool]()

    async def examine(settings: "Settings", console: "Console") -> None:
        findings = checks.examine(settings, SystemClock(), quick=quick)
        if as_json:
            told, is_ready = await checkup.as_json(findings)
            typer.echo(told)
        else:
            is_ready = await checkup.show(findings, console)
            if not is_ready and sys.stdin.isatty():
                await pull_missing(settings, SystemClock(), console, typer.confirm)
        ready.append(is_ready)

    launch.run(examine, to_errors=as_json, is_quiet=True)
    if not all(ready):
        raise typer.Exit(1)


@app.command()
def rehearse(
    recording: Annotated[
        Path,
        typer.Argument(
            exists=True,
            dir_okay=False,
            readable=True,
            help="A chat as this bot, pytchat, chat-downloader or yt-dlp has kept it.",
        ),
    ],
    *,
    speed: Annotated[
        float, typer.Option(min=0.1, max=1000, help="How many times as fast it comes.")
    ] = 1.0,
    persona: _Persona = None,
    embedded: _UseEmbedded = False,
    most_first_words: Annotated[
        float | None,
        typer.Option(min=0, help="Seconds to the first words; a longer wait is a failure."),
    ] = None,
    most_shed: Annotated[
        float | None,
        typer.Option(min=0, max=100, help="Percent passed over; more is a failure."),
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option(min=0, help="Of all that is left to chance, to have much the same again."),
    ] = None,
    stage: Annotated[
        Path | None,
        typer.Option(dir_okay=False, help="A file for what viewers would have seen, and when."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Play a recorded chat to the whole show, with nobody to see it, and report on it."""
    from bot.app import rehearsal  # noqa: PLC0415
    from bot.clock import SystemClock  # noqa: PLC0415

    wishes = rehearsal.Wishes(
        recording, speed, persona, embedded, most_first_words, most_shed, seed, stage
    )
    faults = list[str]()

    async def play(settings: "Settings", console: "Console") -> None:
        report = await rehearsal.rehearse(settings, wishes, console, clock=SystemClock())
        faults.extend(report.faults(wishes))
        if as_json:
            typer.echo(rehearsal.as_json(report, faults))
        else:
            rehearsal.tell(report, faults, console)

    launch.run(play, to_errors=as_json)
    if faults:
        raise typer.Exit(1)


@app.command()
def chat(
    *,
    persona: _Persona = None,
    show_thinking: _ShowThinking = False,
    embedded: _UseEmbedded = False,
) -> None:
    """Talk to the character here in the terminal."""
    from bot.app.terminal import talk  # noqa: PLC0415

    launch.run(
        lambda settings, console: talk(
            settings, console, persona, show_thinking=show_thinking, embedded=embedded
        )
    )


@_login.command("twitch")
def login_twitch(*, open_browser: _OpenTwitch = True, may_delete: _MayDelete = False) -> None:
    """Let the bot read the chat on Twitch, with the account that you sign in with."""
    from bot.app.browser import open_page  # noqa: PLC0415
    from bot.clock import SystemClock  # noqa: PLC0415
    from bot.twitch import login as twitch_login  # noqa: PLC0415
    from bot.twitch.token import TokenFile  # noqa: PLC0415

    launch.run(
        lambda settings, console: twitch_login.login(
            settings.twitch.client_id,
            TokenFile(),
            console,
            clock=SystemClock(),
            open_page=open_page if open_browser else None,
            may_delete=may_delete,
        )
    )


@_logout.command("twitch")
def logout_twitch() -> None:
    """End what `login twitch` has begun, at Twitch and on this machine."""
    from bot.clock import SystemClock  # noqa: PLC0415
    from bot.twitch import login as twitch_login  # noqa: PLC0415
    from bot.twitch.token import TokenFile  # noqa: PLC0415

    launch.run(lambda _, console: twitch_login.logout(TokenFile(), console, clock=SystemClock()))


@_obs.command("setup")
def set_up_obs(
    *,
    scene: Annotated[
        str | None, typer.Option(help="Where it is to be seen; by default in the live scene.")
    ] = None,
    text: Annotated[
        bool, typer.Option("--text", help="Use a text source in place of the overlay page.")
    ] = False,
    hotkeys: Annotated[
        bool, typer.Option("--hotkeys", help="Only list the names of OBS's hotkeys.")
    ] = False,
    open_browser: Annotated[
        bool, typer.Option("--open/--no-open", help="Show a picture of the result in a browser.")
    ] = True,
) -> None:
    """Make the source that shows the replies, and try it. Done again, it changes nothing."""
    from bot.app import obs_setup  # noqa: PLC0415
    from bot.app.browser import open_page  # noqa: PLC0415
    from bot.app.folders import picture_path  # noqa: PLC0415
    from bot.clock import SystemClock  # noqa: PLC0415

    if hotkeys:
        launch.run(obs_setup.list_hotkeys)
        return
    wishes = obs_setup.ObsWishes(
        picture_path(), scene, text, open_page if open_browser else None, sys.stdin.isatty()
    )
    launch.run(
        lambda settings, console: obs_setup.set_up(settings, wishes, console, clock=SystemClock())
    )


@app.command("voices")
def list_voices(
    *,
    text: Annotated[
        str | None, typer.Option("--try", help="Have the voice that is set say a text.")
    ] = None,
    open_browser: Annotated[
        bool, typer.Option("--open/--no-open", help="Play it in a browser.")
    ] = True,
) -> None:
    """List the voices that the character can have."""
    from bot.app.browser import open_page  # noqa: PLC0415
    from bot.app.folders import sample_path  # noqa: PLC0415
    from bot.app.voices import list_voices  # noqa: PLC0415

    launch.run(
        lambda settings, console: list_voices(
            settings,
            console,
            text,
            show=open_page if open_browser else None,
            sample=sample_path(),
        )
    )


@app.command("report")
def report_stream(
    stream: cli_history.Stream = None,
    *,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", dir_okay=False, help="The file to write.")
    ] = None,
    open_browser: Annotated[
        bool, typer.Option("--open/--no-open", help="Open the page in a browser.")
    ] = True,
    database: cli_history.Database = None,
) -> None:
    """Report on a stream: a page of its own, and a few lines here."""
    from bot.app import report  # noqa: PLC0415
    from bot.app.browser import open_page  # noqa: PLC0415
    from bot.app.folders import report_path  # noqa: PLC0415

    def write(path: Path, console: "Console") -> None:
        to = output or report_path()
        report.write(path, stream, to, console)
        if open_browser:
            open_page(to.absolute().as_uri())

    launch.look(database, write)


def main() -> None:
    """Run the command line; the entry point of ``vtuber-bot``."""
    command = typer.main.get_command(app)
    launch.prepare(command)
    command()
