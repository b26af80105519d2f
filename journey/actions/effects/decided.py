"""Decisions and what came of them: campaigns that the log holds, and the proposals of our own ledger.

One row is a decision about a customer.  Both come in one shape, so that one arithmetic judges them.
"""

from dataclasses import dataclass

import polars as pl

from journey.actions.catalog import Logged, Wanted
from journey.actions.effects.moment import DECIDED_AT
from journey.actions.ledger.rows import PEOPLE
from journey.rules import Binder, find_property
from journey.rules.conditions import read_step
from journey.rules.facts import Facts
from journey.rules.match import NUMBERS
from journey.rules.staged import StageRule, stages_in_force
from journey.rules.stages_then import staged_then
from journey.warehouse import Warehouse, ask_sql, quote

CAMPAIGN = """-- Decisions of a campaign of the log whose window is over, and whether the outcome came within it.
with decided as (
    -- who was assigned what, with which chance
    select
        cast(row_number() over (order by e.customer, e.ts, e.seq) - 1 as integer) as occasion,
        e.customer,
        e.ts as at,
        {named} as named,
        {chance} as chance,
    from events e
    where {assigned} and e.ts + $within < $as_of
),
did as (
    -- those after which the outcome came: later than the decision, and within the window
    select distinct d.occasion
    from decided d
    join events e on e.customer = d.customer
    where e.ts > d.at and e.ts <= d.at + $within and {wanted}
)
select d.occasion, d.customer, d.at, d.named, d.chance, i.occasion is not null as did
from decided d
left join did i on i.occasion = d.occasion
order by d.occasion"""

PROPOSED = f"""-- The first proposal of each action to each customer whose window is over, and whether the outcome came within it.
with people as ({PEOPLE}
),
by_hand as (
    -- what a person chose for a customer: nobody held out was chosen for likewise, so nothing can be compared with it
    select proposal
    from action_steps
    group by proposal
    having arg_min(by_person, step)
),
numbered as (
    -- of each customer the first one: what came later depends on what came of it
    select
        p.*,
        w.customer,
        {DECIDED_AT} as at,
        row_number() over (partition by w.customer order by p.proposed_at, p.as_of, p.proposal) as turn,
    from proposals p
    join people w on w.proposed_as = p.customer_id
    where p.action = $action and p.proposal not in (select proposal from by_hand)
),
decided as (
    select cast(row_number() over (order by n.proposal) - 1 as integer) as occasion, n.*
    from numbered n
    where n.turn = 1 and n.at + $within < $as_of
),
handed as (
    -- those that were really done, and did not fail after
    select s.proposal
    from action_steps s
    where s.state in ('exported', 'sent', 'failed')
    group by s.proposal
    having arg_max(s.state, s.step) <> 'failed'
),
did as (
    select distinct d.occasion
    from decided d
    join events e on e.customer = d.customer
    where e.ts > d.at and e.ts <= d.at + $within and {{wanted}}
)
select
    d.occasion,
    d.customer,
    d.at,
    d.arm,
    d.stage as stage_name,
    h.proposal is not null as done,
    d.cost,
    i.occasion is not null as did,
from decided d
left join handed h on h.proposal = d.proposal
left join did i on i.occasion = d.occasion
order by d.occasion"""

NOT_SEEN = "not seen before"
"""Stands for the stage of somebody of whom the log holds nothing before the decision."""


@dataclass(frozen=True)
class Decisions:
    """rows: occasion, customer (its number), at (ms), treated (meant to get the action), done (got it), weight (one over the
    chance of what was done), stage (its name then), did (the outcome came within the window).

    sql, params: the query.  left_out: decisions that had no chance of being anything else, or whose chance is not told.
    """

    rows: pl.DataFrame
    sql: str
    params: dict[str, object]
    warnings: tuple[str, ...] = ()
    left_out: int = 0


EMPTY = pl.DataFrame(
    schema={
        "occasion": pl.Int32,
        "customer": pl.Int32,
        "at": pl.Int64,
        "treated": pl.Boolean,
        "done": pl.Boolean,
        "weight": pl.Float64,
        "stage": pl.String,
        "did": pl.Boolean,
    }
)


def wanted_sql(binder: Binder, wanted: Wanted) -> str:
    """The predicate over `events e`: one of the outcome."""
    rule = {"did": wanted.did, "where": wanted.where, "other_than": list(wanted.other_than)}
    return Facts(binder, 0).predicate(read_step(rule, "did"))


def campaign_of(con: Warehouse, logged: Logged, wanted: Wanted, as_of: int) -> Decisions:
    """Every decision of the campaign, of all its actions: `named` beside the columns of Decisions, without `treated`.

    Left out are decisions at a chance of 1: nothing else could have come of them, so they compare with nothing.
    """
    binder = Binder(con)
    prop = find_property(con, logged.property)
    if prop is None or prop.of != "event":
        return Decisions(EMPTY.with_columns(named=pl.lit("")), "", {}, (f"The log holds no property {logged.property!r} of events.",))
    assigned = binder.match({"event": logged.event, "where": dict(logged.where)}).sql
    text = CAMPAIGN.format(named=prop.text(), chance=_chance(binder, logged), assigned=assigned, wanted=wanted_sql(binder, wanted))
    params = {**binder.params, "within": wanted.within_ms, "as_of": as_of}
    rows = ask_sql(con, text, params)
    fair = rows.filter(pl.col("chance").is_between(0, 1, closed="none") if logged.propensity else pl.lit(True))
    staged = _staged(con, fair).with_columns(done=pl.lit(True), weight=1 / pl.col("chance"))
    return Decisions(staged, text, params, tuple(binder.warnings), rows.height - fair.height)


def of_action(rows: pl.DataFrame, logged: Logged) -> pl.DataFrame:
    """The rows of a campaign that are of one action and of nothing."""
    rows = rows.filter(pl.col("named").is_in([logged.is_, logged.nothing]))
    return rows.with_columns(treated=pl.col("named") == logged.is_)


def proposed(con: Warehouse, action: str, wanted: Wanted, as_of: int) -> Decisions:
    """What runs and launches proposed of an action, of each customer the first; treated: not held out, whether or not it was done.

    at: when it was decided by the log's clock (`journey.actions.effects.moment`), from which its outcome counts.
    """
    binder = Binder(con)
    text = PROPOSED.format(wanted=wanted_sql(binder, wanted))
    params = {**binder.params, "action": action, "within": wanted.within_ms, "as_of": as_of}
    rows = ask_sql(con, text, params).rename({"stage_name": "stage"})
    rows = rows.with_columns(treated=pl.col("arm") == "treated", weight=pl.lit(1.0))
    return Decisions(rows, text, params, tuple(binder.warnings))


def _chance(binder: Binder, logged: Logged) -> str:
    if logged.propensity is None:
        return "1.0"
    prop = binder.property(logged.propensity)
    usable = prop is not None and prop.of == "event" and prop.type in NUMBERS
    return f"cast(e.{quote(prop.column)} as double)" if prop is not None and usable else "cast(null as double)"


def _staged(con: Warehouse, rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with the name of the stage each customer was in, as of the decision."""
    stages: tuple[StageRule, ...] = stages_in_force(con)
    found = staged_then(Binder(con), stages, rows)
    names = pl.DataFrame(
        {"place": range(len(stages)), "stage": [one.name for one in stages]}, schema={"place": pl.Int32, "stage": pl.String}
    )
    places = found.select("occasion", place="stage").join(names, on="place").select("occasion", "stage")
    return rows.join(places, on="occasion", how="left").with_columns(pl.col("stage").fill_null(NOT_SEEN))
