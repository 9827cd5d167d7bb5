"""One line of the table."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """A figure, what it is held against, and whether it is good enough.

    ``measured``, ``baseline`` and ``limit`` are in ``unit``; ``measured`` must not be more than
    ``limit``, or, where ``at_least`` is set, not less.
    """

    what: str
    measured: float
    against: str
    baseline: float
    limit: float
    unit: str = "ms"
    at_least: bool = False

    @property
    def ratio(self) -> float | None:
        """How many times the baseline it is; None where that is nothing."""
        return self.measured / self.baseline if self.baseline else None

    @property
    def passed(self) -> bool:
        """Whether the limit was kept."""
        return self.measured >= self.limit if self.at_least else self.measured <= self.limit


def p95_ms(seconds: Sequence[float]) -> float:
    """Return the 95th percentile of durations, in milliseconds."""
    return 1000 * percentile(seconds, 95)


def percentile(values: Sequence[float], percent: int) -> float:
    """Return the value that so many percent do not exceed."""
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]
