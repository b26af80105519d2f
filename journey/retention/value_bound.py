"""A question of value by cohort with everything it names bound to values, and its definition in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from journey.errors import QuestionError
from journey.periods import Periods, lay_periods
from journey.retention.bound import LENGTH_MS
from journey.retention.value_definition import story
from journey.retention.value_question import REVENUE, ValueQuestion
from journey.retention.words import OWN
from journey.rules import Binder, in_segment
from journey.rules.match import NUMBERS, find_property
from journey.scope import Scope
from journey.warehouse import Warehouse, setting


@dataclass(frozen=True)
class Valued:
    """What is added up.  name: of the property.  step: the events it is read on.  refund: an event whose amounts go off."""

    name: str
    step: Any
    refund: str | None
    currency: str | None


@dataclass(frozen=True)
class Bound:
    """ctes: the story up to `running`.  joined, earned: the steps as a person would write them."""

    ctes: str
    params: dict[str, Any]
    periods: Periods
    joined: str
    earned: str
    valued: Valued
    warnings: tuple[str, ...]


def bind_value(con: Warehouse, question: ValueQuestion, scope: Scope) -> Bound | None:
    """None where neither scope nor data say when periods begin: an empty workspace."""
    periods = lay_periods(con, scope, question.period, question.week_start)
    if periods is None:
        return None
    valued, binder = _valued(con, question), Binder(con)
    target, step = binder.match(question.target), binder.match(valued.step)
    earning, value = step.sql, _amount(binder, valued.name)
    if valued.refund is not None:
        refund = binder.match(valued.refund).sql
        earning, value = f"({earning} or {refund})", f"case when {refund} then -abs({value}) else {value} end"
    ctes = story(question.clock, target.sql, in_segment(binder, scope), f"{earning} and {value} is not null", value)
    numbers = {"cohorts": periods.scoped, "length": LENGTH_MS[question.period], "periods": question.periods}
    params = binder.params | periods.as_values() | numbers
    return Bound(ctes, params, periods, target.label, step.label, valued, tuple(binder.warnings))


def _valued(con: Warehouse, question: ValueQuestion) -> Valued:
    """The mapped revenue, or a property by its own name."""
    mapped = setting(con, "revenue")
    if question.value != REVENUE or not (isinstance(mapped, Mapping) and mapped.get("property")):
        if question.value == REVENUE and find_property(con, REVENUE) is None:
            raise QuestionError(
                "No revenue is mapped, so there is nothing to add up. Name it in the mapping when loading: "
                '{"revenue": {"event": ..., "property": ..., "currency": ...}}; or ask for a property that holds numbers.'
            )
        return Valued(question.value, question.event, None, None)
    step = question.event if question.event is not None else mapped.get("event")
    return Valued(mapped["property"], step, mapped.get("refund"), mapped.get("currency") or setting(con, "currency"))


def _amount(binder: Binder, name: str) -> str:
    """The value of an event as SQL; null, with a warning, where the log never held the property."""
    prop = binder.property(name)
    if prop is None:
        return "cast(null as double)"
    if prop.type not in NUMBERS or prop.of != "event":
        held = f"values of type {prop.type}" if prop.type not in NUMBERS else "one value for each customer"
        raise QuestionError(f"The property {prop.name!r} holds {held}; adding up over time needs numbers of events.")
    return f"cast({prop.sql()} as double)"


def define(question: ValueQuestion, scope: Scope, bound: Bound) -> str:
    who = "customers" if scope.segment is None else "customers of the segment"
    week = f", starting on {question.week_start.capitalize()}" if question.period == "week" else ""
    refund = f", with the amounts of {bound.valued.refund} taken off" if bound.valued.refund else ""
    calendar = f"calendar {question.period}s in {scope.timezone}{week}"
    clock = (
        f"Periods are {calendar}; period 0 is the one they joined in."
        if question.clock == "calendar"
        else f"Periods are stretches of {OWN[question.period]} from each customer's own joining; cohorts are {calendar}."
    )
    return (
        f"Cohorts are {who} by the {question.period} in which they did it for the first time, ever in this log ({bound.joined}). "
        f"Their value is the sum of {bound.valued.name} on {bound.earned}{refund}, from that moment to the end of the period; per customer "
        f"means divided by everyone of the cohort, those who brought nothing too. {clock} Cells whose period the data do not reach "
        "the end of are incomplete, and left out of the mean. Intervals are normal 95% of a mean over customers."
    )
