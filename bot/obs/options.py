"""What can be set of OBS, with the defaults."""

from enum import StrEnum

from pydantic import Field, SecretStr

from bot.options import Options, Port, Text


class Header(StrEnum):
    """What stands above the words, in a line of its own."""

    NOTHING = "nothing"
    SPEAKER = "speaker"
    """Who is speaking."""
    VIEWERS = "viewers"
    """Who is speaking, and to whom."""


class ObsOptions(Options):
    """``OBS_…``: on where a text source is named.

    Attributes:
        source: the name of the text source.
        host: where OBS runs.
        port: of its WebSocket server.
        password: of its WebSocket server.
        scene: where the source is made; in the scene that is live where none is named.
        create_source: whether the source is made if it is missing.
        line_width: in cells; a full-width character is two.
        lines: how many of the last lines are shown.
        header: what stands above them.
    """

    source: Text = ""
    host: Text = "127.0.0.1"
    port: Port = 4455
    password: SecretStr = SecretStr("")
    scene: Text = ""
    create_source: bool = False
    line_width: int = Field(default=40, ge=10, le=200)
    lines: int = Field(default=4, ge=1, le=20)
    header: Header = Header.NOTHING
