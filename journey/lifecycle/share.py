"""Which share of the customers of a month (or week) are active on a day of it: the daily over the monthly active.

The unit is the customer: the share is the mean over active customers of the share of days on which each was active,
which is the mean of the days' customers divided by the month's.
"""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from journey.answers import Evidence, People, data_until, local_iso
from journey.errors import QuestionError
from journey.inference import Interval, mean_interval
from journey.lifecycle.question import ShareQuestion
from journey.periods import CALENDAR, IN_PERIOD, Periods, calendar_values, lay_periods
from journey.rules import Binder, in_segment
from journey.scope import Scope, period_bounds, period_start, read_time, refuse_unknown
from journey.warehouse import Warehouse, ask_sql

PER_CUSTOMER = """active as (
    -- the days on which each customer was active
    select distinct e.customer, c.period as day
    from events e
    join calendar c on {in_period}
    where {event} and {segment}
),
spans as (
    -- which month, or week, each day lies in
    select unnest($days) as day, unnest($spans) as span
),
per_customer as (
    select s.span, a.customer, count(*) as days
    from active a
    join spans s on s.day = a.day
    group by s.span, a.customer
)"""

MOMENTS = """
select span, count(*) as customers, sum(days) as days, sum(days * days) as squares
from per_customer
group by span
order by span"""

BEHIND = """
select c.id
from per_customer p
join customers c on c.customer = p.customer
where p.span = $span
order by c.id"""


@dataclass(frozen=True)
class ActiveShare:
    """One month, or week.  start, stop: ms.  days: how many of its days the data reach into.

    customers: active in it.  active_days: the sum over them of the days they were active on; squares: of these, squared.
    complete: the data hold all of it.
    """

    start: int
    stop: int
    days: int
    customers: int
    active_days: int
    squares: int
    complete: bool

    @property
    def per_day(self) -> float | None:
        """Customers active on a day, on average."""
        return self.active_days / self.days if self.days else None

    @property
    def share(self) -> float | None:
        """Of the customers, those active on a day, on average; None of nobody."""
        return self.active_days / (self.customers * self.days) if self.customers else None

    @property
    def interval(self) -> Interval | None:
        """95% of the mean over customers, within 0 and 1; None of fewer than two, and where all are alike."""
        if self.share is None or self.customers < 2:
            return None
        mean = self.active_days / self.customers
        spread = (self.squares - self.customers * mean**2) / (self.customers - 1)
        found = mean_interval(mean, math.sqrt(spread), self.customers) if spread > 1e-9 else None
        return None if found is None else (max(0.0, found[0] / self.days), min(1.0, found[1] / self.days))


@dataclass(frozen=True)
class ActiveShares:
    """spans: one per month, or week, of the scope, as far as the data reach."""

    question: ShareQuestion
    timezone: str
    spans: tuple[ActiveShare, ...]
    evidence: Evidence

    def as_plain(self) -> dict[str, Any]:
        return {
            "spans": [
                {
                    "start": local_iso(span.start, self.timezone),
                    "customers": span.customers,
                    "days": span.days,
                    "per_day": span.per_day,
                    "share": span.share,
                    "interval": None if span.interval is None else list(span.interval),
                    "complete": span.complete,
                }
                for span in self.spans
            ]
        } | self.evidence.as_plain()


@dataclass(frozen=True)
class _Bound:
    ctes: str
    params: dict[str, Any]
    periods: Periods
    days: tuple[int, ...]
    event: str
    warnings: tuple[str, ...]

    @property
    def shown(self) -> range:
        """The spans of the scope that the data reach into."""
        known = self.periods.data_from
        return range(
            next((i for i in range(self.periods.scoped) if known is not None and self.periods.stop(i) > known), self.periods.scoped),
            sum(self.periods.begun(i) for i in range(self.periods.scoped)),
        )


