"""Reckoning, in a sandbox: a Python of its own without files, network or anything of ours.

pydantic-monty runs it in a process of its own: https://github.com/pydantic/monty. A call has a
second, 50 MB and 200 calls within each other, and nothing is left of it for the next.
"""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final

from pydantic import Field
from pydantic_monty import AsyncMonty, MontyError, ResourceLimits

from bot.chat import Comment
from bot.tools.tool import Arguments, Tool, ToolError, function, read

_LIMITS: Final = ResourceLimits(
    max_feed_duration_secs=1.0,
    max_total_sleep_secs=0.0,
    max_memory=50_000_000,
    max_recursion_depth=200,
)
_LONGEST_CODE = 2000
_LONGEST = 300


class _Arguments(Arguments):
    code: str = Field(
        max_length=_LONGEST_CODE,
        description="Python; the value of the last expression, or what is printed, is the result",
    )


class Calculate(Tool):
    """Runs a few lines of Python."""

    function = function(
        "calculate",
        "Reckon exactly. Use it for every sum that you cannot do in your head.",
        _Arguments,
    )
    seconds = 2.0

    def __init__(self) -> None:
        self._pool: AsyncMonty | None = None

    async def use(self, arguments: Mapping[str, Any], asked: tuple[Comment, ...]) -> str:
        """See ``Tool``."""
        del asked
        code = read(_Arguments, arguments).code
        if self._pool is None:
            self._pool = await AsyncMonty().__aenter__()
        printed = list[str]()

        def note(_: str, text: str) -> None:  # pragma: no cover  runs in a thread of Monty's own
            if sum(map(len, printed)) < _LONGEST:
                printed.append(text)

        try:
            async with self._pool.checkout(limits=_LIMITS) as session:
                value = await session.feed_run(code, print_callback=note)
        except MontyError as error:
            raise ToolError(str(error).splitlines()[-1][:_LONGEST]) from None
        shown = "" if value is None else _shown(value)
        return ("".join(printed).strip() + f" {shown}").strip()[:_LONGEST] or "None"

    async def close(self) -> None:
        """End its processes."""
        if self._pool:
            with suppress(MontyError):
                await self._pool.__aexit__(None, None, None)
            self._pool = None


def _shown(value: object) -> str:
    """Return a value as people write it: 816 and not 816.0, and no more digits than count."""
    if isinstance(value, float):
        return f"{value:.12g}"
    try:
        return str(value)
    except ValueError as error:
        raise ToolError(str(error)) from None
