"""Ask where each period's active customers come from, and who is in one state."""

from collections.abc import Mapping
from typing import Any

from journey.answers import Evidence, People
from journey.errors import QuestionError
from journey.lifecycle.bound import Bound, bind_question, zone_words
from journey.lifecycle.definition import COUNT_STATES
from journey.lifecycle.definition import STATES as STATES_SQL
from journey.lifecycle.marks import find_marks
from journey.lifecycle.question import STATES, LifecycleQuestion
from journey.lifecycle.result import Lifecycle, LifecyclePeriod
from journey.scope import Scope, period_start, read_time, refuse_unknown
from journey.warehouse import Warehouse


def measure_lifecycle(con: Warehouse, question: LifecycleQuestion, scope: Scope) -> Lifecycle:
    """New, returning, resurrected and dormant customers, one entry per period of the scope.

    Without any event there are no periods.
    """
    bound = bind_question(con, question, scope, STATES_SQL)
    definition = _define(question, scope, bound)
    if bound is None:
        return Lifecycle(question, scope.timezone, (), Evidence(definition, ""))
    marks = find_marks(con, question, scope, bound)
    evidence = Evidence(
        definition,
        bound.ctes + COUNT_STATES,
        bound.params,
        marks.population(),
        bound.periods.data_until,
        bound.warnings,
    )
    return Lifecycle(question, scope.timezone, _periods(bound, marks.states()), evidence)


def _periods(bound: Bound, counts: Mapping[tuple[int, str], int]) -> tuple[LifecyclePeriod, ...]:
    laid = bound.periods
    return tuple(
        LifecyclePeriod(
            laid.start(number),
            laid.stop(number),
            **{state: counts.get((number, state), 0) for state in STATES},
            complete=laid.ended(number),
            begun=laid.begun(number),
        )
        for number in range(laid.scoped)
    )


def lifecycle_customers(con: Warehouse, question: LifecycleQuestion, scope: Scope, mark: Mapping[str, Any]) -> People:
    """Who is behind a bar: {"period": its start, "state": "new | returning | resurrected | dormant"}.

    Raises: QuestionError: no such period or state.
    """
    refuse_unknown(mark, ("period", "state"), "customers of a lifecycle")
    state = mark.get("state")
    if state not in STATES:
        raise QuestionError(f"state is {state!r}; it can be {', '.join(STATES)}.")
    bound = bind_question(con, question, scope, STATES_SQL)
    value = mark.get("period")
    moment = value if isinstance(value, int) and not isinstance(value, bool) else read_time(value, scope.zone, "period")
    starts = [] if bound is None else [bound.periods.start(number) for number in range(bound.periods.scoped)]
    start = None if moment is None else period_start(moment, question.period, scope.timezone, question.week_start)
    if bound is None or start not in starts:
        raise QuestionError(f"There is no period at {value!r}: no {question.period} of the scope holds that time.")
    return People(tuple(sorted(find_marks(con, question, scope, bound).in_state(starts.index(start), state))))


def _define(question: LifecycleQuestion, scope: Scope, bound: Bound | None) -> str:
    event = bound.event if bound else "the event"
    who = "Customers" if scope.segment is None else "Customers of the segment"
    return (
        f"{who} by {question.period}, active meaning: {event}. New: their first event ever, of any name, lies in the "
        f"{question.period} and they are active. Returning: active, and in the {question.period} before, too. Resurrected: "
        f"active again, but not in the {question.period} before. Dormant: active in the {question.period} before, and not now. "
        f"Periods are {zone_words(question, scope)}; the last is incomplete until the data reach its end."
    )
