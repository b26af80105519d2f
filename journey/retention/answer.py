"""Ask who came back: counts per cohort and period, and their weighted mean."""

from __future__ import annotations

import numpy as np

from journey.answers import Evidence
from journey.index import open_index
from journey.inference import Interval, wilson
from journey.periods import Periods
from journey.retention.bound import LENGTH_MS, Bound, bind_question
from journey.retention.by_sql import BySql
from journey.retention.definition import COUNTS
from journey.retention.marks import NEVER, Counts, Marks
from journey.retention.question import RetentionQuestion
from journey.retention.result import Cohort, Retention, RetentionTable
from journey.retention.words import define
from journey.scope import Scope
from journey.warehouse import Warehouse


def measure_retention(con: Warehouse, question: RetentionQuestion, scope: Scope) -> Retention:
    """Cohorts by joining period of the scope, and how many of each came back.

    One cohort per period of the scope, empty ones too; a row is as long as the scope reaches.  Returns are looked for in
    all data, the stretch after the scope included.  Without any event there are no periods, and so no cohorts.
    """
    bound = bind_question(con, question, scope)
    if bound is None:
        return Retention(question, scope.timezone, RetentionTable((), (), ()), Evidence(define(question, scope, None), ""))
    marks = find_marks(con, question, scope, bound)
    counts = marks.counts()
    cohorts = [_cohorts(question, bound.periods, counts, group) for group in range(1 + len(counts.groups))]
    sizes = _effective_sizes(marks, counts, cohorts) if question.first == "recurring" else {}
    everyone, *told = (_table(rows, group, sizes) for group, rows in enumerate(cohorts))
    evidence = Evidence(
        define(question, scope, bound),
        bound.ctes + COUNTS,
        bound.params,
        everyone.size if question.first == "ever" else marks.population(),
        bound.periods.data_until,
        (*bound.warnings, *_left_out(counts)),
    )
    return Retention(question, scope.timezone, everyone, evidence, bound.periods.data_from, dict(zip(counts.groups, told, strict=True)))


def find_marks(con: Warehouse, question: RetentionQuestion, scope: Scope, bound: Bound) -> Marks:
    """The index where there is one, else the definition."""
    index = open_index(con)
    if index is None:
        return BySql(con, question, bound)
    from journey.retention.by_index import ByIndex  # its compiler is worth waiting for only where there is an index

    return ByIndex(con, index, question, scope, bound)


def _left_out(counts: Counts) -> tuple[str, ...]:
    if counts.values <= len(counts.groups):
        return ()
    return (f"The property has {counts.values:,} values; the breakdown holds the {len(counts.groups)} with the most customers.",)


def _cohorts(question: RetentionQuestion, periods: Periods, counts: Counts, group: int) -> tuple[Cohort, ...]:
    rows, spans = [], [(place, *question.span(place)) for place in range(counts.customers.shape[2])]
    found, latest = counts.customers[group].tolist(), counts.latest[group].tolist()
    for number in range(periods.scoped):
        reached = spans[: 1 + question.reach(periods.scoped - number, len(spans))]
        last = periods.stop(number) - 1 if latest[number] == NEVER else latest[number]
        rows.append(
            Cohort(
                start=periods.start(number),
                stop=periods.stop(number),
                size=found[number][0],
                returned=tuple(found[number][place] for place, _, _ in reached),
                complete=tuple(_ended(question, periods, number, k, last) for _, _, k in reached),
                begun=tuple(periods.begun(number + k) for _, k, _ in reached),
            )
        )
    return tuple(rows)


def _ended(question: RetentionQuestion, periods: Periods, number: int, k: int, latest: int) -> bool:
    """Whether the k-th period of a cohort is over; by own clocks, over for the last who joined it."""
    if question.clock == "calendar":
        return periods.ended(number + k)
    return periods.ended(number) and latest + (k + 1) * LENGTH_MS[question.period] <= periods.data_stop


def _table(cohorts: tuple[Cohort, ...], group: int, sizes: dict[tuple[int, int], float]) -> RetentionTable:
    """The weighted mean over complete cells, with Wilson's interval on as many customers as the cells are worth."""
    bare = RetentionTable(cohorts, (), ())
    mean: list[float | None] = []
    intervals: list[Interval | None] = []
    for place in range(max((len(cohort.returned) for cohort in cohorts), default=0)):
        returned, size = bare.totals(place)
        share = returned / size if size else None
        worth = sizes.get((group, place), size)
        mean.append(share)
        intervals.append(None if share is None or place == 0 else wilson(share * worth, worth))
    return RetentionTable(cohorts, tuple(mean), tuple(intervals))


def _effective_sizes(marks: Marks, counts: Counts, cohorts: list[tuple[Cohort, ...]]) -> dict[tuple[int, int], float]:
    """How many independent customers the cells of one place are worth, by (group, place), where one customer is in several cohorts.

    The size at which a simple sample had the variance of the ratio of sums per customer; between the number of customers
    where all are alike and the number of cells.
    Source: Franco, Little, Louis, Slud 2019, "Comparative study of confidence intervals for proportions", section 2.
    """
    complete = np.zeros(counts.customers.shape, np.uint8)
    for group, rows in enumerate(cohorts):
        for number, cohort in enumerate(rows):
            if cohort.size:
                complete[group, number, 1 : len(cohort.complete)] = cohort.complete[1:]
    sums = marks.sums(counts.groups, complete)
    return {(group, place): _worth(*sums[group, place].tolist()) for group, place in np.argwhere(sums[:, :, 0]).tolist()}


def _worth(n: float, x: float, y: float, xx: float, xy: float, yy: float) -> float:
    share = y / x
    spread = yy - 2 * share * xy + share * share * xx
    if n < 2 or spread <= 0 or share in (0.0, 1.0):
        return n
    variance = spread * n / (n - 1) / x**2
    return min(x, share * (1 - share) / variance)
