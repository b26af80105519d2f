"""ClickHouse's best ways to the same answers, in this process (chdb): windowFunnel, arrays of a session, window functions.

Tables are one sorted part each, by (u, ts) and by (e, u, ts); sessions are numbered beforehand.
"""

import csv
import io
from pathlib import Path

from chdb.session import Session

from bench.logs import DAY, FIRST, TENTH, Log
from bench.questions import FILTERED_DEVICE, TIMELINE, TIMELINE_OF, WEEK_S, Asked, top, triangle

WEEK = WEEK_S * 1000
COLUMNS = "u UInt32, ts Int64, e UInt16, device UInt8, session UInt32"

LEVELS = """
select level, count() from (
    select u, windowFunnel({window})(toUInt64(ts), {steps}) as level from {table} where e in ({codes}){who} group by u
) group by level order by level"""

# Every start walks on to the next event of each step; a customer's attempt is the deepest, then the first to get there.
WALKED = """
with a1 as (
    select s.u as u, s.device as device, s.ts as t0, if(x.ts > 0 and x.ts - s.ts <= {window}, x.ts, 0) as t1
    from (select u, ts, device from by_event where e = {a}) as s
    asof left join (select u, ts from by_event where e = {b}) as x on s.u = x.u and s.ts < x.ts
), a2 as (
    select s.u as u, device, t0, t1, if(t1 > 0 and x.ts > 0 and x.ts - t0 <= {window}, x.ts, 0) as t2
    from a1 as s asof left join (select u, ts from by_event where e = {c}) as x on s.u = x.u and s.t1 < x.ts
), a3 as (
    select s.u as u, device, t0, t1, t2, if(t2 > 0 and x.ts > 0 and x.ts - t0 <= {window}, x.ts, 0) as t3
    from a2 as s asof left join (select u, ts from by_event where e = {d}) as x on s.u = x.u and s.t2 < x.ts
), chosen as (
    select u, max((if(t3 > 0, 3, if(t2 > 0, 2, t1 > 0)), -greatest(t0, t1, t2, t3), t0, t1, t2, t3, device)) as best from a3 group by u
), named as (
    select best.3 as t0, best.4 as t1, best.5 as t2, best.6 as t3, best.7 as device from chosen
)
select device, count(), countIf(t1 > 0), countIf(t2 > 0), countIf(t3 > 0),
    quantileExactInclusiveIf(0.5)(t1 - t0, t1 > 0), quantileExactInclusiveIf(0.5)(t2 - t1, t2 > 0),
    quantileExactInclusiveIf(0.5)(t3 - t2, t3 > 0)
from named group by device with rollup order by device"""

PATHS = """
select arraySlice(told, {begin}, 5) as path, count() as n from (
    select arrayCompact(groupArray(e)) as told from by_user group by u, session settings optimize_aggregation_in_order = 1
){having} group by path order by n desc limit 200"""

# The weeks in which a customer was active, as the bits of one number.
WEEKS = "groupBitOr{only}(bitShiftLeft(toUInt64(1), intDiv(ts - {first}, {week})){cond}) as weeks"
RETENTION = """
select cohort, count(), sumForEach(arrayMap(k -> bitTest(weeks, cohort + k), range(1, 13))) from (
    select intDiv(min(ts) - {first}, {week}) as cohort, {weeks} from by_user group by u
) group by cohort order by cohort"""

# Two neighbours of a customer's events; time and code in one number sort fastest.
TRANSITIONS = """
select pair.1 as e, pair.2 as next, count() from (
    select arrayJoin(arrayZip(arrayPopBack(told), arrayPopFront(told))) as pair from (
        select arrayMap(x -> bitAnd(x, 65535), arraySort(groupArray(ts * 65536 + e))) as told from by_user group by u
    )
) group by e, next"""

LIFECYCLE = """
select k, countIf(now and first = k), countIf(now and first < k and before), countIf(now and first < k and not before),
    countIf(before and not now)
from (
    select k, first, bitTest(weeks, k) as now, bitTest(bitShiftLeft(weeks, 1), k) as before from (
        select intDiv(min(ts) - {first}, {week}) as first, {weeks} from by_user group by u
    ) array join range(0, 62) as k
) group by k having count() > countIf(not now) order by k"""


