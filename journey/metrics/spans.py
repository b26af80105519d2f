"""The periods of a metric's span and of the span it is compared with, as a bound table.

A span that the data do not reach to the end of is compared with the same stretch of the one before, up to the same
hour: half a week against half a week.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from journey.answers import extent
from journey.metrics.question import MetricQuestion
from journey.periods import DAY_MS, lay_periods
from journey.scope import Scope, to_datetime, to_ms
from journey.warehouse import Warehouse

NOW, BEFORE, BOTH = "now", "before", "both"
TOTAL = -1


@dataclass(frozen=True)
class Cell:
    """One period of a span, half-open.  whole: neither the scope nor the data's end cut it short."""

    start: int
    stop: int
    whole: bool


@dataclass(frozen=True)
class Span:
    cells: tuple[Cell, ...]

    @property
    def start(self) -> int:
        return self.cells[0].start

    @property
    def stop(self) -> int:
        return self.cells[-1].stop


@dataclass(frozen=True)
class Spans:
    """before: None where nothing is compared, or all data are later.  covered: data reach back over all of it."""

    now: Span
    before: Span | None
    covered: bool
    data_stop: int

    def as_values(self) -> dict[str, Any]:
        """The values that the calendar of definition.py unnests: each period and each whole span, once per 24 hours."""
        rows = []
        for name, span in ((NOW, self.now), (BEFORE, self.before)):
            if span is not None:
                rows.append((name, TOTAL, span.start, span.stop))
                rows += [(name, number, cell.start, cell.stop) for number, cell in enumerate(span.cells)]
        origin = min(start for _, _, start, _ in rows)
        slots = [
            (slot, *row)
            for row in rows
            for slot in range((row[2] - origin) // DAY_MS, (row[3] - 1 - origin) // DAY_MS + 1)
            if row[3] > row[2]
        ]
        slot, spans, period, starts, ends = (list(column) for column in zip(*slots, strict=True))
        return {"slot": slot, "span": spans, "period": period, "starts": starts, "ends": ends, "origin": origin}


def lay_spans(con: Warehouse, question: MetricQuestion, scope: Scope, run_up: int = 0) -> Spans | None:
    """None where neither the scope nor any data say when.

    run_up: ms that the data must reach back before a span, for what looks at customers' first events: where the data
    begin, everyone looks new.
    """
    laid = lay_periods(con, scope, question.period, question.week_start)
    if laid is None:
        return None
    bounds = laid.bounds[: laid.scoped + 1]
    first, last = bounds[0], bounds[-1]
    if question.edges == "cut":
        data = extent(con) or (first, last)
        first = max(first, data[0] if scope.start is None else scope.start)
        last = min(last, data[1] + 1 if scope.stop is None else scope.stop)
    now = _span(bounds, first, last, laid.data_stop)
    before = None if question.compare is None else _before(bounds, first, last, question, scope, laid.data_stop)
    begins = (extent(con) or (None, 0))[0]
    if before is None or begins is None or begins >= before.stop:
        return Spans(now, None, False, laid.data_stop)
    return Spans(now, before, begins < before.start - run_up + DAY_MS, laid.data_stop)


def _span(bounds: tuple[int, ...], first: int, last: int, data_stop: int) -> Span:
    cells = []
    for start, stop in pairwise(bounds):
        cut = max(start, first), min(stop, last)
        if cut[0] < cut[1]:
            cells.append(Cell(*cut, cut == (start, stop) and stop <= data_stop))
    return Span(tuple(cells))


def _before(bounds: tuple[int, ...], first: int, last: int, question: MetricQuestion, scope: Scope, data_stop: int) -> Span | None:
    """The same span earlier, cut where the data of this one end."""
    reach = min(last, data_stop)
    if reach <= first:
        return None
    earlier = tuple(_earlier(ms, question, bounds, first, last, scope) for ms in bounds)
    cut = _earlier(first, question, bounds, first, last, scope), _earlier(reach, question, bounds, first, last, scope)
    return _span(earlier, *cut, cut[1]) if cut[0] < cut[1] else None


def _earlier(ms: int, question: MetricQuestion, bounds: tuple[int, ...], first: int, last: int, scope: Scope) -> int:
    """The same wall-clock time, one span or one year earlier."""
    if question.compare == "year":
        return _months_back(ms, 12, scope) if question.period != "week" or question.edges == "cut" else _days_back(ms, 364, scope)
    if question.period == "month" and question.edges == "whole":
        return _months_back(ms, len(bounds) - 1, scope)
    return _days_back(ms, max(1, round((last - first) / DAY_MS)), scope)


def _days_back(ms: int, days: int, scope: Scope) -> int:
    when = to_datetime(ms, scope.zone)
    return to_ms((when.replace(tzinfo=None) - timedelta(days=days)).replace(tzinfo=scope.zone))


def _months_back(ms: int, months: int, scope: Scope) -> int:
    """The last day of a longer month stands for those that a shorter one lacks."""
    when = to_datetime(ms, scope.zone)
    place = when.year * 12 + when.month - 1 - months
    first = datetime(place // 12, place % 12 + 1, 1)
    following = datetime(first.year + first.month // 12, first.month % 12 + 1, 1)
    day = min(when.day, (following - first).days)
    return to_ms(when.replace(tzinfo=None, year=first.year, month=first.month, day=day).replace(tzinfo=scope.zone))
