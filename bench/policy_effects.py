"""What the campaign of a simulated shop is found to add in each stage, beside what was planted in those very decisions."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from bench.policy_shop import CALLED
from journey.actions.catalog import actions_in_force
from journey.actions.effects import Effect, effects_of
from journey.actions.effects.measure import campaigns
from journey.answers import data_until
from journey.demo import load_shop, world
from journey.scope import Scope
from journey.warehouse import Warehouse, ask_sql, open_warehouse, setting

SITUATIONS = """
select c.id, e.customer, e.ts as at, e.p_segment as situation
from events e
join event_names n on n.event = e.event
join customers c on c.customer = e.customer
where n.name = 'Campaign assigned'"""


@dataclass(frozen=True)
class Planted:
    """found: the effect as it is told.  true: mean of what was planted in the decisions of the stage, as far as it can be seen.

    An extra order is not seen where an order comes anyway, so what was planted is taken times the share without one.
    """

    found: Effect
    true: float

    @property
    def covered(self) -> bool:
        return self.found.interval is not None and self.found.interval[0] <= self.true <= self.found.interval[1]


def planted(con: Warehouse, truth: Mapping[str, Any]) -> list[Planted]:
    """Every effect by stage, and of all, beside the truth.  truth: that of the shop in the workspace."""
    catalog = actions_in_force(con)
    effects, logs = effects_of(con, catalog, Scope()), campaigns(con, catalog, (data_until(con) or 0) + 1)
    left = pl.DataFrame({"id": list(truth["leaving"]["left"]), "left": list(truth["leaving"]["left"].values())})
    known = ask_sql(con, SITUATIONS).join(left, on="id", how="left")
    gone = pl.from_epoch("at", "ms").dt.date().cast(pl.String) >= pl.col("left")
    known = known.with_columns(here=(~gone).fill_null(True))
    told = []
    for name, called in CALLED.items():
        added = {situation: world.uplift(called, situation) for situation in world.SEGMENTS}
        rows = logs[name].rows.join(known, on=["customer", "at"], how="inner")
        rows = rows.with_columns(true=pl.col("situation").replace_strict(added, return_dtype=pl.Float64) * pl.col("here"))
        for effect in effects.all_of(name):
            mine = rows if effect.stage is None else rows.filter(pl.col("stage") == effect.stage)
            told.append(Planted(effect, float(mine["true"].mean() or 0.0) * (1 - (effect.base or 0.0))))  # type: ignore[arg-type]
    return told


def effects_told(seed: int = 7, customers: int = 20_000) -> list[str]:
    with open_warehouse(":memory:") as con:
        load_shop(con, seed=seed, customers=customers)
        found = planted(con, setting(con, "demo_truth"))
    whole, parts = [one for one in found if one.found.stage is None], [one for one in found if one.found.stage is not None]
    each = "; ".join(
        f"{one.found.action} {one.found.told.split('points')[0].split(':')[1].strip()} against {100 * one.true:+.1f}" for one in whole
    )
    return [
        f"shop of {customers:,}: of all stages {sum(one.covered for one in whole)} of {len(whole)} effects hold what was planted ({each})",
        f"by stage {sum(one.covered for one in parts)} of {len(parts)} do",
    ]
