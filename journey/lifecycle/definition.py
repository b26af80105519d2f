"""Lifecycle and stickiness in SQL.

Lifecycle answers period (number in the scope, from 0), state, customers.  Stickiness answers active_days (how many
periods of the scope), customers.  Fragments are constants; the predicates of event and segment come bound.
"""

from journey.periods import CALENDAR, IN_PERIOD

ACTIVE = """active as (
    -- the periods in which each customer was active
    select e.customer, c.period, min(c.starts) as starts
    from events e
    join calendar c on {in_period}
    where {event} and {segment} and c.period < $periods
    group by e.customer, c.period
)"""

STATES = """around as (
    -- each active period beside the active periods before and after it
    select
        customer, period, starts,
        lag(period) over (partition by customer order by period) as before,
        lead(period) over (partition by customer order by period) as after
    from active
),
present as (
    -- new: the first event of all, of any name, lies in the period.  returning: active in the period before, too
    select
        a.customer, a.period,
        case
            when c.first_ts >= a.starts then 'new'
            when a.before = a.period - 1 then 'returning'
            else 'resurrected'
        end as state
    from around a
    join customers c on c.customer = a.customer
    where a.period >= 0
),
absent as (
    -- dormant: active in the period before, and not now
    select customer, period + 1 as period, 'dormant' as state
    from around
    where period + 1 < $periods and after is distinct from period + 1
),
states as (
    select customer, period, state from present
    union all
    select customer, period, state from absent
)"""

COUNT_STATES = """
select period, state, count(*) as customers
from states
group by period, state
order by period, state"""

POPULATION = """
select count(distinct customer) as customers
from states"""

IN_STATE = """
select c.id
from states s
join customers c on c.customer = s.customer
where s.period = $number and s.state = $state
order by c.id"""

DAYS = """days as (
    -- in how many periods of the scope each customer was active
    select customer, count(*) as active_days
    from active
    where period >= 0
    group by customer
)"""

COUNT_DAYS = """
select active_days, count(*) as customers
from days
group by active_days
order by active_days"""

ON_DAYS = """
select c.id
from days d
join customers c on c.customer = d.customer
where d.active_days between $days and $most
order by c.id"""


def story(last: str, event: str, segment: str) -> str:
    """The CTEs up to `states` or `days`, with predicates over `events e` in their places."""
    active = ACTIVE.format(in_period=IN_PERIOD, event=event, segment=segment)
    return "with " + ",\n".join((CALENDAR, active, last))
