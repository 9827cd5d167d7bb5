"""What a streamer may name a stream by: a video or a channel, by its address in any form."""

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, quote, unquote, urlsplit

from bot.errors import MisconfiguredError
from bot.translation import tr

_ID = r"([\w-]{11})"
_VIDEO_ID = re.compile(_ID, re.ASCII)
_SHORT = re.compile(rf"youtu\.be/{_ID}(/.*)?", re.ASCII)
_VIDEO_PATH = re.compile(rf"/(?:live|shorts|embed|v|video|watch)/{_ID}(/.*)?", re.ASCII)
_HOST = re.compile(r"((www|m|music|studio|gaming)\.)?youtube(-nocookie)?\.com")

_CHANNEL_ID = re.compile(r"UC[\w-]{22}", re.ASCII)
_HANDLE = re.compile(r"@[^\s/?#@]+")
_CHANNEL_PATH = re.compile(r"/(@[^/]+|channel/UC[\w-]{22}|(?:c|user)/[^/]+)(/.*)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Address:
    """What is named: the id of a ``video``, or else the path of a ``channel``: ``@handle``, say."""

    video: str = ""
    channel: str = ""

    @property
    def url(self) -> str:
        """Where a browser would see the stream."""
        if self.video:
            return f"https://www.youtube.com/watch?v={self.video}"
        return f"https://www.youtube.com/{quote(self.channel, safe='@/')}/live"


def parse_address(wanted: str) -> Address:
    """Read an id, a handle, or an address as people copy it.

    Raises:
        MisconfiguredError: it names neither a video nor a channel.
    """
    wanted = wanted.strip()
    if _VIDEO_ID.fullmatch(wanted):
        return Address(video=wanted)
    if _CHANNEL_ID.fullmatch(wanted):
        return Address(channel=f"channel/{wanted}")
    if _HANDLE.fullmatch(wanted):
        return Address(channel=wanted)
    if address := _in_url(wanted):
        return address
    raise MisconfiguredError(
        tr(
            "YOUTUBE_VIDEO is {wanted!r}, which is neither a YouTube video nor a channel. Set"
            " it to the stream's address as the browser shows it,"
            " https://www.youtube.com/watch?v=… with 11 characters in place of the dots, or to"
            " the channel's handle, @name.",
            wanted=wanted,
        )
    )


def _in_url(text: str) -> Address | None:
    """Return what a web address names, None where it is none of YouTube's."""
    try:
        url = urlsplit(text if "//" in text else f"//{text}")
        host, path = url.hostname or "", unquote(url.path)
    except ValueError:  # for a host like [x
        return None
    if short := _SHORT.fullmatch(host + path):
        return Address(video=short[1])
    if not _HOST.fullmatch(host):
        return None
    [named, *_] = parse_qs(url.query).get("v", [""])
    if _VIDEO_ID.fullmatch(named):
        return Address(video=named)
    if video := _VIDEO_PATH.fullmatch(path):
        return Address(video=video[1])
    channel = _CHANNEL_PATH.fullmatch(path)
    return Address(channel=channel[1]) if channel else None
