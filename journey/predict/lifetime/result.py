"""The answer to a question of lifetime value: who will bring how much, and how such a forecast did before."""

from dataclasses import dataclass, field
from typing import Any

import polars as pl

from journey.answers import Evidence, local_iso
from journey.inference import Interval
from journey.predict.lifetime.fitting import Fit
from journey.predict.lifetime.question import LifetimeQuestion
from journey.predict.lifetime.spend import Spend


@dataclass(frozen=True)
class Total:
    """A sum over customers within a horizon.  interval: where 95% of what comes lie, if the model holds; None where unknown."""

    expected: float
    interval: Interval | None

    def as_plain(self) -> dict[str, Any]:
        return {"expected": self.expected, "interval": _plain(self.interval)}


@dataclass(frozen=True)
class Tenth:
    """A tenth of the customers, the most valuable first.  number: from 1.  value: None where nothing says what an order is worth."""

    number: int
    customers: int
    orders: float
    value: float | None
    least: float
    share: float | None

    def as_plain(self) -> dict[str, Any]:
        keys = ("customers", "orders", "value", "least", "share")
        return {"tenth": self.number} | {key: getattr(self, key) for key in keys}


@dataclass(frozen=True)
class Guess:
    """One way to foretell each customer's orders.  error: mean of |foretold - came| per customer.  rmse: the root of the mean square."""

    name: str
    orders: float
    error: float
    rmse: float
    value: float | None = None

    def as_plain(self) -> dict[str, Any]:
        return {"orders": self.orders, "mean_absolute_error": self.error, "rmse": self.rmse, "value": self.value}


@dataclass(frozen=True)
class Tracked:
    """A period of the check.  orders, expected: added up from the cut to its end.  complete: whether the data hold all of it."""

    stop: int
    orders: int
    expected: float

    def as_plain(self, timezone: str) -> dict[str, Any]:
        return {"until": local_iso(self.stop, timezone), "orders": self.orders, "expected": self.expected}


@dataclass(frozen=True)
class Holdout:
    """What came after a cut, beside what a model fitted before it expected.

    start, stop: the time checked, ms.  orders, value: what came.  model, baselines: what was foretold.  total, worth: its
    totals with their intervals.  repeated: how many of the customers ordered again.
    """

    start: int
    stop: int
    days: int
    customers: int
    orders: int
    value: float | None
    total: Total
    worth: Total | None
    model: Guess
    baselines: tuple[Guess, ...]
    tracking: tuple[Tracked, ...]

    @property
    def within(self) -> bool | None:
        """Whether the orders that came lie in the interval; None without one."""
        interval = self.total.interval
        return None if interval is None else interval[0] <= self.orders <= interval[1]

    def as_plain(self, timezone: str) -> dict[str, Any]:
        return {
            "start": local_iso(self.start, timezone),
            "stop": local_iso(self.stop, timezone),
            "days": self.days,
            "customers": self.customers,
            "orders": self.orders,
            "expected_orders": self.total.expected,
            "interval": _plain(self.total.interval),
            "within": self.within,
            "value": self.value,
            "expected_value": None if self.worth is None else self.worth.expected,
            "value_interval": None if self.worth is None else _plain(self.worth.interval),
            **{key: value for key, value in self.model.as_plain().items() if key in ("mean_absolute_error", "rmse")},
            "tracking": [period.as_plain(timezone) for period in self.tracking],
        }


EMPTY = pl.DataFrame(
    schema={
        "id": pl.String,
        "expected_orders": pl.Float64,
        "p_alive": pl.Float64,
        "orders_low": pl.Float64,
        "orders_high": pl.Float64,
        "value": pl.Float64,
        "low": pl.Float64,
        "high": pl.Float64,
        "tenth": pl.Int32,
    }
)


@dataclass(frozen=True)
class Lifetime:
    """customers: one row each, the most valuable first, columns as in EMPTY; low, high: the 95% interval of the expected value,
    from what is not known of the parameters.  missing: what a forecast lacks, () where it lacks nothing.  unchecked: why
    there is no holdout.  unvalued: why values are None.
    """

    question: LifetimeQuestion
    timezone: str
    start: int | None
    fitted: Fit | None
    spend: Spend | None
    customers: pl.DataFrame
    orders: Total | None
    value: Total | None
    tenths: tuple[Tenth, ...]
    holdout: Holdout | None
    evidence: Evidence
    missing: tuple[str, ...] = ()
    unchecked: str | None = None
    unvalued: str | None = None
    currency: str | None = None
    title: str = field(default="BG/NBD")

    @property
    def enough(self) -> bool:
        return not self.missing

    def as_plain(self) -> dict[str, Any]:
        fitted, spend = self.fitted, None if self.spend is None else self.spend.fitted
        intervals = {**(fitted.intervals() if fitted else {}), **(spend.intervals() if spend else {})}
        return {
            **self.evidence.as_plain(),
            "bound": dict(self.evidence.params),  # the query's values: "parameters" are the model's here
            "enough": True if self.enough else " ".join(self.missing),
            "model": self.question.model,
            "parameters": {**(fitted.as_plain() if fitted else {}), **(spend.as_plain() if spend else {})},
            "parameter_intervals": {name: _plain(interval) for name, interval in intervals.items()},
            "log_likelihood": None if fitted is None else fitted.log_likelihood,
            "spend": None if self.spend is None or spend is None else self._spend(self.spend),
            "unvalued": self.unvalued,
            "from": None if self.start is None else local_iso(self.start, self.timezone),
            "horizon_days": self.question.horizon,
            "total": None if self.orders is None else {"orders": self.orders.as_plain(), "value": self.value and self.value.as_plain()},
            "tenths": [tenth.as_plain() for tenth in self.tenths],
            "customers": self._rows(),
            "holdout": None if self.holdout is None else self.holdout.as_plain(self.timezone),
            "baselines": {} if self.holdout is None else {guess.name: guess.as_plain() for guess in self.holdout.baselines},
            "unchecked": self.unchecked,
        }

    def _spend(self, spend: Spend) -> dict[str, Any]:
        keys = {"customers": spend.n, "log_likelihood": spend.fitted.log_likelihood}
        return {**keys, "mean": spend.mean, "correlation_with_orders": spend.correlation}

    def _rows(self) -> list[dict[str, Any]]:
        return [
            {
                "customer": row["id"],
                "expected_orders": row["expected_orders"],
                "orders_interval": None if row["orders_low"] is None else [row["orders_low"], row["orders_high"]],
                "p_alive": row["p_alive"],
                "value": row["value"],
                "interval": None if row["low"] is None else [row["low"], row["high"]],
            }
            for row in self.customers.iter_rows(named=True)
        ]


def _plain(interval: Interval | None) -> list[float] | None:
    return None if interval is None else list(interval)
