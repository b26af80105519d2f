"""How the events of a funnel's units stand: as they are for customers and sessions, sorted anew for held values and properties.

What is sorted anew is made on first use and kept with the index.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np

from journey.funnels.marking import of_property
from journey.funnels.question import FunnelQuestion
from journey.index import Array
from journey.occurrences import Occurrences
from journey.rules import Property
from journey.warehouse import ask_sql

IN_PLACE = np.empty(0, np.uint32)
"""The order of rows that stand by unit as they are."""


@dataclass(frozen=True)
class Layout:
    """order: (places,) u32 rows by chain.  bounds: (chains + 1,) places.  spans: (units + 1,) rows.

    The chains of a unit are its held values, in the order of their texts; one where nothing is held.
    first: (units + 1,) the first chain of each unit, or None where each unit is a chain.
    texts: what the units are called, where a property is the unit: their rows are then anywhere.
    """

    order: Array
    bounds: Array
    spans: Array
    first: Array | None = None
    texts: tuple[str, ...] | None = None

    @cached_property
    def chains(self) -> Array:
        """(units + 1,) the first chain of each unit."""
        return np.arange(len(self.bounds)) if self.first is None else self.first

    @property
    def nbytes(self) -> int:
        return self.order.nbytes + self.bounds.nbytes + self.chains.nbytes

    def shares(self, events: int) -> list[tuple[int, int]]:
        """[from, to) units, of about as many places each; a larger unit is a share by itself."""
        cuts = np.unique(np.searchsorted(self.bounds[self.chains], np.arange(0, len(self.order), events)))
        cuts = np.unique(np.append(cuts[cuts < len(self.chains) - 1], [0, len(self.chains) - 1]))
        return [(int(low), int(high)) for low, high in pairwise(cuts)]

    def room(self, units: tuple[int, int], whole: bool) -> int:
        """Events of the longest chain, whole: of the longest unit."""
        low, high = self.chains[list(units)]
        lengths = np.diff(self.spans[units[0] : units[1] + 1] if whole else self.bounds[low : high + 1])
        return int(lengths.max(initial=0)) + 1


def lay_out(asked: Occurrences, question: FunnelQuestion) -> Layout | None:
    """None where the index cannot tell the units apart, and SQL is to answer."""
    index = asked.index
    if of_property(question):
        prop = asked.binder.property(question.count_by.removeprefix("property:"))
        if prop is None or question.hold:
            return None
        found: Layout = index.kept.get(("funnel values", prop.name), lambda: _by_property(asked, prop))
        return found
    if question.count_by == "session" and index.sessions is None:
        return None
    plain: Layout = index.kept.get(("funnel units", question.count_by), lambda: _as_they_are(asked, question.count_by))
    if not question.hold:
        return plain
    props = [prop for name in question.hold if (prop := asked.binder.property(name)) is not None]
    if len(props) < len(question.hold):
        return None
    name = ("funnel chains", question.count_by, *(prop.name for prop in props))
    held: Layout | None = index.kept.get(name, lambda: _by_held(asked, plain, props))
    return held


def _as_they_are(asked: Occurrences, count_by: str) -> Layout:
    starts = asked.index.customers if count_by == "customer" or asked.index.sessions is None else asked.index.sessions.astype(np.int64)
    return Layout(IN_PLACE, starts, starts)


def _codes(asked: Occurrences, prop: Property) -> Array:
    """(events,) the place of each event's text among the property's texts, which are sorted; 0 where it has none."""
    codes: Array = asked.labels(prop).codes
    return codes if prop.of == "event" else codes[asked.index.keys >> asked.index.bits]


def _by_held(asked: Occurrences, plain: Layout, props: list[Property]) -> Layout:
    """Chains of the events of one unit that carry the same values."""
    codes = _codes(asked, props[0]).astype(np.int64)
    for prop in props[1:]:
        own = _codes(asked, prop)
        both = np.where((codes > 0) & (own > 0), codes * (int(own.max(initial=0)) + 1) + own, 0)
        found, codes = np.unique(both, return_inverse=True)
        codes += found[:1] > 0
    units, values = len(plain.spans) - 1, int(codes.max(initial=0)) + 1
    rows = np.flatnonzero(codes)
    keys = np.repeat(np.arange(units), np.diff(plain.spans))[rows] * values + codes[rows]
    sorted_by = np.argsort(keys, kind="stable")
    keys = keys[sorted_by]
    cuts = np.flatnonzero(np.diff(keys, prepend=-1))
    first = np.searchsorted(keys[cuts] // values, np.arange(units + 1))
    return Layout(rows[sorted_by].astype(np.uint32), np.append(cuts, len(keys)), plain.spans, first)


def _by_property(asked: Occurrences, prop: Property) -> Layout:
    """Units of the events of all customers that carry the same value, by time and, of one time, as they were loaded."""
    index, codes = asked.index, _codes(asked, prop)
    rows = np.flatnonzero(codes)
    keys = (codes[rows].astype(np.int64) << index.bits) | (index.keys[rows] & ((1 << index.bits) - 1))
    sorted_by = np.argsort(keys, kind="stable")
    rows, keys = rows[sorted_by], keys[sorted_by]
    equal = keys[1:] == keys[:-1]
    tied = np.flatnonzero(np.append(equal, False) | np.insert(equal, 0, False)) if len(keys) else rows
    if len(tied):
        seq = ask_sql(asked.con, "select e.seq from events e")["seq"].to_numpy()
        rows[tied] = rows[tied][np.lexsort((seq[rows[tied]], keys[tied]))]
    texts = tuple(asked.labels(prop).values["value"].to_list()[1:])
    bounds = np.searchsorted(keys >> index.bits, np.arange(1, len(texts) + 2))
    return Layout(rows.astype(np.uint32), bounds, bounds, texts=texts)
