"""The watchdog: tells when something of ours holds everything else up."""

import logging
from typing import Never

from bot.clock import Clock
from bot.translation import tr

log = logging.getLogger(__name__)

LIMIT = 0.05
"""Seconds for which nothing may hold the loop: a moderator's word has to act within a tenth."""
_LONG = 1.0
"""From here on the streamer is to know; shorter ones stand in the log file."""
_BETWEEN = 0.25


async def watch(clock: Clock) -> Never:
    """Measure how late a short sleep ends, until cancelled."""
    while True:
        due = clock.monotonic() + _BETWEEN
        await clock.sleep(_BETWEEN)
        late = clock.monotonic() - due
        if late > LIMIT:
            log.log(
                logging.WARNING if late > _LONG else logging.DEBUG,
                tr(
                    "Something held everything up for {milliseconds:.0f} ms: is the machine"
                    " overloaded?",
                    milliseconds=1000 * late,
                ),
            )
