"""What can be set of the voice, with the defaults."""

from enum import StrEnum
from pathlib import Path

from pydantic import Field, SecretStr

from bot.options import Address, Options, Text


class Engine(StrEnum):
    """Who turns words into sound."""

    NONE = "none"
    VOICEVOX = "voicevox"
    """VOICEVOX, and what speaks its API: AivisSpeech."""
    COEIROINK = "coeiroink"
    OPENAI = "openai"
    """Whatever serves OpenAI's ``/v1/audio/speech``: Kokoro-FastAPI, say."""
    BOX = "box"
    """Open JTalk and eSpeak NG, which come along."""


class Output(StrEnum):
    """Where the voice is heard."""

    PAGE = "page"
    """In the overlay page: in OBS it has a channel of its own."""
    DEVICE = "device"
    """At a sound device of the machine that the bot runs on."""


class VoiceOptions(Options):
    """``VOICE_…``.

    Attributes:
        engine: who turns words into sound.
        url: where it is served; each engine has a usual place.
        speaker: whose voice, by its name or number; the persona's where it is empty.
        model: what an OpenAI-compatible server is asked for.
        key: what lets us in there.
        timeout: seconds that a sentence may take; one that takes longer is text only.
        dictionary: how words are said: a file with ``word = reading`` in each line.
        output: where it is heard.
        device: the name of the sound device, or a part of it; the usual one where it is empty.
    """

    engine: Engine = Engine.NONE
    url: Address = ""
    speaker: Text = ""
    model: Text = "kokoro"
    key: SecretStr = SecretStr("")
    timeout: float = Field(default=10.0, gt=0, le=60)
    dictionary: Path = Path("voice.txt")
    output: Output = Output.PAGE
    device: Text = ""
