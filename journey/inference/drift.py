"""Whether numbers are spread as they were: the population stability index beside what chance alone makes of it.

Of few customers the index is large without any drift; of many, a difference that matters to nobody is certain.  So both
are asked: is it more than chance, and is it large enough to matter.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import chdtrc, chdtri, kolmogorov

BINS = 10
LARGE = 0.1  # an index below this is no change to act on: Siddiqi 2006, "Credit Risk Scorecards"
ALARM = 0.001  # a drift is told where chance alone makes so large an index less often than this


@dataclass(frozen=True, eq=False)
class Spread:
    """How numbers were spread once.  edges: (b - 1,), rising; a number belongs above the edges below it.

    counts: (b + 1,): of each bin, then of those unknown.
    """

    edges: tuple[float, ...]
    counts: tuple[int, ...]

    @property
    def n(self) -> int:
        return sum(self.counts)

    def as_plain(self) -> dict[str, Any]:
        return {"edges": list(self.edges), "counts": list(self.counts)}


@dataclass(frozen=True)
class Drift:
    """index: None with a reason where it is undefined.  before, now: how many were compared; bins: those that hold anybody.

    p: how often chance alone makes an index as large.  by_chance: its mean, and what it stays below 95 times in 100, without drift.
    """

    index: float | None
    before: int
    now: int
    bins: int
    p: float | None = None
    by_chance: tuple[float, float] | None = None
    why: str = ""

    @property
    def is_drift(self) -> bool:
        """More than chance, and large enough to matter."""
        return self.index is not None and self.p is not None and self.p < ALARM and self.index >= LARGE

    def as_plain(self) -> dict[str, Any]:
        chance = None if self.by_chance is None else {"mean": self.by_chance[0], "p95": self.by_chance[1]}
        told = {"psi": self.index, "p": self.p, "by_chance": chance, "before": self.before, "now": self.now, "bins": self.bins}
        return {**told, "drift": self.is_drift, **({"why": self.why} if self.why else {})}


def spread_of(values: np.ndarray, bins: int = BINS) -> Spread:
    """The spread of these numbers (n,), NaN for unknown, in bins that hold about as many each; equal numbers are never parted."""
    known = values[~np.isnan(values)]
    edges = np.unique(np.quantile(known, np.arange(1, bins) / bins, method="inverted_cdf")) if len(known) else np.empty(0)
    if len(edges) and edges[-1] >= known.max():
        edges = edges[:-1]
    return Spread(tuple(edges.tolist()), _counted(values, edges))


def counted(values: np.ndarray, spread: Spread) -> tuple[int, ...]:
    """Other numbers in the bins of a spread."""
    return _counted(values, np.array(spread.edges))


def _counted(values: np.ndarray, edges: np.ndarray) -> tuple[int, ...]:
    unknown = np.isnan(values)
    places = np.searchsorted(edges, values[~unknown], "left")
    return (*np.bincount(places, minlength=len(edges) + 1).tolist(), int(unknown.sum()))


def drift_of(before: Sequence[float], now: Sequence[float]) -> Drift:
    """Two counts over the same bins.  Bins that hold nobody either time are left out.

    Without drift the index is about chi-square(bins - 1) x (1 / n + 1 / m).
    Source: Yurdakul 2018, "Statistical Properties of the Population Stability Index".
    """
    first, second = np.asarray(before, dtype=float), np.asarray(now, dtype=float)
    held = (first + second) > 0
    first, second, n, m = first[held], second[held], float(first.sum()), float(second.sum())
    bins = int(held.sum())
    if not n or not m:
        return Drift(None, int(n), int(m), bins, why="nobody to compare with" if not n else "nobody to compare")
    if bins < 2:
        return Drift(0.0, int(n), int(m), bins, why="all have the same number, before and now")
    index = stability_index(first, second)
    unit = 1 / n + 1 / m
    by_chance = ((bins - 1) * unit, float(chdtri(bins - 1, 0.05)) * unit)
    return Drift(index, int(n), int(m), bins, float(chdtrc(bins - 1, index / unit)), by_chance)


def stability_index(before: np.ndarray, now: np.ndarray) -> float:
    """sum (q - p) ln(q / p) over bins, of counts or shares; where a bin is empty on one side, half a customer is put into each."""
    if not (before.all() and now.all()):
        before, now = before + 0.5, now + 0.5
    p, q = before / before.sum(), now / now.sum()
    return float(((q - p) * np.log(q / p)).sum())


def largest_gap(before: np.ndarray, now: np.ndarray) -> tuple[float, float] | None:
    """(D, p) of Kolmogorov and Smirnov: the largest difference of two shares below a number; None where nobody is compared.

    p is the one of large samples.  Of many customers it calls any shift certain: the index says whether it matters.
    """
    if not len(before) or not len(now):
        return None
    every = np.concatenate([before, now])
    first, second = (np.searchsorted(np.sort(side), every, "right") / len(side) for side in (before, now))
    gap = float(np.abs(first - second).max())
    return gap, float(kolmogorov(np.sqrt(len(before) * len(now) / (len(before) + len(now))) * gap))
