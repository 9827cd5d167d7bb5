"""What YouTube's own pages say of a stream, read by yt-dlp.

YouTube documents none of it and changes it often; yt-dlp follows within days. It blocks and takes
half a second to import, so that both happen in a thread, and only where a stream is looked up.
"""

import logging
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum, auto
from typing import TYPE_CHECKING, Any

from bot.translation import tr, tr_noop

if TYPE_CHECKING:
    from yt_dlp import YoutubeDL

log = logging.getLogger(__name__)


IF_THIS_GOES_ON = tr_noop(
    "If this goes on, YouTube has changed: `uv run -P yt-dlp vtuber-bot run` starts the bot"
    " with the newest yt-dlp, which follows within days."
)
"""What the streamer can do where YouTube is not as the bot knows it."""


class Status(Enum):
    """How a stream is."""

    LIVE = auto()
    UPCOMING = auto()
    OVER = auto()
    """It was live once, whether its recording can be watched or not."""
    NEVER = auto()
    """An ordinary video."""
    IDLE = auto()
    """The channel is not live, and has nothing planned."""
    GONE = auto()
    """There is no such video or channel, or it is private."""
    UNKNOWN = auto()
    """YouTube is not reached, refuses, or answers what cannot be read."""


@dataclass(frozen=True, slots=True)
class Found:
    """What was found; each part is empty where it is not known."""

    status: Status
    video: str = ""
    """The id; of a channel, that of the video which its live page shows."""
    begins: datetime | None = None
    """When it was planned to begin."""
    matter: str = ""
    """Where it is ``UNKNOWN``, for people: what is the matter with YouTube, and"""
    hint: str = ""
    """what they can do about it, in a sentence, where they can."""


_STATUSES = {
    "is_live": Status.LIVE,
    "is_upcoming": Status.UPCOMING,
    "was_live": Status.OVER,
    "post_live": Status.OVER,
    "not_live": Status.NEVER,
}
"""yt-dlp's ``live_status``."""

_REFUSED = re.compile(
    "sign in to confirm|captcha|try again|blocked|rate.limit|country|members|consent"
    "|HTTP Error (?!404)",
    re.IGNORECASE,
)
"""What another reader of the chat, or the same one later, may yet be allowed."""
_GONE = re.compile(
    "private|unavailable|not available|removed|terminated|closed|not exist|HTTP Error 404",
    re.IGNORECASE,
)
_FRAME = re.compile(r"\x1b\[[0-9;]*m|^(ERROR|WARNING): |\[[\w:]+\] ([^\s:]+: )?")
"""What yt-dlp puts before YouTube's words; also a video's id, which may look like anything."""

_OPTIONS: Mapping[str, Any] = {
    "cachedir": False,
    "extractor_args": {
        "youtube": {
            # The watch page alone tells: no other player is asked, no script run, no stream opened.
            "player_client": ["web"],
            "player_skip": ["configs", "js", "initial_data"],
            "skip": ["hls", "dash", "translated_subs"],
        },
    },
    "extractor_retries": 0,
    "ignore_no_formats_error": True,  # an error else, where the stream has not begun
    "js_runtimes": {},
    "noplaylist": True,
    "quiet": True,
    "socket_timeout": 10,
}


def look_up(url: str, youtube_dl: "type[YoutubeDL] | None" = None) -> Found:
    """Return how the stream is, at the address of a video or of a channel's live page. Blocks.

    It takes no longer than a minute.

    Args:
        url: an ``Address.url``.
        youtube_dl: what to fetch with instead of yt-dlp's own; tests lead it to a stand-in.
    """
    import yt_dlp  # noqa: PLC0415 - it takes half a second
    from yt_dlp.extractor.youtube import YoutubeIE, YoutubeTabIE  # noqa: PLC0415 - likewise

    told = _Log()
    video = ""
    try:
        with (youtube_dl or yt_dlp.YoutubeDL)({**_OPTIONS, "logger": told}, auto_init=False) as dl:
            dl.add_info_extractor(YoutubeIE())
            dl.add_info_extractor(YoutubeTabIE())
            info = dl.extract_info(url, download=False, process=False)
            if info.get("_type") == "url":  # a channel's live page leads to the video
                video = info["id"]
                info = dl.extract_info(info["url"], download=False, process=False)
            status = _STATUSES.get(info.get("live_status") or "")
            if status is None:
                return _failure(told.warnings, video)
            return Found(status, info["id"], _moment(info.get("release_timestamp")))
    except yt_dlp.utils.DownloadError as error:
        cause = error.exc_info[1] if error.exc_info else error
        if isinstance(cause, yt_dlp.utils.UserNotLive):
            return Found(Status.IDLE)
        return _failure([*told.warnings, str(error)], video)
    except Exception as error:
        # Where YouTube's pages have changed, yt-dlp fails in any way.
        log.debug("yt-dlp failed.", exc_info=True)
        return Found(
            Status.UNKNOWN,
            video,
            matter=tr("its page cannot be read ({kind})", kind=type(error).__name__),
            hint=tr(IF_THIS_GOES_ON),
        )


class _Log:
    """Takes what yt-dlp would print."""

    def __init__(self) -> None:
        self.warnings: list[str] = []

    def debug(self, text: str) -> None:
        """Take what it is doing."""

    def warning(self, text: str) -> None:
        """Take what went wrong, or YouTube's words for why there is nothing to see."""
        log.debug("yt-dlp: %s", text)
        self.warnings.append(text)

    def error(self, text: str) -> None:
        """Take what is raised as well."""


def _moment(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def _failure(texts: Iterable[str], video: str) -> Found:
    """Return what yt-dlp's words mean; ``video`` is the one that a channel's live page led to."""
    words = " ".join(_FRAME.sub("", text) for text in texts)
    if _GONE.search(words) and not _REFUSED.search(words):
        return Found(Status.IDLE if video else Status.GONE)
    if error := re.search(r"HTTP Error (\d+)", words):
        matter = tr("it answers with an error ({error})", error=error[1])
    elif "not a bot" in words:
        matter = tr("it wants to see that no robot is asking")
    elif "TransportError" in words:
        matter = tr("it is not reached")
    else:
        matter = tr("its page tells nothing of the stream")
    return Found(Status.UNKNOWN, video, matter=matter)
