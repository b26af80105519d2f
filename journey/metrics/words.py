"""The sentence that says what a metric counts, with every convention in force."""

from journey.metrics.bound import Bound
from journey.metrics.question import MetricQuestion, Side
from journey.metrics.spans import DAY_MS
from journey.scope import Scope


def define(question: MetricQuestion, scope: Scope, bound: Bound) -> str:
    """What is counted, over what, in which periods, against what, and how sure."""
    lead = f"{bound.named.definition} " if bound.named and bound.named.definition else ""
    parts = [_counted(bound), _periods(question, scope), _compared(question, bound), _sure(bound)]
    return lead + " ".join(part for part in parts if part)


def _counted(bound: Bound) -> str:
    shape = bound.shape
    if shape.of == "new":
        return f"Counted: customers whose first event ever that matches {bound.side} lies in the period."
    if shape.of == "return":
        days = (shape.within or 0) / DAY_MS
        return (
            f"Counted: of the customers whose {days:g} days after their first event ({bound.side}) end in the period, "
            f"those who were back within them in a later session."
        )
    told = f"Counted: {_side(shape.side, bound.side)}"
    if shape.over is None:
        return told + "."
    if shape.is_share:
        return f"Counted: of the customers with {bound.over} in the period, those with {bound.side} in it, in either order."
    return f"{told}, divided by {_side(shape.over, bound.over or '')}."


def _side(side: Side, label: str) -> str:
    ways = {"customers": "customers with", "sessions": "sessions with", "count": "events that are"}
    if side.way == "sum":
        return f"the sum of {side.property} over {label}"
    return f"{ways[side.way]} {label}" + (f" that carry {side.property}" if side.needs_value else "")


def _periods(question: MetricQuestion, scope: Scope) -> str:
    week = f", weeks starting on {question.week_start.capitalize()}" if question.period == "week" else ""
    edges = "the scope is widened to whole ones" if question.edges == "whole" else "those that the scope cuts are incomplete"
    who = " of the segment" if scope.segment is not None else ""
    return f"All customers{who}, by calendar {question.period} in {scope.timezone}{week}; {edges}; each customer counts once in the total."


def _compared(question: MetricQuestion, bound: Bound) -> str:
    if question.compare is None:
        return ""
    if bound.spans.before is None:
        return "No data lie in the span to compare with."
    which = "the same span one year earlier" if question.compare == "year" else "the span of the same length just before"
    short = " or less than 30 days before it" if bound.shape.is_cohort else ""
    partly = "" if bound.spans.covered else f" The data begin inside that span{short}, so the two are not alike."
    return f"Compared with {which}, up to the same hour where this one has not ended.{partly}"


def _sure(bound: Bound) -> str:
    if bound.shape.is_share:
        return "Intervals are 95%: Wilson for the share, the delta method over customers for its change."
    if bound.shape.over is not None:
        return "Intervals are 95%, by the delta method with each customer as one draw."
    return "A count of what happened has no interval."
