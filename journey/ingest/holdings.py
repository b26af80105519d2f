"""What a workspace holds: how many events of how many customers, until when, from which loads, and what waits in quarantine.

Events are counted over all loads, before any scope or segment: this is the stock, not an answer about a period.
"""

import json
from bisect import bisect_right
from dataclasses import dataclass

from journey.answers import Evidence
from journey.scope import period_bounds
from journey.warehouse import Warehouse, ask_sql, one

DAY = 86_400_000
MOST_QUARANTINED_SHOWN = 10_000


@dataclass(frozen=True)
class Load:
    """One committed load.  received = stored + duplicates + quarantined.  started_at: ms."""

    load: int
    kind: str
    files: tuple[str, ...]
    received: int
    stored: int
    duplicates: int
    quarantined: int
    started_at: int
    seconds: float

    @property
    def rows_per_second(self) -> float | None:
        return self.received / self.seconds if self.seconds > 0 else None


@dataclass(frozen=True)
class Holdings:
    """first_ts, last_ts: ms of the first and the last event; None without events.  customers: people, with events or without."""

    events: int
    customers: int
    first_ts: int | None
    last_ts: int | None
    quarantined: int
    loads: tuple[Load, ...]


@dataclass(frozen=True)
class EventsOverTime:
    """Events per period, those of the newest load of events apart.

    starts: ms, one per period, and earlier and newest run along it.  period: day | week | month, the finest that
    keeps the picture readable.  outside: events before the first or after the last period, where a few stray times
    (1970, 2099) would otherwise stretch the picture to nothing.
    """

    starts: tuple[int, ...]
    earlier: tuple[int, ...]
    newest: tuple[int, ...]
    period: str
    timezone: str
    outside: int
    evidence: Evidence


@dataclass(frozen=True)
class QuarantinedRow:
    """A row that could not be stored, as it came.  line: from 1 with the header; None where the format has no lines."""

    load: int
    file: str
    line: int | None
    reason: str
    raw: str


def measure_holdings(con: Warehouse) -> Holdings:
    """The stock of the workspace; zeros and None where nothing is loaded."""
    events, customers, first, last = ask_sql(con, STOCK).row(0)
    return Holdings(int(events), customers, first, last, one(con, "select count(*) from quarantine"), read_loads(con))


def read_loads(con: Warehouse) -> tuple[Load, ...]:
    """Every committed load, the newest first."""
    return tuple(Load(row[0], row[1], tuple(json.loads(row[2])), *row[3:]) for row in ask_sql(con, LOADS).iter_rows())


def measure_events_over_time(con: Warehouse, timezone: str = "UTC") -> EventsOverTime | None:
    """How many events each period holds; None without events.

    Counted by quarter hour, the finest step by which any zone in use differs from UTC, and summed to the zone's periods.
    """
    slots = [(int(slot), int(old), int(new)) for slot, old, new in ask_sql(con, SLOTS).iter_rows()]
    if not slots:
        return None
    slots, outside = _without_strays(slots)
    first, last = slots[0][0], slots[-1][0]
    period = "day" if last - first <= 200 * DAY else "week" if last - first <= 900 * DAY else "month"
    bounds = period_bounds(first, last + 1, period, timezone)
    earlier, newest = [0] * (len(bounds) - 1), [0] * (len(bounds) - 1)
    for slot, old, new in slots:
        place = bisect_right(bounds, slot) - 1
        earlier[place] += old
        newest[place] += new
    evidence = Evidence(_definition(period, timezone), SLOTS, {}, one(con, "select count(*) from customers"), last)
    return EventsOverTime(tuple(bounds[:-1]), tuple(earlier), tuple(newest), period, timezone, outside, evidence)


def read_quarantine(con: Warehouse, load: int | None = None, reason: str | None = None) -> tuple[QuarantinedRow, ...]:
    """The rows in quarantine, the newest load first, each load in the order of its files' lines; at most 10,000."""
    rows = ask_sql(con, QUARANTINE, {"load": load, "reason": reason, "most": MOST_QUARANTINED_SHOWN})
    return tuple(QuarantinedRow(*row) for row in rows.iter_rows())


def quarantine_reasons(con: Warehouse, most: int = 50) -> tuple[tuple[str, int], ...]:
    """(reason, rows), the most frequent first.  A reason names the value it stumbled over, so there may be as many as rows."""
    rows = ask_sql(con, "select reason, count(*) from quarantine group by reason order by 2 desc, 1 limit $most", {"most": most})
    return tuple(rows.rows())


def _without_strays(slots: list[tuple[int, int, int]]) -> tuple[list[tuple[int, int, int]], int]:
    """Over ten years of log, the middle 99.8% of the events; otherwise all of them."""
    if slots[-1][0] - slots[0][0] <= 3650 * DAY:
        return slots, 0
    total = sum(old + new for _, old, new in slots)
    kept, seen = [], 0
    for slot, old, new in slots:
        if seen + old + new > total * 0.001 and seen < total * 0.999:
            kept.append((slot, old, new))
        seen += old + new
    return kept, total - sum(old + new for _, old, new in kept)


def _definition(period: str, timezone: str) -> str:
    return (
        f"Every stored event, duplicates and quarantined rows left out, counted in the {period} ({timezone}) in which it happened; "
        "those of the newest load apart."
    )


STOCK = """
-- What does the workspace hold?  events, customers, first_ts and last_ts in ms.
select
    coalesce(sum(events), 0) as events,
    count(*) as customers,
    min(first_ts) as first_ts,
    max(last_ts) as last_ts,
from customers
"""

LOADS = """
-- Which loads were committed?  The newest first; rows as counted at the load.
select load, kind, files, received, stored, duplicates, quarantined, started_at, seconds
from loads
order by load desc
"""

SLOTS = """
-- How many events does each quarter hour hold?  slot: its start in ms.
with newest as (  -- the load that brought events last
    select max(load) as load from events
)
select
    (e.ts // 900000) * 900000 as slot,
    count(*) filter (where e.load < n.load) as earlier,
    count(*) filter (where e.load = n.load) as newest,
from events e
cross join newest n
group by slot
order by slot
"""

QUARANTINE = """
-- Which rows could not be stored, and why?
select load, file, line, reason, raw
from quarantine
where ($load is null or load = $load)
    and ($reason is null or reason = $reason)
order by load desc, file, line, reason, raw
limit $most
"""
