"""The plan in force, and what became of it: when it was locked, what was changed since, and what had been seen by then."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from journey.answers import iso
from journey.errors import QuestionError
from journey.experiments.plan.chain import Link, broken_at
from journey.experiments.plan.exposed import exposed_until
from journey.experiments.plan.plan import Plan, plan_from, plan_plain
from journey.warehouse import Warehouse, ask_sql

LINKS = """-- Every text of the plan of an experiment, the first one first.
select
    experiment,
    version,
    kept_at,    -- ms, by the clock of the machine
    kept_by,
    reason,
    locked,
    plan,       -- JSON
    hash,
from experiment_plans
where experiment = $experiment
order by version"""

LOOKS = """-- How often the reading had been looked at before.
select count(*) as looks, coalesce(max(units), 0) as units
from experiment_looks
where experiment = $experiment and looked_at < $before"""


@dataclass(frozen=True)
class FieldChange:
    """field: of a plan; before, after: as plain data, None where it was not said."""

    field: str
    before: Any
    after: Any

    def as_plain(self) -> dict[str, Any]:
        return {"field": self.field, "from": self.before, "to": self.after}


@dataclass(frozen=True)
class PlanChange:
    """A change after the lock.  at: ms.  looks: readings taken before it.  exposed: units whose first exposure was before it."""

    version: int
    at: int
    by: str
    reason: str
    fields: tuple[FieldChange, ...]
    looks: int
    exposed: int

    def as_plain(self) -> dict[str, Any]:
        said = {"version": self.version, "at": iso(self.at), "by": self.by, "reason": self.reason}
        return {**said, "looks": self.looks, "exposed": self.exposed, "fields": [one.as_plain() for one in self.fields]}


@dataclass(frozen=True)
class Planned:
    """The plan in force.  version: of it; kept_at (ms), kept_by: its own.

    locked: whether it may no longer change without a reason; locked_at (ms), locked_by: of the lock, None and "" of a draft.
    locked_plan: as it was locked; the same as plan where nothing was changed since, and of a draft.
    exposed_at_lock: units whose first exposure was before it; looks_at_lock: readings taken before it.
    changes: after the lock, the first one first.  hash: of the text in force.  broken_at: the first version that is not as it was
    kept, None where the chain holds.
    """

    plan: Plan
    version: int
    kept_at: int
    kept_by: str
    hash: str
    locked: bool = False
    locked_at: int | None = None
    locked_by: str = ""
    locked_plan: Plan | None = None
    exposed_at_lock: int = 0
    looks_at_lock: int = 0
    changes: tuple[PlanChange, ...] = ()
    broken_at: int | None = None

    @property
    def unbroken(self) -> bool:
        """Whether every text is as it was kept."""
        return self.broken_at is None

    def as_plain(self) -> dict[str, Any]:
        return {
            "plan": plan_plain(self.plan),
            "version": self.version,
            "kept_at": iso(self.kept_at),
            "kept_by": self.kept_by,
            "locked": self.locked,
            "locked_at": iso(self.locked_at),
            "locked_by": self.locked_by or None,
            "exposed_at_lock": self.exposed_at_lock,
            "looks_at_lock": self.looks_at_lock,
            "changes": [change.as_plain() for change in self.changes],
            "hash": self.hash,
            "unbroken": self.unbroken,
            "broken_at": self.broken_at,
        }


def plan_of(con: Warehouse, experiment: str) -> Planned | None:
    """The plan in force of an experiment; None where nobody kept one."""
    links = links_of(con, experiment)
    return _planned(con, links) if links else None


def plans(con: Warehouse) -> tuple[str, ...]:
    """The names of all experiments that have a plan."""
    return tuple(ask_sql(con, "select distinct experiment from experiment_plans order by experiment")["experiment"].to_list())


def links_of(con: Warehouse, experiment: str) -> tuple[Link, ...]:
    return tuple(Link(*row) for row in ask_sql(con, LINKS, {"experiment": experiment}).iter_rows())


def changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[FieldChange, ...]:
    """What is said otherwise, field by field; metrics one by one."""
    names = [key for key in dict.fromkeys([*before, *after]) if key != "metrics" and before.get(key) != after.get(key)]
    own, other = (_by_name(plain.get("metrics", ())) for plain in (before, after))
    metrics = [name for name in dict.fromkeys([*own, *other]) if own.get(name) != other.get(name)]
    return (
        *(FieldChange(key, before.get(key), after.get(key)) for key in names),
        *(FieldChange(f"metric {name}", own.get(name), other.get(name)) for name in metrics),
    )


def _by_name(metrics: Any) -> dict[str, Any]:
    listed = metrics if isinstance(metrics, Sequence) else ()
    return {str(metric.get("name")): dict(metric) for metric in listed if isinstance(metric, Mapping)}


def _planned(con: Warehouse, links: tuple[Link, ...]) -> Planned:
    """Where the last text is no plan any more, somebody put it there: the last one that is holds, and the chain is shown broken."""
    readable = [(link, plan) for link in links if (plan := _plan_in(link)) is not None]
    last, plan = readable[-1] if readable else (links[-1], Plan(links[-1].experiment))
    lock = next((place for place, link in enumerate(links) if link.locked), None)
    if lock is None:
        return Planned(plan, last.version, last.kept_at, last.kept_by, last.hash, broken_at=broken_at(links))
    first = links[lock]
    return Planned(
        plan,
        last.version,
        last.kept_at,
        last.kept_by,
        last.hash,
        True,
        first.kept_at,
        first.kept_by,
        _plan_in(first) or plan,
        *_seen_before(con, plan, first.kept_at),
        tuple(_change(con, plan, links[place - 1], links[place]) for place in range(lock + 1, len(links))),
        broken_at(links),
    )


def _plan_in(link: Link) -> Plan | None:
    try:
        return plan_from(link.plain)
    except QuestionError:
        return None


def _change(con: Warehouse, plan: Plan, before: Link, after: Link) -> PlanChange:
    exposed, looks = _seen_before(con, plan, after.kept_at)
    return PlanChange(after.version, after.kept_at, after.kept_by, after.reason, changed(before.plain, after.plain), looks, exposed)


def _seen_before(con: Warehouse, plan: Plan, at: int) -> tuple[int, int]:
    """(units exposed, looks taken) before this time."""
    looks = ask_sql(con, LOOKS, {"experiment": plan.experiment, "before": at}).row(0)[0]
    return exposed_until(con, plan, at), int(looks)
