"""Who came back, in SQL.

Columns of the answer: grp (breakdown value, "" without one), cohort (number of its period in the scope, from 0), place
(0 the cohort itself, k its k-th period or bracket), customers, latest (ms, the last to join; place 0 only).
Fragments are constants; predicates of steps and segments come bound from the rules room.
"""

from journey.periods import CALENDAR, IN_PERIOD
from journey.retention.question import RetentionQuestion

JOINED_EVER = """joined as (
    -- the moment of each customer's first target event, over all data
    select e.customer, min(e.ts) as ts
    from events e
    where {target} and {segment}
    group by e.customer
),
members as (
    -- a cohort: those whose first falls into one period of the scope
    select e.customer, c.period as cohort, e.ts
    from joined e
    join calendar c on {in_period}
    where c.period < $cohorts
)"""

JOINED_AGAIN = """members as (
    -- a cohort: everyone who did the target event in a period of the scope, and when they first did it there
    select e.customer, c.period as cohort, min(e.ts) as ts
    from events e
    join calendar c on {in_period}
    where {target} and {segment} and c.period < $cohorts
    group by e.customer, c.period
)"""

UNGROUPED = """people as (
    select customer, cohort, ts, '' as grp
    from members
)"""

GROUPED = """valued as (
    -- the property at the event that made them a member; of several at that moment, the first loaded
    select
        m.customer, m.cohort, m.ts, coalesce(cast({value} as varchar), '') as grp,
        row_number() over (partition by m.customer, m.cohort order by e.seq) as nth
    from members m
    join events e on e.customer = m.customer and e.ts = m.ts
    where {target}
),
people as (
    select customer, cohort, ts, grp
    from valued
    where nth = 1
)"""

BY_CALENDAR = """active as (
    -- how often each customer did the return event in each period
    select e.customer, c.period, count(*) as times
    from events e
    join calendar c on {in_period}
    where {returning}
    group by e.customer, c.period
),
visits as (
    -- the same, as seen from each cohort they are in
    select p.customer, p.cohort, p.grp, a.period - p.cohort as k, a.times
    from people p
    join active a on a.customer = p.customer and a.period > p.cohort and a.period <= p.cohort + $furthest
)"""

BY_OWN_CLOCK = """visits as (
    -- how often each member did the return event in each stretch of time since they joined
    select p.customer, p.cohort, p.grp, (e.ts - p.ts) // $length as k, count(*) as times
    from people p
    join events e on e.customer = p.customer and e.ts >= p.ts + $length
    where {returning}
    group by p.customer, p.cohort, p.grp, k
)"""

ON = """returns as (
    -- active in exactly that period
    select customer, cohort, grp, k as place
    from visits
    where times >= $least and k <= $last
)"""

ON_OR_AFTER = """last_visits as (
    select customer, cohort, grp, max(k) as k
    from visits
    where times >= $least
    group by customer, cohort, grp
),
places as (
    select unnest($places) as place
),
returns as (
    -- active in that period or a later one: every period up to the last active one
    select v.customer, v.cohort, v.grp, p.place
    from last_visits v
    join places p on p.place <= v.k
)"""

BRACKETS = """brackets as (
    select unnest($places) as place, unnest($firsts) as first, unnest($lasts) as last
),
returns as (
    -- active often enough within the bracket as a whole
    select v.customer, v.cohort, v.grp, b.place
    from visits v
    join brackets b on v.k between b.first and b.last
    group by v.customer, v.cohort, v.grp, b.place
    having sum(v.times) >= $least
)"""

MARKS = """marks as (
    -- one row per customer and number they are counted in
    select customer, cohort, grp, 0 as place, ts from people
    union all
    select customer, cohort, grp, place, null as ts from returns
)"""

COUNTS = """
select grp, cohort, place, count(*) as customers, max(ts) as latest
from marks
group by grp, cohort, place
order by grp, cohort, place"""

POPULATION = """
select count(distinct customer) as customers
from people"""

BEHIND = """
select c.id
from marks m
join customers c on c.customer = m.customer
where list_contains($told, m.cohort) and m.place = $place and ($any_group or m.grp = $group)
order by c.id"""

AWAY = """
select c.id
from people p
join customers c on c.customer = p.customer
left join marks m on m.customer = p.customer and m.cohort = p.cohort and m.place = $place
where list_contains($told, p.cohort) and m.customer is null and ($any_group or p.grp = $group)
order by c.id"""

SPREAD = """,
cells as (
    -- the cells whose period has ended
    select unnest($cell_grp) as grp, unnest($cell_cohort) as cohort, unnest($cell_place) as place
),
asked as (
    -- one customer is in several cohorts: x cells
    select c.grp, c.place, p.customer, count(*) as x
    from people p
    join cells c on c.cohort = p.cohort and (c.grp = p.grp or $everyone)
    group by c.grp, c.place, p.customer
),
answered as (
    -- and came back in y of them
    select c.grp, c.place, r.customer, count(*) as y
    from returns r
    join cells c on c.cohort = r.cohort and c.place = r.place and (c.grp = r.grp or $everyone)
    group by c.grp, c.place, r.customer
),
per_customer as (
    select a.grp, a.place, a.x, coalesce(b.y, 0) as y
    from asked a
    left join answered b on b.grp = a.grp and b.place = a.place and b.customer = a.customer
)
select grp, place, count(*) as n, sum(x) as x, sum(y) as y, sum(x * x) as xx, sum(x * y) as xy, sum(y * y) as yy
from per_customer
group by grp, place
order by grp, place"""


def story(question: RetentionQuestion, target: str, returning: str, segment: str, value: str | None) -> str:
    """The CTEs up to `marks`, with predicates over `events e` in their places."""
    parts = [
        CALENDAR,
        JOINED_EVER if question.first == "ever" else JOINED_AGAIN,
        UNGROUPED if value is None else GROUPED,
        BY_CALENDAR if question.clock == "calendar" else BY_OWN_CLOCK,
        {"on": ON, "on_or_after": ON_OR_AFTER, "brackets": BRACKETS}[question.mode],
        MARKS,
    ]
    fill = {"target": target, "returning": returning, "segment": segment, "value": value or "", "in_period": IN_PERIOD}
    return "with " + ",\n".join(part.format(**fill) for part in parts)
