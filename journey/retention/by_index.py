"""A retention by the journey index: members from the first target events, their returns from bitmaps of active periods.

Where bitmaps cannot tell, on own clocks and for brackets of several occurrences, the return events are walked.
"""

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
import polars as pl

from journey.index import CORES, END, Index, run
from journey.occurrences import EVERYONE, Occurrences
from journey.occurrences.activity import Activity, Firsts, ids_of
from journey.retention.bound import Bound
from journey.retention.kernel import BRACKETS, ON, ON_OR_AFTER, add_spread, count_hits, hits_of_active, hits_of_keys
from journey.retention.marks import NEVER, Array, Counts, entries, most_groups
from journey.retention.question import RetentionQuestion
from journey.rules import Binder
from journey.scope import Scope
from journey.warehouse import Warehouse

MODES = {"on": ON, "on_or_after": ON_OR_AFTER, "brackets": BRACKETS}


@dataclass(frozen=True)
class Grouping:
    """names: the groups told, largest first.  values: how many there are.  group: (members,) i32, len(names) for no told one."""

    names: list[str]
    values: int
    group: Array


@dataclass
class ByIndex:
    con: Warehouse
    index: Index
    question: RetentionQuestion
    scope: Scope
    bound: Bound

    def __post_init__(self) -> None:
        # Warnings of unknown names were told where the definition was bound.
        self.found = Occurrences(self.con, self.index, Binder(self.con))
        self.activity = Activity(self.found, self.bound.periods.bounds)
        self.width = entries(self.question, self.bound.periods)

    @cached_property
    def members(self) -> Firsts:
        firsts = self.activity.firsts(self.question.target, self.bound.periods.scoped, self.question.first == "recurring")
        mask = self.found.people(self.scope)
        return firsts if mask is EVERYONE else firsts.only(mask[firsts.customer] > 0)

    @cached_property
    def hits(self) -> Array:
        return self._hits(self.members)

    def _hits(self, members: Firsts) -> Array:
        """(members, words) u64: bit k is set where the member counts in entry k."""
        question = self.question
        spans = np.array([question.span(place) for place in range(self.width)], np.int64).reshape(-1, 2)
        firsts, lasts = spans[:, 0].copy(), spans[:, 1].copy()
        hits = np.zeros((len(members), (self.width + 63) // 64), np.uint64)
        mode, common = MODES[question.mode], (firsts, lasts, self.width)
        if question.clock == "calendar" and (question.mode != "brackets" or question.minimum_occurrences == 1):
            active = self.activity.active(question.returning, question.minimum_occurrences)
            self._run(members, lambda low, high: hits_of_active(members.customer, members.period, active, mode, *common, low, high, hits))
            return hits
        columns = (members.customer, members.period, members.time, self.activity.keys(question.returning), self.index.bits)
        length = self.bound.params["length"] if question.clock == "rolling" else 0
        bounds = np.append(self.activity.grid.bounds, END)  # so that every time lies before some bound
        walked = (*columns, bounds, length, question.minimum_occurrences, mode, *common)
        self._run(members, lambda low, high: hits_of_keys(*walked, low, high, hits))
        return hits

    def _run(self, members: Firsts, work: Any) -> list[Any]:
        """`work` of stretches [low, high) of members, none of which cuts a customer."""
        cuts = [low for low, _ in self.index.shares(CORES)] + [self.index.people]
        places = np.searchsorted(members.customer, np.array(cuts, np.int32)).tolist()
        return run(lambda share: work(*share), list(pairwise(places)))

    @cached_property
    def grouping(self) -> Grouping:
        members, prop = self.members, self.bound.breakdown
        if prop is None:  # none is asked for, or the log never held it: then all have the value ""
            names = [""] if self.question.breakdown is not None and len(members) else []
            return Grouping(names, len(names), np.zeros(len(members), np.int32))
        column = self.found.labels(prop)
        codes = column.codes[members.row if prop.of == "event" else members.customer]
        values = column.values.select(pl.col("value").fill_null("")).with_columns(
            size=pl.Series(np.bincount(codes, minlength=len(column.values)))
        )
        sizes = values.filter(pl.col("size") > 0).group_by("value").agg(pl.col("size").sum())
        told = sizes.sort(["size", "value"], descending=[True, False]).head(most_groups(self.bound.periods)).with_row_index("number")
        numbers = values.join(told.select("value", "number"), on="value", how="left", maintain_order="left")["number"]
        names = told["value"].to_list()
        return Grouping(names, len(sizes), numbers.fill_null(len(names)).to_numpy().astype(np.int32)[codes])

    def counts(self) -> Counts:
        members, grouping, hits = self.members, self.grouping, self.hits
        shape = (len(grouping.names) + 1, self.bound.periods.scoped, self.width)

        def count(low: int, high: int) -> tuple[Array, Array]:
            customers, latest = np.zeros(shape, np.int64), np.full(shape[:2], NEVER, np.int64)
            count_hits(members.period, members.time, grouping.group, hits, low, high, customers, latest)
            return customers, latest

        parts = self._run(members, count)
        customers, latest = sum(part[0] for part in parts), np.maximum.reduce([part[1] for part in parts])
        latest = np.where(latest == NEVER, NEVER, latest + self.index.origin)
        everyone = customers.sum(axis=0, keepdims=True), latest.max(axis=0, keepdims=True)
        told = slice(len(grouping.names))
        return Counts(
            grouping.names, grouping.values, np.concatenate([everyone[0], customers[told]]), np.concatenate([everyone[1], latest[told]])
        )

    def population(self) -> int:
        customer = self.members.customer
        return int(np.count_nonzero(customer[1:] != customer[:-1])) + (len(customer) > 0)

    def sums(self, groups: list[str], complete: Array) -> Array:
        everyone = self._spread(np.zeros(len(self.members), np.int32), complete[:1])
        none_told = np.zeros((1, *complete.shape[1:]), complete.dtype)
        told = self._spread(self.grouping.group, np.concatenate([complete[1:], none_told])) if groups else everyone[:0]
        return np.concatenate([everyone, told[: len(groups)]]).astype(np.float64)

    def _spread(self, group: Array, complete: Array) -> Array:
        members, hits = self.members, self.hits

        def spread(low: int, high: int) -> Array:
            sums = np.zeros((len(complete), complete.shape[2], 6), np.int64)
            add_spread(members.customer, members.period, group, hits, complete, low, high, sums)
            return sums

        return sum(self._run(members, spread), np.zeros((len(complete), complete.shape[2], 6), np.int64))

    def behind(self, cohorts: list[int], place: int, group: str | None, came_back: bool) -> list[str]:
        chosen = np.isin(self.members.period, cohorts)
        if group is not None:
            chosen &= self._labelled(group)
        members = self.members.only(chosen)
        hits = self._hits(members)
        counted = (hits[:, place >> 6] >> np.uint64(place & 63)) & np.uint64(1) > 0
        return ids_of(self.con, members.customer[counted == came_back])

    def _labelled(self, group: str) -> Array:
        """(members,) whether their value of the breakdown is this one."""
        members, prop = self.members, self.bound.breakdown
        if prop is None:
            return np.full(len(members), group == "")
        column = self.found.labels(prop)
        wanted = (column.values["value"].fill_null("") == group).to_numpy()
        return wanted[column.codes[members.row if prop.of == "event" else members.customer]]
