"""What can be set of the web server, with the defaults."""

from pathlib import Path
from typing import Annotated, Final

from pydantic import AfterValidator, SecretStr

from bot.options import Options, Port, Text
from bot.translation import tr
from bot.web.pictures import Pictures

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_SHORTEST = 16


SOUNDS: Final = {
    ".m4a": "audio/mp4",
    ".mp3": "audio/mpeg",
    ".ogg": "audio/ogg",
    ".opus": "audio/ogg",
    ".wav": "audio/wav",
}
"""The kinds of sounds that browsers play, by the ending of the file's name."""


def _playable(sound: Path) -> Path:
    if sound.suffix.lower() not in SOUNDS:
        raise ValueError(tr("it has to be a sound: {sounds}", sounds=", ".join(SOUNDS)))
    if not sound.is_file():
        raise ValueError(tr("there is no such file"))
    return sound


def _long(token: SecretStr) -> SecretStr:
    if len(token.get_secret_value()) < _SHORTEST:
        raise ValueError(
            tr("it has fewer than {shortest} characters; choose a longer one", shortest=_SHORTEST)
        )
    return token


class WebOptions(Options):
    """``WEB_…``: the pages and the scripting face.

    Attributes:
        host: the address that they are served at; other machines reach only another one than
            127.0.0.1.
        port: where they are served; 0 takes any free one.
        token: what scripts and pages must bring; made up at each start where none is set.
        pictures: which of the platforms' pictures the overlay shows.
        sound: a file that the overlay plays when something was paid.
        certificate: a file for TLS, if the streamer has one.
        certificate_key: its private key, where that is in a file of its own.
    """

    host: Text = "127.0.0.1"
    port: Port = 8765
    token: Annotated[SecretStr, AfterValidator(_long)] | None = None
    pictures: Pictures = Pictures.NONE
    sound: Annotated[Path, AfterValidator(_playable)] | None = None
    certificate: Path | None = None
    certificate_key: Path | None = None

    @property
    def is_public(self) -> bool:
        """Whether other machines may ask."""
        return self.host not in LOOPBACK
