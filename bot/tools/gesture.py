"""A gesture or a mood of the avatar, of those that the streamer has listed."""

from collections.abc import Awaitable, Callable, Sequence

from bot.tools.act import Act, Wanted


class Gesture(Act):
    """Has the avatar do what one of its hotkeys does.

    Args:
        names: of the hotkeys that may be used.
        press: does what a hotkey does; raises ``BotError`` where the avatar is not there.
        pause: seconds between two.
    """

    name = "gesture"
    description = "Move, or change how you look. Only when it fits."
    who = "the avatar"

    def __init__(
        self, names: Sequence[str], press: Callable[[str], Awaitable[None]], pause: float
    ) -> None:
        super().__init__(names, pause)
        self._press = press

    async def _do(self, wanted: Wanted) -> None:
        await self._press(wanted.name)
