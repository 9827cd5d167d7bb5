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


class Emoji(StrEnum):
    """How emoji are shown."""

    PICTURES = "pictures"
    """As OBS draws them: in colour on Windows, as boxes where its FreeType source draws them."""
    WORDS = "words"


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
        emoji: how they are shown.
        speaking_source: a source or a group that is seen only while the character speaks.
        pause_scene: the scene that viewers see while the show is paused.
        pause_hotkey: OBS's own name of a hotkey that is pressed when the show is paused.
        resume_hotkey: likewise, when it goes on.
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
    emoji: Emoji = Emoji.PICTURES
    speaking_source: Text = ""
    pause_scene: Text = ""
    pause_hotkey: Text = ""
    resume_hotkey: Text = ""
