"""Who is behind one cell of a retention."""

from collections.abc import Mapping
from typing import Any

from journey.answers import People
from journey.errors import QuestionError
from journey.periods import Periods
from journey.retention.answer import find_marks
from journey.retention.bound import bind_question
from journey.retention.everyone import mean_customers
from journey.retention.question import RetentionQuestion
from journey.retention.value_question import ValueQuestion
from journey.scope import Scope, period_start, read_time, refuse_unknown
from journey.warehouse import Warehouse


def retention_customers(con: Warehouse, question: RetentionQuestion, scope: Scope, mark: Mapping[str, Any]) -> People:
    """Who is behind a cell: {"cohort": start, "period": k}, with "group" within a breakdown.

    period counts entries: 0 the cohort, k its k-th period, or bracket.  "came_back": false answers the rest of the cohort.
    Without a cohort, all complete cells of the entry are meant, which the mean is of.
    Raises: QuestionError: no such cohort or entry in this answer.
    """
    refuse_unknown(mark, ("cohort", "period", "group", "came_back"), "customers of a retention")
    place, group, came_back = _read(mark, question)
    if "cohort" not in mark:
        return mean_customers(con, question, scope, place, group, came_back)
    bound = bind_question(con, question, scope)
    if bound is None:
        raise QuestionError("There is no cohort yet: no events are loaded.")
    cohort = cohort_number(mark.get("cohort"), question, scope, bound.periods)
    if place > question.reach(bound.periods.scoped - cohort, 1 + question.places):
        raise QuestionError(f"The scope ends before period {place} of the cohort at {mark.get('cohort')!r}. Ask for an earlier period.")
    marks = find_marks(con, question, scope, bound)
    return People(tuple(sorted(marks.behind([cohort], place, group, came_back))))


def _read(mark: Mapping[str, Any], question: RetentionQuestion) -> tuple[int, str | None, bool]:
    place, group, came_back = mark.get("period"), mark.get("group"), mark.get("came_back", True)
    if isinstance(place, bool) or not isinstance(place, int) or not 0 <= place <= question.places:
        raise QuestionError(f"period is {place!r}; it can be a whole number from 0 (the cohort itself) to {question.places}.")
    if group is not None and (question.breakdown is None or not isinstance(group, str)):
        raise QuestionError(f"group is {group!r}; it names a value of the question's breakdown, as text, and is left out without one.")
    if not isinstance(came_back, bool):
        raise QuestionError(f"came_back is {came_back!r}; it can be true or false.")
    return place, group, came_back


def cohort_number(value: Any, question: RetentionQuestion | ValueQuestion, scope: Scope, periods: Periods) -> int:
    """The number of the cohort whose period holds that time: ms, or ISO."""
    whole = isinstance(value, int) and not isinstance(value, bool)
    moment = value if whole else read_time(value, scope.zone, "cohort")
    if moment is None:
        raise QuestionError('Name the cohort by its start, such as {"cohort": "2026-03-02", "period": 1}.')
    starts = [periods.start(number) for number in range(periods.scoped)]
    try:
        return starts.index(period_start(moment, question.period, scope.timezone, question.week_start))
    except (ValueError, OverflowError) as fault:
        raise QuestionError(f"There is no cohort at {value!r}: no {question.period} of the scope holds that time.") from fault
