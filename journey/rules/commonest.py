"""The events that most customers do, of a sample of them: what a log is about, read as fast for a large log as for a small."""

from typing import Any

from journey.warehouse import Warehouse, one

SAMPLE, COMMON = 20_000, 60

COMMONEST = """sampled as (
    -- every n-th customer, so that a large log is read as fast as a small one
    select customer from customers where customer % $every = 0
),
common as (
    -- the events that most of them did
    select e.event, count(distinct e.customer) as customers
    from events e
    join sampled s on s.customer = e.customer
    group by e.event
    order by customers desc, e.event
    limit $common
)"""

SETBACKS = ("fail", "error", "cancel", "declin", "bug", "lost", "abandon", "reject", "refund", "unsub", "delete", "return", "ticket")
"""Parts of the names of events that nobody sets out for."""


def commonest_values(con: Warehouse) -> dict[str, Any]:
    """The values that COMMONEST names."""
    customers = int(one(con, "select count(*) from customers"))
    return {"every": max(1, -(-customers // SAMPLE)), "common": COMMON}
