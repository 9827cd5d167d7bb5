"""The platforms that the settings name. Their libraries are heavy, and imported only then."""

from typing import TYPE_CHECKING

from bot.clock import Clock
from bot.errors import MisconfiguredError
from bot.settings import Obs, Settings
from bot.sources import Source

if TYPE_CHECKING:
    from bot.stage.obs import ObsStage


def chats(settings: Settings, clock: Clock) -> list[Source]:
    """Return the chats that the settings name.

    Raises:
        MisconfiguredError: a setting is missing that a named one needs, or is wrong.
    """
    sources: list[Source] = []
    if settings.twitch.channel:
        from bot.sources.twitch import TwitchSource  # noqa: PLC0415

        twitch = settings.twitch
        if not twitch.client_id:
            raise MisconfiguredError(_missing("TWITCH_CLIENT_ID", "TWITCH_CHANNEL"))
        if twitch.access_token is None:
            raise MisconfiguredError(_missing("TWITCH_ACCESS_TOKEN", "TWITCH_CHANNEL"))
        sources.append(
            TwitchSource(
                twitch.channel,
                twitch.client_id,
                twitch.access_token,
                refresh_token=twitch.refresh_token,
                client_secret=twitch.client_secret,
            )
        )
    if settings.youtube.video:
        from bot.sources.youtube import YouTubeSource  # noqa: PLC0415

        sources.append(YouTubeSource(settings.youtube.video, clock=clock))
    return sources


def _missing(key: str, because: str) -> str:
    return f"{because} is set, but {key} is missing. .env.example says where to get it."


def obs_stage(wanted: Obs, clock: Clock) -> "ObsStage":
    """Return the text source in OBS, as a stage."""
    from bot.stage.obs import ObsStage  # noqa: PLC0415

    return ObsStage(
        host=wanted.host,
        port=wanted.port,
        password=wanted.password,
        source=wanted.source,
        scene=wanted.scene or None,
        create=wanted.create_source,
        clock=clock,
        line_width=wanted.line_width,
        lines=wanted.lines,
    )
