"""Getting the models that Ollama does not have yet."""

from collections.abc import Callable

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

from bot.app.models import wanted_model
from bot.clock import Clock
from bot.errors import BotError
from bot.llm.ollama import Ollama
from bot.llm.ollama_errors import MissingModelError
from bot.settings import Settings
from bot.translation import tr


async def pull_missing(
    settings: Settings, clock: Clock, console: Console, wants: Callable[[str], bool]
) -> None:
    """Get each model that the settings name and Ollama does not have.

    Args:
        settings: which they are.
        clock: the time in which Ollama has to answer.
        console: shows the size, the speed and the time that is left.
        wants: asks the streamer whether to get one.

    Raises:
        BotError: it could not be had.
    """
    async with wanted_model(settings, clock) as model:
        for llm in model.llms:
            if not isinstance(llm, Ollama):
                continue
            try:
                await llm.find(llm.options.connect_timeout)
            except MissingModelError:
                if wants(tr("Have Ollama get {model} now?", model=llm.model)):
                    await _pull(llm, console)
            except BotError:
                continue  # that was told before


async def _pull(llm: Ollama, console: Console) -> None:
    columns = (DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
    bar = Progress(TextColumn("{task.description}"), BarColumn(), *columns, console=console)
    with bar:
        steps = dict[str, TaskID]()
        async for pulled in llm.pull():
            if pulled.step not in steps:
                steps[pulled.step] = bar.add_task(pulled.step, total=None)
            bar.update(
                steps[pulled.step],
                completed=pulled.completed,
                total=pulled.total or None,
            )
    console.print(tr("{model} is here.", model=llm.model), style="green")
