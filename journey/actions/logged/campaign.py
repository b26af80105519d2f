"""A campaign of the log whose actions were drawn at random: each decision, its chance, what was known, and what came of it."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from journey.actions.catalog import Action, ActionCatalog, Logged, actions_in_force
from journey.actions.effects.decided import CAMPAIGN, EMPTY, wanted_sql
from journey.actions.effects.measure import campaigns
from journey.errors import QuestionError
from journey.features.earned import read_earned
from journey.rules import Binder, in_segment, nearest
from journey.rules.listed import warn_of_lists
from journey.rules.segment import as_of
from journey.scope import Scope
from journey.warehouse import Warehouse, ask_sql, registered

EARNED = """-- What each decision brought in: the revenue of its outcome's events, later than the decision and within the window.
select o.occasion, coalesce(sum({amount}), 0.0) as revenue
from occasions o
left join events e on e.customer = o.customer and e.ts > o.at and e.ts <= o.at + $within and {wanted}
group by o.occasion
order by o.occasion"""
THEIRS = """-- The ids of the customers decided on, and whether they are of the segment.
select k.customer, k.id, {inside} as inside
from customers k
order by k.customer"""


@dataclass(frozen=True, eq=False)
class Campaign:
    """rows: one per decision: occasion, customer (number), id, at (ms), named (what was done), weight (one over its chance),
    stage (then), did (the outcome came within the window).  In order of occasion.

    action: of the catalog, for whose outcome it is.  logged: how the log names it.  sql, params: the query.
    missing: why there is none, "" where there is one.
    """

    action: Action
    logged: Logged
    rows: pl.DataFrame
    sql: str
    params: dict[str, object]
    warnings: tuple[str, ...]
    moment: int
    missing: str = ""

    @property
    def chance(self) -> np.ndarray:
        return 1 / self.rows["weight"].to_numpy()

    @property
    def person(self) -> np.ndarray:
        return self.rows["customer"].to_numpy()


def campaign_in(con: Warehouse, action: str, scope: Scope) -> Campaign:
    """The campaign by which an action of the catalog was tried, as far as the scope reaches: decisions in its time whose window
    was over by its stop (else the data's end), of its segment as of then.

    Raises: QuestionError: no such action.
    """
    catalog = actions_in_force(con)
    found = catalog.action(action)
    if found is None:
        names = [one.name for one in catalog.actions]
        raise QuestionError(f"The catalog has no action {action!r}.{nearest(action, names)} It has: {', '.join(names) or 'none'}.")
    moment = as_of(Binder(con), scope)
    decisions = campaigns(con, catalog, moment).get(action)
    if found.logged is None or decisions is None:
        missing = f"the log holds no campaign of {action!r} that was drawn at random; it holds {_with_one(catalog)}"
        rows = EMPTY.with_columns(named=pl.lit(""), id=pl.lit(""))
        return Campaign(found, Logged("", "", action, "nothing"), rows, CAMPAIGN, {}, (), moment, missing)
    rows = of_scope(con, decisions.rows, scope)
    told = [f"{decisions.left_out:,} decisions at which nothing was drawn are left out."] if decisions.left_out else []
    warnings = (*decisions.warnings, *told, *warn_of_lists(con, scope))
    return Campaign(found, found.logged, rows, decisions.sql, decisions.params, warnings, moment)


def campaigned(catalog: ActionCatalog) -> tuple[str, ...]:
    """The actions whose campaign the log holds."""
    return tuple(one.name for one in catalog.actions if one.logged is not None and not one.lacking)


def revenue_of(con: Warehouse, campaign: Campaign) -> np.ndarray | None:
    """(decisions,) what the outcome's events brought in within the window; None where no revenue is mapped."""
    earned = read_earned(con)
    if earned is None:
        return None
    binder = Binder(con)
    text = EARNED.format(amount=earned.sql(binder), wanted=wanted_sql(binder, campaign.action.wanted))
    params = {**binder.params, "within": campaign.action.wanted.within_ms}
    with registered(con, "occasions", campaign.rows.select("occasion", "customer", "at")):
        found: np.ndarray = ask_sql(con, text, params)["revenue"].to_numpy()
    return found


def of_scope(con: Warehouse, rows: pl.DataFrame, scope: Scope) -> pl.DataFrame:
    """The decisions since the scope's start, on customers of its segment, with their ids; in order of occasion."""
    binder = Binder(con)
    theirs = ask_sql(con, THEIRS.format(inside=in_segment(binder, scope, "k")), binder.params)
    kept = rows.join(theirs, on="customer", how="left").filter(pl.col("inside") & pl.col("named").is_not_null())
    return (kept if scope.start is None else kept.filter(pl.col("at") >= scope.start)).drop("inside").sort("occasion")


def _with_one(catalog: ActionCatalog) -> str:
    names = campaigned(catalog)
    return f"one of {' and '.join(names)}" if names else "one of no action"
