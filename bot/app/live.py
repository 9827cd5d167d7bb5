"""The two ways to put on a show: live, and the demo on this machine alone."""

from pathlib import Path

from platformdirs import user_data_path
from rich.console import Console

from bot import persona as personas
from bot.app.assembly import Wishes, perform
from bot.app.models import any_model, ollama_model
from bot.app.platforms import chats, obs_stage, twitch_stage
from bot.clock import SystemClock
from bot.errors import MisconfiguredError
from bot.settings import Settings

PERSONA_FOLDERS = (Path("personas"),)
"""Where a streamer's own personas are looked for, before those that come with the bot."""
DEMO_PERSONA = "wren"
"""Who speaks where only the small model is there, which knows no Japanese."""


async def run(settings: Settings, wishes: Wishes, console: Console) -> None:
    """Go live: Twitch, YouTube, Ollama, OBS and the overlay, as the settings say.

    Raises:
        MisconfiguredError: something that a person must mend before the show can begin.
    """
    clock = SystemClock()
    sources = chats(settings, clock)
    poster = twitch_stage(settings, sources, clock)
    if not sources and wishes.recording is None:
        raise MisconfiguredError(
            "No chat to listen to: copy .env.example to .env, and name your TWITCH_CHANNEL or"
            " YOUTUBE_VIDEO there. To try things without one, use `vtuber-bot demo`."
        )
    persona = personas.load(wishes.persona or settings.bot.persona, PERSONA_FOLDERS)
    async with ollama_model(settings) as model:
        await perform(
            settings,
            wishes,
            console,
            clock=clock,
            persona=persona,
            model=model,
            database=settings.bot.database or _data("history.db"),
            sources=sources,
            stages=[
                *([obs_stage(settings.obs, clock)] if settings.obs.source else []),
                *([poster] if poster else []),
            ],
        )


async def demo(settings: Settings, wishes: Wishes, console: Console) -> None:
    """Run the show on this machine alone: the local chat page, and a model in the box.

    Raises:
        MisconfiguredError: something that a person must mend before the show can begin.
    """
    async with any_model(settings) as model:
        default = DEMO_PERSONA if model.is_stand_in else settings.bot.persona
        await perform(
            settings,
            wishes,
            console,
            clock=SystemClock(),
            persona=personas.load(wishes.persona or default, PERSONA_FOLDERS),
            model=model,
            database=settings.bot.database or _data("demo.db"),
            sources=[],
            stages=[],
        )


def _data(name: str) -> Path:
    return user_data_path("vtuber-bot", appauthor=False) / name
