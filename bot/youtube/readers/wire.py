"""What the ways into YouTube share: how long to wait, and words for what goes wrong."""

from collections.abc import Awaitable
from typing import Any, TypeVar

import httpx

from bot.clock import Clock, time_limit
from bot.errors import UnavailableError
from bot.translation import tr
from bot.youtube.lookup import IF_THIS_GOES_ON

PATIENCE = 8.0
"""Seconds in which YouTube answers, or else it does not."""

_INTERVAL = 5.0
_LONGEST_INTERVAL = 20.0
_BUSY = 429
_LONGEST_BUSY = 30.0

_T = TypeVar("_T")


class BusyError(UnavailableError):
    """YouTube says that it is asked too often; ``wait`` is for how many seconds not to ask."""

    def __init__(self, message: str, wait: float) -> None:
        super().__init__(message)
        self.wait = wait


async def within(clock: Clock, seconds: float, answer: Awaitable[_T]) -> _T:
    """Wait for an answer, but no longer than this.

    Raises:
        UnavailableError: it did not come in time; what waits for it has been cancelled.
    """
    try:
        async with time_limit(clock, seconds):
            return await answer
    except TimeoutError:
        raise UnavailableError(
            tr("YouTube has not answered for {seconds:.0f} s.", seconds=seconds)
        ) from None


def interval(seconds: object) -> float:
    """Return for how long to wait before asking again: what YouTube says, within reason."""
    if isinstance(seconds, int | float) and seconds > 0:
        return min(seconds, _LONGEST_INTERVAL)
    return _INTERVAL


def check(response: httpx.Response) -> None:
    """Look whether a page or an answer is what was asked for.

    Raises:
        UnavailableError: YouTube refuses, or sends the bot to another page.
    """
    if response.status_code == _BUSY:
        raise BusyError(tr("YouTube says that it is asked too often (429)."), _wait(response))
    if response.is_redirect:
        raise UnavailableError(
            tr(
                "YouTube sends the bot to another page, to ask for consent to cookies perhaps,"
                " or for a proof that it is no robot: the bot cannot pass that."
            )
        )
    if response.is_error:
        raise UnavailableError(
            tr(
                "YouTube does not let the bot read its live chat now: it answered"
                " {status_code} {reason_phrase}.",
                status_code=response.status_code,
                reason_phrase=response.reason_phrase,
            )
        )


def content(response: httpx.Response) -> dict[str, Any]:
    """Return the JSON object that an answer holds.

    Raises:
        UnavailableError: it holds something else.
    """
    try:
        answer = response.json()
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict):
        raise UnavailableError(tr("YouTube gave something else where its live chat should be."))
    return answer


def unreachable(error: httpx.HTTPError) -> UnavailableError:
    """Put a failure of the network into words."""
    return UnavailableError(
        tr(
            "YouTube cannot be reached ({kind}). Look whether this machine is online.",
            kind=type(error).__name__,
        )
    )


def unreadable(what: str) -> UnavailableError:
    """Put into words that YouTube has answered what was never seen before."""
    return UnavailableError(
        tr(
            "YouTube gave an answer that cannot be read ({what}). {hint}",
            what=what,
            hint=tr(IF_THIS_GOES_ON),
        )
    )


def _wait(response: httpx.Response) -> float:
    """Return what YouTube asks for, in seconds; a date is not worth trusting two clocks for."""
    asked = response.headers.get("retry-after", "")
    return min(float(asked), _LONGEST_BUSY) if asked.isdecimal() else _INTERVAL
