"""Many values in two numbers. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median, quantiles


@dataclass(frozen=True, slots=True)
class Spread:
    """The median, and what 95 of 100 do not exceed; both are 0 where there are no values."""

    median: float = 0.0
    most: float = 0.0

    @classmethod
    def of(cls, values: Sequence[float]) -> "Spread":
        """Return that of values, to the hundredth."""
        if not values:
            return cls()
        if len(values) == 1:
            return cls(round(values[0], 2), round(values[0], 2))
        most = quantiles(values, n=20, method="inclusive")[-1]
        return cls(round(median(values), 2), round(most, 2))
