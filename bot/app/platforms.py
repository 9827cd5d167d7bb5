"""The platforms that the settings name. Their libraries are heavy, and imported only then."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from bot.avatar.options import VtsOptions
from bot.clock import Clock
from bot.errors import MisconfiguredError
from bot.obs.options import ObsOptions
from bot.persona import Persona
from bot.settings import Settings
from bot.sources import Source
from bot.translation import tr
from bot.twitch.options import TwitchOptions
from bot.web.pictures import Pictures
from bot.youtube.options import YouTubeOptions

if TYPE_CHECKING:
    from bot.avatar.stage import AvatarStage
    from bot.obs.stage import ObsStage
    from bot.twitch.account import TwitchAccount
    from bot.twitch.stage import TwitchStage
    from bot.youtube.readers import Reader


def chats(settings: Settings, clock: Clock) -> list[Source]:
    """Return the chats that the settings name.

    Raises:
        MisconfiguredError: a setting is missing that a named one needs, or is wrong.
    """
    sources: list[Source] = []
    if settings.twitch.channel:
        pictures = settings.web.pictures is not Pictures.NONE
        sources.append(_twitch(settings.twitch, clock, pictures=pictures))
    if settings.youtube.video:
        sources.append(_youtube(settings.youtube, clock))
    return sources


def twitch_stage(
    settings: Settings, sources: Iterable[Source], clock: Clock
) -> "TwitchStage | None":
    """Return Twitch's chat as a stage, if the settings want replies posted there.

    Raises:
        MisconfiguredError: the sign-in does not allow it.
    """
    if not settings.twitch.post_replies:
        return None
    if not settings.twitch.channel:
        raise MisconfiguredError(_missing("TWITCH_CHANNEL", "TWITCH_POST_REPLIES"))
    from bot.twitch.account import WRITE  # noqa: PLC0415
    from bot.twitch.source import TwitchSource  # noqa: PLC0415
    from bot.twitch.stage import TwitchStage  # noqa: PLC0415

    [source] = [one for one in sources if isinstance(one, TwitchSource)]
    source.account.demand(WRITE, tr("writing in the chat"))
    return TwitchStage(source.account, clock=clock)


def _twitch(wanted: TwitchOptions, clock: Clock, *, pictures: bool) -> Source:
    from bot.twitch.errors import channel_names  # noqa: PLC0415
    from bot.twitch.source import TwitchSource  # noqa: PLC0415

    account = twitch_account(wanted, clock)
    channels = channel_names(wanted.channel)
    return TwitchSource(account, channels, clock=clock, pictures=pictures)


def twitch_account(wanted: TwitchOptions, clock: Clock) -> "TwitchAccount":
    """Return who is signed in at Twitch, and may read the chat.

    Raises:
        MisconfiguredError: a setting is missing, or nobody is signed in who may.
    """
    from bot.twitch.account import READ, TwitchAccount  # noqa: PLC0415
    from bot.twitch.token import TokenFile  # noqa: PLC0415

    if not wanted.client_id:
        raise MisconfiguredError(_missing("TWITCH_CLIENT_ID", "TWITCH_CHANNEL"))
    account = TwitchAccount(wanted.client_id, TokenFile(), clock=clock)
    account.demand(READ, tr("reading chat"))
    return account


def youtube_readers(wanted: YouTubeOptions, clock: Clock) -> "list[Reader]":
    """Return the ways into YouTube's chat that the settings allow, the best first.

    Raises:
        MisconfiguredError: the one that is wanted needs a key.
    """
    from bot.youtube.readers.api import ApiReader  # noqa: PLC0415
    from bot.youtube.readers.page import PageReader  # noqa: PLC0415
    from bot.youtube.readers.pytchat import PytchatReader  # noqa: PLC0415

    readers: list[Reader] = [PytchatReader(clock=clock), PageReader(clock=clock)]
    if wanted.api_key:
        readers.append(ApiReader(wanted.api_key, clock=clock))
    elif wanted.reader == ApiReader.name:
        raise MisconfiguredError(_missing("YOUTUBE_API_KEY", "YOUTUBE_READER=api"))
    return [reader for reader in readers if wanted.reader in ("auto", reader.name)]


def _youtube(wanted: YouTubeOptions, clock: Clock) -> Source:
    from bot.youtube.source import YouTubeSource  # noqa: PLC0415
    from bot.youtube.stream import StreamFinder  # noqa: PLC0415

    readers = youtube_readers(wanted, clock)
    return YouTubeSource(StreamFinder(wanted.video, clock=clock), readers, clock=clock)


def no_chat() -> str:
    """Return what a streamer is told whose settings name no chat."""
    return tr(
        "No chat to listen to: run `vtuber-bot init`, or name your TWITCH_CHANNEL or YOUTUBE_VIDEO"
        " in .env. To try things without one, use `vtuber-bot demo`."
    )


def _missing(key: str, because: str) -> str:
    return tr(
        "{because} is set, but {key} is missing. .env.example says where to get it.",
        because=because,
        key=key,
    )


def avatar_stage(wanted: VtsOptions, clock: Clock, persona: Persona) -> "AvatarStage":
    """Return the model in VTube Studio, as a stage."""
    from bot.avatar.stage import AvatarStage  # noqa: PLC0415

    return AvatarStage(wanted, persona, clock=clock)


def obs_stage(wanted: ObsOptions, clock: Clock, speaker: str) -> "ObsStage":
    """Return the text source in OBS, as a stage."""
    from bot.obs.stage import ObsStage  # noqa: PLC0415

    return ObsStage(wanted, clock=clock, speaker=speaker)
