"""Tasks, ended so that nothing of them is left."""

import asyncio
from typing import Any


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
