"""Who is treated already: the contacts of a customer in the week before they came due, in the log and in the ledger."""

from collections.abc import Sequence

import polars as pl

from journey.actions.catalog import Guardrails
from journey.actions.ledger.rows import PEOPLE
from journey.rules import Binder
from journey.warehouse import Warehouse, ask_sql, registered

WEEK_MS = 7 * 86_400_000
COLUMNS = ("id", "channel", "by", "source")
SCHEMA = {**dict.fromkeys(COLUMNS, pl.String), "look": pl.Int64}

IN_LOG = """select distinct
    o.id,
    o.look,
    $channel as channel,
    $by as by,
    'log' as source
from came_due o
join events e on e.customer = o.customer
where e.ts >= o.moment - $week and e.ts < o.moment and {match}"""

IN_LEDGER = f"""with latest as (
    -- what became of each proposal
    select proposal, arg_max(state, step) as state from action_steps group by proposal
)
select distinct
    o.id,
    o.look,
    p.channel,
    p.action as by,
    'ledger' as source
from came_due o
join ({PEOPLE}
) w on w.customer = o.customer
join proposals p on p.customer_id = w.proposed_as
join latest l on l.proposal = p.proposal
where
    l.state in ('approved', 'exported', 'sent')
    and p.as_of >= o.moment - $week
    and p.as_of < o.moment"""


def treated(con: Warehouse, newly: pl.DataFrame, looks: Sequence[int], guardrails: Guardrails) -> pl.DataFrame:
    """Distinct id, channel, by (an event of the log, or an action of the ledger), source (log | ledger) and look (its place).

    newly: customer, id, look.  The ledger's contacts are taken at the moment of the data at which they were proposed.
    """
    if newly.is_empty():
        return pl.DataFrame(schema=SCHEMA)
    moments = pl.col("look").replace_strict(list(range(len(looks))), list(looks), return_dtype=pl.Int64)
    with registered(con, "came_due", newly.select("customer", "id", "look", moments.alias("moment"))):
        found = [ask_sql(con, IN_LEDGER, {"week": WEEK_MS})]
        for channel, steps in guardrails.contacts.items():
            for step in steps:
                binder = Binder(con)
                match = binder.match(step)
                params = {**binder.params, "channel": channel, "by": match.label, "week": WEEK_MS}
                found.append(ask_sql(con, IN_LOG.format(match=match.sql), params))
    return (
        pl.concat([rows.select(pl.col(name).cast(kind) for name, kind in SCHEMA.items()) for rows in found])
        .unique()
        .sort("source", "channel", "by", "id", "look")
    )
