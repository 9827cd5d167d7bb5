"""One line of the table."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """A figure, what it is held against, and whether it is good enough.

    ``measured`` and ``baseline`` are 95th percentiles in milliseconds, ``limit`` is what
    ``measured`` must stay under.
    """

    what: str
    measured: float
    against: str
    baseline: float
    limit: float

    @property
    def ratio(self) -> float:
        """How many times the baseline it takes."""
        return self.measured / self.baseline

    @property
    def passed(self) -> bool:
        """Whether the limit was kept."""
        return self.measured < self.limit


def p95_ms(seconds: Sequence[float]) -> float:
    """Return the 95th percentile of durations, in milliseconds."""
    return 1000 * statistics.quantiles(seconds, n=20, method="inclusive")[-1]
