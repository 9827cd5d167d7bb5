"""Moderation: a moderator's word, carried out the moment it is heard."""

import logging
from collections.abc import Callable

from bot.chat import Author
from bot.commands import Command
from bot.director import Director

log = logging.getLogger(__name__)


class Moderation:
    """Obeys commands; the streamer reads in the log what was done, and viewers see nothing of it.

    Args:
        director: who carries them out.
        status: tells in a line how things are.
        changed: is told after each command.
    """

    def __init__(
        self, director: Director, *, status: Callable[[], str], changed: Callable[[], None]
    ) -> None:
        self._director = director
        self._status = status
        self._changed = changed

    def obey(self, command: Command, author: Author) -> None:
        """Carry out a command. What it orders has happened when this returns."""
        match command:
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
        self._changed()
