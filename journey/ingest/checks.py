"""What can be wrong with a log: one check each, over the events as they are stored."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from journey.answers import iso
from journey.warehouse import Warehouse, ask_sql, one, quote

DAY = 86_400_000
EARLIEST = 315_532_800_000  # 1980-01-01, ms
STALE_DAYS = 7
MANY_NAMES = 1_000
MANY_IDS = 10
EXAMPLES = 5
ORDERED = ("funnels", "paths", "sessions")
TIMED = ("funnels", "paths", "sessions", "retention", "lifecycle", "metrics")
EVERYTHING = (*TIMED, "stages")


@dataclass(frozen=True)
class Finding:
    """severity: high | medium | low.  count of `of` (events, customers, ...); share: of all of them, None where that says nothing.

    examples: a few rows as plain data.  touches: the answers that it may bend.  sql, params: what found it, and its bound values.
    """

    kind: str
    severity: str
    what: str
    count: int
    of: str
    share: float | None
    examples: tuple[dict[str, Any], ...]
    touches: tuple[str, ...]
    sql: str
    params: dict[str, Any] = field(default_factory=dict)

    def as_plain(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "severity": self.severity,
            "what": self.what,
            "count": self.count,
            "of": self.of,
            "share": self.share,
            "examples": list(self.examples),
            "touches": list(self.touches),
        }


def _rows(con: Warehouse, sql: str, params: dict[str, Any] | None = None) -> tuple[dict[str, Any], ...]:
    """The first rows, times as ISO-8601."""
    rows = ask_sql(con, f"select * from ({sql}) limit {EXAMPLES}", params).to_dicts()
    return tuple({name: iso(value) if name in ("ts", "first", "last") else value for name, value in row.items()} for row in rows)


def _events(con: Warehouse) -> int:
    return int(one(con, "select count(*) from events"))


SHOWN = (
    "select c.id as customer, n.name as event, e.ts from events e join customers c using (customer) join event_names n on n.event = e.event"
)


def future(con: Warehouse, now: int | None) -> Finding | None:
    sql = f"{SHOWN} where e.ts > $now order by e.ts desc"
    now = now or time.time_ns() // 1_000_000
    count = one(con, "select count(*) from events where ts > $now", {"now": now})
    if not count:
        return None
    what = f"{count:,} {_plural(count, 'event lies', 'events lie')} in the future: a clock or a unit of time is wrong."
    return Finding("future", "high", what, count, "events", count / _events(con), _rows(con, sql, {"now": now}), TIMED, sql, {"now": now})


def distant_past(con: Warehouse, _: int | None) -> Finding | None:
    sql = f"{SHOWN} where e.ts < {EARLIEST} order by e.ts"
    count = one(con, f"select count(*) from events where ts < {EARLIEST}")
    if not count:
        return None
    what = f"{count:,} {_plural(count, 'event lies', 'events lie')} before 1980: a missing time written as 0, or a wrong unit."
    return Finding("distant_past", "high", what, count, "events", count / _events(con), _rows(con, sql), TIMED, sql)


def one_moment(con: Warehouse, _: int | None) -> Finding | None:
    sql = "select min(ts) as ts, count(*) as events from events having count(*) > 1 and min(ts) = max(ts)"
    rows = _rows(con, sql)
    if not rows:
        return None
    what = f"All {rows[0]['events']:,} events carry one and the same time: their order is that of loading, and nothing takes any time."
    return Finding("one_moment", "high", what, rows[0]["events"], "events", 1.0, rows, TIMED, sql)


def days_only(con: Warehouse, _: int | None) -> Finding | None:
    sql = f"select count(*) as events, count(*) filter (where ts % {DAY} = 0) as at_midnight, min(ts) = max(ts) as still from events"
    events, at_midnight, still = ask_sql(con, sql).row(0)
    if still or at_midnight < 0.95 * events or events < 2:
        return None
    what = f"{at_midnight:,} of {events:,} events stand at midnight UTC: the times are days. "
    what += "Waits are whole days, and the order within a day is that of loading."
    return Finding("days_only", "medium", what, at_midnight, "events", at_midnight / events, (), ORDERED, sql)


def identical(con: Warehouse, _: int | None) -> Finding | None:
    """Same customer, time, event and properties; a neighbour in the order, so that one look back finds it."""
    properties = ask_sql(con, 'select "column" from properties where "of" = \'event\' order by 1')["column"].to_list()
    same = ", ".join(["e.customer", "e.ts", "e.event", *(f"e.{quote(column)}" for column in properties)])
    sql = f"""
        select any_value(c.id) as customer, any_value(n.name) as event, any_value(e.ts) as ts, count(*) as times
        from events e join customers c using (customer) join event_names n on n.event = e.event
        group by {same} having count(*) > 1 order by times desc, customer, ts
    """
    count = one(con, f"select sum(times) - count(*) from ({sql})")
    if not count:
        return None
    count = int(count)
    what = f"{count:,} {_plural(count, 'event is', 'events are')} identical to another in every value: "
    what += "sent twice, or really done twice in one moment."
    return Finding(
        "identical", _graver(count / _events(con)), what, count, "events", count / _events(con), _rows(con, sql), EVERYTHING, sql
    )


def ties(con: Warehouse, _: int | None) -> Finding | None:
    sql = "select customer, ts, count(distinct event) as events from events group by customer, ts having count(distinct event) > 1"
    count = int(one(con, f"select coalesce(sum(events), 0) from ({sql})"))
    share = count / _events(con)
    if share < 0.01 or one(con, "select min(ts) = max(ts) from events"):
        return None
    what = f"{count:,} events share their time with another event of the same customer: they stand in the order of loading."
    return Finding("ties", "low", what, count, "events", share, (), ("paths", "funnels"), sql)


def bots(con: Warehouse, _: int | None) -> Finding | None:
    """More than a person can do: 5,000 events in a day, a session of 50 at under a second each, or 20 times the busiest hundredth."""
    sql = f"""
        with days as (select customer, ts // {DAY} as day, count(*) as events from events group by all),
        fast as (
            select customer, session, count(*) as events, max(ts) - min(ts) as span
            from events group by all having count(*) >= 50 and max(ts) - min(ts) < count(*) * 1000 and max(ts) > min(ts)
        ),
        usual as (select quantile_cont(events, 0.99) as top from customers where events > 0),
        inhuman as (
            select customer from days where events > 5000
            union select customer from fast
            union select customer from customers, usual where events > 1000 and events > 20 * top
        )
        select c.id as customer, c.events, c.first_ts as first, c.last_ts as last
        from inhuman join customers c using (customer) order by c.events desc, c.id
    """
    events = one(con, f"select sum(events) from ({sql})")
    if not events:
        return None
    count, share = int(one(con, f"select count(*) from ({sql})")), float(events) / _events(con)
    what = f"{count:,} {_plural(count, 'customer does', 'customers do')} more than a person can, "
    what += f"{share:.1%} of all events: bots, tests or a shared id."
    return Finding("bots", "high" if share > 0.01 else "medium", what, count, "customers", share, _rows(con, sql), EVERYTHING, sql)


def sessions_missing(con: Warehouse, _: int | None) -> Finding | None:
    sql = "select count(*) as events, count(*) filter (where session_key is null) as without from events"
    events, without = ask_sql(con, sql).row(0)
    if not without or without == events:
        return None
    what = f"{without:,} of {events:,} events name no session where others do; theirs were cut after 30 minutes of silence."
    return Finding("sessions_missing", "low", what, without, "events", without / events, (), ("sessions", "paths"), sql)


def many_ids(con: Warehouse, _: int | None) -> Finding | None:
    sql = f"""
        select c.id as customer, count(*) as ids from customer_ids i join customers c using (customer)
        group by c.id having count(*) > {MANY_IDS} order by ids desc, customer
    """
    count = one(con, f"select count(*) from ({sql})")
    if not count:
        return None
    what = f"{count:,} {_plural(count, 'person has', 'people have')} more than {MANY_IDS} ids: "
    what += "a shared login, or an id that changes with every visit."
    share = count / one(con, "select count(*) from customers")
    return Finding("many_ids", "medium", what, count, "customers", share, _rows(con, sql), EVERYTHING, sql)


def silent_days(con: Warehouse, _: int | None) -> Finding | None:
    """Whole days without an event between busy days, where fifty events a day or more are usual."""
    usual = one(con, f"select median(n) from (select count(*) as n from events where ts >= {EARLIEST} group by ts // {DAY})")
    if not usual or usual < 50:
        return None
    sql = f"""
        with days as (
            select ts // {DAY} as day, count(*) as events from events
            where ts >= {EARLIEST} group by all having count(*) >= $least
        ),
        steps as (select day, lag(day) over (order by day) as before from days),
        silent as (
            select before + 1 as began, day - before - 1 as days from steps s
            where day > before + 1
              and not exists (select 1 from events e where e.ts >= (s.before + 1) * {DAY} and e.ts < s.day * {DAY})
        )
        select began * {DAY} as first, (began + days) * {DAY} - 1 as last, days from silent order by days desc, first
    """
    params = {"least": usual / 4}
    count = one(con, f"select sum(days) from ({sql})", params)
    if not count:
        return None
    what = f"{int(count):,} days in between have no event at all: a collector that was down, or a file that was not loaded."
    touches = ("metrics", "retention", "lifecycle")
    return Finding("silent_days", "medium", what, int(count), "days", None, _rows(con, sql, params), touches, sql, params)


def stale(con: Warehouse, now: int | None) -> Finding | None:
    sql = "select max(ts) as last from events"
    now = now or time.time_ns() // 1_000_000
    days = (now - one(con, "select max(ts) from events where ts <= $now", {"now": now})) // DAY if _past(con, now) else 0
    if days < STALE_DAYS:
        return None
    what = f"The newest event is {days:,} days old: what is called now is then."
    return Finding("stale", "low", what, int(days), "days", None, _rows(con, sql), ("metrics", "stages"), sql)


def _past(con: Warehouse, now: int) -> bool:
    return bool(one(con, "select count(*) from events where ts <= $now", {"now": now}))


def many_names(con: Warehouse, _: int | None) -> Finding | None:
    sql = "select name as event from event_names order by name"
    count = one(con, "select count(*) from event_names")
    if count <= MANY_NAMES:
        return None
    what = f"There are {count:,} event names: an address, a product or a number may have become part of the name."
    return Finding("many_names", "medium", what, count, "event names", None, _rows(con, sql), ("funnels", "paths"), sql)


def alike_names(con: Warehouse, _: int | None) -> Finding | None:
    sql = """
        select string_agg(name, ' | ' order by name) as names, count(*) as count from event_names
        group by regexp_replace(lower(name), '[^\\pL\\pN]', '', 'g')
        having count(*) > 1 and regexp_replace(lower(any_value(name)), '[^\\pL\\pN]', '', 'g') <> ''
        order by names
    """
    count = one(con, f"select count(*) from ({sql})")
    if not count:
        return None
    what = f"{count:,} {_plural(count, 'event goes', 'events go')} by several names that differ in case or signs only."
    return Finding(
        "alike_names", "medium", what, count, "event names", None, _rows(con, sql), ("funnels", "paths", "retention", "metrics"), sql
    )


def quarantined(con: Warehouse, _: int | None) -> Finding | None:
    sql = "select reason, count(*) as rows from quarantine group by reason order by rows desc, reason"
    received, count = ask_sql(con, "select coalesce(sum(received), 0)::bigint, coalesce(sum(quarantined), 0)::bigint from loads").row(0)
    if not count:
        return None
    what = f"{count:,} of {received:,} rows received wait in quarantine: they are in no answer."
    return Finding("quarantined", _graver(count / received), what, count, "rows", count / received, _rows(con, sql), EVERYTHING, sql)


def _graver(share: float) -> str:
    return "high" if share > 0.05 else "medium" if share > 0.001 else "low"


def _plural(count: int, singular: str, plural: str) -> str:
    return singular if count == 1 else plural


CHECKS: tuple[Callable[[Warehouse, int | None], Finding | None], ...] = (
    future,
    distant_past,
    one_moment,
    days_only,
    identical,
    ties,
    bots,
    sessions_missing,
    many_ids,
    silent_days,
    stale,
    many_names,
    alike_names,
    quarantined,
)
