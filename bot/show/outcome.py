"""What comes of a moderator's order."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from bot.chat import Retraction, ViewerKey
from bot.intake.commands import Order


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was done.

    Attributes:
        text: that, for whoever ordered it.
        about: the viewer whom it was about, if it was about one.
        taken_back: what no longer stands, for whoever holds it.
        is_told: whether it is told in the chat, too.
        undo: the command that undoes it, without its prefix; empty where none does.
    """

    text: str
    about: ViewerKey | None = None
    taken_back: tuple[Retraction, ...] = ()
    is_told: bool = True
    undo: str = ""


Hand: TypeAlias = Callable[[Order], Outcome]
"""Carries out one command."""
