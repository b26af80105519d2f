"""Whether an experiment is read as it was planned: locked before anybody was exposed, unchanged since, and asked for as it stands."""

from collections.abc import Mapping
from typing import Any

from journey.experiments.judge.enough import FEWEST
from journey.experiments.plan import Plan, PlanChange, Planned, plan_of
from journey.experiments.read.exposure import still_shown
from journey.experiments.result import Finding
from journey.scope import to_datetime
from journey.warehouse import Warehouse

FINE, LOOK, ALARM = "fine", "look", "alarm"
TELLS_NOTHING = ("hypothesis", "formula", "owner", "about", "baseline", "variance", "daily", "power", "at")
"""Fields of a plan by which no reading goes."""


def as_planned(con: Warehouse, name: str, planned: Planned | None, departs: tuple[str, ...], others: Mapping[str, int]) -> Finding:
    """departs: what the question asks otherwise than the plan.  others: variants that it does not name, with their units.

    rows: what was changed after the lock, field by field.
    """
    if planned is None:
        return Finding("plan", LOOK, _without(con, name))
    lock = f"the plan that {planned.locked_by} locked on {_day(planned.locked_at)}"
    told = [
        f"Its texts are not as they were kept, from version {planned.broken_at} on: somebody wrote over them. Do not rely on it."
        if not planned.unbroken
        else "",
        f"The question departs from it, so what it promised does not hold here. {' '.join(departs)}" if departs else "",
        f"It names no {' or '.join(map(repr, others))}: units that saw it are left out ({sum(others.values()):,})." if others else "",
        _changed(planned.changes),
        f"When it was locked, units had been exposed already ({planned.exposed_at_lock:,})." if planned.exposed_at_lock else "",
        f"When it was locked, the reading had been looked at already (looks: {planned.looks_at_lock:,})." if planned.looks_at_lock else "",
    ]
    wrong = [sentence for sentence in told if sentence]
    rows = tuple(row for change in planned.changes for row in _rows(change))
    if not wrong:
        return Finding("plan", FINE, f"Read by {lock}, before anybody was exposed; nothing was changed since.", rows)
    read = f"{'Compared with' if departs else 'Read by'} {lock}."
    return Finding("plan", LOOK if planned.unbroken else ALARM, " ".join([read, *wrong]), rows)


def unlike_the_lock(planned: Planned | None) -> tuple[str, ...]:
    """Why a reading by this plan proves nothing, as sentences: what it rests on may have been chosen by what was seen.

    Fewer units than any difference is told by show nobody anything.
    """
    if planned is None:
        return ("No plan was locked, so metrics and reading could be chosen by what they show.",)
    late = [change for change in planned.changes if change.looks or change.exposed >= FEWEST]
    fields = dict.fromkeys(field.field for change in late for field in change.fields if field.field not in TELLS_NOTHING)
    told = [
        "" if planned.unbroken else "The texts of the plan are not as they were kept.",
        f"The plan was changed while it ran ({', '.join(fields)})." if fields else "",
        f"When the plan was locked, {planned.exposed_at_lock:,} units had been exposed." if planned.exposed_at_lock >= FEWEST else "",
        "When the plan was locked, the reading had been looked at." if planned.looks_at_lock else "",
    ]
    return tuple(sentence for sentence in told if sentence)


def cut_short(plan: Plan, start: int, last: int, known: int) -> tuple[str, ...]:
    """Of a reading that is right at planned sizes or times: whether nobody was let in long before the planned end.

    start, last: ms, of the first exposures.  known: ms, until when the data reach.
    """
    if plan.ends is None or still_shown(start, last, min(plan.ends, known)):
        return ()
    return (f"Nobody was let in after {_day(last)}, before the planned end: whoever stops by what it shows errs more often.",)


def _without(con: Warehouse, name: str) -> str:
    if plan_of(con, name) is not None:
        return "Its plan is a draft that nobody has locked, so it is not read by it: metrics and reading could be chosen by what they show."
    return "No plan was locked, so metrics and reading could be chosen by what they show. Plan the next one before it starts."


def _changed(changes: tuple[PlanChange, ...]) -> str:
    if not changes:
        return ""
    fields = list(dict.fromkeys(field.field for change in changes for field in change.fields))
    seen = max(change.looks for change in changes)
    when = f", after the reading had been looked at (looks: {seen:,})" if seen else ""
    times = "once" if len(changes) == 1 else f"{len(changes)} times"
    return f"It was changed {times} since ({', '.join(fields)}){when}."


def _rows(change: PlanChange) -> list[dict[str, Any]]:
    at, by = change.as_plain()["at"], change.by
    return [{"version": change.version, "at": at, "by": by, "reason": change.reason, **field.as_plain()} for field in change.fields]


def _day(ms: int | None) -> str:
    return "" if ms is None else to_datetime(ms).strftime("%-d %B %Y")
