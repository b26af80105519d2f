"""A metric question with everything it names bound to values: what will be run."""

from dataclasses import dataclass, replace
from typing import Any

from journey.errors import QuestionError
from journey.metrics.catalog import revenue_of, shape_of
from journey.metrics.definition import story
from journey.metrics.question import RETURN_MS, MetricQuestion, Named, Shape, Side
from journey.metrics.spans import Spans, lay_spans
from journey.rules import Binder, in_segment
from journey.rules.match import NUMBERS, Match
from journey.scope import Scope
from journey.warehouse import Warehouse, setting


@dataclass(frozen=True)
class Bound:
    """ctes: the story up to per_customer, of everyone as one group.  grouped: the same by the breakdown, or None.

    side, over: what is counted, as a person would write it.
    """

    shape: Shape
    named: Named | None
    ctes: str
    grouped: str | None
    params: dict[str, Any]
    spans: Spans
    side: str
    over: str | None
    currency: str | None
    warnings: tuple[str, ...]


def bind_metric(con: Warehouse, question: MetricQuestion, scope: Scope) -> Bound | None:
    """None in an empty workspace without bounds in the scope.

    Raises: QuestionError: an unknown name, a property that holds no numbers, revenue that is not mapped.
    """
    named, shape = shape_of(con, question.metric)
    shape = _with_revenue(con, shape)
    money = shape.revenue or (named is not None and named.unit == "money")
    currency = (revenue_of(con) or {}).get("currency") or setting(con, "currency") if money else None
    spans = lay_spans(con, question, scope, max(shape.within or 0, RETURN_MS) if shape.is_cohort else 0)
    if spans is None:
        return None
    binder = Binder(con)
    side, value = side_of(binder, shape.side)
    over, weight = side_of(binder, shape.over) if shape.over else (None, "null")
    segment = in_segment(binder, scope)
    below = over.sql if over else None
    ctes = story(shape, side.sql, below, segment, "''", value, weight)
    grouped = question.breakdown and story(shape, side.sql, below, segment, _part(binder, question.breakdown, shape), value, weight)
    params = binder.params | {"within": shape.within} | spans.as_values()
    told = side.label, over.label if over else None
    return Bound(shape, named, ctes, grouped, params, spans, *told, currency, tuple(binder.warnings))


def _with_revenue(con: Warehouse, shape: Shape) -> Shape:
    """The workspace's revenue put in the place of the property, and of the event where the metric names none."""
    if not shape.revenue:
        return shape
    revenue = revenue_of(con)
    if revenue is None:
        raise QuestionError(
            "No revenue is mapped, so this metric has nothing to add up. Name it in the mapping when loading: "
            '{"revenue": {"event": ..., "property": ..., "currency": ...}}.'
        )
    step = shape.side.step if shape.side.step is not None else revenue.get("event")
    side = replace(shape.side, step=step, property=revenue["property"])
    over = replace(shape.over, step=step, property=revenue["property"]) if shape.over and shape.of == "mean" else shape.over
    return replace(shape, side=side, over=over)


def side_of(binder: Binder, side: Side) -> tuple[Match, str]:
    """-> (the events of a side, the value each adds)."""
    match = binder.match(side.step)
    if side.property is None:
        return match, "null"
    prop = binder.property(side.property)
    if prop is None:
        return (replace(match, sql="false") if side.needs_value else match), "null"
    if prop.type not in NUMBERS:
        raise QuestionError(f"The property {prop.name!r} holds values of type {prop.type}; a sum or a mean needs numbers.")
    value = f"cast({prop.sql()} as double)"
    return (replace(match, sql=f"({match.sql} and {value} is not null)") if side.needs_value else match), value


def _part(binder: Binder, breakdown: str, shape: Shape) -> str:
    """The group of an event `e`; missing is a group of its own, ""."""
    prop = binder.property(breakdown)
    if prop is None:
        return "''"
    if shape.is_cohort and prop.of == "event":
        raise QuestionError(
            f'A metric of "{shape.of}" looks at customers, so it breaks down by a customer\'s property; {prop.name!r} is one of events.'
        )
    return f"coalesce({prop.text()}, '')"
