"""Value by cohort in SQL.

Columns of the answer: cohort (number of its period in the scope, from 0), k (period since joining), customers (who
brought value for the first time in it), value (what all brought in it), squares (by how much the sum over customers of
their squared totals grew in it).  All three add up over k, so a cell is the sum of those up to it.
"""

from journey.periods import CALENDAR, IN_PERIOD
from journey.retention.definition import JOINED_EVER

BY_CALENDAR = """earned as (
    -- what each member brought in each period since joining, from the moment of joining on
    select m.customer, m.cohort, c.period - m.cohort as k, sum({value}) as value
    from members m
    join events e on e.customer = m.customer and e.ts >= m.ts
    join calendar c on {in_period}
    where {earning}
    group by m.customer, m.cohort, c.period
)"""

BY_OWN_CLOCK = """earned as (
    -- what each member brought in each stretch of time since joining
    select m.customer, m.cohort, (e.ts - m.ts) // $length as k, sum({value}) as value
    from members m
    join events e on e.customer = m.customer and e.ts >= m.ts
    where {earning}
    group by m.customer, m.cohort, k
)"""

RUNNING = """running as (
    -- each customer's total by the end of each period in which it changed
    select
        customer, cohort, k, value,
        sum(value) over (partition by customer order by k rows between unbounded preceding and current row) as total,
        row_number() over (partition by customer order by k) as nth
    from earned
)"""

SIZES = """
select cohort, count(*) as customers, max(ts) as latest
from members
group by cohort
order by cohort"""

GROWTH = """
select
    cohort, k,
    sum(case when nth = 1 then 1 else 0 end) as customers,
    sum(value) as value,
    sum(total * total - (total - value) * (total - value)) as squares
from running
where k <= $periods
group by cohort, k
order by cohort, k"""

BEHIND = """
select c.id
from running r
join customers c on c.customer = r.customer
where r.cohort = $cohort and r.k <= $place and r.nth = 1
order by c.id"""

REST = """
select c.id
from members m
join customers c on c.customer = m.customer
left join running r on r.customer = m.customer and r.nth = 1 and r.k <= $place
where m.cohort = $cohort and r.customer is null
order by c.id"""


def story(clock: str, target: str, segment: str, earning: str, value: str) -> str:
    """The CTEs up to `running`, with predicates and the value over `events e` in their places."""
    earned = BY_CALENDAR if clock == "calendar" else BY_OWN_CLOCK
    fill = {"target": target, "segment": segment, "earning": earning, "value": value, "in_period": IN_PERIOD}
    return "with " + ",\n".join(part.format(**fill) for part in (CALENDAR, JOINED_EVER, earned, RUNNING))
