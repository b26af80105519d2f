"""Whether an experiment is read as it was planned: locked before anybody was exposed, unchanged since, and asked for as it stands."""

from typing import Any

from journey.experiments.plan import PlanChange, Planned, plan_of
from journey.experiments.result import Finding
from journey.scope import to_datetime
from journey.warehouse import Warehouse

FINE, LOOK, ALARM = "fine", "look", "alarm"


def as_planned(con: Warehouse, name: str, planned: Planned | None, departs: tuple[str, ...]) -> Finding:
    """departs: what the question asks otherwise than the plan.  rows: what was changed after the lock, field by field."""
    if planned is None:
        return Finding("plan", LOOK, _without(con, name))
    lock = f"the plan that {planned.locked_by} locked on {_day(planned.locked_at)}"
    told = [
        f"Its texts are not as they were kept, from version {planned.broken_at} on: somebody wrote over them. Do not rely on it."
        if not planned.unbroken
        else "",
        f"The question departs from it, so what it promised does not hold here. {' '.join(departs)}" if departs else "",
        _changed(planned.changes),
        f"{planned.exposed_at_lock:,} units had been exposed by the lock." if planned.exposed_at_lock else "",
        f"The reading had been looked at {planned.looks_at_lock:,} times by the lock." if planned.looks_at_lock else "",
    ]
    wrong = [sentence for sentence in told if sentence]
    rows = tuple(row for change in planned.changes for row in _rows(change))
    if not wrong:
        return Finding("plan", FINE, f"Read by {lock}, before anybody was exposed; nothing was changed since.", rows)
    read = f"{'Compared with' if departs else 'Read by'} {lock}."
    return Finding("plan", LOOK if planned.unbroken else ALARM, " ".join([read, *wrong]), rows)


def _without(con: Warehouse, name: str) -> str:
    if plan_of(con, name) is not None:
        return "Its plan is a draft that nobody has locked, so it is not read by it: metrics and reading could be chosen by what they show."
    return "No plan was locked, so metrics and reading could be chosen by what they show. Plan the next one before it starts."


def _changed(changes: tuple[PlanChange, ...]) -> str:
    if not changes:
        return ""
    fields = list(dict.fromkeys(field.field for change in changes for field in change.fields))
    seen = max(change.looks for change in changes)
    when = f", after {seen:,} looks at the reading" if seen else ""
    times = "once" if len(changes) == 1 else f"{len(changes)} times"
    return f"It was changed {times} since ({', '.join(fields)}){when}."


def _rows(change: PlanChange) -> list[dict[str, Any]]:
    at, by = change.as_plain()["at"], change.by
    return [{"version": change.version, "at": at, "by": by, "reason": change.reason, **field.as_plain()} for field in change.fields]


def _day(ms: int | None) -> str:
    return "" if ms is None else to_datetime(ms).strftime("%-d %B %Y")
