"""What one outcome of an action is worth to us: money that is kept, with its interval."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from journey.actions.catalog import Action, ActionCatalog, Wanted
from journey.actions.effects.decided import wanted_sql
from journey.features.earned import read_earned
from journey.inference import Z95
from journey.predict.lifetime import expected_values
from journey.rules import Binder
from journey.rules.held import hold
from journey.warehouse import Warehouse, ask_sql

Money = tuple[float, float, float]
HORIZON = 90
FEWEST = 10  # outcomes with an amount: of fewer, the mean says little

OUTCOMES = """-- What the outcomes of an action brought, by customer: how many, how many with an amount, and their sum.
with brought as (
    -- one row per outcome; one without an amount brought nothing
    select e.customer, {amount} as amount
    from events e
    where e.ts < $as_of and {wanted}
)
select customer, count(*) as outcomes, count(amount) as paid, coalesce(sum(amount), 0.0) as amount
from brought
group by customer
order by customer"""
OFF = """-- What was taken back of all that came in: one row.
select coalesce(sum(amount) filter (where amount > 0), 0.0) as brought, coalesce(sum(amount), 0.0) as kept
from (select {amount} as amount from events e where e.ts < $as_of) amounts"""


@dataclass(frozen=True)
class OutcomeWorth:
    """mean: net revenue that one outcome brings.  se: its standard error, by customer.  outcomes: how many it rests on."""

    mean: float
    se: float
    outcomes: int


def worths(con: Warehouse, catalog: ActionCatalog, customer_ids: Sequence[str], as_of: int) -> dict[tuple[str, str], Money | None]:
    """(action, customer) -> what one outcome brings, with 95% of where that lies: (value, low, high); None where nobody can say.

    Money of the workspace's currency, margin applied.  An action whose worth is a number is worth that to everybody, as it
    is written; margin is not applied to it.
    """
    margin = catalog.guardrails.margin
    expected = _expected(con, as_of) if any(action.worth == "customer" for action in catalog.actions) else {}
    found: dict[tuple[str, str], Money | None] = {}
    for action in catalog.actions:
        if action.worth == "customer":
            found |= {(action.name, one): _times(expected.get(one), margin) for one in customer_ids}
        else:
            worth = same_worth(con, action, margin, as_of)
            found |= {(action.name, one): worth for one in customer_ids}
    return found


def same_worth(con: Warehouse, action: Action, margin: float, as_of: int) -> Money | None:
    """The worth of an outcome that is the same for every customer; None where it is each customer's own, or not known."""
    if isinstance(action.worth, float | int):
        return float(action.worth), float(action.worth), float(action.worth)
    if action.worth != "outcome" or action.lacking:
        return None
    found = outcome_worth(con, action.wanted, as_of)
    if found is None:
        return None
    return _times((found.mean, found.mean - Z95 * found.se, found.mean + Z95 * found.se), margin)


def outcome_worth(con: Warehouse, wanted: Wanted, as_of: int) -> OutcomeWorth | None:
    """The mean revenue of an outcome's events, less the share of all revenue that was taken back; None below 10 with an amount.

    An outcome without an amount brought nothing, and counts: a visit is not worth an order because orders are visits too.
    A refund rarely says which order it is of, so what was taken back is shared out among all that came in.
    """
    return hold(con, "outcome worth", (wanted, as_of), lambda: _outcome_worth(con, wanted, as_of), most=32)


def _outcome_worth(con: Warehouse, wanted: Wanted, as_of: int) -> OutcomeWorth | None:
    earned = read_earned(con)
    if earned is None:
        return None
    binder = Binder(con)
    amount, step = earned.sql(binder), wanted_sql(binder, wanted)
    params = {**binder.params, "as_of": as_of}
    rows = ask_sql(con, OUTCOMES.format(amount=amount, wanted=step), params)
    outcomes = int(rows["outcomes"].sum())
    if int(rows["paid"].sum()) < FEWEST or rows.height < 2:
        return None
    brought, kept = ask_sql(con, OFF.format(amount=amount), params).row(0)
    mean = float(rows["amount"].sum()) / outcomes
    left = float(((rows["amount"] - mean * rows["outcomes"]) ** 2).sum())  # by customer: the delta method of a ratio
    se = math.sqrt(left * rows.height / (rows.height - 1)) / outcomes
    share = max(kept / brought, 0.0) if brought > 0 else 1.0
    return OutcomeWorth(mean * share, se * share, outcomes)


def _expected(con: Warehouse, as_of: int) -> dict[str, Money]:
    """Customer -> what they are expected to bring in 90 days; nobody where it cannot be told."""
    return hold(con, "worth of customers", (as_of, HORIZON), lambda: _by_customer(expected_values(con, as_of, HORIZON)), most=2)


def _by_customer(found: pl.DataFrame | str) -> dict[str, Money]:
    if isinstance(found, str):
        return {}
    rows = found.drop_nulls(["value"]).iter_rows()
    return {one: (value, value if low is None else low, value if high is None else high) for one, value, low, high in rows}


def _times(money: Money | None, margin: float) -> Money | None:
    return None if money is None else (money[0] * margin, money[1] * margin, money[2] * margin)
