"""Talking to the character in the terminal, for whoever tunes a persona."""

import asyncio
import threading
from uuid import uuid4

from rich.console import Console
from rich.text import Text

from bot.app.assembly import Show
from bot.app.unseen import unseen
from bot.chat import Author, Comment, Platform, Reply
from bot.clock import SystemClock
from bot.intake import commands
from bot.persona import Persona
from bot.safety.judge import Judge
from bot.settings import Settings
from bot.stage.backstage import Nowhere
from bot.tasks import cancel_and_wait
from bot.text import clean
from bot.translation import tr

_YOU = Author(id="you", name="you")


class TerminalStage(Nowhere):
    """The terminal as the stage, and as the backstage: the thinking is dimmed, where wanted."""

    def __init__(self, console: Console, speaker: str, *, show_thinking: bool) -> None:
        self.ready = asyncio.Event()
        """Set while the character has nothing more to say."""
        self._console = console
        self._speaker = speaker
        self._show_thinking = show_thinking
        self._is_thinking = False
        self._said = 0

    def show(self, reply: Reply, *, finished: bool) -> None:
        """Print the sentences that are new."""
        if not reply.sentences:
            self._said = 0
            return
        if not self._said:
            self._end_thinking()
            self._console.print(f"[bold magenta]{self._speaker}[/] ", end="")
        for sentence in reply.sentences[self._said :]:
            self._console.print(sentence, end=" ", markup=False, highlight=False)
        self._said = len(reply.sentences)
        if finished:
            self._console.print()
            self.ready.set()

    def clear(self) -> None:
        """Be ready for the next line: what was printed stays."""
        self.ready.set()

    def withhold(self, comment: Comment, reasons: tuple[str, ...]) -> None:  # noqa: ARG002  typed here
        """Say why what was typed is not answered."""
        told = tr("Viewers would not see this: {reasons}.", reasons=", ".join(reasons))
        self._console.print(told, style="dim", markup=False, highlight=False)
        self.ready.set()

    def thinking(self, text: str) -> None:
        """Print a piece of the reasoning, dimmed."""
        if self._show_thinking:
            self._is_thinking = True
            self._console.print(Text(text, style="dim italic"), end="")

    def _end_thinking(self) -> None:
        if self._is_thinking:
            self._is_thinking = False
            self._console.print()


async def talk(
    settings: Settings,
    console: Console,
    persona_name: str | None,
    *,
    show_thinking: bool,
    embedded: bool,
) -> None:
    """Answer every line that is typed, until the input ends. Nothing is kept.

    Raises:
        BotError: the model is not there, or the persona has a mistake.
    """

    def sit(persona: Persona, _: Judge) -> TerminalStage:
        return TerminalStage(console, persona.name, show_thinking=show_thinking)

    async with unseen(
        settings, SystemClock(), sit, persona_name=persona_name, embedded=embedded
    ) as (show, model, stage):
        with console.status(tr("Loading {model} ...", model=model.llm.model)):
            await show.writer.dialogue.prepare()
        console.print(tr("Model: {about}", about=model.about), markup=False, highlight=False)
        console.print(tr("Type a line and press Enter; Ctrl+C ends.\n"), style="dim")
        leading = asyncio.create_task(show.director.run())
        warming = asyncio.create_task(show.warmup.run())
        try:
            await stage.ready.wait()
            await _converse(show, stage, console, settings.bot.command_prefix)
        finally:
            await cancel_and_wait(leading, warming)


async def _converse(show: Show, stage: TerminalStage, console: Console, prefix: str) -> None:
    """Answer one line after the other."""
    while (line := await _read_line(console)) is not None:
        if order := commands.parse(clean(line), prefix):
            told = tr(
                "{prefix}{word}: commands work on air only. Type something to talk about.",
                prefix=prefix,
                word=order.word,
            )
            console.print(told, style="dim", markup=False, highlight=False)
            continue
        if not clean(line):
            continue
        show.director.skip()  # Who types has read the reply that is still on stage.
        stage.ready.clear()
        comment = Comment(Platform.LOCAL, uuid4().hex, _YOU, line, show.clock.now())
        show.dispatcher.receive(comment)
        await stage.ready.wait()


async def _read_line(console: Console) -> str | None:
    """Return the next line, or None at the end of the input.

    On a daemon thread: a program that waits for the keyboard must still be able to end.
    """
    loop = asyncio.get_running_loop()
    line: asyncio.Future[str | None] = loop.create_future()

    def settle(text: str | None) -> None:
        if not line.done():
            line.set_result(text)

    def read() -> None:
        try:
            text: str | None = console.input("[bold cyan]you[/] ")
        except EOFError:
            text = None
        loop.call_soon_threadsafe(settle, text)

    threading.Thread(target=read, daemon=True).start()
    return await line
