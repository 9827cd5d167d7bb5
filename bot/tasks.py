"""Tasks: kept alive, and ended so that nothing of them is left."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

from bot.clock import Clock
from bot.errors import BotError
from bot.translation import tr

log = logging.getLogger(__name__)

_FIRST_REST = 1.0
_LONGEST_REST = 60.0


async def kept(part: Callable[[], Coroutine[Any, Any, object]], clock: Clock) -> None:
    """Run a part of the show to its end; where a bug ends it, begin it anew."""
    rest = _FIRST_REST
    while True:
        try:
            await part()
        except BotError:
            raise
        except Exception:  # the other parts go on
            log.exception(
                tr("A bug in a part of the show; it begins anew in {seconds:g} s.", seconds=rest)
            )
        else:
            return
        await clock.sleep(rest)
        rest = min(2 * rest, _LONGEST_REST)


async def cancel_and_wait(*tasks: "asyncio.Future[Any] | None") -> None:
    """Cancel tasks and return when all of them have ended; what they raise is nobody's concern."""
    given = [task for task in tasks if task is not None]
    for task in given:
        task.cancel()
    if given:
        await asyncio.wait(given)
    for task in given:
        if not task.cancelled():
            task.exception()  # looked at, so that asyncio does not report it
