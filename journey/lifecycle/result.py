"""What lifecycle and stickiness answer."""

import math
from dataclasses import dataclass
from typing import Any

from journey.answers import Evidence, local_iso
from journey.inference import Interval, mean_interval, wilson
from journey.lifecycle.question import STATES, LifecycleQuestion, StickinessQuestion


@dataclass(frozen=True)
class LifecyclePeriod:
    """Customers by state.  start, stop: ms.  dormant: how many, as a positive number.  complete: the data reach its end."""

    start: int
    stop: int
    new: int
    returning: int
    resurrected: int
    dormant: int
    complete: bool
    begun: bool

    @property
    def active(self) -> int:
        return self.new + self.returning + self.resurrected

    @property
    def quick_ratio(self) -> float | None:
        """Customers won (new, or back after a break) for each one who fell away: above 1 the active customers grow.

        None where nobody fell away.  Source: after Hamid's quick ratio of recurring revenue, of customers in place of money.
        """
        return (self.new + self.resurrected) / self.dormant if self.dormant else None

    @property
    def quick_interval(self) -> Interval | None:
        """Its 95% interval: Wilson's of the share that the won are of the won and lost together, as odds.

        None where nobody fell away; without an upper end (infinity) never, since someone did.
        """
        won = self.new + self.resurrected
        share = wilson(won, won + self.dormant) if self.dormant else None
        return None if share is None else (share[0] / (1 - share[0]), share[1] / (1 - share[1]))

    @property
    def kept(self) -> Interval | None:
        """95% interval of the share of the period before's active customers who are active now."""
        return wilson(self.returning, self.returning + self.dormant)

    @property
    def kept_share(self) -> float | None:
        was = self.returning + self.dormant
        return self.returning / was if was else None


@dataclass(frozen=True)
class Lifecycle:
    question: LifecycleQuestion
    timezone: str
    periods: tuple[LifecyclePeriod, ...]
    evidence: Evidence

    def as_plain(self) -> dict[str, Any]:
        """Lists of one entry per period; dormant is negative."""
        signs = {"dormant": -1}
        return {
            "periods": [local_iso(period.start, self.timezone) for period in self.periods],
            **{state: [signs.get(state, 1) * getattr(period, state) for period in self.periods] for state in STATES},
            "quick_ratio": [period.quick_ratio for period in self.periods],
            "quick_intervals": [period.quick_interval and list(period.quick_interval) for period in self.periods],
            "complete": [period.complete for period in self.periods],
        } | self.evidence.as_plain()


@dataclass(frozen=True)
class ActiveFor:
    """active_days: periods of the scope in which these customers were active.  of: all customers active in the scope."""

    active_days: int
    customers: int
    of: int

    @property
    def share(self) -> float:
        return self.customers / self.of

    @property
    def interval(self) -> Interval | None:
        return wilson(self.customers, self.of)


@dataclass(frozen=True)
class Stickiness:
    """rows: by active_days, ascending; numbers that no customer has are left out.  periods: how many the scope holds."""

    question: StickinessQuestion
    rows: tuple[ActiveFor, ...]
    periods: int
    evidence: Evidence

    @property
    def mean(self) -> float | None:
        """Active periods per active customer; None without any."""
        customers = self.at_least(1)
        return sum(row.active_days * row.customers for row in self.rows) / customers if customers else None

    @property
    def interval(self) -> Interval | None:
        """95% of the mean over customers; None of fewer than two, and where all are alike."""
        customers, mean = self.at_least(1), self.mean
        if mean is None or customers < 2:
            return None
        spread = sum((row.active_days - mean) ** 2 * row.customers for row in self.rows) / (customers - 1)
        return mean_interval(mean, math.sqrt(spread), customers) if spread else None

    def at_least(self, days: int) -> int:
        """Customers who were active in so many periods, or more."""
        return sum(row.customers for row in self.rows if row.active_days >= days)

    def as_plain(self) -> dict[str, Any]:
        rows = [{"active_days": row.active_days, "customers": row.customers} for row in self.rows]
        return {"stickiness": rows} | self.evidence.as_plain()
