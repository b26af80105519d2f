"""Histories of orders in SQL: one row per customer whose first order lies in the scope, before the calibration's end.

Columns of the answer: id, x (days with an order after the first, before the end), seen (days from the first order to the
last before the end), age (days from the first order to the last day before the end), first_day, valued (of the x, those
with an amount above 0), worth (their amounts together), held (days with an order from the end on, before the horizon's),
held_worth (their amounts).  Days are numbered from that of the log's first event.
"""

from journey.periods import CALENDAR, IN_PERIOD

ORDERS = """orders as (
    -- every order, with the day it fell on and what it was worth
    select e.customer, e.ts, c.period as day, {value} as worth
    from events e
    join calendar c on {in_period}
    where {order}
)"""

DAYS = """days as (
    -- one order per customer and day
    select customer, day, min(ts) as ts, sum(worth) as worth
    from orders
    group by customer, day
)"""

FIRSTS = """firsts as (
    -- when each customer ordered first, ever in this log
    select customer, min(day) as first_day, min(ts) as ts
    from days
    group by customer
)"""

BEGUN = """begun as (
    -- of them those whom the scope takes in, who had ordered before the calibration's end
    select e.customer, e.first_day
    from firsts e
    where e.first_day < $cut and {entry}
)"""

HISTORIES = """
select
    k.id, b.first_day,
    count(*) filter (where d.day > b.first_day and d.day < $cut) as x,
    max(case when d.day < $cut then d.day end) - b.first_day as seen,
    $cut - 1 - b.first_day as age,
    count(*) filter (where d.day > b.first_day and d.day < $cut and d.worth > 0) as valued,
    coalesce(sum(d.worth) filter (where d.day > b.first_day and d.day < $cut and d.worth > 0), 0.0) as worth,
    count(*) filter (where d.day >= $cut) as held,
    coalesce(sum(d.worth) filter (where d.day >= $cut), 0.0) as held_worth
from begun b
join days d on d.customer = b.customer
join customers k on k.customer = b.customer
where d.day < $horizon_end
group by k.id, b.first_day
order by k.id"""

BY_DAY = """
select d.day, count(*) as orders
from begun b
join days d on d.customer = b.customer
where d.day > b.first_day and d.day < $horizon_end
group by d.day
order by d.day"""

REFUNDS = """
select
    coalesce(sum(abs({value})) filter (where c.period < $cut), 0.0) as before,
    coalesce(sum(abs({value})) filter (where c.period >= $cut), 0.0) as held
from events e
join calendar c on {in_period}
join begun b on b.customer = e.customer
where {refund} and c.period < $horizon_end"""

TAKEN = """
select coalesce(sum(d.worth), 0.0) as worth
from begun b
join days d on d.customer = b.customer
where d.day < $cut"""


def story(order: str, value: str, entry: str) -> str:
    """The CTEs up to `begun`, with predicates over `events e` (entry: over the first order, as `e`) in their places."""
    fill = {"order": order, "value": value, "entry": entry, "in_period": IN_PERIOD}
    return "with " + ",\n".join(part.format(**fill) for part in (CALENDAR, ORDERS, DAYS, FIRSTS, BEGUN))


def refunds(refund: str, value: str) -> str:
    """What was given back, before the calibration's end and after."""
    return REFUNDS.format(refund=refund, value=value, in_period=IN_PERIOD)
