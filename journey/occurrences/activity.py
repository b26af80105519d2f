"""When customers did something, by whole periods: bitmaps of the periods they were active in, and their firsts.

Periods are numbered from the first bound, those before a scope included.  What concerns an event as such, or any event,
is kept with the index; what concerns a step with conditions is made anew for each question.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from journey.index import CORES, Array, Index, Posting, run
from journey.occurrences import Occurrences
from journey.occurrences.kernel import SLOT_BITS, find_firsts, mark_active
from journey.warehouse import Warehouse, ask_sql, registered

IDS = """
select c.id
from customers c
join journey_chosen b on b.customer = c.customer
order by c.id"""


@dataclass(frozen=True)
class Grid:
    """The bounds of periods, in the index's own time.  bounds: (n + 1,) i64.  slots: the period in which each slot begins."""

    bounds: Array
    slots: Array

    @property
    def nbytes(self) -> int:
        return self.bounds.nbytes + self.slots.nbytes

    @property
    def words(self) -> int:
        """64-bit words in a bitmap of the periods."""
        return (len(self.bounds) + 62) // 64


def lay_grid(index: Index, bounds: Sequence[int]) -> Grid:
    """bounds: ms since 1970, ascending."""
    own = np.array(bounds, np.int64) - index.origin
    slots = np.arange(own[0], own[-1], 1 << SLOT_BITS)
    return Grid(own, np.searchsorted(own, slots, side="right") - 1)


@dataclass(frozen=True)
class Firsts:
    """One row per customer, or per customer and period, in the order of customers and periods.

    customer, period: i32.  time: i64 ms since the index's origin.  row: u32, of the event.
    """

    customer: Array
    period: Array
    time: Array
    row: Array

    @property
    def nbytes(self) -> int:
        return self.customer.nbytes + self.period.nbytes + self.time.nbytes + self.row.nbytes

    def __len__(self) -> int:
        return len(self.customer)

    def only(self, which: Array) -> "Firsts":
        """which: (n,) of bool."""
        return Firsts(self.customer[which], self.period[which], self.time[which], self.row[which])


@dataclass(frozen=True)
class Activity:
    """The occurrences of steps by the periods of one question.  bounds: ms since 1970."""

    found: Occurrences
    bounds: tuple[int, ...]

    @property
    def index(self) -> Index:
        return self.found.index

    @property
    def grid(self) -> Grid:
        made: Grid = _kept(self.index, ("grid", self.bounds), lambda: lay_grid(self.index, self.bounds))
        return made

    def keys(self, step: Any) -> Array:
        """The sorted keys of a step, without a frame."""
        step = bare(step)
        return self.index.keys if step is None else self.found.of(step).keys[1 : len(self.found.of(step)) + 1]

    def active(self, step: Any, least: int = 1) -> Array:
        """(people, words) u64: bit p of a customer is set where they did the step `least` times in period p."""
        return self._made(("active", bare(step), self.bounds, least), step, lambda: self._mark(step, least))

    def _mark(self, step: Any, least: int) -> Array:
        keys, grid = self.keys(step), self.grid
        active = np.zeros((self.index.people, grid.words), np.uint64)
        asked = (keys, self.index.bits, grid.bounds, grid.slots, least)
        run(lambda share: mark_active(*asked, share[0], share[1], active), self.index.shares(CORES))
        return active

    def firsts(self, step: Any, periods: int, again: bool = False) -> Firsts:
        """The first occurrence of each customer, again: in each period, where it lies in one of the first `periods`."""
        return self._made(("firsts", bare(step), self.bounds, periods, again), step, lambda: self._find(step, periods, again))

    def first_periods(self) -> Array:
        """(people,) i32: the period of each customer's first event of all; -1 where it lies in none."""

        def spread() -> Array:
            firsts = self.firsts(None, len(self.bounds) - 1)
            periods = np.full(self.index.people, -1, np.int32)
            periods[firsts.customer] = firsts.period
            return periods

        made: Array = _kept(self.index, ("first periods", self.bounds), spread)
        return made

    def _find(self, step: Any, periods: int, again: bool) -> Firsts:
        step = bare(step)
        if step is None and not again:
            chosen: Posting | None = self._first_of_all()
        else:
            chosen = None if step is None else self.found.of(step)
        keys = self.index.keys if chosen is None else chosen.keys[1 : len(chosen) + 1]
        grid = self.grid  # before the threads start: what is kept is made under a lock
        parts = run(lambda share: self._share(keys, grid, periods, again, share), self.index.shares(CORES))
        customer, period, time, place = (np.concatenate([part[column] for part in parts]) for column in range(4))
        return Firsts(customer, period, time, place if chosen is None else chosen.rows[place])

    def _first_of_all(self) -> Posting:
        """The first event of each customer who has any."""
        starts = self.index.customers
        rows = starts[:-1][starts[:-1] < starts[1:]].astype(np.uint32)
        made: Posting = _kept(self.index, ("first of all",), lambda: self.index.posting_of(rows))
        return made

    def _share(self, keys: Array, grid: Grid, periods: int, again: bool, share: tuple[int, int]) -> tuple[Array, ...]:
        low, high = np.searchsorted(keys, np.array(share, np.int64) << self.index.bits)
        most = int(high - low if again else min(high - low, share[1] - share[0]))
        columns = tuple(np.empty(most, kind) for kind in (np.int32, np.int32, np.int64, np.uint32))
        count = find_firsts(keys, self.index.bits, grid.bounds, grid.slots, periods, again, *share, *columns)
        return tuple(column[:count].copy() for column in columns)

    def _made(self, name: Any, step: Any, make: Any) -> Any:
        """Kept where the step is an event as such, or any event."""
        return _kept(self.index, name, make) if isinstance(bare(step), str | None) else make()


def bare(step: Any) -> Any:
    """The name of the event where a step is one without conditions, None for any event; else the step."""
    if isinstance(step, Mapping) and "any_of" not in step and not step.get("where"):
        return bare(step.get("event"))
    return step


def ids_of(con: Warehouse, customers: Array) -> list[str]:
    """The shown ids of customers by number, in order of id."""
    with registered(con, "journey_chosen", pl.DataFrame({"customer": customers.astype(np.int32)})):
        return ask_sql(con, IDS)["id"].to_list()


def _kept(index: Index, name: Any, make: Any) -> Any:
    return index.kept.get(name, make)
