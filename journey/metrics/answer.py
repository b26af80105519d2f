"""Measure a metric over time, and list the customers a point counts."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from journey.answers import Evidence, People, data_until
from journey.errors import QuestionError
from journey.metrics.bound import Bound, bind_metric
from journey.metrics.catalog import shape_of
from journey.metrics.definition import BEHIND, moments
from journey.metrics.moments import COUNTED, Moments, change_of, interval_of, is_count, value_of
from journey.metrics.question import MetricQuestion, Shape
from journey.metrics.result import Change, Metric, Point, Series
from journey.metrics.spans import BEFORE, BOTH, NOW, TOTAL, Cell, Span
from journey.metrics.words import define
from journey.scope import Scope, period_start, read_time, refuse_unknown
from journey.warehouse import Warehouse, ask_sql

MOST_GROUPS = 50
Key = tuple[str, int, str]


def measure_metric(con: Warehouse, question: MetricQuestion, scope: Scope) -> Metric:
    """The metric per period and over the whole span, beside the span before where that is asked.

    An empty workspace has no periods.  Raises: QuestionError: see bind_metric.
    """
    bound = bind_metric(con, question, scope)
    if bound is None:
        named, shape = shape_of(con, question.metric)
        evidence = Evidence("No events are loaded, so there is nothing to measure.", "")
        return Metric(question, shape, Series((), None, scope.timezone), evidence, named.name if named else None)
    whole, groups = _measured(con, bound)
    evidence = Evidence(
        define(question, scope, bound),
        moments(bound.grouped, False) if bound.grouped else _query(bound),
        bound.params,
        whole.get((NOW, TOTAL, ""), Moments()).customers,
        data_until(con),
        bound.warnings + (_too_many(question, groups) if question.breakdown else ()),
    )
    spans = bound.spans
    return Metric(
        question=question,
        shape=bound.shape,
        now=_series(bound, whole, NOW, spans.now, "", scope),
        evidence=evidence,
        name=bound.named.name if bound.named else None,
        before=None if spans.before is None else _series(bound, whole, BEFORE, spans.before, "", scope),
        covered=spans.covered,
        change=_change(bound, whole),
        breakdown={part: _series(bound, groups, NOW, spans.now, part, scope) for part in _parts(groups)[:MOST_GROUPS]},
        why=COUNTED if is_count(bound.shape) else None,
        currency=bound.currency,
    )


def metric_customers(con: Warehouse, question: MetricQuestion, scope: Scope, mark: Mapping[str, Any]) -> People:
    """Who a point counts: {"start": a period's start, or null for the whole span, "group": a value of the breakdown}.

    For a share these are the customers who did it, which is the point's `count`.
    Raises: QuestionError: a metric that does not count customers; no such period or group.
    """
    refuse_unknown(mark, ("start", "group"), "customers of a metric")
    bound = bind_metric(con, question, scope)
    if bound is None:
        return People(())
    if not (bound.shape.is_cohort or bound.shape.is_share or bound.shape.of == "customers"):
        raise QuestionError(
            f'A metric of "{bound.shape.of}" counts no customers, so nobody in particular is behind a point. '
            'Ask for one of "customers", "new", "return" or a share of customers.'
        )
    number = TOTAL if mark.get("start") is None else _number(mark["start"], question, scope, bound)
    params = bound.params | {"number": number}
    part = ""
    if question.breakdown is not None and mark.get("group") is not None:
        part, params["part"] = "and p.part = $part", str(mark["group"])
    rows = ask_sql(con, (bound.grouped or bound.ctes) + BEHIND.format(part=part), params)
    return People(tuple(sorted(set(rows["id"].to_list()))))


def _number(value: Any, question: MetricQuestion, scope: Scope, bound: Bound) -> int:
    moment = value if isinstance(value, int) and not isinstance(value, bool) else read_time(value, scope.zone, "start")
    starts = [period_start(cell.start, question.period, scope.timezone, question.week_start) for cell in bound.spans.now.cells]
    start = None if moment is None else period_start(moment, question.period, scope.timezone, question.week_start)
    if start not in starts:
        raise QuestionError(f"There is no point at {value!r}: no {question.period} of the span holds that time.")
    return starts.index(start)


def _query(bound: Bound) -> str:
    return moments(bound.ctes, bound.spans.before is not None and not is_count(bound.shape))


def _measured(con: Warehouse, bound: Bound) -> tuple[dict[Key, Moments], dict[Key, Moments]]:
    """-> (moments of everyone, moments by group).  A customer of two groups counts once in the first, so both are asked."""
    whole = _moments(ask_sql(con, _query(bound), bound.params))
    return whole, _moments(ask_sql(con, moments(bound.grouped, False), bound.params)) if bound.grouped else {}


def _moments(rows: pl.DataFrame) -> dict[Key, Moments]:
    return {(span, period, part): Moments(*(value or 0 for value in rest)) for span, period, part, *rest in rows.iter_rows()}


def _parts(groups: Mapping[Key, Moments]) -> list[str]:
    """The groups, those of most customers first."""
    sizes = {part: moments.customers for (span, period, part), moments in groups.items() if span == NOW and period == TOTAL}
    return sorted(sizes, key=lambda part: (-sizes[part], part))


def _too_many(question: MetricQuestion, groups: Mapping[Key, Moments]) -> tuple[str, ...]:
    parts = _parts(groups)
    if len(parts) <= MOST_GROUPS:
        return ()
    return (f"{question.breakdown!r} has {len(parts):,} values; the {MOST_GROUPS} with most customers are told.",)


def _series(bound: Bound, found: Mapping[Key, Moments], name: str, span: Span, part: str, scope: Scope) -> Series:
    stop = bound.spans.data_stop
    points = tuple(_point(bound.shape, cell, found.get((name, number, part)), stop) for number, cell in enumerate(span.cells))
    whole = Cell(span.start, span.stop, all(cell.whole for cell in span.cells))
    return Series(points, _point(bound.shape, whole, found.get((name, TOTAL, part)), stop), scope.timezone)


def _point(shape: Shape, cell: Cell, moments: Moments | None, data_stop: int) -> Point:
    """Zero where nothing was counted; undefined where the data do not reach at all."""
    found = moments or Moments()
    if cell.start >= data_stop:
        return Point(cell.start, cell.stop, None, None, 0, 0, False)
    value, interval = value_of(shape, found), interval_of(shape, found)
    n = found.hits if is_count(shape) else round(found.y)
    return Point(cell.start, cell.stop, value, interval, n, found.x, cell.whole)


def _change(bound: Bound, found: Mapping[Key, Moments]) -> Change | None:
    if bound.spans.before is None:
        return None
    now, before, both = (found.get((name, TOTAL, ""), Moments()) for name in (NOW, BEFORE, BOTH))
    return change_of(bound.shape, now, before, both)
