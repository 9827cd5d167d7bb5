"""The two ways in which something outside of us can fail.

::

    BotError
    ├── UnavailableError     a neighbour does not answer: wait, try again, the show goes on
    └── MisconfiguredError   a person must mend something: what, where, and how

Adapters translate their library's errors into these two, and the core catches nothing else.
The text of either is one sentence or two for the streamer, and never holds a secret.
"""


class BotError(Exception):
    """Something outside of the bot failed; ``str()`` of it is for people."""


class UnavailableError(BotError):
    """A neighbour (Ollama, OBS, a platform) is not answering now and may do so later."""


class MisconfiguredError(BotError):
    """Trying again will not help: a person must change something, and the text says what."""
