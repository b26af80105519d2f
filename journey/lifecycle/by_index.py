"""Lifecycle and stickiness by the journey index: bits of the periods in which each customer was active."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from journey.index import CORES, Array, Index, run
from journey.lifecycle.bound import Bound
from journey.lifecycle.kernel import count_days, count_states
from journey.lifecycle.question import STATES
from journey.occurrences import EVERYONE, Occurrences
from journey.occurrences.activity import Activity, ids_of
from journey.rules import Binder
from journey.scope import Scope
from journey.warehouse import Warehouse


@dataclass
class ByIndex:
    """event: the step that being active means."""

    con: Warehouse
    index: Index
    event: Any
    scope: Scope
    bound: Bound

    def __post_init__(self) -> None:
        # Warnings of unknown names were told where the definition was bound.
        self.found = Occurrences(self.con, self.index, Binder(self.con))
        self.activity = Activity(self.found, self.bound.periods.bounds)
        self.periods = self.bound.periods.scoped

    @cached_property
    def active(self) -> Array:
        """(people, words) u64; no bit is set for customers outside the segment."""
        active, mask = self.activity.active(self.event), self.found.people(self.scope)
        return active if mask is EVERYONE else active * mask[:-1, None]

    @cached_property
    def counted(self) -> tuple[Array, int]:
        """((periods, states) customers, customers in any state)."""
        active, first = self.active, self.activity.first_periods()

        def count(share: tuple[int, int]) -> tuple[Array, int]:
            counts = np.zeros((self.periods, len(STATES)), np.int64)
            return counts, count_states(active, first, self.periods, share[0], share[1], counts)

        parts = run(count, self.index.shares(CORES))
        return np.sum([counts for counts, _ in parts], axis=0), sum(people for _, people in parts)

    def states(self) -> dict[tuple[int, str], int]:
        rows = self.counted[0].tolist()
        return {(number, state): row[place] for number, row in enumerate(rows) for place, state in enumerate(STATES)}

    def population(self) -> int:
        return self.counted[1]

    def in_state(self, number: int, state: str) -> list[str]:
        before, now = self._bit(number), self._bit(number + 1)
        new = now & (self.activity.first_periods() == number + 1)
        chosen = {"new": new, "returning": now & before & ~new, "resurrected": now & ~before & ~new, "dormant": before & ~now}[state]
        return ids_of(self.con, np.flatnonzero(chosen))

    def _bit(self, bit: int) -> Array:
        return (self.active[:, bit >> 6] >> np.uint64(bit & 63)) & np.uint64(1) > 0

    def days(self) -> list[tuple[int, int]]:
        active = self.active

        def count(share: tuple[int, int]) -> Array:
            counts = np.zeros(self.periods + 1, np.int64)
            count_days(active, self.periods, share[0], share[1], counts)
            return counts

        counts = np.sum(run(count, self.index.shares(CORES)), axis=0).tolist()
        return [(days, customers) for days, customers in enumerate(counts) if days and customers]

    def on_days(self, least: int, most: int) -> list[str]:
        bits = np.unpackbits(self.active.view(np.uint8), axis=1, bitorder="little")[:, 1 : self.periods + 1]
        days = bits.sum(axis=1)
        return ids_of(self.con, np.flatnonzero((days >= least) & (days <= most)))
