"""Ask who came back: counts per cohort and period, and their weighted mean."""

from collections import defaultdict
from collections.abc import Sequence

from journey.answers import Evidence, data_until
from journey.inference import Interval, wilson
from journey.periods import Periods
from journey.retention.bound import LENGTH_MS, Bound, bind_question
from journey.retention.definition import COUNTS, POPULATION, SPREAD
from journey.retention.question import RetentionQuestion
from journey.retention.result import Cohort, Retention, RetentionTable
from journey.retention.words import define
from journey.scope import Scope
from journey.warehouse import Warehouse, ask_sql, one

MOST_GROUPS = 100

Group = str | None
"""A value of the breakdown; None is everyone."""


def measure_retention(con: Warehouse, question: RetentionQuestion, scope: Scope) -> Retention:
    """Cohorts by joining period of the scope, and how many of each came back.

    One cohort per period of the scope, empty ones too; a row is as long as the scope reaches.  Returns are looked for in
    all data, the stretch after the scope included.  Without any event there are no periods, and so no cohorts.
    """
    bound = bind_question(con, question, scope)
    if bound is None:
        return Retention(question, scope.timezone, RetentionTable((), (), ()), Evidence(define(question, scope, None), ""))
    counted = Counted(con, bound)
    groups, left_out = counted.groups() if question.breakdown is not None else ([], ())
    cohorts = {group: _cohorts(question, bound.periods, counted, group) for group in [None, *groups]}
    sizes = _effective_sizes(con, bound, cohorts) if question.first == "recurring" else {}
    tables = {group: _table(rows, group, sizes) for group, rows in cohorts.items()}
    evidence = Evidence(
        define(question, scope, bound),
        bound.ctes + COUNTS,
        bound.params,
        tables[None].size if question.first == "ever" else int(one(con, bound.ctes + POPULATION, bound.params)),
        data_until(con),
        (*bound.warnings, *left_out),
    )
    return Retention(question, scope.timezone, tables[None], evidence, bound.periods.data_from, {group: tables[group] for group in groups})


class Counted:
    """The query's rows.  customers: by (group, cohort, place).  latest: when the last of a (group, cohort) joined, ms."""

    def __init__(self, con: Warehouse, bound: Bound) -> None:
        self.customers: dict[tuple[Group, int, int], int] = defaultdict(int)
        self.latest: dict[tuple[Group, int], int] = {}
        self.cohorts = bound.periods.scoped
        for grp, cohort, place, customers, latest in ask_sql(con, bound.ctes + COUNTS, bound.params).iter_rows():
            for group in (grp, None):
                self.customers[group, cohort, place] += customers
                if latest is not None:
                    self.latest[group, cohort] = max(latest, self.latest.get((group, cohort), latest))

    def groups(self) -> tuple[list[str], tuple[str, ...]]:
        """The values of the breakdown, largest first; of very many the largest, with a warning."""
        sizes: dict[str, int] = defaultdict(int)
        for (group, _, place), customers in self.customers.items():
            if group is not None and place == 0:
                sizes[group] += customers
        found = sorted(sizes, key=lambda group: (-sizes[group], group))
        most = max(1, min(MOST_GROUPS, 20_000 // self.cohorts))
        if len(found) <= most:
            return found, ()
        return found[:most], (f"The property has {len(found):,} values; the breakdown holds the {most} with the most customers.",)


def _cohorts(question: RetentionQuestion, periods: Periods, counted: Counted, group: Group) -> tuple[Cohort, ...]:
    rows, spans = [], [(place, *question.span(place)) for place in range(question.places + 1)]
    for number in range(periods.scoped):
        reached = [span for span in spans if number + span[1] < periods.scoped]
        last = counted.latest.get((group, number), periods.stop(number) - 1)
        rows.append(
            Cohort(
                start=periods.start(number),
                stop=periods.stop(number),
                size=counted.customers.get((group, number, 0), 0),
                returned=tuple(counted.customers.get((group, number, place), 0) for place, _, _ in reached),
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


def _table(cohorts: tuple[Cohort, ...], group: Group, sizes: dict[tuple[Group, int], float]) -> RetentionTable:
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


def _effective_sizes(con: Warehouse, bound: Bound, cohorts: dict[Group, tuple[Cohort, ...]]) -> dict[tuple[Group, int], float]:
    """How many independent customers the cells of one place are worth, where one customer is in several cohorts.

    The size at which a simple sample had the variance of the ratio of sums per customer; between the number of customers
    where all are alike and the number of cells.
    Source: Franco, Little, Louis, Slud 2019, "Comparative study of confidence intervals for proportions", section 2.
    """
    found: dict[tuple[Group, int], float] = {}
    for groups in ([None], [group for group in cohorts if group is not None]):
        cells = [(group or "", i, k) for group in groups for i, k in _complete_cells(cohorts[group])]
        if not cells:
            continue
        grp, cohort, place = (list(column) for column in zip(*cells, strict=True))
        values = bound.params | {"cell_grp": grp, "cell_cohort": cohort, "cell_place": place, "everyone": groups == [None]}
        for value, k, n, x, y, xx, xy, yy in ask_sql(con, bound.ctes + SPREAD, values).iter_rows():
            found[None if groups == [None] else value, k] = _worth(int(n), *(float(s) for s in (x, y, xx, xy, yy)))
    return found


def _complete_cells(cohorts: Sequence[Cohort]) -> list[tuple[int, int]]:
    return [(i, k) for i, cohort in enumerate(cohorts) for k in range(1, len(cohort.complete)) if cohort.complete[k] and cohort.size]


def _worth(n: int, x: float, y: float, xx: float, xy: float, yy: float) -> float:
    share = y / x
    spread = yy - 2 * share * xy + share * share * xx
    if n < 2 or spread <= 0 or share in (0.0, 1.0):
        return float(n)
    variance = spread * n / (n - 1) / x**2
    return min(x, share * (1 - share) / variance)
