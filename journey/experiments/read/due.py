"""When the looks of a plan were due, so that a reading that is right at those alone is read as it stood then.

What comes between two looks waits for the next: whoever asks every day sees each look once, and errs no more often than planned.
Known limit: a segment that goes by what customers did is as of the look; a unit that joins it later was not counted then.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from journey.experiments.plan import Plan
from journey.experiments.read import definition as sql
from journey.experiments.read.found import log_of
from journey.experiments.read.in_force import Manner, locked_plan, manner_of
from journey.experiments.read.log import Log
from journey.experiments.read.question import ExperimentQuestion
from journey.scope import Scope
from journey.warehouse import Warehouse, ask_sql


@dataclass(frozen=True)
class Due:
    """moments: ms, ascending, the end of what each look reads, of those that were due."""

    moments: tuple[int, ...]

    @property
    def look(self) -> int:
        return len(self.moments)

    @property
    def as_of(self) -> int | None:
        """ms: the end of what is read; None before the first look."""
        return self.moments[-1] if self.moments else None

    def look_within(self, after: int, until: int) -> int:
        """The look that was due after the one moment and until the other; 0 where none was."""
        due = bisect_right(self.moments, until)
        return due if due and self.moments[due - 1] > after else 0


@dataclass(frozen=True, eq=False)
class Stand:
    """An experiment of the log as it is read.  scope: whose stop is the last look that was due, of a reading of planned looks.

    log: it, until then; whole: to the end of what is known.  due: None of a reading that may be looked at any time, and where
    nobody planned when.
    """

    scope: Scope
    log: Log
    whole: Log
    due: Due | None = None


def stand_of(con: Warehouse, question: ExperimentQuestion, scope: Scope) -> Stand:
    """Raises: QuestionError: the question is about a table or about sums; and whatever it names that cannot be."""
    whole = log_of(con, question, scope)
    due = _due(con, question, manner_of(question, locked_plan(con, question)), whole)
    if due is None or due.as_of is None or due.as_of >= whole.told.known_until:
        return Stand(scope, whole, whole, due)
    scope = replace(scope, stop=due.as_of)
    return Stand(scope, log_of(con, question, scope), whole, due)


def _due(con: Warehouse, question: ExperimentQuestion, manner: Manner, whole: Log) -> Due | None:
    """What the question says of the look goes before the plan."""
    planned, is_said = whole.told.planned, manner.looks is not None and question.look is not None
    if planned is None or manner.reading == "always_valid" or is_said:
        return None
    return due_looks(con, whole, planned.plan, manner.looks or 1)


def due_looks(con: Warehouse, log: Log, plan: Plan, looks: int) -> Due:
    """The looks of a plan that were due by the end of what is known: at equal parts of its units, the last by its end as well.

    Where no number of units was planned, at equal parts of its time.
    """
    known = log.told.known_until
    last = settled_at(log, plan)
    size = (plan.units_per_arm or 0) * max(len(log.arms), 2)
    if size:
        found = _by_units(con, log, [-(-size * look // looks) for look in range(1, looks + 1)])
    elif plan.start is not None and plan.ends is not None:
        found = [plan.start + (plan.ends - plan.start) * look // looks for look in range(1, looks)]
    else:
        found = []
    found = [moment for moment in found if moment <= known]
    if last is not None and last <= known:
        found += [last] * (looks - len(found))
    return Due(tuple(sorted(found)))


def settled_at(log: Log, plan: Plan) -> int | None:
    """ms: when the plan has ended and the time of all that it let in is over; None without an end.

    Before the end nobody knows who will be last, so it is taken to come at the end.
    """
    if plan.ends is None:
        return None
    within = within_of(log)
    if within is None:
        return plan.ends
    last = max((last for _, _, last in log.reached.arms.values()), default=0)
    return plan.ends + within if log.told.known_until < plan.ends else max(plan.ends, last + within + 1)


def within_of(log: Log) -> int | None:
    """ms after the exposure that count for the metric that decides; None for all."""
    return next((one.within for one in log.told.metrics if one.role == "primary"), None)


def _by_units(con: Warehouse, log: Log, needed: Sequence[int]) -> list[int]:
    """The ends of what must be read for so many units to count, of those that ever did."""
    if not log.arms:
        return []
    text = sql.story(log.base[0], sql.FIRST_OF_ARM, sql.IN_ORDER, sql.COUNT_FROM) + sql.COUNTING
    rows = ask_sql(con, text, log.params | {"within": within_of(log) or 0})
    most = np.maximum.accumulate(np.cumsum(rows["change"].to_numpy()))
    place = np.searchsorted(most, needed)
    return [int(rows["ts"][int(one)]) + 1 for one in place if one < rows.height]
