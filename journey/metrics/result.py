"""What a metric question answers: points in time, a total, the span before, and by how much it changed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from journey.answers import Evidence, iso, local_iso
from journey.inference import Interval
from journey.metrics.question import MetricQuestion, Shape


@dataclass(frozen=True)
class Point:
    """The metric in one period, or in a whole span.

    value: None where it is undefined: nobody to divide by, or a period that the data do not reach.
    interval: 95%, or None (Series.why says why).  n: what the value is out of: customers, sessions or events.
    count: how many of them, for a share; otherwise the value's numerator.
    complete: the period is whole, within the span, and the data reach its end.
    """

    start: int
    stop: int
    value: float | None
    interval: Interval | None
    n: int
    count: float
    complete: bool


@dataclass(frozen=True)
class Change:
    """From the span before to this one.

    difference: in the metric's own unit.  relative: against the value before, None where that was 0.
    Intervals are 95% and allow for the same customers in both spans; None for plain counts, which are not estimates.
    """

    difference: float
    interval: Interval | None
    relative: float | None
    relative_interval: Interval | None

    @property
    def told_from_noise(self) -> bool:
        """Whether zero lies outside the interval; a plain count that differs, differs."""
        return self.difference != 0 if self.interval is None else not self.interval[0] <= 0 <= self.interval[1]


@dataclass(frozen=True)
class Series:
    """points: one per period.  total: of the whole span, each customer counted once."""

    points: tuple[Point, ...]
    total: Point | None
    timezone: str

    def as_plain(self) -> dict[str, Any]:
        total = self.total
        return {
            "series": [
                {
                    "start": local_iso(point.start, self.timezone),
                    "value": point.value,
                    "interval": None if point.interval is None else list(point.interval),
                    "n": point.n,
                    "count": point.count,
                    "complete": point.complete,
                }
                for point in self.points
            ],
            "total": total and total.value,
            "total_interval": list(total.interval) if total and total.interval else None,
            "total_n": total.n if total else 0,
            "span": None if total is None else [iso(total.start), iso(total.stop)],
        }


@dataclass(frozen=True)
class Metric:
    """The answer.  name: as in metrics.toml, None for an inline metric.  currency: of money, where one is set.

    before: None where nothing is compared or no data lie before.  covered: the data reach back over all of `before`.
    why: why there is no interval, or None where there is one.
    """

    question: MetricQuestion
    shape: Shape
    now: Series
    evidence: Evidence
    name: str | None = None
    before: Series | None = None
    covered: bool = False
    change: Change | None = None
    breakdown: Mapping[str, Series] = field(default_factory=dict)
    why: str | None = None
    currency: str | None = None

    def as_plain(self) -> dict[str, Any]:
        plain: dict[str, Any] = {"metric": self.name, **self.now.as_plain(), "why_no_interval": self.why}
        if self.question.compare:
            plain["before"] = self.before and self.before.as_plain()
            plain["change"] = self.change and {
                "difference": self.change.difference,
                "interval": self.change.interval and list(self.change.interval),
                "relative": self.change.relative,
                "relative_interval": self.change.relative_interval and list(self.change.relative_interval),
                "covered": self.covered,
            }
        if self.question.breakdown:
            plain["breakdown"] = {value: series.as_plain() for value, series in self.breakdown.items()}
        return {**plain, **self.evidence.as_plain()}
