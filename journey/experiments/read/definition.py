"""The units of an experiment in SQL: whom it was shown to, in which variant, since when, and what each unit brought.

Outcomes count from the first exposure on.  A unit seen in more than one variant is of none.
"""

EXPOSED = """exposed as (
    -- each time the experiment was shown to somebody, and the variant
    select {unit} as key, e.ts, {variant} as arm
    from events e
    where {shown} and {experiment} = $experiment and e.ts < $entered_by and {unit} is not null and {segment}
)"""

SEEN = """seen as (
    -- one row per unit: when it was first shown, and whether always the same variant
    select key, min(ts) as exposed_at, min(arm) as arm, max(arm) as another
    from exposed
    group by key
    having min(ts) >= $entered_from
)"""

FIRST_OF_ARM = """first_of_arm as (
    -- when each unit first saw each variant
    select key, arm, min(ts) as ts
    from exposed
    group by key, arm
)"""

IN_ORDER = """in_order as (
    -- 1: since when it is in the experiment; 2: since when in more than one variant, and so in none
    select key, arm, ts, row_number() over (partition by key order by ts, arm) as nth
    from first_of_arm
)"""

COUNT_FROM = """counts_from as (
    -- when it begins to count, and when no more
    select ts + $within as ts, 1 as change
    from in_order
    where nth = 1 and list_contains($arms, arm) and ts >= $entered_from
    union all
    select greatest(o.ts, f.ts + $within), -1
    from in_order o
    join in_order f on f.key = o.key and f.nth = 1
    where o.nth = 2 and list_contains($arms, f.arm) and f.ts >= $entered_from
)"""

COUNTING = """
-- How many units more, or fewer, count from each moment on?  Columns: ts (ms), change.
select ts, sum(change) as change
from counts_from
group by ts
order by ts"""

UNITS = """units as (
    -- those of one variant that is compared
    select {number} as unit, key, arm, exposed_at
    from seen
    where arm = another and list_contains($arms, arm)
)"""

DEEDS = """deeds as (
    -- what they did that a metric counts, and how long after their first exposure
    select
        u.unit, e.ts, e.ts - u.exposed_at as since,
        {amounts}
    from events e
    join units u on u.key = {key}
    where ({counted}) and e.ts >= u.exposed_at - $lookback and e.ts < $known_until
)"""

BROUGHT = """brought as (
    -- what each unit brought to each metric in the time that counts
    select
        unit,
        {sums}
    from deeds
    group by unit
)"""

COUNTED = """counted as (
    -- every unit, those that did nothing too; null where its time is not over
    select
        u.unit, u.arm, u.exposed_at,
        {columns}
    from units u
    left join brought b on b.unit = u.unit
)"""

CAPS = """caps as (
    -- the values above which a metric is cut
    select
        {caps}
    from counted
)"""

ROWS = """
select
    c.unit, c.arm, c.exposed_at,
    {columns}
from {source}
order by c.unit"""

REACHED = """
-- How many units saw which variant, since when?  Null: more than one.
select case when arm = another then arm end as arm, count(*) as units, min(exposed_at) as start, max(exposed_at) as stop
from seen
group by 1
order by 1"""

CHANGES = """changes as (
    -- one row for each moment at which a unit's number changed
    select unit, ts, sum(dy) as dy, sum(dx) as dx
    from (
        {parts}
    ) moments
    group by unit, ts
)"""

RUNNING = """running as (
    -- what each unit had brought by then, cut as it is at the end
    select d.unit, d.ts, least(sum(d.dy) over (partition by d.unit order by d.ts rows unbounded preceding), c.cap{k}) as upto, d.dx
    from changes d
    cross join caps c
)"""

CUT = """cut as (
    -- and so what each moment adds to it
    select unit, ts, upto - coalesce(lag(upto) over (partition by unit order by ts), 0) as dy, dx
    from running
)"""

COURSE = """
select d.unit, u.arm, u.exposed_at, d.ts, d.dy, d.dx
from {changes} d
join units u on u.unit = d.unit
where {over}
order by d.ts, d.unit"""

WHO = """
select k.id
from {rows} r
join customers k on k.customer = r.{unit}
where {chosen}
order by k.id"""


TABLE_ROWS = """rows as (
    -- the rows that say a variant and a unit
    select {key} as key, t.{variant} as arm{values}
    from experiment_rows t
    where t.{variant} is not null and {key} is not null
)"""

TABLE_UNITS = """per_unit as (
    -- one row per unit, whatever number of rows it has
    select key, min(arm) as arm, max(arm) as another{sums}
    from rows
    group by key
)"""

TABLE_COUNTED = """counted as (
    -- units of one variant that is compared
    select {number} as unit, arm, cast(null as bigint) as exposed_at{columns}
    from per_unit
    where arm = another and list_contains($arms, arm)
)"""

TABLE_CROSSED = """
select count(*) from per_unit where arm <> another"""


def story(*ctes: str) -> str:
    return "with " + ",\n".join(ctes)
