"""DuckDB's plain ways to the same answers: a chain of ASOF joins, window functions, lists of a session.

One table in memory, sorted by (u, ts); sessions are numbered beforehand.
"""

from typing import Any

import duckdb

from bench.logs import DAY, FIRST, TENTH, Log
from bench.questions import FILTERED_DEVICE, TIMELINE, TIMELINE_OF, WEEK_S, Asked, by_state, top, triangle

WEEK = WEEK_S * 1000

# Chains that reached a step, and the start of each; before an event the latest chain wins.
CHAIN = """
with s0 as (select u, ts, ts as t0 from log where e = {a}{who}),
s1 as (select x.u, x.ts, s.t0 from (from log where e = {b}{only}) x asof join s0 s on x.u = s.u and x.ts > s.ts where x.ts - s.t0 <= {w}),
s2 as (select x.u, x.ts, s.t0 from (from log where e = {c}) x asof join s1 s on x.u = s.u and x.ts > s.ts where x.ts - s.t0 <= {w}),
s3 as (select x.u, x.ts, s.t0 from (from log where e = {d}) x asof join s2 s on x.u = s.u and x.ts > s.ts where x.ts - s.t0 <= {w})
select (select count(distinct u) from s0), (select count(distinct u) from s1),
    (select count(distinct u) from s2), (select count(distinct u) from s3)"""

# Every start walks on to the next event of each step; a customer's attempt is the deepest, then the first to get there.
WALKED = """
with a1 as (
    select s.u, s.device, s.ts as t0, if(x.ts - s.ts <= {w}, x.ts, null) as t1
    from (from log where e = {a}) s asof left join (from log where e = {b}) x on s.u = x.u and s.ts < x.ts
), a2 as (
    select s.u, s.device, t0, t1, if(x.ts - t0 <= {w}, x.ts, null) as t2
    from a1 s asof left join (from log where e = {c}) x on s.u = x.u and s.t1 < x.ts
), a3 as (
    select s.u, s.device, t0, t1, t2, if(x.ts - t0 <= {w}, x.ts, null) as t3
    from a2 s asof left join (from log where e = {d}) x on s.u = x.u and s.t2 < x.ts
), chosen as (
    select *, row_number() over (
        partition by u
        order by (t1 is not null)::int + (t2 is not null)::int + (t3 is not null)::int desc, coalesce(t3, t2, t1, t0), t0 desc
    ) as nth from a3
    qualify nth = 1
)
select device, count(*), count(t1), count(t2), count(t3), median(t1 - t0), median(t2 - t1), median(t3 - t2)
from chosen group by grouping sets ((device), ()) order by device"""

# `over ()` follows the order in which the rows lie: no sort.  Repeats are told once; then five from the first, or the anchor.
PATHS = """
with told as (
    select session, e, row_number() over () as place from log
    qualify session is distinct from lag(session) over () or e is distinct from lag(e) over ()
), begun as (
    select session, e, place, {begins} as begins from told
), paths as (
    select list(e order by place)[1:5] as path from begun where {within} group by session
)
select path, count(*) as n from paths group by path order by n desc limit 200"""

# The weeks in which a customer was active, as the bits of one number.
RETENTION = """
with people as (
    select (min(ts) - {first}) // {week} as cohort, bit_or(1::bigint << ((ts - {first}) // {week})){only} as weeks from log group by u
)
select cohort, k, count(*) filter (where k = 0 or (weeks >> (cohort + k)) & 1 = 1) as n
from people, range(0, 13) as places(k) group by cohort, k"""

TRANSITIONS = """
select e, next, count(*) from (select u, e, lead(e) over () as next, lead(u) over () as after from log)
where u = after group by e, next"""

LIFECYCLE = """
with weeks as (select u, (ts - {first}) // {week} as week from log group by all),
active as (
    select u, week, min(week) over (partition by u) as first,
        lag(week) over (partition by u order by week) as before, lead(week) over (partition by u order by week) as after
    from weeks
)
select week, case when first = week then 'new' when before = week - 1 then 'returning' else 'resurrected' end as state, count(*)
from active group by 1, 2
union all
select week + 1, 'dormant', count(*) from active
where after is distinct from week + 1 and week < (select max(week) from weeks) group by 1"""


def ask_duckdb(log: Log) -> dict[str, Asked]:
    con = duckdb.connect()
    con.execute("set threads = 2")
    con.execute(f"create table log as select * from '{log.rows}' order by u, ts")
    con.execute(f"create table people as select u, country from '{log.people}'")
    a, b, c, d = log.steps
    names = {"a": a, "b": b, "c": c, "d": d, "w": WEEK, "who": "", "only": ""}
    weeks = {"first": FIRST, "week": 7 * DAY}
    segment = f" and u in (select u from people where country = {TENTH})"
    returning = f" filter (where e = {c} and device = {FILTERED_DEVICE})"
    anchor = f"min(place) filter (where e = {a}) over (partition by session)"

    def asked(text: str, read: Any = list) -> Asked:
        return Asked(lambda: con.execute(text).fetchall(), read)

    return {
        "funnel": asked(CHAIN.format(**names), _one_row),
        "funnel by device, with times": asked(WALKED.format(**names), _walked),
        "funnel of a 10% segment": asked(CHAIN.format(**names | {"who": segment}), _one_row),
        "funnel, a step filtered": asked(CHAIN.format(**names | {"only": f" and device = {FILTERED_DEVICE}"}), _one_row),
        "session paths": asked(PATHS.format(begins="0", within="true"), _paths),
        "paths from an event": asked(PATHS.format(begins=anchor, within="place >= begins"), _paths),
        "weekly retention": asked(RETENTION.format(**weeks, only=""), triangle),
        "retention, return filtered": asked(RETENTION.format(**weeks, only=returning), triangle),
        "transitions": asked(TRANSITIONS, lambda rows: {(a, b): n for a, b, n in rows}),
        "weekly lifecycle": asked(LIFECYCLE.format(**weeks), by_state),
        TIMELINE: asked(f"select ts, e from log where u = {TIMELINE_OF} order by ts"),
    }


def _one_row(rows: list[Any]) -> list[int]:
    return list(rows[0])


def _walked(rows: list[Any]) -> tuple[dict[int, list[int]], list[float]]:
    """The row without a device is everyone's."""
    times = next(row[5:] for row in rows if row[0] is None)
    return {row[0]: list(row[1:5]) for row in rows if row[0] is not None}, [round(t / 1000, 3) for t in times]


def _paths(rows: list[Any]) -> tuple[list[int], set[tuple[int, ...]]]:
    return top((tuple(path), n) for path, n in rows)
