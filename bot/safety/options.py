"""What can be set of the second judge, with the defaults."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import Field

from bot.options import Address, Options, Text


class Fails(StrEnum):
    """What becomes of a text of which the guard does not tell in time whether it may be shown."""

    CLOSED = "closed"
    """It is not shown."""
    OPEN = "open"
    """It is."""


class GuardOptions(Options):
    """``GUARD_…``: a model that judges what the first judge has passed.

    Attributes:
        model: its name on Ollama; without one there is no second judge.
        host: the server's address, where that is not the one of the model that talks.
        policy: a text that tells it what may not be shown, in place of the one that comes along.
        timeout: seconds that it has for one text.
        fails: what becomes of a text that it does not judge.
    """

    model: Text = ""
    host: Address = ""
    policy: Path | None = None
    timeout: Annotated[float, Field(gt=0, le=60)] = 5.0
    fails: Fails = Fails.CLOSED
