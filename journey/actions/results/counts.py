"""What became of the ledger's proposals: how many, of how many customers, and who they are."""

import polars as pl

from journey.actions.effects.moment import DECIDED_AT
from journey.actions.ledger.rows import PEOPLE
from journey.actions.results.result import Tally
from journey.warehouse import Warehouse, ask_sql

STATED = f"""-- Every proposal of the ledger, and what it is now.
with steps as (
    -- the last state of each, whether it was ever approved, and whether it was really done
    select
        proposal,
        arg_max(state, step) as state,
        bool_or(state = 'approved') as approved,
        coalesce(arg_max(state, step) filter (where state in ('exported', 'sent', 'failed')) <> 'failed', false) as done,
    from action_steps
    group by proposal
)
select
    p.proposal,
    coalesce(w.known_by, p.customer_id) as customer_id,
    p.action,
    p.arm,
    p.stage,
    {DECIDED_AT} as at,
    s.state,
    s.approved,
    s.done,
from proposals p
left join steps s on s.proposal = p.proposal
left join ({PEOPLE}
) w on w.proposed_as = p.customer_id
order by p.proposal"""

TREATED = pl.col("arm") == "treated"
COUNTED = {
    "proposed": TREATED,
    "waiting": TREATED & pl.col("state").is_in(["waiting", "held"]),
    "approved": TREATED & pl.col("approved"),
    "rejected": TREATED & pl.col("state").is_in(["rejected", "replaced"]),
    "sent": TREATED & pl.col("done"),
    "lapsed": TREATED & pl.col("state").is_in(["expired", "withdrawn"]),
    "held_out": ~TREATED,
}
"""What is counted, by name.  approved: at some time, whatever became of it; sent: exported or sent, and it did not fail."""


def ledger_rows(con: Warehouse, as_of: int) -> pl.DataFrame:
    """One row per proposal: customer_id (as the customer is known now), action, arm, stage, at, state, approved, done.

    as_of: just after the log's last event, ms.  at: when it was decided, by the log's clock.
    """
    return ask_sql(con, STATED, {"as_of": as_of})


def tallies(rows: pl.DataFrame) -> dict[str, Tally]:
    """Of the rows of one action."""
    parts = {name: rows.filter(kept.fill_null(False)) for name, kept in COUNTED.items()}
    return {name: Tally(part.height, part["customer_id"].n_unique()) for name, part in parts.items()}
