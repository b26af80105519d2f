"""Which stage each customer is in at each of several moments: one query for them all."""

import re
from collections.abc import Sequence

import polars as pl

from journey.rules.facts import Facts
from journey.rules.match import Binder
from journey.rules.running import Running
from journey.rules.segment import holds, in_segment
from journey.rules.staged import StageRule
from journey.scope import Scope
from journey.warehouse import ask_sql


def staged_sql(binder: Binder, stages: Sequence[StageRule], moments: Sequence[int], scope: Scope) -> str:
    """One row per moment and customer known then: moment (ms), customer, stage and furthest (places in `stages`, from 0).

    stage: the first whose rule holds.  furthest: the first of those with a step, as if there were no others: how far a
    customer has come, gone quiet or not.  The segment is the one of the scope's stop, at every moment.
    """
    facts = Running(binder, moments)
    judged = ", ".join(f"{holds(facts, stage.rule)} as holds_{place}" for place, stage in enumerate(stages[:-1]))
    within = in_segment(binder, scope, "k")
    inner = facts.query(f"k.moment, k.customer, k.first_ts{', ' + judged if judged else ''}", within)
    every, steps = list(range(len(stages))), [place for place, stage in enumerate(stages) if stage.step is not None]
    return (
        f"select moment, customer, first_ts,\n  {_first(every, len(stages) - 1)} as stage,\n"
        f"  {_first(steps, len(stages) - 1)} as furthest\nfrom (\n{inner}\n) judged"
    )


def in_stages_sql(binder: Binder, stages: Sequence[StageRule], scope: Scope) -> str:
    """The definition at one moment, the scope's stop: stage, customers."""
    facts = Facts(binder, scope.stop or 0)
    whens = "\n    ".join(f"when {holds(facts, stage.rule)} then {binder.bind(stage.name, 'stage')}" for stage in stages[:-1])
    rest = binder.bind(stages[-1].name, "stage")
    within = in_segment(binder, scope, "k")
    stage = f"case\n    {whens}\n    else {rest}\n  end" if whens else rest
    inner = facts.query(f"\n  k.customer,\n  {stage} as stage", within)
    return f"select stage, count(*) as customers\nfrom (\n{inner}\n) staged\ngroup by stage\norder by customers desc, stage"


def staged(binder: Binder, stages: Sequence[StageRule], moments: Sequence[int], scope: Scope) -> pl.DataFrame:
    return ask_sql(binder.con, staged_sql(binder, stages, moments, scope), binder.params)


OF_FEW = """with events as (
    -- what these customers did, under the name that the rules read
    select * from main.events where customer in (select unnest($few_customers::integer[]))
),
customers as (
    select * from main.customers where customer in (select unnest($few_customers::integer[]))
)
select moment, customer, stage, furthest
from (
{staged}
) looked
order by customer, moment"""


def staged_few(binder: Binder, stages: Sequence[StageRule], moments: Sequence[int], customers: Sequence[int]) -> pl.DataFrame:
    """The same of a few customers, by their numbers, without reading what the others did: moment, customer, stage, furthest.

    Planned once: for a few rows that takes longer than answering, and `ask_sql` plans twice, to know the types.
    """
    text = OF_FEW.format(staged=staged_sql(binder, stages, moments, Scope(None, max(moments))))
    params = {name: value for name, value in binder.params.items() if re.search(rf"\${name}\b", text)}
    rows = binder.con.connection.execute(text, {**params, "few_customers": list(customers)}).fetchall()
    kinds = {"moment": pl.Int64, "customer": pl.Int32, "stage": pl.Int32, "furthest": pl.Int32}
    return pl.DataFrame(rows, schema=kinds, orient="row")


def _first(places: Sequence[int], last: int) -> str:
    """The first place whose rule holds.  The last stage takes the rest; where it has no step, the first step does."""
    rest = last if last in places else places[-1]
    whens = " ".join(f"when holds_{place} then {place}" for place in places if place != rest)
    return f"case {whens} else {rest} end" if whens else str(rest)
