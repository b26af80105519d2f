"""What one customer did, in order: events with their properties, sessions, and how their days went by.

Events lie sorted by customer, so that what one of them did is read from a few thousand rows, however long the log.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from journey.answers import iso
from journey.customer.log import Earning, Held, earning_of, kinds_of, log_of, rows, told
from journey.customer.person import Person
from journey.rules.match import Binder
from journey.warehouse import Warehouse, quote

MOST_SESSIONS = 100
QUARTER_MS = 900_000  # every zone's days begin on a quarter of an hour

EVENTS = """
-- the newest events before a place in the order of time and loading
select e.ts, e.seq, n.name as event, e.session, e.load{columns}
from events e
join event_names n on n.event = e.event
where {conditions}
order by e.ts desc, e.seq desc
limit $most"""
# Only the conditions that are asked for: a person is waiting, and planning a query takes longer than running it.
OF_CUSTOMER = "e.customer = $customer"
SINCE = "e.ts >= $start"
BEFORE = "(e.ts < $before_ts or (e.ts = $before_ts and e.seq < $before_seq))"
NAMED = "list_contains($names, n.name)"

SESSIONS = """
-- each session of the customer: its number, its first and last event, how many it holds
select e.session, min(e.ts) as start, max(e.ts) as stop, count(*) as events
from events e
where e.customer = $customer and e.ts < $as_of
group by e.session
order by start desc, e.session desc"""

DAYS = """
-- how often each event came in each quarter of an hour, and what it brought
select (e.ts - $origin) // {quarter} as quarter, n.name as event, count(*) as events, {value} as value
from events e
join event_names n on n.event = e.event
where e.customer = $customer and e.ts < $as_of
group by quarter, n.name
order by quarter, n.name"""


@dataclass(frozen=True)
class Event:
    """at: ms.  seq: order of loading.  kind: of the catalog of kinds.  source: the file or system it came from."""

    at: int
    seq: int
    name: str
    kind: str
    session: int
    source: str
    properties: Mapping[str, Any]

    def as_plain(self) -> dict[str, Any]:
        told = {"ts": iso(self.at), "event": self.name, "kind": self.kind, "session": self.session, "source": self.source}
        return {**told, "properties": dict(self.properties)}


@dataclass(frozen=True)
class Timeline:
    """events: in the order of time, the page's oldest first.  more: the cursor of the page before it, None where there is none."""

    events: tuple[Event, ...]
    more: tuple[int, int] | None
    sql: str
    params: Mapping[str, Any]

    @property
    def cursor(self) -> str | None:
        return None if self.more is None else f"{iso(self.more[0])}/{self.more[1]}"


@dataclass(frozen=True)
class Visit:
    """A session: number from 1 over the whole log; start, stop: ms of its first and last event."""

    number: int
    start: int
    stop: int
    events: int

    @property
    def seconds(self) -> float:
        return (self.stop - self.start) / 1000

    def as_plain(self) -> dict[str, Any]:
        told = {"session": self.number, "start": iso(self.start), "stop": iso(self.stop)}
        return {**told, "events": self.events, "duration_s": self.seconds}


@dataclass(frozen=True)
class Spot:
    """Events of one name in one quarter of an hour.  at: ms where it begins.  value: revenue they brought, None for none."""

    at: int
    name: str
    kind: str
    events: int
    value: float | None


def read_timeline(
    con: Warehouse,
    person: Person,
    most: int,
    before: tuple[int, int] | None = None,
    start: int | None = None,
    kinds: Sequence[str] = (),
) -> Timeline:
    """The newest `most` events of the person before a place, of all sources, with what each event carries."""
    log = log_of(con)
    held, named = log.of("event"), kinds_of(con, log)
    conditions: list[str] = [OF_CUSTOMER]
    params: dict[str, Any] = {"customer": person.number, "most": most + 1}
    if start is not None:
        conditions, params = [*conditions, SINCE], params | {"start": start}
    if before is not None:
        conditions, params = [*conditions, BEFORE], params | {"before_ts": before[0], "before_seq": before[1]}
    if kinds:
        conditions, params = [*conditions, NAMED], params | {"names": [name for name, kind in named.items() if kind in kinds]}
    text = EVENTS.format(columns="".join(f", {one.column}" for one in held), conditions="\n    and ".join(conditions))
    found = rows(con, text, **params)
    events = tuple(_event(row, held, named, log.sources) for row in reversed(found[:most]))
    more = (events[0].at, events[0].seq) if len(found) > most else None
    return Timeline(events, more, text, params)


def _event(row: tuple[Any, ...], held: Sequence[Held], kinds: Mapping[str, str], sources: Mapping[int, str]) -> Event:
    ts, seq, name, session, load = row[:5]
    carried = {one.stored.name: told(one, value) for one, value in zip(held, row[5:], strict=True) if value is not None}
    return Event(ts, seq, name, kinds[name], session, sources.get(load, ""), carried)


def read_sessions_of(con: Warehouse, person: Person, as_of: int) -> tuple[Visit, ...]:
    """Every session of the person, the newest first."""
    return tuple(Visit(*row) for row in rows(con, SESSIONS, customer=person.number, as_of=as_of))


def read_days(con: Warehouse, person: Person, as_of: int) -> tuple[tuple[Spot, ...], Earning | None]:
    """How the person's days went by, and what counts as revenue in them."""
    log, binder = log_of(con), Binder(con)
    earned = earning_of(con, log)
    text = DAYS.format(quarter=QUARTER_MS, value="null" if earned is None else _brought(binder, earned))
    origin = (person.first or 0) // QUARTER_MS * QUARTER_MS
    found = rows(con, text, **binder.params, customer=person.number, as_of=as_of, origin=origin)
    kinds = kinds_of(con, log)
    spots = tuple(Spot(origin + quarter * QUARTER_MS, name, kinds[name], events, value) for quarter, name, events, value in found)
    return spots, earned


def _brought(binder: Binder, earned: Earning) -> str:
    """The revenue of a group of events as SQL, refunds taken off."""
    amount, earns = f"cast(e.{quote(earned.value.column)} as double)", binder.match(earned.step).sql
    if earned.refund is None:
        return f"sum(case when {earns} then {amount} end)"
    return f"sum(case when {binder.match(earned.refund).sql} then -abs({amount}) when {earns} then {amount} end)"
