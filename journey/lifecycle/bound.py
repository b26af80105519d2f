"""A lifecycle or stickiness question with everything it names bound to values."""

from dataclasses import dataclass
from typing import Any

from journey.lifecycle.definition import story
from journey.lifecycle.question import LifecycleQuestion, StickinessQuestion
from journey.periods import Periods, lay_periods
from journey.rules import Binder, in_segment
from journey.scope import Scope
from journey.warehouse import Warehouse


@dataclass(frozen=True)
class Bound:
    """ctes: the story up to its last CTE.  event: the step as a person would write it."""

    ctes: str
    params: dict[str, Any]
    periods: Periods
    event: str
    warnings: tuple[str, ...]


def bind_question(con: Warehouse, question: LifecycleQuestion | StickinessQuestion, scope: Scope, last: str) -> Bound | None:
    """None where neither scope nor data say when periods begin: an empty workspace.

    One period before the scope is laid as well: it decides who returns and who fell dormant in the first.
    """
    periods = lay_periods(con, scope, question.period, question.week_start, before=1)
    if periods is None:
        return None
    binder = Binder(con)
    event = binder.match(question.event)
    segment = in_segment(binder, scope)
    params = binder.params | periods.as_values() | {"periods": periods.scoped}
    return Bound(story(last, event.sql, segment), params, periods, event.label, tuple(binder.warnings))


def zone_words(question: LifecycleQuestion | StickinessQuestion, scope: Scope) -> str:
    """ "calendar weeks in UTC, starting on Monday"."""
    week = f", starting on {question.week_start.capitalize()}" if question.period == "week" else ""
    return f"calendar {question.period}s in {scope.timezone}{week}"
