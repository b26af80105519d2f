"""What the workspace holds and how far it can be trusted: the catalog of events, who is who, and what is wrong.

Counted over all loads; periods and segments do not apply.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from journey.answers import Evidence, data_until, iso
from journey.ingest.checks import CHECKS, Finding
from journey.ingest.ledger import count_ids
from journey.warehouse import Warehouse, ask_sql, literal, one

SEVERITIES = ("high", "medium", "low")
MOST_MERGES = 1_000
NOTHING_FOUND = "select null as finding, 0 as rows where false"
EVENTS_SQL = """
select
    n.name as event,
    count(*) as count,
    count(distinct e.customer) as customers,
    min(e.ts) as first,
    max(e.ts) as last
from events e
join event_names n on n.event = e.event
group by n.name
order by count desc, event
"""
MERGES_SQL = """
select
    c.id as person,
    i.id as anonymous,
    i.linked_at
from customer_ids i
join customers c on c.customer = i.customer
where i.linked_at is not null
order by i.linked_at, i.id
limit $most
"""


@dataclass(frozen=True)
class EventName:
    """count: events; customers: who did it at least once; first, last: ms."""

    event: str
    count: int
    customers: int
    first: int
    last: int


@dataclass(frozen=True)
class Catalog:
    """Every event name, the most frequent first."""

    events: tuple[EventName, ...]
    evidence: Evidence

    def as_plain(self) -> dict[str, Any]:
        rows = [
            {"event": row.event, "count": row.count, "customers": row.customers, "first": iso(row.first), "last": iso(row.last)}
            for row in self.events
        ]
        return {"events": rows, **self.evidence.as_plain()}


@dataclass(frozen=True)
class Merge:
    """An anonymous id that joined a person.  at: ms, of the first event that carried both."""

    person: str
    anonymous: str
    at: int


@dataclass(frozen=True)
class Identity:
    """ids: every id seen; people: the persons they are; merged: anonymous ids that joined one; merges: the first thousand."""

    ids: int
    people: int
    merged: int
    merges: tuple[Merge, ...]
    evidence: Evidence

    def as_plain(self) -> dict[str, Any]:
        rows = [{"person": row.person, "anonymous": row.anonymous, "linked_at": iso(row.at)} for row in self.merges]
        told = {"policy": "merge_protected", "ids": self.ids, "people": self.people, "merged": self.merged, "merges": rows}
        return {**told, **self.evidence.as_plain()}


@dataclass(frozen=True)
class Quality:
    """What was found, the gravest first; () where nothing was."""

    findings: tuple[Finding, ...]
    evidence: Evidence

    def as_plain(self) -> dict[str, Any]:
        return {"findings": [finding.as_plain() for finding in self.findings], **self.evidence.as_plain()}


def measure_events(con: Warehouse) -> Catalog:
    """Which events there are, how often, by how many, from when to when."""
    rows = ask_sql(con, EVENTS_SQL)
    told = "Every event of every load, by name; customers did it at least once. Times are UTC."
    return Catalog(tuple(EventName(*row) for row in rows.iter_rows()), _evidence(con, told, EVENTS_SQL))


def measure_identity(con: Warehouse) -> Identity:
    """How many people the ids are, and which anonymous ids joined whom."""
    ids, people = count_ids(con)
    merged = one(con, "select count(*) from customer_ids where linked_at is not null")
    rows = ask_sql(con, MERGES_SQL, {"most": MOST_MERGES})
    told = (
        "An anonymous id joins the person it first identifies as, with all its history; "
        "of two logins at one moment the one loaded first counts. "
        "Later logins on the same device are other people. Two identified people are never merged."
    )
    return Identity(
        ids, people, merged, tuple(Merge(*row) for row in rows.iter_rows()), _evidence(con, told, MERGES_SQL, {"most": MOST_MERGES})
    )


def measure_quality(con: Warehouse, now: int | None = None) -> Quality:
    """What is wrong with the data, how often, and which answers it touches.  now: ms, else the clock's."""
    findings = [found for check in CHECKS if (found := check(con, now)) is not None] if one(con, "select count(*) from events") else []
    findings.sort(key=lambda finding: (SEVERITIES.index(finding.severity), -(finding.share or 0)))
    params = {name: value for finding in findings for name, value in finding.params.items()}
    told = "Every check over every event of every load. The query lists what was found and how many rows say so. Times are UTC."
    return Quality(tuple(findings), _evidence(con, told, _every_finding(findings), params))


def _every_finding(findings: Sequence[Finding]) -> str:
    """One query over those of the findings: finding, rows."""
    parts = [f"select {literal(finding.kind)} as finding, count(*) as rows\nfrom (\n{finding.sql.strip()}\n)" for finding in findings]
    return "\nunion all\n".join(parts) or NOTHING_FOUND


def _evidence(con: Warehouse, definition: str, sql: str, params: dict[str, Any] | None = None) -> Evidence:
    return Evidence(definition, sql, params or {}, one(con, "select count(*) from customers"), data_until(con), ())
