"""What a retention question answers: facts with their denominators; rates are properties."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from journey.answers import Evidence, local_iso
from journey.inference import Interval
from journey.retention.question import RetentionQuestion


@dataclass(frozen=True)
class Cohort:
    """Customers who joined in one period.

    start, stop: ms.  returned: (entries,), [0] the cohort itself, [k] those counted in its k-th period or bracket.
    complete: (entries,), whether the data reach to the end of that period.  begun: whether they reach into it at all.
    """

    start: int
    stop: int
    size: int
    returned: tuple[int, ...]
    complete: tuple[bool, ...]
    begun: tuple[bool, ...]

    def share(self, place: int) -> float | None:
        """Of the cohort, those who came back; None for a cohort of nobody or an entry it does not have."""
        return self.returned[place] / self.size if self.size and place < len(self.returned) else None


@dataclass(frozen=True)
class RetentionTable:
    """mean: (entries,) over complete cells, weighted by cohort size; None where there are none, or nobody is in them.

    intervals: (entries,) 95% of the mean; None for entry 0, which is 1 by definition.
    """

    cohorts: tuple[Cohort, ...]
    mean: tuple[float | None, ...]
    intervals: tuple[Interval | None, ...]

    @property
    def size(self) -> int:
        """Memberships: with `first: ever` the number of customers."""
        return sum(cohort.size for cohort in self.cohorts)

    def totals(self, place: int) -> tuple[int, int]:
        """(returned, size) over the complete cells of one entry."""
        cells = [cohort for cohort in self.cohorts if place < len(cohort.complete) and cohort.complete[place]]
        return sum(cohort.returned[place] for cohort in cells), sum(cohort.size for cohort in cells)

    def as_plain(self, timezone: str) -> dict[str, Any]:
        return {
            "cohorts": [
                {
                    "start": local_iso(cohort.start, timezone),
                    "size": cohort.size,
                    "returned": list(cohort.returned),
                    "complete": list(cohort.complete),
                }
                for cohort in self.cohorts
            ],
            "mean": list(self.mean),
            "intervals": [None if interval is None else list(interval) for interval in self.intervals],
        }


@dataclass(frozen=True)
class Retention:
    """table: everyone.  breakdown: the same within each value of the property, largest group first; "" is missing.

    data_from: time of the first event of the log, ms; None without events.
    """

    question: RetentionQuestion
    timezone: str
    table: RetentionTable
    evidence: Evidence
    data_from: int | None = None
    breakdown: Mapping[str, RetentionTable] = field(default_factory=dict)

    @property
    def holds_log_start(self) -> bool:
        """Whether a cohort joined while the log began: it also holds customers who had joined before."""
        return any(cohort.start <= (self.data_from or 0) < cohort.stop for cohort in self.cohorts) and self.data_from is not None

    @property
    def cohorts(self) -> tuple[Cohort, ...]:
        return self.table.cohorts

    @property
    def mean(self) -> tuple[float | None, ...]:
        return self.table.mean

    @property
    def intervals(self) -> tuple[Interval | None, ...]:
        return self.table.intervals

    def as_plain(self) -> dict[str, Any]:
        plain = self.table.as_plain(self.timezone)
        if self.question.breakdown is not None:
            plain["breakdown"] = {value: table.as_plain(self.timezone) for value, table in self.breakdown.items()}
        return plain | self.evidence.as_plain()
