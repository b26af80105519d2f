"""Waits in SQL: one row per customer whose wait begins in the scope.

Columns of the answer: id, grp (the property's value where the wait begins, "" for none), waited (ms until the event, or
until the data's end), done (whether the event came).
"""

FROM_EVENT = """begun as (
    -- each customer's wait begins with their first such event of the scope
    select
        e.customer, min(e.ts) as ts, arg_min(e.seq, row(e.ts, e.seq)) as seq,
        arg_min({group}, row(e.ts, e.seq)) as grp
    from events e
    where {start} and {entry}
    group by e.customer
)"""

FROM_FIRST = """begun as (
    -- each customer's wait begins with their first event ever, where that lies in the scope
    select e.customer, min(e.ts) as ts, -1 as seq, arg_min({group}, row(e.ts, e.seq)) as grp
    from events e
    join customers k on k.customer = e.customer and k.first_ts = e.ts
    where {entry}
    group by e.customer
)"""

DONE = """done as (
    -- and ends with the event, at the same moment at the soonest; one event is never both
    select b.customer, min(e.ts) as ts
    from begun b
    join events e on e.customer = b.customer and e.ts >= b.ts and e.seq <> b.seq
    where {event}
    group by b.customer
)"""

WAITS = """
select k.id, coalesce(b.grp, '') as grp, coalesce(d.ts, $data_until) - b.ts as waited, d.ts is not null as done
from begun b
left join done d on d.customer = b.customer
join customers k on k.customer = b.customer
order by k.id"""


def story(start: str | None, event: str, entry: str, group: str) -> str:
    """The query, with predicates over `events e` in their places; start is None for the first event ever.

    The group's value is wrapped, so that a missing one at the start is not passed over for a later one.
    """
    begun = (FROM_FIRST if start is None else FROM_EVENT).format(start=start, entry=entry, group=f"coalesce({group}, '')")
    return f"with {begun},\n{DONE.format(event=event)}{WAITS}"