def measure_share(con: Warehouse, question: ShareQuestion, scope: Scope) -> ActiveShares:
    """The daily active customers as a share of the monthly, or weekly, one entry per month or week; none without events."""
    bound = _bind(con, question, scope)
    definition = _define(question, scope, bound)
    if bound is None:
        return ActiveShares(question, scope.timezone, (), Evidence(definition, ""))
    sums = {
        span: (int(n), int(days), int(squares)) for span, n, days, squares in ask_sql(con, bound.ctes + MOMENTS, bound.params).iter_rows()
    }
    spans = tuple(_span(bound, number, *sums.get(number, (0, 0, 0))) for number in bound.shown)
    population = sum(span.customers for span in spans)
    evidence = Evidence(definition, bound.ctes + MOMENTS, bound.params, population, data_until(con), bound.warnings)
    return ActiveShares(question, scope.timezone, spans, evidence)


def share_customers(con: Warehouse, question: ShareQuestion, scope: Scope, mark: Mapping[str, Any]) -> People:
    """Who was active in a month, or week: {"period": its start}.  Raises: QuestionError: no such period."""
    refuse_unknown(mark, ("period",), "customers of an active share")
    value, bound = mark.get("period"), _bind(con, question, scope)
    whole = isinstance(value, int) and not isinstance(value, bool)
    moment = value if whole else read_time(value, scope.zone, "period")
    start = None if moment is None else period_start(moment, question.within, scope.timezone, question.week_start)
    found = [] if bound is None else [number for number in bound.shown if bound.periods.start(number) == start]
    if bound is None or not found:
        raise QuestionError(f"There is no period at {value!r}: no {question.within} of the scope that the data reach into holds that time.")
    rows = ask_sql(con, bound.ctes + BEHIND, bound.params | {"span": found[0]})
    return People(tuple(sorted(rows["id"].to_list())))


def _bind(con: Warehouse, question: ShareQuestion, scope: Scope) -> _Bound | None:
    periods = lay_periods(con, scope, question.within, question.week_start)
    if periods is None:
        return None
    binder = Binder(con)
    event, segment = binder.match(question.event), in_segment(binder, scope)
    days = period_bounds(periods.start(0), periods.stop(periods.scoped - 1), "day", scope.timezone)
    starts = [period_start(day, question.within, scope.timezone, question.week_start) for day in days[:-1]]
    numbers = {periods.start(number): number for number in range(periods.scoped)}
    params = binder.params | calendar_values(days)
    params |= {"days": list(range(len(days) - 1)), "spans": [numbers[start] for start in starts]}
    ctes = "with " + CALENDAR + ",\n" + PER_CUSTOMER.format(in_period=IN_PERIOD, event=event.sql, segment=segment)
    return _Bound(ctes, params, periods, tuple(days), event.label, tuple(binder.warnings))


def _span(bound: _Bound, number: int, customers: int, active_days: int, squares: int) -> ActiveShare:
    start, stop = bound.periods.start(number), bound.periods.stop(number)
    known = bound.periods.data_from or start
    # Of its days the data reach into those from the one that holds their beginning to the last that begins before their end.
    first = max(bisect_left(bound.days, start), bisect_right(bound.days, known) - 1)
    days = max(0, bisect_left(bound.days, min(stop, bound.periods.data_stop), hi=len(bound.days) - 1) - first)
    complete = bound.periods.ended(number) and known <= start
    return ActiveShare(start, stop, days, customers, active_days, squares, complete)


def _define(question: ShareQuestion, scope: Scope, bound: _Bound | None) -> str:
    event = bound.event if bound else "the event"
    who = "Customers" if scope.segment is None else "Customers of the segment"
    week = f", starting on {question.week_start.capitalize()}" if question.within == "week" else ""
    return (
        f"{who} active on a day, on average over the days, divided by those active in the {question.within} at all, active meaning: "
        f"{event}. Days and {question.within}s are calendar ones in {scope.timezone}{week}. A {question.within} that the data hold a part "
        "of only is incomplete, and divided by the days it holds. The interval is normal 95% of a mean over customers."
    )
