"""Talking to the character in the terminal, for whoever tunes a persona."""

import asyncio
import threading
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from rich.console import Console
from rich.text import Text

from bot import persona as personas
from bot.app.live import DEMO_PERSONA, PERSONA_FOLDERS
from bot.app.models import embedded_model, ollama_model
from bot.chat import Author, Comment, Platform, Reply, Retraction
from bot.clock import SystemClock
from bot.intake.dispatcher import Intake
from bot.settings import Settings
from bot.show.director import Director
from bot.storage.memory import open_memory

_YOU = Author(id="you", name="you")


class TerminalStage:
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

    def comment(self, comment: Comment) -> None:
        """Print nothing: it was typed here."""

    def retraction(self, retraction: Retraction) -> None:
        """Nothing is deleted here."""

    def thinking(self, text: str) -> None:
        """Print a piece of the reasoning, dimmed."""
        if self._show_thinking:
            self._is_thinking = True
            self._console.print(Text(text, style="dim italic"), end="")

    def filtered(self, comment: Comment, why: str) -> None:
        """Say why there will be no answer."""
        told = f"{comment.author.name} gets no answer: {why}."
        self._console.print(told, style="dim", markup=False)
        self.ready.set()

    def withheld(self, sentence: str, why: str) -> None:
        """Say that viewers would not have seen a sentence."""
        self._console.print(f"Withheld ({why}): {sentence}", style="dim", markup=False)

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
    default = DEMO_PERSONA if embedded else settings.bot.persona
    persona = personas.load(persona_name or default, PERSONA_FOLDERS)
    clock = SystemClock()
    async with AsyncExitStack() as stack:
        model = await stack.enter_async_context(
            embedded_model(settings) if embedded else ollama_model(settings)
        )
        with console.status(f"Loading {model.llm.model} ..."):
            await model.llm.warm()
        console.print(f"Model: {model.about}", markup=False, highlight=False)
        console.print("Type a line and press Enter; Ctrl+C ends.\n", style="dim")
        memory = await stack.enter_async_context(
            open_memory(Path(":memory:"), clock=clock, persona=persona.name, model=model.llm.model)
        )
        stage = TerminalStage(console, persona.name, show_thinking=show_thinking)
        intake = Intake(
            names=persona.names,
            prefix=settings.bot.command_prefix,
            obey=lambda order, _: console.print(f"(!{order.word} works on air only)"),
            heard=memory.hear,
            retracted=memory.retract,
            clock=clock,
        )
        writer = model.writer(persona, stage, effort=settings.ollama.think)
        director = Director(
            persona=persona,
            intake=intake,
            writer=writer,
            memory=memory,
            stages=[stage],
            clock=clock,
            keeps_going=False,
        )
        leading = asyncio.create_task(director.run())
        try:
            await stage.ready.wait()
            while (line := await _read_line(console)) is not None:
                if not line.strip():
                    continue
                director.skip()  # Who types has read the reply that is still on stage.
                stage.ready.clear()
                intake.receive(Comment(Platform.LOCAL, uuid4().hex, _YOU, line, datetime.now(UTC)))
                await stage.ready.wait()
        finally:
            leading.cancel()
            await asyncio.wait({leading})


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
