"""The definition with everything it names bound to values."""

from dataclasses import dataclass
from typing import Any

from journey.periods import Periods, lay_periods
from journey.retention.definition import story
from journey.retention.question import RetentionQuestion
from journey.rules import Binder, Property, in_segment
from journey.scope import Scope
from journey.warehouse import Warehouse

LENGTH_MS = {"day": 86_400_000, "week": 7 * 86_400_000, "month": 30 * 86_400_000}


@dataclass(frozen=True)
class Bound:
    """ctes: the story up to `marks`.  target, returning: the steps as a person would write them.

    breakdown: its property; None where none is asked for, or the log never held it.
    """

    ctes: str
    params: dict[str, Any]
    periods: Periods
    target: str
    returning: str
    warnings: tuple[str, ...]
    breakdown: Property | None = None


def bind_question(con: Warehouse, question: RetentionQuestion, scope: Scope) -> Bound | None:
    """None where neither scope nor data say when periods begin: an empty workspace."""
    periods = lay_periods(con, scope, question.period, question.week_start)
    if periods is None:
        return None
    binder = Binder(con)
    target, returning = binder.match(question.target), binder.match(question.returning)
    segment = in_segment(binder, scope)
    prop = None if question.breakdown is None else binder.property(question.breakdown)
    # A property that the log never held is null for everyone.
    value = None if question.breakdown is None else "null" if prop is None else prop.text()
    ctes = story(question, target.sql, returning.sql, segment, value)
    params = binder.params | periods.as_values() | _numbers(question, periods)
    return Bound(ctes, params, periods, target.label, returning.label, tuple(binder.warnings), prop)


def _numbers(question: RetentionQuestion, periods: Periods) -> dict[str, Any]:
    places = range(1, question.places + 1)
    spans = [question.span(place) for place in places]
    return {
        "cohorts": periods.scoped,
        "least": question.minimum_occurrences,
        "length": LENGTH_MS[question.period],
        "last": question.periods,
        "furthest": len(periods.bounds) if question.mode == "on_or_after" else max((last for _, last in spans), default=0),
        "places": list(places),
        "firsts": [first for first, _ in spans],
        "lasts": [last for _, last in spans],
    }
