"""Usage: how often tools were used lately, and whether they may be used again."""

from collections import defaultdict, deque

from bot.chat import ViewerKey
from bot.clock import Clock
from bot.tools.tool import Limits, ToolError

_HOUR = 3600.0


class Usage:
    """Counts by the name of each tool."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._used = defaultdict[str, deque[tuple[float, frozenset[ViewerKey]]]](deque)

    def take(self, name: str, limits: Limits, viewers: frozenset[ViewerKey]) -> None:
        """Count one more use.

        Args:
            name: of the tool.
            limits: how often it may be used.
            viewers: who asked; nobody knows which of them it is for.

        Raises:
            ToolError: there were too many, in all or for each of the viewers.
        """
        now, used = self._clock.monotonic(), self._used[name]
        while used and used[0][0] <= now - _HOUR:
            used.popleft()
        if used and (left := used[-1][0] + limits.pause - now) > 0:
            raise ToolError(f"not again so soon; in {left:.0f} s")
        if limits.hourly and len(used) >= limits.hourly:
            raise ToolError("that was enough of it for this hour")
        if limits.viewer_hourly and viewers:
            fewest = min(sum(viewer in asked for _, asked in used) for viewer in viewers)
            if fewest >= limits.viewer_hourly:
                raise ToolError("this viewer has had enough of it for this hour")
        used.append((now, viewers))
