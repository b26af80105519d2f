"""The proposals of our own ledger as a campaign: those meant to get an action against those held out by the same dice.

Counted is who was meant to get it, whether or not a person let it pass: the dice chose that, and a person's choice they did not.
"""

import polars as pl

from journey.actions.catalog import actions_in_force
from journey.actions.effects.decided import proposed
from journey.actions.logged.campaign import Campaign, campaign_in, campaigned, of_scope
from journey.scope import Scope
from journey.warehouse import Warehouse, ask_sql

HELD_OUT = "held out"
BOTH = """-- Actions that were proposed both to customers who may get them and to some who are held out.
select p.action
from proposals p
group by p.action
having count(*) filter (where p.arm = 'treated') > 0 and count(*) filter (where p.arm = 'holdout') > 0"""


def uplift_actions(con: Warehouse, scope: Scope) -> tuple[str, ...]:
    """Actions of which it can be asked whom they help, in the order of the catalog: tried by a campaign, or by our own ledger."""
    catalog = actions_in_force(con)
    own = set() if scope.stop is not None else set(ask_sql(con, BOTH)["action"].to_list())
    return tuple(one.name for one in catalog.actions if one.name in campaigned(catalog) or (one.name in own and not one.lacking))


def tried_in(con: Warehouse, action: str, scope: Scope) -> Campaign:
    """The campaign of the log by which the action was tried; without one, what our own ledger knows of it.

    Raises: QuestionError: no such action.
    """
    campaign = campaign_in(con, action, scope)
    if not campaign.missing or action not in uplift_actions(con, scope):
        return campaign
    return _own(con, campaign, scope)


def _own(con: Warehouse, bare: Campaign, scope: Scope) -> Campaign:
    """Of each customer the first proposal, weighed by one over the share of those with the same fate."""
    action = bare.action
    found = proposed(con, action.name, action.wanted, bare.moment)
    named = pl.when("treated").then(pl.lit(action.name)).otherwise(pl.lit(HELD_OUT))
    rows = of_scope(con, found.rows.with_columns(named=named), scope)
    share = rows["treated"].mean() if rows.height else None
    meant = float(share) if isinstance(share, float) else 0.5
    rows = rows.with_columns(weight=pl.when("treated").then(1 / max(meant, 1e-9)).otherwise(1 / max(1 - meant, 1e-9)))
    logged = type(bare.logged)("", "", action.name, HELD_OUT)
    return Campaign(action, logged, rows, found.sql, found.params, found.warnings, bare.moment)
