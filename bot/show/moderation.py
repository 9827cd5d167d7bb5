"""Moderation: a moderator's word, carried out the moment it is heard."""

import logging
from collections.abc import Callable
from typing import Protocol

from bot.chat import Author
from bot.intake.commands import Command, Order
from bot.llm.options import EFFORTS
from bot.show.director import Director

log = logging.getLogger(__name__)


class Changed(Protocol):
    """Is told after each command."""

    def __call__(self, *, paused: bool) -> None:
        """Take note of whether the show is paused now."""
        ...


class Moderation:
    """Obeys commands; the streamer reads in the log what was done, and viewers see nothing of it.

    Args:
        director: who carries them out.
        status: tells in a line how things are.
        changed: is told after each command whether the show is paused now.
    """

    def __init__(self, director: Director, *, status: Callable[[], str], changed: Changed) -> None:
        self._director = director
        self._status = status
        self._changed = changed

    def obey(self, order: Order, author: Author) -> None:
        """Carry out a command. What it orders has happened when this returns."""
        match order.command:
            case Command.PAUSE:
                self._director.pause()
                log.info("%s paused the show: the character is silent until !resume.", author.name)
            case Command.RESUME:
                self._director.resume()
                log.info("%s resumed the show.", author.name)
            case Command.SKIP:
                self._director.skip()
                log.info("%s skipped the reply.", author.name)
            case Command.CLEAR:
                self._director.clear()
                log.info("%s cleared the screen and the comments that waited.", author.name)
            case Command.STATUS:
                log.info("Status for %s: %s", author.name, self._status())
            case Command.THINK:
                self._think(order.rest.casefold(), author)
        self._changed(paused=self._director.paused)

    def _think(self, word: str, author: Author) -> None:
        effort = next((effort for effort in EFFORTS if effort == word), None)
        if effort:
            self._director.think(effort)
            log.info("%s set the thinking to %s, from the next reply on.", author.name, effort)
        else:
            log.info(
                "%s: write low, medium or high after !think. It is %s now.",
                *(author.name, self._director.effort),
            )
