"""What was said before: looking up a viewer, and searching this show and earlier ones.

Only what viewers could see is found, and nothing of those who do not want to be kept.
"""

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from bot.chat import Comment
from bot.storage.recollection import Recollection
from bot.tools.tool import Arguments, Tool, ToolError, cut, function, read

_FOUND = 5
_LONGEST = 120


class _ViewerArguments(Arguments):
    name: str = Field(min_length=1, max_length=40, description="as it stands in the chat")


class LookUpViewer(Tool):
    """Tells since when a viewer is here, how much they wrote, and what last."""

    function = function(
        "look_up_viewer",
        "Who a viewer is: since when they come, how much they wrote, and what they said last.",
        _ViewerArguments,
    )
    seconds = 2.0

    def __init__(self, past: Recollection) -> None:
        self._past = past

    async def use(self, arguments: Mapping[str, Any], asked: tuple[Comment, ...]) -> str:
        """See ``Tool``."""
        del asked
        name = read(_ViewerArguments, arguments).name.removeprefix("@")
        known = await self._past.acquaintance(name)
        if known is None:
            raise ToolError("nobody of that name has written here")
        last = "; ".join(cut(text, _LONGEST) for text in known.last)
        came = (
            f"{known.name}: first here {known.first_seen:%Y-%m-%d}, {known.comments} comments in"
            f" {known.streams} streams; last: {last}"
        )
        return "\n".join([came, *known.facts])


class _SearchArguments(Arguments):
    words: str = Field(min_length=1, max_length=80, description="that were said")


class SearchPast(Tool):
    """Finds what was said."""

    function = function(
        "search_past",
        "What viewers and you have said of something, in this stream and earlier ones.",
        _SearchArguments,
    )
    seconds = 3.0

    def __init__(self, past: Recollection) -> None:
        self._past = past

    async def use(self, arguments: Mapping[str, Any], asked: tuple[Comment, ...]) -> str:
        """See ``Tool``."""
        words = read(_SearchArguments, arguments).words
        now = {comment.key for comment in asked}
        found = await self._past.search(words, _FOUND + len(now))
        told = [
            f"{one.at:%Y-%m-%d} {one.who}: {cut(one.text, _LONGEST)}"
            for one in found
            if one.key not in now
        ]
        if not told:
            raise ToolError("nothing of that was said")
        return "\n".join(told[:_FOUND])
