"""What customers really did on a journey, milestone event by milestone event, as SQL.

A run is what one customer did from the first event of the first milestone in the scope until the last milestone, or until
the window ends.  Only events of milestones are looked at; all others are passed over.  Where a run stands is told by its
latest milestone event alone, so each move is from the milestone before to this one:

    milestone events        0   1   1         0        1   3             moves: on, repeated, went back, on, skipped ahead
"""

from journey.journeys.catalog import Journey
from journey.rules import Binder, entries
from journey.scope import Scope

ENDED = -1  # in place of a milestone: nothing more came

MOVES = """runs as (
    -- what each customer did from there on, inside the window; events of one time in the order of the milestones
    select m.customer, m.ts, m.milestone, m.serves, b.t_0,
        row_number() over (partition by m.customer order by m.ts, m.milestone, m.seq) as place
    from marked m
    join began b on b.customer = m.customer and m.ts >= b.t_0 and m.ts - b.t_0 <= $window
),
finished as (
    -- the journey is over with the first event of its last milestone
    select customer, min(place) as place from runs where milestone = $last group by customer
),
followed as (
    -- each milestone event of a run with the one before it
    select r.*,
        lag(r.milestone) over (partition by r.customer order by r.place) as before,
        lag(r.ts) over (partition by r.customer order by r.place) as before_ts,
        row_number() over (partition by r.customer, r.milestone order by r.place) as times
    from runs r
    left join finished f on f.customer = r.customer
    where f.place is null or r.place <= f.place
),
moves as (
    -- where a run went from one milestone event to the next
    select *, case
        when before is null then 'began'
        when milestone = before + 1 then 'on'
        when milestone = before then 'repeated'
        when milestone > before then 'skipped'
        else 'back'
    end as kind
    from followed
)"""

VERDICTS = """,
summed as (
    -- one row per run: when it was done, and the place of its first deviation
    select customer, min(t_0) as t_0, max(place) as last_place, max(serves) as serves,
        max(case when milestone = $last then ts end) as done_ts,
        min(case when {deviates} then place end) as deviation
    from moves
    group by customer
),
verdicts as (
    -- after which milestone a run first left the journey, and to what; nulls where it followed it to the end
    select s.customer, s.t_0, s.done_ts, s.serves,
        case when s.deviation is not null then m.before when s.done_ts is null then m.milestone end as after,
        case when s.deviation is not null then m.milestone when s.done_ts is null then -1 end as instead
    from summed s
    join moves m on m.customer = s.customer and m.place = coalesce(s.deviation, s.last_place)
)"""

LOOPS = """,
returns as (
    -- each return to an earlier milestone
    select customer, t_0, place, before, milestone, before_ts from moves where kind = 'back'
),
loops as (
    -- when the run was back where it had been, or further; null where it never was
    select r.customer, r.t_0, r.place, r.before, r.milestone, r.before_ts, min(m.ts) as regained_ts
    from returns r
    left join moves m on m.customer = r.customer and m.place > r.place and m.milestone >= r.before
    group by r.customer, r.t_0, r.place, r.before, r.milestone, r.before_ts
),
rework as (
    -- each milestone that a run did again: how often, and from its first time to its latest
    select customer, t_0, milestone, max(times) - 1 as again, min(ts) as first_ts, max(ts) as latest_ts
    from moves
    group by customer, t_0, milestone
    having max(times) > 1
)
select 'verdict' as what, customer, t_0, after as source, instead as target, t_0 as start_ts, done_ts as stop_ts, serves as n
from verdicts
union all
select 'loop', customer, t_0, before, milestone, before_ts, regained_ts, 1
from loops
union all
select 'rework', customer, t_0, milestone, null, first_ts, latest_ts, again
from rework"""


def moves_sql(binder: Binder, journey: Journey, scope: Scope) -> str:
    """The CTEs up to `moves`.  serves: how many milestones an event could serve; more than one cannot be told."""
    flags = [binder.match(milestone.step).sql for milestone in journey.milestones]
    which = "\n            ".join(f"when {sql} then {step}" for step, sql in enumerate(flags))
    serves = " + ".join(f"case when {sql} then 1 else 0 end" for sql in flags)
    binder.params |= {"window": journey.window, "last": journey.last}
    return (
        "with marked as (\n    -- the events of milestones; all others are passed over\n    select * from (\n"
        f"        select e.customer, e.ts, e.seq, {serves} as serves,\n        case\n            {which}\n        end as milestone\n"
        "        from events e\n    ) e\n    where e.milestone is not null\n),\n"
        "began as (\n    -- the first milestone in the scope: each customer's run begins there\n"
        f"    select e.customer, min(e.ts) as t_0\n    from marked e\n    where e.milestone = 0 and {entries(binder, scope)}\n"
        f"    group by e.customer\n),\n{MOVES}"
    )


def verdicts_sql(binder: Binder, journey: Journey, scope: Scope, collapse: bool) -> str:
    """The CTEs up to `verdicts`, one row per run."""
    kinds = ("skipped", "back") if collapse else ("repeated", "skipped", "back")
    deviates = "kind in (" + ", ".join(f"'{kind}'" for kind in kinds) + ")"
    return moves_sql(binder, journey, scope) + VERDICTS.format(deviates=deviates)


def counts_sql(binder: Binder, journey: Journey, scope: Scope, collapse: bool) -> str:
    """The defining query: how many runs first left the journey after which milestone, to which (-1: nothing more came)."""
    return (
        f"{verdicts_sql(binder, journey, scope, collapse)}\nselect after, instead, count(*) as runs\nfrom verdicts\n"
        "where t_0 + $window <= $data_until\ngroup by after, instead\norder by runs desc, after, instead"
    )


def rows_sql(binder: Binder, journey: Journey, scope: Scope, collapse: bool) -> str:
    """All there is to tell in one query.  Columns: what (verdict | loop | rework), customer, t_0, source, target, start_ts,
    stop_ts, n: of a verdict the milestones an event served at most, of rework the times beyond the first."""
    return verdicts_sql(binder, journey, scope, collapse) + LOOPS
