"""Ask on how many days people are active, and who is active on so many."""

from collections.abc import Mapping
from typing import Any

from journey.answers import Evidence, People
from journey.errors import QuestionError
from journey.lifecycle.bound import bind_question, zone_words
from journey.lifecycle.definition import COUNT_DAYS, DAYS
from journey.lifecycle.marks import find_marks
from journey.lifecycle.question import StickinessQuestion
from journey.lifecycle.result import ActiveFor, Stickiness
from journey.scope import Scope, refuse_unknown
from journey.warehouse import Warehouse


def measure_stickiness(con: Warehouse, question: StickinessQuestion, scope: Scope) -> Stickiness:
    """How many customers were active in just so many periods of the scope.  Those active in none are in no row."""
    bound = bind_question(con, question, scope, DAYS)
    event = bound.event if bound else "the event"
    definition = (
        f"Customers by the number of {question.period}s of the scope in which they were active, meaning: {event}. "
        f"Periods are {zone_words(question, scope)}, and the scope is widened to whole ones. Those never active in it are left out."
    )
    if bound is None:
        return Stickiness(question, (), 0, Evidence(definition, ""))
    counts = find_marks(con, question, scope, bound).days()
    population = sum(customers for _, customers in counts)
    rows = tuple(ActiveFor(days, customers, population) for days, customers in counts)
    evidence = Evidence(definition, bound.ctes + COUNT_DAYS, bound.params, population, bound.periods.data_until, bound.warnings)
    return Stickiness(question, rows, bound.periods.scoped, evidence)


def stickiness_customers(con: Warehouse, question: StickinessQuestion, scope: Scope, mark: Mapping[str, Any]) -> People:
    """Who is behind a row: {"active_days": n}, or behind it and all below: with "or_more": true.

    Raises: QuestionError: not a whole number from 1.
    """
    refuse_unknown(mark, ("active_days", "or_more"), "customers of a stickiness")
    days, or_more = mark.get("active_days"), mark.get("or_more", False)
    if not isinstance(or_more, bool):
        raise QuestionError(f"or_more is {or_more!r}; it can be true or false.")
    if isinstance(days, bool) or not isinstance(days, int) or days < 1:
        raise QuestionError(f"active_days is {days!r}; it can be a whole number from 1.")
    bound = bind_question(con, question, scope, DAYS)
    if bound is None:
        return People(())
    most = bound.periods.scoped if or_more else days
    return People(tuple(sorted(find_marks(con, question, scope, bound).on_days(days, most))))
