"""Ask what the customers of each cohort have brought since they joined, and who brought any of it."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from journey.answers import Evidence, People, data_until
from journey.errors import QuestionError
from journey.periods import Periods
from journey.retention.bound import LENGTH_MS
from journey.retention.customers import cohort_number
from journey.retention.value_bound import bind_value, define
from journey.retention.value_definition import BEHIND, GROWTH, REST, SIZES
from journey.retention.value_question import ValueQuestion
from journey.retention.value_result import CohortValue, ValueCohort, Worth
from journey.scope import Scope, refuse_unknown
from journey.warehouse import Warehouse, ask_sql


def measure_value(con: Warehouse, question: ValueQuestion, scope: Scope) -> CohortValue:
    """The sum that each cohort of the scope brought by the end of each period since it joined.

    One cohort per period of the scope, empty ones too; a row is as long as the scope reaches.  Raises: QuestionError: no
    revenue is mapped; a property that holds no numbers.
    """
    bound = bind_value(con, question, scope)
    if bound is None:
        return CohortValue(question, scope.timezone, (), (), None, Evidence("No events are loaded, so nothing was brought.", ""))
    sizes = {cohort: (size, latest) for cohort, size, latest in ask_sql(con, bound.ctes + SIZES, bound.params).iter_rows()}
    growth: dict[tuple[int, int], tuple[int, float, float]] = {
        (cohort, k): (int(customers), float(value), float(squares))
        for cohort, k, customers, value, squares in ask_sql(con, bound.ctes + GROWTH, bound.params).iter_rows()
    }
    laid = bound.periods
    cohorts = tuple(_cohort(question, laid, number, *sizes.get(number, (0, None)), growth) for number in range(laid.scoped))
    evidence = Evidence(
        define(question, scope, bound),
        bound.ctes + GROWTH,
        bound.params,
        sum(size for size, _ in sizes.values()),
        data_until(con),
        bound.warnings,
    )
    return CohortValue(question, scope.timezone, cohorts, _mean(cohorts), bound.valued.currency, evidence)


def value_customers(con: Warehouse, question: ValueQuestion, scope: Scope, mark: Mapping[str, Any]) -> People:
    """Who of a cohort had brought value by a period: {"cohort": start, "period": k}.

    "earned": false answers those who had not.  Raises: QuestionError: no such cohort or period.
    """
    refuse_unknown(mark, ("cohort", "period", "earned"), "customers of a value by cohort")
    place, earned = mark.get("period"), mark.get("earned", True)
    if isinstance(place, bool) or not isinstance(place, int) or not 0 <= place <= question.periods:
        raise QuestionError(f"period is {place!r}; it can be a whole number from 0 (the period of joining) to {question.periods}.")
    if not isinstance(earned, bool):
        raise QuestionError(f"earned is {earned!r}; it can be true or false.")
    bound = bind_value(con, question, scope)
    if bound is None:
        raise QuestionError("There is no cohort yet: no events are loaded.")
    cohort = cohort_number(mark.get("cohort"), question, scope, bound.periods)
    if cohort + place >= bound.periods.scoped:
        raise QuestionError(f"The scope ends before period {place} of the cohort at {mark.get('cohort')!r}. Ask for an earlier period.")
    rows = ask_sql(con, bound.ctes + (BEHIND if earned else REST), bound.params | {"cohort": cohort, "place": place})
    return People(tuple(sorted(rows["id"].to_list())))


def _cohort(
    question: ValueQuestion,
    periods: Periods,
    number: int,
    size: int,
    latest: int | None,
    growth: Mapping[tuple[int, int], tuple[int, float, float]],
) -> ValueCohort:
    places = range(min(question.periods, periods.scoped - 1 - number) + 1)
    totals: dict[str, float] = defaultdict(float)
    worth = []
    for k in places:
        for name, grown in zip(("earning", "value", "squares"), growth.get((number, k), (0, 0.0, 0.0)), strict=True):
            totals[name] += grown
        worth.append(Worth(size, int(totals["earning"]), totals["value"], totals["squares"]))
    return ValueCohort(
        periods.start(number),
        periods.stop(number),
        size,
        tuple(worth),
        tuple(_ended(question, periods, number, k, latest) for k in places),
        tuple(periods.begun(number + k) for k in places),
    )


def _ended(question: ValueQuestion, periods: Periods, number: int, k: int, latest: int | None) -> bool:
    """Whether the k-th period of a cohort is over; by own clocks, over for the last who joined it."""
    if question.clock == "calendar":
        return periods.ended(number + k)
    last = periods.stop(number) - 1 if latest is None else latest
    return periods.ended(number) and last + (k + 1) * LENGTH_MS[question.period] <= periods.data_stop


def _mean(cohorts: tuple[ValueCohort, ...]) -> tuple[Worth | None, ...]:
    """Everyone whose k-th period is over, as one group."""
    rows: list[Worth | None] = []
    for k in range(max((len(cohort.worth) for cohort in cohorts), default=0)):
        cells = [cohort.worth[k] for cohort in cohorts if k < len(cohort.worth) and cohort.complete[k] and cohort.size]
        sums = ((w.size, w.earning, w.value, w.squares) for w in cells)
        size, earning, value, squares = (sum(column) for column in zip(*sums, strict=True)) if cells else (0, 0, 0.0, 0.0)
        rows.append(Worth(int(size), int(earning), float(value), float(squares)) if cells else None)
    return tuple(rows)
