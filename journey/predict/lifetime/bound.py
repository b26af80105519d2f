"""A question of lifetime value with everything it names bound to values, and the histories it is answered from."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from journey.answers import extent
from journey.errors import QuestionError
from journey.periods import calendar_values
from journey.predict.lifetime.definition import BY_DAY, HISTORIES, TAKEN, refunds, story
from journey.predict.lifetime.question import LifetimeQuestion
from journey.rules import Binder, entries, in_segment
from journey.rules.match import NUMBERS
from journey.scope import Scope, period_bounds, read_time
from journey.warehouse import Warehouse, ask_sql, setting


@dataclass(frozen=True)
class Orders:
    """What an order is.  step: the events.  value: the property it is worth, None where nothing says.  refund: a step, or None."""

    step: Any
    value: str | None
    refund: Any
    currency: str | None


@dataclass(frozen=True)
class Bound:
    """Customers' histories up to a cut.

    bounds: starts of the days of the log, and the end of the last, ms.  cut: number of the first day not learnt from.
    held_days: days from the cut on that the data hold, up to the horizon.  rows: as in the definition, one per customer.
    by_day: orders after the first per day.  kept: (share of the amounts before the cut that was not refunded, refunded after).
    """

    orders: Orders
    label: str
    bounds: tuple[int, ...]
    cut: int
    held_days: int
    rows: pl.DataFrame
    by_day: pl.DataFrame
    kept: tuple[float, float]
    sql: str
    params: dict[str, Any]
    warnings: tuple[str, ...]

    @property
    def valued(self) -> bool:
        return self.orders.value is not None


def orders_of(con: Warehouse, question: LifetimeQuestion) -> Orders:
    """Raises: QuestionError: neither the question nor the mapping says what an order is."""
    mapped = setting(con, "revenue")
    mapped = mapped if isinstance(mapped, Mapping) and mapped.get("property") else {}
    if question.event is None and not mapped:
        raise QuestionError(
            'No revenue is mapped, so nothing says what an order is. Name the event: {"ask": "lifetime_value", "event": ...}; '
            'or map the revenue when loading: {"revenue": {"event": ..., "property": ..., "currency": ...}}.'
        )
    step = question.event if question.event is not None else mapped.get("event")
    refund = mapped.get("refund")
    if step is None:  # revenue of any event: amounts above 0 are orders, those below give back
        name = mapped["property"]
        step, refund = {"where": {name: {"op": "gt", "value": 0}}}, refund or {"where": {name: {"op": "lt", "value": 0}}}
    if question.value is not None and question.value != mapped.get("property"):
        return Orders(step, question.value, None, None)
    return Orders(step, mapped.get("property"), refund, mapped.get("currency") or setting(con, "currency"))


def days_of(con: Warehouse, scope: Scope) -> tuple[int, ...] | None:
    """Starts of the days from the log's first event to its last, and the end of the last; None in an empty workspace."""
    data = extent(con)
    return None if data is None else tuple(period_bounds(data[0], data[1] + 1, "day", scope.timezone))


def bind(con: Warehouse, question: LifetimeQuestion, scope: Scope, bounds: tuple[int, ...], cut: int) -> Bound:
    """The histories up to the day of this number, and what came after within the horizon."""
    orders, binder = orders_of(con, question), Binder(con)
    step = binder.match(orders.step)
    value = _amount(binder, orders.value)
    # Who is of the segment is asked as of the cut: a later moment would let the future choose whom the past is told of.
    inside = in_segment(binder, Scope(None, min(bounds[min(cut, len(bounds) - 1)], scope.stop or bounds[-1]), "UTC", scope.segment))
    entry = f"{entries(binder, Scope(scope.start, scope.stop))} and {inside}"
    ctes = story(step.sql, value, entry)
    refund = None if orders.refund is None or orders.value is None else refunds(binder.match(orders.refund).sql, value)
    held = max(0, min(question.horizon, len(bounds) - 1 - cut))
    params = binder.params | calendar_values(bounds) | {"cut": cut, "horizon_end": cut + held}
    rows, by_day = (ask_sql(con, ctes + part, params) for part in (HISTORIES, BY_DAY))
    kept = (1.0, 0.0)
    if refund is not None:
        taken = float(ask_sql(con, ctes + TAKEN, params).item())
        before, after = ask_sql(con, ctes + refund, params).row(0)
        kept = (max(0.0, 1 - before / taken) if taken > 0 else 1.0, float(after))
    return Bound(orders, step.label, bounds, cut, held, rows, by_day, kept, ctes + HISTORIES, params, tuple(binder.warnings))


def cut_of(question: LifetimeQuestion, scope: Scope, bounds: tuple[int, ...]) -> int:
    """The number of the day that the calibration ends before; that after the last where the question names none.

    Raises: QuestionError: a time that cannot be read, or outside the data.
    """
    if question.calibration_end is None:
        return len(bounds) - 1
    when = read_time(question.calibration_end, scope.zone, "calibration_end")
    if when is None or not bounds[0] < when <= bounds[-1]:
        raise QuestionError(
            f"calibration_end is {question.calibration_end!r}, outside the data. Choose a day after the first event, "
            "and no later than the day after the last."
        )
    return bisect_right(bounds, when) - 1


def _amount(binder: Binder, name: str | None) -> str:
    """The value of an event as SQL; null where nothing says, and with a warning where the log never held the property."""
    prop = None if name is None else binder.property(name)
    if prop is None:
        return "cast(null as double)"
    if prop.type not in NUMBERS or prop.of != "event":
        held = f"values of type {prop.type}" if prop.type not in NUMBERS else "one value for each customer"
        raise QuestionError(f"The property {prop.name!r} holds {held}; the worth of an order needs numbers of events.")
    return f"cast({prop.sql()} as double)"
