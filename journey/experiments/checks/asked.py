"""The checks of an experiment of the log or of a table: what each needs is read, and each says what it found."""

from collections.abc import Callable
from dataclasses import replace

from journey.experiments.checks.cause import cause_in
from journey.experiments.checks.course import courses_of, thinned
from journey.experiments.checks.groups import differing_in, groups_in, mix_in
from journey.experiments.checks.level import FINE
from journey.experiments.checks.novelty import countable, novelty_in
from journey.experiments.checks.overlap import overlap_in, seen_elsewhere
from journey.experiments.checks.sizes import crossed_in, outliers_in, small_in
from journey.experiments.checks.traits import group_of, traits_of
from journey.experiments.checks.weekdays import weekdays_in
from journey.experiments.judge import HowRead, split_of
from journey.experiments.metric import ExperimentMetric
from journey.experiments.read.exposure import still_shown
from journey.experiments.read.found import log_of, units_of
from journey.experiments.read.in_force import InForce
from journey.experiments.read.log import changes_in, units_in
from journey.experiments.read.question import CUSTOMER, ExperimentQuestion
from journey.experiments.result import Course, Finding, Group, Split
from journey.experiments.units import Units
from journey.scope import Scope, period_bounds
from journey.warehouse import Warehouse

NOBODY = "Nobody has been exposed yet."


def checked(con: Warehouse, question: ExperimentQuestion, scope: Scope, units: Units, split: Split | None = None) -> tuple[Finding, ...]:
    """Everything that may be wrong with a reading, the split first; what a table cannot tell is not looked for."""
    found = [causes(con, question, scope, units, split), crossed_in(units), small_in(units), _outliers(con, question, scope, units)]
    if question.source == "experiment":
        found += [novelty(con, question, scope, units), weekdays(con, question, scope, units), overlap(con, question, scope, units)]
    if question.by is not None:
        found += by_group(con, question, scope, units, question.by)
    return tuple(one for one in found if one is not None)


def causes(con: Warehouse, question: ExperimentQuestion, scope: Scope, units: Units, split: Split | None = None) -> Finding:
    """Which groups of units are off, and the split without them.

    A table's columns may hold what came after the exposure, so they are looked into only where its split is off.
    """
    if split is None:
        split = split_of(units.counts(), _shares(con, question, scope))
    if not units.frame.height:
        return Finding("cause", FINE, NOBODY)
    if question.source == "table" and not split.warn:
        return Finding("cause", FINE, "The variants are as large as they were meant to be: no cause is looked for in the columns.")
    found = cause_in(units.frame["arm"], traits_of(con, question, scope, units), split)
    if question.source == "table":
        beware = "A column that holds what came after the exposure is no cause."
        return replace(found, sentence=f"{found.sentence} {beware}")
    return found


def novelty(con: Warehouse, question: ExperimentQuestion, scope: Scope, units: Units) -> Finding:
    """Whether the effect on the primary metric wears off or grows, over the units' own time since they were exposed."""
    k = primary_of(units)
    if k is None:
        return Finding("novelty", FINE, NOBODY)
    metric = countable(units.metrics[k])
    log = log_of(con, replace(question, metrics=(metric,)), scope)
    return novelty_in(metric, units.arms, units.frame, changes_in(con, log, 0), log.told.entered_by, len(units.arms) - 1)


def weekdays(con: Warehouse, question: ExperimentQuestion, scope: Scope, units: Units) -> Finding:
    """How many whole weeks it ran, and whether the effect on the primary metric differs by the weekday of the first exposure."""
    k = primary_of(units)
    if k is None:
        return Finding("weekdays", FINE, NOBODY)
    told = log_of(con, question, scope).told
    return weekdays_in(units, k, scope.timezone, _running(units, told), len(units.arms) - 1)


