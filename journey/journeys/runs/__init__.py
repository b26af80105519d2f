"""Runs over a journey by the journey index: the rows that `rows_sql` answers, in one pass over the events of its milestones."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from journey.index import CORES, Array, Index, run
from journey.journeys.catalog import Journey
from journey.journeys.runs.kernel import COLUMNS, MISSING, follow_runs, order_ties
from journey.occurrences import Occurrences
from journey.rules import Binder
from journey.scope import Scope
from journey.warehouse import Warehouse

MARK_BITS = 8
WHAT = pl.Series(["verdict", "loop", "rework"])


@dataclass(frozen=True)
class Marked:
    """The events of milestones in order.  keys: those of the index.  marks: (events,) u8, which milestone.

    apart: whether each event serves one milestone.
    """

    keys: Array
    marks: Array
    apart: bool

    @property
    def nbytes(self) -> int:
        return self.keys.nbytes + self.marks.nbytes


def rows_by_index(con: Warehouse, index: Index, journey: Journey, scope: Scope, collapse: bool) -> pl.DataFrame | None:
    """The rows of the definition; None where an event serves two milestones, or there are too many milestones for the kernels."""
    found = Occurrences(con, index, Binder(con))
    steps = [milestone.step for milestone in journey.milestones]
    if len(steps) >= 1 << MARK_BITS:
        return None
    if all(isinstance(step, str) for step in steps):
        marked: Marked = index.kept.get(("milestones", *steps), lambda: _mark(index, found, steps))
    else:
        marked = _mark(index, found, steps)
    if not marked.apart:
        return None
    (since, until), people, window = found.keys_between(scope), found.people(scope), index.window(journey.window)

    def follow(share: tuple[int, int]) -> Array:
        low, high = np.searchsorted(marked.keys, np.array(share, np.int64) << index.bits)
        told = np.empty((3 * int(high - low) + 1, COLUMNS), np.int64)  # pages that are never reached cost nothing
        known = np.empty((4, len(steps)), np.int64)
        asked = (window, journey.last, not collapse, since, until, people)
        return told[: follow_runs(marked.keys, marked.marks, index.bits, int(low), int(high), *asked, known, told)]

    return _frame(np.concatenate(run(follow, index.shares(CORES))), index.origin)


def _mark(index: Index, found: Occurrences, steps: list[object]) -> Marked:
    rows = [found.of(step).rows.astype(np.uint64) << np.uint64(MARK_BITS) | np.uint64(mark) for mark, step in enumerate(steps)]
    packed = np.sort(np.concatenate(rows))
    places = packed >> np.uint64(MARK_BITS)
    keys, marks = index.keys[places], (packed & np.uint64((1 << MARK_BITS) - 1)).astype(np.uint8)
    order_ties(keys, marks)
    return Marked(keys, marks, bool((places[1:] != places[:-1]).all()))


def _frame(told: Array, origin: int) -> pl.DataFrame:
    """As the definition names and counts them: times since 1970, null where there is none."""
    names = ("customer", "t_0", "source", "target", "start_ts", "stop_ts", "n")
    rows = pl.DataFrame({"what": WHAT.gather(told[:, 0].copy())} | {name: told[:, at + 1].copy() for at, name in enumerate(names)})
    times = [pl.when(pl.col(name) != MISSING).then(pl.col(name) + origin).alias(name) for name in ("t_0", "start_ts", "stop_ts")]
    return rows.with_columns(*times, *(pl.when(pl.col(name) != MISSING).then(pl.col(name)).alias(name) for name in ("source", "target")))
