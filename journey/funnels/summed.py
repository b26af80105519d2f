"""From one row per unit to the numbers of a funnel: counts, times and values of each step, for all and by group."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from journey.funnels.counted import MISSING, Counted
from journey.funnels.question import FunnelQuestion
from journey.funnels.result import Curve, Entered, FunnelStep, StepTime
from journey.index import run
from journey.scope import Scope, period_bounds

if TYPE_CHECKING:
    from journey.index import Array

POINTS = 120  # of the curve
MOST_BINS = 60
SMALL = 2**16 - 1


@dataclass(frozen=True)
class Summed:
    """The steps of one funnel's units.  labels: of the steps, as a person would write them."""

    question: FunnelQuestion
    labels: tuple[str, ...]

    @property
    def last(self) -> int:
        return len(self.labels) - 1

    def steps(self, counted: Counted) -> tuple[FunnelStep, ...]:
        """Of all units."""
        return self._steps(counted, None, 1)[0]

    def groups(self, counted: Counted) -> dict[str, tuple[FunnelStep, ...]]:
        """Per value of the breakdown, the largest first; values that nobody has are left out."""
        if counted.groups is None:
            return {}
        parts = zip(counted.labels, self._steps(counted, counted.groups, len(counted.labels)), strict=True)
        found = [(label, steps) for label, steps in parts if steps[0].first]
        return dict(sorted(found, key=lambda part: (-part[1][0].first, part[0])))

    def _steps(self, counted: Counted, group: Array | None, groups: int) -> list[tuple[FunnelStep, ...]]:
        """One funnel per group.  group: (n,), -1 is no group's; None where all units are one."""
        left = self._left(counted, group, groups)
        counts = self._reached(counted, group, groups, left)
        times = [self._times(counted, group, groups, k) for k in range(self.last + 1)]
        values = [None if counted.values is None else _sums(counted.values[k], group, groups) for k in range(self.last + 1)]
        before = [None] + [max(k for k in range(step) if k not in self.question.optional) for step in range(1, self.last + 1)]
        return [
            tuple(
                FunnelStep(
                    event=self.labels[k],
                    title=f"{k + 1} of {self.last + 1} steps" if self.question.order == "unordered" else self.labels[k],
                    count=int(counts[k][g]),
                    left=int(left[k][g]) if k < self.last else 0,
                    first=int(counts[0][g]),
                    previous=None if (previous := before[k]) is None else int(counts[previous][g]),
                    time=times[k][g],
                    value=None if (value := values[k]) is None else float(value[g]),
                )
                for k in range(self.last + 1)
            )
            for g in range(groups)
        ]

    def _left(self, counted: Counted, group: Array | None, groups: int) -> Array:
        """(steps, groups) units that got there and no deeper."""
        steps = self.last + 1
        if group is None:
            return np.bincount(counted.deepest, minlength=steps)[:, None]
        places = counted.deepest * (groups + 1) + group + 1
        return np.bincount(places, minlength=steps * (groups + 1)).reshape(steps, groups + 1)[:, 1:]

    def _reached(self, counted: Counted, group: Array | None, groups: int, left: Array) -> Array:
        """(steps, groups).  Without optional steps, who got deeper was here."""
        if not self.question.optional and self.question.order != "unordered":
            reached: Array = left[::-1].cumsum(axis=0)[::-1]
            return reached
        if group is None:
            return counted.done.sum(axis=1)[:, None]
        done = counted.done & (group >= 0)
        return np.array([np.bincount(group[done[k]], minlength=groups) for k in range(self.last + 1)])

    def _times(self, counted: Counted, group: Array | None, groups: int, step: int) -> list[StepTime | None]:
        """Per group, from the step that the unit did before this one; None where nobody did both."""
        if not (self.question.times and step):
            return [None] * groups
        at, took = self._taken(counted, step)
        if group is None:
            return [_step_time(took)]
        of = group[at] + 1
        if groups < SMALL:
            of = of.astype(np.uint16)  # which numpy sorts by counting
        cuts = np.cumsum(np.bincount(of, minlength=groups + 1))
        took = took[np.argsort(of, kind="stable")]
        return run(_step_time, [took[low:high] for low, high in pairwise(cuts)])

    def _taken(self, counted: Counted, step: int) -> tuple[Array, Array]:
        """Who did the step, as places among the units, and how many ms after the step that they did before."""
        at = np.flatnonzero(counted.done[step])
        before = counted.times[step - 1][at]
        for k in range(step - 2, -1, -1):
            if self.question.optional:
                before = np.where(before == MISSING, counted.times[k][at], before)
        return at, counted.times[step][at] - before

    def curve(self, counted: Counted) -> Curve | None:
        """Time from the first step to the last."""
        if not self.last:
            return None
        both = counted.done[self.last] & counted.done[0]
        seconds = np.sort((counted.times[self.last][both] - counted.times[0][both]) / 1000)
        n = len(seconds)
        if not n:
            return None
        ranks: Iterable[int] = range(n) if n <= POINTS else (round(at * (n - 1) / (POINTS - 1)) for at in range(POINTS))
        points = tuple((float(seconds[rank]), (rank + 1) / n) for rank in ranks)
        return Curve(n, points, _quantile(seconds, 0.5), _quantile(seconds, 0.9))

    def still_open(self, counted: Counted, until: int | None) -> int:
        """Without a limit no window ever closes, so all who have not converted count."""
        short_of_last = counted.deepest < self.last
        if self.question.window is not None:
            short_of_last &= counted.last_start > (until or 0) - self.question.window
        return int(np.count_nonzero(short_of_last))

    def trend(self, counted: Counted, scope: Scope, until: int | None) -> tuple[Entered, ...]:
        """One entry per period of entry dates, from the scope's start (or the first entry) to its stop (or the last)."""
        period = self.question.trend
        if period is None or until is None or (not counted.n and (scope.start is None or scope.stop is None)):
            return ()
        entries = counted.times[0]
        start = scope.start if scope.start is not None else int(entries.min())
        stop = scope.stop if scope.stop is not None else int(entries.max()) + 1
        bounds = period_bounds(start, min(stop, max(until, start) + 1), period, scope.timezone)
        entered, converted = (_per_period(entries[part], bounds) for part in (slice(None), counted.done[self.last]))
        return tuple(
            Entered(low, high, int(entered[at]), int(converted[at]), complete=high + (self.question.window or 0) <= until + 1)
            for at, (low, high) in enumerate(pairwise(bounds))
        )