def overlap(con: Warehouse, question: ExperimentQuestion, scope: Scope, units: Units) -> Finding:
    """Other experiments that its customers were in while it ran."""
    k = primary_of(units)
    if k is None:
        return Finding("overlap", FINE, NOBODY)
    told = log_of(con, question, scope).told
    if told.unit != CUSTOMER or told.exposure is None:
        return Finding("overlap", FINE, "Other experiments are not looked for: the unit here is not the customer.")
    start, last = _exposed(units)
    return overlap_in(units, k, seen_elsewhere(con, told.exposure, told.experiment, start, min(told.entered_by, last + 1)))


def by_group(con: Warehouse, question: ExperimentQuestion, scope: Scope, units: Units, by: str) -> list[Finding]:
    """Whether the effect differs by a property, and how much of the difference is the mix of its groups."""
    k = primary_of(units)
    if k is None:
        return []
    group = group_of(con, question, scope, units, by)
    return [differing_in(units, k, group, by), mix_in(units, k, group, by)]


def groups(con: Warehouse, question: ExperimentQuestion, scope: Scope, units: Units, how: HowRead, by: str) -> tuple[Group, ...]:
    """Every metric of every variant in each group of a property as it was at the exposure, or of a column of the table.

    Raises: QuestionError: no such property or column.
    """
    return groups_in(units, group_of(con, question, scope, units, by), how) if units.frame.height else ()


def courses(
    con: Warehouse,
    question: ExperimentQuestion,
    scope: Scope,
    units: Units,
    how: HowRead,
    how_at: Callable[[int, int], HowRead] | None = None,
) -> tuple[Course, ...]:
    """How each metric went, day by day, from the first exposure to the end of the reading; () of a table, which has no days.

    how_at: (ms of the day's beginning, of its end) -> how it was read then; the same all along without it.
    """
    if question.source != "experiment" or not units.frame.height:
        return ()
    log = log_of(con, replace(question, metrics=uncut(units)), scope)
    if any(metric.winsorise is not None for metric in units.metrics):
        units = replace(units_in(con, log), metrics=units.metrics)
    bounds = [_days(units, log.told, k, scope.timezone) for k in range(len(units.metrics))]
    changes = [changes_in(con, log, k) for k in range(len(units.metrics))]
    return courses_of(units, changes, bounds, how_at or (lambda after, until: how))


def uncut(units: Units) -> tuple[ExperimentMetric, ...]:
    """The metrics with their greatest values left as they are."""
    return tuple(replace(metric, winsorise=None) for metric in units.metrics)


def primary_of(units: Units) -> int | None:
    """The place of the primary metric, the first without one; None where nobody is there to be compared."""
    if not units.frame.height or len(units.arms) < 2 or not units.metrics:
        return None
    return next((k for k, metric in enumerate(units.metrics) if metric.role == "primary"), 0)


def _outliers(con: Warehouse, question: ExperimentQuestion, scope: Scope, units: Units) -> Finding | None:
    """The units are read again uncut where any metric is cut."""
    if all(metric.winsorise is None for metric in units.metrics):
        return outliers_in(units, units)
    return outliers_in(units, units_of(con, replace(question, metrics=uncut(units)), scope))


def _shares(con: Warehouse, question: ExperimentQuestion, scope: Scope) -> dict[str, float] | None:
    told = dict(question.split) if question.split else None
    if question.source != "experiment" or told:
        return told
    meant = log_of(con, question, scope).told.shares
    return None if meant is None else dict(meant)


def _running(units: Units, told: InForce) -> bool:
    first, last = _exposed(units)
    return told.entered_by >= told.known_until and still_shown(first, last, told.known_until)


def _days(units: Units, told: InForce, k: int, timezone: str) -> tuple[int, ...]:
    """The ends of the days from the first exposure on, in the zone; the last is the end of the reading."""
    first, last = _exposed(units)
    within = units.metrics[k].within
    stop = told.entered_by if within is None else min(told.known_until, last + within + 1)
    ends = period_bounds(first, max(stop, first + 1), "day", timezone)[1:]
    return thinned([*ends[:-1], stop])


def _exposed(units: Units) -> tuple[int, int]:
    """ms of the first and of the last first exposure."""
    return int(units.frame["exposed_at"].min()), int(units.frame["exposed_at"].max())  # type: ignore[arg-type]