def ask_clickhouse(log: Log, folder: Path) -> dict[str, dict[str, Asked]]:
    """{sort order: {question: its way}}."""
    session = Session(str(folder))
    for table, order in (("by_user", "u, ts"), ("by_event", "e, u, ts")):
        session.query(f"create table {table} ({COLUMNS}) engine = MergeTree order by ({order})")
        session.query(f"insert into {table} select * from file('{log.rows}')")
        session.query(f"optimize table {table} final")
    session.query("create table people (u UInt32, country UInt8) engine = MergeTree order by u")
    session.query(f"insert into people select u, country from file('{log.people}')")

    def rows(text: str) -> Asked:
        return Asked(lambda: str(session.query(text)), lambda told: list(csv.reader(io.StringIO(told))))

    return {
        "ClickHouse (u, ts)": {name: _reading(name, rows(text)) for name, text in {**_funnels(log, "by_user"), **_others(log)}.items()},
        "ClickHouse (e, u, ts)": {name: _reading(name, rows(text)) for name, text in _funnels(log, "by_event").items()},
    }


def _funnels(log: Log, table: str) -> dict[str, str]:
    a, b, c, d = log.steps
    codes = ", ".join(map(str, log.steps))
    steps = ", ".join(f"e = {step}" for step in log.steps)
    filtered = steps.replace(f"e = {b}", f"e = {b} and device = {FILTERED_DEVICE}")
    segment = f" and u in (select u from people where country = {TENTH})"
    plain = {"window": WEEK, "table": table, "codes": codes, "steps": steps, "who": ""}
    told = {
        "funnel": LEVELS.format(**plain),
        "funnel of a 10% segment": LEVELS.format(**plain | {"who": segment}),
        "funnel, a step filtered": LEVELS.format(**plain | {"steps": filtered}),
    }
    if table == "by_event":
        told["funnel by device, with times"] = WALKED.format(window=WEEK, a=a, b=b, c=c, d=d)
    return told


def _others(log: Log) -> dict[str, str]:
    first, _, third, _ = log.steps
    weeks = {"first": FIRST, "week": 7 * DAY}
    any_week = weeks | {"weeks": WEEKS.format(**weeks, only="", cond="")}
    some_weeks = weeks | {"weeks": WEEKS.format(**weeks, only="If", cond=f", e = {third} and device = {FILTERED_DEVICE}")}
    return {
        "session paths": PATHS.format(begin=1, having=""),
        "paths from an event": PATHS.format(begin=f"indexOf(told, {first})", having=f" where has(told, {first})"),
        "weekly retention": RETENTION.format(**any_week),
        "retention, return filtered": RETENTION.format(**some_weeks),
        "transitions": TRANSITIONS,
        "weekly lifecycle": LIFECYCLE.format(**any_week),
        TIMELINE: f"select ts, e from by_user where u = {TIMELINE_OF} order by ts",
    }


def _reading(name: str, asked: Asked) -> Asked:
    """The rows as text -> what must be equal."""
    readers = {
        "funnel by device, with times": _walked,
        "session paths": _paths,
        "paths from an event": _paths,
        "weekly retention": _cohorts,
        "retention, return filtered": _cohorts,
        "transitions": lambda rows: {(int(a), int(b)): int(n) for a, b, n in rows},
        "weekly lifecycle": lambda rows: [[int(row[at]) for row in rows] for at in range(1, 5)],
        TIMELINE: lambda rows: [(int(ts), int(e)) for ts, e in rows],
    }
    read = readers.get(name, _levels)
    return Asked(asked.run, lambda told: read(asked.read(told)))


def _levels(rows: list[list[str]]) -> list[int]:
    return [sum(int(n) for level, n in rows if int(level) > step) for step in range(4)]


def _walked(rows: list[list[str]]) -> tuple[dict[int, list[int]], list[float]]:
    """The row of device 0 is everyone's."""
    groups = {int(row[0]): [int(n) for n in row[1:5]] for row in rows}
    times = next(row[5:] for row in rows if row[0] == "0")
    return {device: found for device, found in groups.items() if device}, [round(float(t) / 1000, 3) for t in times]


def _cohorts(rows: list[list[str]]) -> list[list[int]]:
    return triangle((int(row[0]), k, int(n)) for row in rows for k, n in enumerate([row[1], *row[2].strip("[]").split(",")]))


def _paths(rows: list[list[str]]) -> tuple[list[int], set[tuple[int, ...]]]:
    return top((tuple(int(e) for e in path.strip("[]").split(",")), int(n)) for path, n in rows)
