"""When each customer was due for a rule, and newly so, at each of many looks at the past: one query for all of them.

looks          1    2    3    4    5
rule holds     -    yes  yes  -    yes
newly due           2              5         due at the look, and not at the one before it
"""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from journey.actions.catalog import Trigger
from journey.actions.catalog.judge import judge
from journey.actions.triggers.due import count_known
from journey.rules import Binder
from journey.rules.running import Running
from journey.rules.segment import holds, in_segment
from journey.rules.staged import StageRule
from journey.scope import Scope
from journey.warehouse import ask_sql

OF_FEW = """with events as (
    -- what these customers did, under the name that the rules read
    select * from main.events where customer in (select unnest($few::integer[]))
),
customers as (
    select * from main.customers where customer in (select unnest($few::integer[]))
)
select *
from (
{looked}
) looked
order by id, moment"""


@dataclass(frozen=True)
class Looked:
    """due: customer, id, look (its place, from 0), newly (bool), one row per customer and look at which the rule held, in order.

    known: customers known at the last look.  sql: the query, as it ran, with binder's values.
    """

    due: pl.DataFrame
    known: int
    sql: str


def look_back(binder: Binder, rule: object, of: str, looks: Sequence[int], every_ms: int, scope: Scope) -> Looked:
    """Who was due at each look, of the scope's segment.  of: what rule it is, to begin a sentence with."""
    moments = [looks[0] - every_ms, *looks] if looks else [0]  # a log without events has no past to look at
    facts = Running(binder, moments)
    sql = facts.query("k.moment, k.customer, k.id", f"{in_segment(binder, scope, 'k')} and {judge(facts, rule, of)}")
    rows = ask_sql(binder.con, f"{sql}\norder by k.id, k.moment", binder.params)
    place = pl.col("moment").replace_strict(moments, range(-1, len(moments) - 1), return_dtype=pl.Int32)
    before = (pl.col("look").shift(1).over("customer") == pl.col("look") - 1).fill_null(value=False)
    due = rows.with_columns(place.alias("look")).with_columns((~before).alias("newly"))
    return Looked(due.filter(pl.col("look") >= 0).select("customer", "id", "look", "newly"), count_known(binder, moments[-1], scope), sql)


def beside(
    binder: Binder, newly: pl.DataFrame, looks: Sequence[int], triggers: Sequence[Trigger], stages: Sequence[StageRule]
) -> pl.DataFrame:
    """What else was true of customers when they newly came due: id, look, stage (its place), due_0, due_1, .. by trigger.

    newly: customer, id, look.  What others did is not read.
    """
    if newly.is_empty():
        kinds = {"id": pl.String, "look": pl.Int32, "stage": pl.Int32, **{f"due_{place}": pl.Boolean for place in range(len(triggers))}}
        return pl.DataFrame(schema=kinds)
    facts = Running(binder, looks)
    judged = [judge(facts, trigger.when, f"The rule of the trigger {trigger.name!r}") for trigger in triggers]
    whens = " ".join(f"when {holds(facts, stage.rule)} then {place}" for place, stage in enumerate(stages[:-1]))
    stage = f"case {whens} else {len(stages) - 1} end" if whens else "0"
    columns = "".join(f", {rule} as due_{place}" for place, rule in enumerate(judged))
    params = {**binder.params, "few": newly["customer"].unique().sort().to_list()}
    rows = ask_sql(binder.con, OF_FEW.format(looked=facts.query(f"k.moment, k.id, {stage} as stage{columns}")), params)
    place = pl.col("moment").replace_strict(list(looks), range(len(looks)), return_dtype=pl.Int32)
    return newly.select("id", "look").join(rows.with_columns(place.alias("look")), on=["id", "look"], how="left").sort("id", "look")