def _sums(values: Array, group: Array | None, groups: int) -> Array:
    if group is None:
        return values.sum(keepdims=True)
    belongs = group >= 0
    return np.bincount(group[belongs], weights=values[belongs], minlength=groups)


def _per_period(entries: Array, bounds: list[int]) -> Array:
    return np.bincount(np.searchsorted(bounds[1:-1], entries, side="right"), minlength=len(bounds) - 1)


def _step_time(took: Array) -> StepTime | None:
    """took: (n,) ms."""
    n = len(took)
    if not n:
        return None
    places = sorted({place for share in (0.25, 0.5, 0.75) for place in (math.floor((n - 1) * share), math.ceil((n - 1) * share))})
    parted = np.partition(took, places)
    return StepTime(
        median=_quantile(parted, 0.5) / 1000,
        average=float(took.mean()) / 1000,
        quartiles=(_quantile(parted, 0.25) / 1000, _quantile(parted, 0.75) / 1000),
        bins=_bins(took),
    )


def _quantile(parted: Array, share: float) -> float:
    """Linear between the two nearest.  parted: those two stand where they would in order."""
    at = (len(parted) - 1) * share
    low, high = float(parted[math.floor(at)]), float(parted[math.ceil(at)])
    return low + (high - low) * (at - math.floor(at))


def _bins(took: Array) -> tuple[tuple[float, float, int], ...]:
    """Half-open bins from the shortest time on, as many as the cube root of n, each a whole number of seconds wide.

    took: (n,) ms; bins are of seconds.  The longest time opens a bin of its own where it falls on an edge.
    """
    low, high = int(took.min()), int(took.max())
    wide = max(1, math.ceil((high - low) / 1000 / min(MOST_BINS, math.ceil(len(took) ** (1 / 3) - 1e-9))))
    counts: Any = np.bincount((took - low) // (1000 * wide))
    return tuple((low / 1000 + wide * at, low / 1000 + wide * (at + 1), int(count)) for at, count in enumerate(counts))
