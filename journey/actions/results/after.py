"""What came after decisions beside the outcome: whether the customer came a stage further, and what they brought each day."""

import numpy as np
import polars as pl

from journey.features.earned import read_earned
from journey.rules import Binder
from journey.rules.staged import StageRule, stages_in_force
from journey.rules.stages_then import staged_then
from journey.warehouse import Warehouse, ask_sql, registered

DAY = 86_400_000

BROUGHT = """-- Net revenue after each decision, by day since it: the first 24 hours are day 0.
select
    o.occasion,
    cast((e.ts - o.at - 1) // 86400000 as integer) as day,
    sum({amount}) as amount,
    sum(case when e.ts <= o.at + $within then {amount} else 0.0 end) as inside
from occasions o
join events e on e.customer = o.customer
where e.ts > o.at and e.ts <= o.at + $longest and e.ts < $as_of and {amount} is not null
group by o.occasion, day
order by o.occasion, day"""


def advanced(con: Warehouse, rows: pl.DataFrame, within: int) -> pl.Series:
    """(decisions,) whether the customer stands a step further when the window closes than at the decision.

    The step is the furthest they have come, gone quiet or not.  Back among the steps from a stage that is set apart from them
    (lapsed, at risk) is further too.
    """
    stages = stages_in_force(con)
    occasions = rows.select("occasion", "customer", "at")
    before = _steps(staged_then(Binder(con), stages, occasions), stages)
    after = _steps(staged_then(Binder(con), stages, occasions.with_columns(at=pl.col("at") + within + 1)), stages)
    both = occasions.join(before, on="occasion", how="left").join(after, on="occasion", how="left", suffix="_then")
    further = pl.col("step_then") > pl.col("step")
    back = ~pl.col("inside") & pl.col("inside_then")
    return both.select(advanced=(further | back).fill_null(False))["advanced"]


def _steps(found: pl.DataFrame, stages: tuple[StageRule, ...]) -> pl.DataFrame:
    """occasion, step (of the furthest stage), inside (whether the stage is one of the steps)."""
    steps = {place: stage.step for place, stage in enumerate(stages)}
    return found.select(
        "occasion",
        step=pl.col("furthest").replace_strict(steps, return_dtype=pl.Int32),
        inside=pl.col("stage").replace_strict({place: step is not None for place, step in steps.items()}, return_dtype=pl.Boolean),
    )


def brought(con: Warehouse, rows: pl.DataFrame, within: int, days: int, as_of: int) -> tuple[np.ndarray, np.ndarray] | None:
    """-> ((decisions,) net revenue within the window, (decisions, days) net revenue until the end of each day).

    None where no revenue is mapped.
    """
    earned = read_earned(con)
    if earned is None:
        return None
    binder = Binder(con)
    text = BROUGHT.format(amount=earned.sql(binder))
    params = {**binder.params, "within": within, "longest": max(within, days * DAY), "as_of": as_of}
    with registered(con, "occasions", rows.select("occasion", "customer", "at")):
        found = ask_sql(con, text, params)
    place = pl.DataFrame({"occasion": rows["occasion"], "place": np.arange(rows.height)})
    found = found.join(place, on="occasion")
    where, day = found["place"].to_numpy(), found["day"].to_numpy()
    inside, each = np.zeros(rows.height), np.zeros((rows.height, days))
    np.add.at(inside, where, found["inside"].to_numpy())
    kept = day < days
    each[where[kept], day[kept]] = found["amount"].to_numpy()[kept]
    return inside, np.cumsum(each, axis=1)
