"""Ask what customers are worth from here on, and who those are that are worth most."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl

from journey.answers import Evidence, People, data_until
from journey.errors import QuestionError
from journey.predict.lifetime.bound import Bound, bind, cut_of, days_of
from journey.predict.lifetime.contract import contract_customers, measure_contract
from journey.predict.lifetime.contract_question import ContractQuestion
from journey.predict.lifetime.contract_result import ContractValue
from journey.predict.lifetime.forecast import Expected, Fitted, ends, expect, fit_model
from journey.predict.lifetime.holdout import check
from journey.predict.lifetime.question import LifetimeQuestion
from journey.predict.lifetime.result import EMPTY, Holdout, Lifetime, Tenth
from journey.predict.lifetime.words import define, enough, warn
from journey.scope import Scope, refuse_unknown
from journey.warehouse import Warehouse

Question = LifetimeQuestion | ContractQuestion


def measure_lifetime(con: Warehouse, question: Question, scope: Scope) -> Lifetime | ContractValue:
    """Expected orders and value of each customer from the calibration's end over the horizon.

    Where the question names a calibration's end, what the data hold after it is the holdout.  Where it names none, the
    forecast starts at the data's end, and a second fit to earlier data shows how such forecasts did.
    """
    if isinstance(question, ContractQuestion):
        return measure_contract(con, question, scope)
    bounds = days_of(con, scope)
    if bounds is None:
        return _without(question, scope, None, Evidence("No events are loaded, so nobody has ordered.", ""), ("No events are loaded.",))
    bound = bind(con, question, scope, bounds, cut_of(question, scope, bounds))
    evidence = Evidence(define(question, scope, bound), bound.sql, bound.params, bound.rows.height, data_until(con), bound.warnings)
    missing = enough(bound)
    if missing:
        return _without(question, scope, bounds[bound.cut], evidence, missing)
    fitted = fit_model(bound, question)
    expected = expect(fitted, question.horizon)
    customers = _customers(bound, expected)
    held, unchecked = _check(con, question, scope, bound, fitted)
    return Lifetime(
        question,
        scope.timezone,
        bounds[bound.cut],
        fitted.fit,
        fitted.spend,
        customers,
        expected.total,
        expected.worth,
        _tenths(customers),
        held,
        replace(evidence, warnings=(*bound.warnings, *warn(bound, fitted, held))),
        (),
        unchecked,
        fitted.unvalued,
        bound.orders.currency,
        fitted.model.title,
    )


def lifetime_customers(con: Warehouse, question: Question, scope: Scope, mark: Mapping[str, Any]) -> People:
    """{"tenth": k}: a tenth of the customers by expected value, 1 the most valuable; {"top": n}: the first n of them."""
    if isinstance(question, ContractQuestion):
        return contract_customers(con, question, scope, mark)
    refuse_unknown(mark, ("tenth", "top"), "customers of a lifetime value")
    name, n = next(iter(mark.items()), ("", None))
    if len(mark) != 1 or isinstance(n, bool) or not isinstance(n, int) or n < 1 or (name == "tenth" and n > 10):
        raise QuestionError('Customers of a lifetime value are named by {"tenth": 1 to 10} or {"top": a whole number from 1}.')
    bounds = days_of(con, scope)
    bound = None if bounds is None else bind(con, question, scope, bounds, cut_of(question, scope, bounds))
    if bound is None or enough(bound):
        return People(())
    customers = _customers(bound, expect(fit_model(bound, question), question.horizon))
    rows = customers.head(n) if name == "top" else customers.filter(pl.col("tenth") == n)
    return People(tuple(sorted(rows["id"].to_list())))


def _check(con: Warehouse, question: LifetimeQuestion, scope: Scope, bound: Bound, fitted: Fitted) -> tuple[Holdout | None, str | None]:
    """The check of this very forecast where the data hold what came; else of one like it, from an earlier cut."""
    if bound.held_days:
        return check(bound, fitted), None
    # A third of the history at most is kept for the check, so that what it is learnt from stays most of it.
    days = min(question.horizon, (len(bound.bounds) - 1) // 3)
    earlier = replace(question, horizon=max(days, 1))
    past = bind(con, earlier, scope, bound.bounds, len(bound.bounds) - 1 - earlier.horizon)
    missing = enough(past)
    if missing:
        return None, f"The forecast could not be tried on the last {earlier.horizon} days: without them, {' '.join(missing)}"
    return check(past, fit_model(past, earlier)), None


def _customers(bound: Bound, expected: Expected) -> pl.DataFrame:
    """One row per customer, the most valuable first (by expected orders where nothing says what one is worth)."""
    none = np.full(bound.rows.height, np.nan)
    value, value_se = (none if part is None else part for part in (expected.value, expected.value_log_se))
    orders_low, orders_high = ends(expected.orders, expected.orders_log_se)
    low, high = ends(value, value_se)
    columns = {
        "id": bound.rows["id"],
        "expected_orders": expected.orders,
        "p_alive": expected.alive,
        "orders_low": orders_low,
        "orders_high": orders_high,
        "value": value,
        "low": low,
        "high": high,
    }
    by = "expected_orders" if expected.value is None else "value"
    n = bound.rows.height
    return (
        pl.DataFrame(columns)
        .sort([by, "expected_orders", "id"], descending=[True, True, False])
        .with_columns((pl.int_range(n) * min(10, n) // n + 1).cast(pl.Int32).alias("tenth"))
        .with_columns(pl.selectors.float().fill_nan(None))
        .select(EMPTY.columns)
    )


def _tenths(customers: pl.DataFrame) -> tuple[Tenth, ...]:
    valued = customers["value"].null_count() == 0
    by = "value" if valued else "expected_orders"
    whole = float(customers[by].sum())
    groups = customers.group_by("tenth").agg(
        pl.len().alias("n"),
        pl.col("expected_orders").sum(),
        pl.col("value").sum(),
        pl.col(by).min().alias("least"),
        pl.col(by).sum().alias("of"),
    )
    return tuple(
        Tenth(k, n, orders, value if valued else None, least, of / whole if whole > 0 else None)
        for k, n, orders, value, least, of in groups.sort("tenth").iter_rows()
    )


def _without(question: LifetimeQuestion, scope: Scope, start: int | None, evidence: Evidence, missing: tuple[str, ...]) -> Lifetime:
    return Lifetime(question, scope.timezone, start, None, None, EMPTY, None, None, (), None, evidence, missing)
