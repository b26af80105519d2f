"""What a question of value by cohort answers: sums with what their intervals need; means are properties."""

import math
from dataclasses import dataclass
from typing import Any

from journey.answers import Evidence, local_iso
from journey.inference import Interval, mean_interval
from journey.retention.value_question import ValueQuestion


@dataclass(frozen=True)
class Worth:
    """What `size` customers have brought by some time.  earning: how many of them brought any.

    value: the sum, net of what was paid back.  squares: the sum over customers of their squared totals.
    """

    size: int
    earning: int
    value: float
    squares: float

    @property
    def mean(self) -> float | None:
        """Per customer, those who brought nothing included; None of nobody."""
        return self.value / self.size if self.size else None

    @property
    def interval(self) -> Interval | None:
        """95% of the mean over customers; None of fewer than two, and where all brought the same: no spread was seen."""
        if self.mean is None or self.size < 2:
            return None
        spread = (self.squares - self.size * self.mean**2) / (self.size - 1)
        # Totals that are alike leave a spread that is rounding alone.
        return mean_interval(self.mean, math.sqrt(spread), self.size) if spread > 1e-12 * self.squares else None


@dataclass(frozen=True)
class ValueCohort:
    """Customers who joined in one period.  start, stop: ms.

    worth: (entries,), by the end of the k-th period since.  complete: (entries,), whether the data reach that end.
    begun: whether they reach into the period at all.
    """

    start: int
    stop: int
    size: int
    worth: tuple[Worth, ...]
    complete: tuple[bool, ...]
    begun: tuple[bool, ...]


@dataclass(frozen=True)
class CohortValue:
    """mean: (entries,) of all customers whose k-th period is over; None where there are none.

    currency: of the mapped revenue; None where none is set, and of any other property.
    """

    question: ValueQuestion
    timezone: str
    cohorts: tuple[ValueCohort, ...]
    mean: tuple[Worth | None, ...]
    currency: str | None
    evidence: Evidence

    def as_plain(self) -> dict[str, Any]:
        return {
            "cohorts": [
                {
                    "start": local_iso(cohort.start, self.timezone),
                    "size": cohort.size,
                    "customers": [worth.earning for worth in cohort.worth],
                    "value": [worth.value for worth in cohort.worth],
                    "mean": [worth.mean for worth in cohort.worth],
                    "intervals": [_plain(worth) for worth in cohort.worth],
                    "complete": list(cohort.complete),
                }
                for cohort in self.cohorts
            ],
            "mean": [None if worth is None else worth.mean for worth in self.mean],
            "intervals": [_plain(worth) for worth in self.mean],
            "currency": self.currency,
        } | self.evidence.as_plain()


def _plain(worth: Worth | None) -> list[float] | None:
    return None if worth is None or worth.interval is None else list(worth.interval)
