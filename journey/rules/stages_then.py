"""Which stage customers were in at moments of their own: each as of when something was decided about them.

Every occasion (a customer and a moment) is taken as a customer of its own whose clock is shifted, so that all moments fall
on one; the rules of the stages then read them all at once, as they read customers of today.  Exact, and each customer's
events are read once for each of their own occasions, not for everybody's.

Known limit: scores that were kept (rules with "score") are those of the last moment asked for.
"""

from collections.abc import Sequence

import polars as pl

from journey.rules.match import Binder, Property, known_properties
from journey.rules.staged import StageRule
from journey.rules.stages_at import staged_sql
from journey.scope import Scope
from journey.warehouse import ask_sql, quote, registered

THEN = """with events as (
    -- what each did before the moment of the occasion, on a clock on which all moments are one
    select e.* replace (o.occasion as customer, e.ts - o.at + $then as ts{event_times})
    from main.events e
    join occasions o on o.customer = e.customer
    where e.ts < o.at
),
customers as (
    select c.* replace (o.occasion as customer, c.first_ts - o.at + $then as first_ts{customer_times})
    from main.customers c
    join occasions o on o.customer = c.customer
)
select customer as occasion, stage, furthest
from (
{staged}
) looked
order by occasion"""
SCHEMA = {"occasion": pl.Int32, "stage": pl.Int32, "furthest": pl.Int32}


def staged_then(binder: Binder, stages: Sequence[StageRule], occasions: pl.DataFrame) -> pl.DataFrame:
    """occasion, stage and furthest (places in `stages`, from 0), as `staged` tells them, of events before the moment.

    occasions: rows of occasion (Int32, its number), customer (its number) and at (ms).  A customer not known then has no row.
    """
    if not occasions.height:
        return pl.DataFrame(schema=SCHEMA)
    moment = int(occasions["at"].max())  # type: ignore[arg-type]
    properties = known_properties(binder.con)
    text = THEN.format(
        event_times=_shifted(properties, "event", "e"),
        customer_times=_shifted(properties, "customer", "c"),
        staged=staged_sql(binder, stages, [moment], Scope(None, moment)),
    )
    with registered(binder.con, "occasions", occasions.select("occasion", "customer", "at")):
        return ask_sql(binder.con, text, {**binder.params, "then": moment})


def _shifted(properties: Sequence[Property], of: str, alias: str) -> str:
    """Properties that are times move with the clock, so that "within 30 days from now" is asked of the occasion's own now."""
    times = [quote(prop.column) for prop in properties if prop.of == of and prop.type == "timestamp"]
    return "".join(f", {alias}.{column} - o.at + $then as {column}" for column in times)
