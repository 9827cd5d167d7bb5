"""A gesture or a mood of the avatar, of those that the streamer has listed."""

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from bot.chat import Comment
from bot.errors import BotError
from bot.tools.studio import one_of
from bot.tools.tool import Arguments, Limits, Tool, ToolError, read

log = logging.getLogger(__name__)


class _Arguments(Arguments):
    name: str


class Gesture(Tool):
    """Has the avatar do what one of its hotkeys does.

    Args:
        names: of the hotkeys that may be used.
        press: does what a hotkey does; raises ``BotError`` where the avatar is not there.
        pause: seconds between two.
    """

    seconds = 4.0

    def __init__(
        self, names: Sequence[str], press: Callable[[str], Awaitable[None]], pause: float
    ) -> None:
        self._names = names
        self._press = press
        self.function = one_of("gesture", "Move, or change how you look. Only when it fits.", names)
        self.limits = Limits(pause=pause)

    async def use(self, arguments: Mapping[str, Any], asked: tuple[Comment, ...]) -> str:
        """See ``Tool``."""
        del asked
        name = read(_Arguments, arguments).name
        if name not in self._names:
            raise ToolError(f"there is no such one; there are {', '.join(self._names)}")
        try:
            await self._press(name)
        except BotError as error:
            log.warning("%s", error)
            raise ToolError("the avatar does not do it") from None
        return "done"
