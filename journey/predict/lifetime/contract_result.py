"""The answer to a question of the worth of contracts."""

from dataclasses import dataclass
from typing import Any

import polars as pl

from journey.answers import Evidence
from journey.inference import Interval
from journey.predict.lifetime.contract_question import ContractQuestion
from journey.predict.lifetime.fitting import Fit


@dataclass(frozen=True)
class Survival:
    """The share still under contract after so many periods.

    at_risk, lost: customers whose period `period` is over, and those of them who left in it.  seen: Kaplan-Meier share,
    None beyond the data.  expected: of the model; interval: its 95%, from what is not known of the parameters.
    """

    period: int
    at_risk: int
    lost: int
    seen: float | None
    expected: float
    interval: Interval | None

    def as_plain(self) -> dict[str, Any]:
        keys = ("period", "at_risk", "lost", "seen", "expected")
        return {key: getattr(self, key) for key in keys} | {"interval": None if self.interval is None else list(self.interval)}


@dataclass(frozen=True)
class ContractValue:
    """customers: those still under contract: id, survived, p_stays (over all periods looked ahead), expected_periods, value.

    new: the same for one who begins now.  constant: what the same would be if everyone left at one rate (`churn`).
    """

    question: ContractQuestion
    fitted: Fit | None
    survival: tuple[Survival, ...]
    customers: pl.DataFrame
    begun: int
    ended: int
    new_periods: float | None
    churn: float | None
    constant: float | None
    evidence: Evidence
    missing: tuple[str, ...] = ()

    def as_plain(self) -> dict[str, Any]:
        fitted, value = self.fitted, self.question.value
        intervals = {} if fitted is None else fitted.intervals()
        new = self.new_periods
        return {
            **self.evidence.as_plain(),
            "bound": dict(self.evidence.params),  # the query's values: "parameters" are the model's here
            "enough": " ".join(self.missing) if self.missing else True,
            "model": "sbg",
            "parameters": {} if fitted is None else fitted.as_plain(),
            "parameter_intervals": {name: interval and list(interval) for name, interval in intervals.items()},
            "log_likelihood": None if fitted is None else fitted.log_likelihood,
            "begun": self.begun,
            "ended": self.ended,
            "survival": [period.as_plain() for period in self.survival],
            "new_customer": {"expected_periods": new, "value": None if new is None or value is None else new * value},
            "customers": [self._row(row) for row in self.customers.iter_rows(named=True)],
            "baselines": {"constant_churn": {"churn": self.churn, "lifetime_value": self.constant}},
        }

    @staticmethod
    def _row(row: dict[str, Any]) -> dict[str, Any]:
        return {"customer": row.pop("id"), **row}
