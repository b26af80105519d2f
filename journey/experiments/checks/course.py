"""How an experiment went: each metric as it stood at the end of every day, as somebody would have read it then.

A point is what a reading that stopped there says of the units that count today: those seen in more than one variant are known
now, and are left out of every day.  Known limit: from the 121st day on a point covers several days.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import polars as pl

from journey.experiments.judge import HowRead, compare
from journey.experiments.metric import ExperimentMetric
from journey.experiments.moments import Moments, moments_of
from journey.experiments.result import Comparison, Course, Point
from journey.experiments.units import Units

MOST_POINTS = 120
LONG_AGO = -(2**62)
DAILY = Mapping[str, Sequence[Moments]]


@dataclass(frozen=True, eq=False)
class Walk:
    """What is known of units and their changes, in arrays.  D bounds (ms): the ends of the days, ascending.

    arm: (n,) place in arms.  entry: (n,) the first bound at which the unit counts, D for none.  c: (n,) its covariate, or None.
    unit: (m,) place of the unit each change is of; day: (m,) the first bound it is seen at; dy, dx: (m,) what it adds.
    """

    arms: tuple[str, ...]
    days: int
    arm: np.ndarray
    entry: np.ndarray
    c: np.ndarray | None
    unit: np.ndarray
    day: np.ndarray
    dy: np.ndarray
    dx: np.ndarray


def courses_of(
    units: Units,
    changes: Sequence[pl.DataFrame],
    bounds: Sequence[Sequence[int]],
    how: Callable[[int, int], HowRead],
) -> tuple[Course, ...]:
    """changes: of the k-th metric, rows (unit, ts, dy, dx).  bounds: of the k-th metric, ms, ascending.

    how: (the bound before, the bound) -> the reading then.
    """
    found = []
    for k, metric in enumerate(units.metrics):
        daily = daily_moments(units, k, changes[k], bounds[k])
        hows = [how(after, until) for after, until in pairwise((LONG_AGO, *bounds[k]))]
        found += [_course(metric, arm, daily[units.arms[0]], daily[arm], bounds[k], hows) for arm in units.arms[1:]]
    return tuple(found)


def thinned(bounds: Sequence[int], most: int = MOST_POINTS) -> tuple[int, ...]:
    """At most so many of the bounds, evenly apart, the last among them."""
    step = -(-len(bounds) // most)
    return tuple(bounds[(len(bounds) - 1) % step :: step]) if bounds else ()


def daily_moments(units: Units, k: int, changes: pl.DataFrame, bounds: Sequence[int]) -> DAILY:
    """arm -> the moments of the k-th metric at each bound.  Of a metric that is read cut, units and changes are uncut."""
    walk, metric = _walk(units, k, changes, bounds), units.metrics[k]
    return _walked(walk, metric) if metric.winsorise is None else _walked_and_cut(walk, metric, metric.winsorise)


def _walk(units: Units, k: int, changes: pl.DataFrame, bounds: Sequence[int]) -> Walk:
    """Units whose own time (`within`) is not over do not count yet; all they did counts from the moment it is."""
    frame, metric, ends = units.frame, units.metrics[k], np.asarray(bounds, dtype=np.int64)
    exposed = frame["exposed_at"].to_numpy()
    entry = np.searchsorted(ends, exposed + (metric.within or 0), "right")
    entry = np.where(frame[f"y{k}"].is_not_null().to_numpy(), entry, len(ends))
    known = frame["unit"].to_numpy()
    unit = np.searchsorted(known, changes["unit"].to_numpy())
    held = (unit < len(known)) & (known[np.minimum(unit, len(known) - 1)] == changes["unit"].to_numpy()) if len(known) else unit < 0
    unit = unit[held]
    day = np.maximum(np.searchsorted(ends, changes["ts"].to_numpy()[held], "right"), entry[unit])
    dy, dx = (changes[name].cast(pl.Float64).to_numpy()[held] for name in ("dy", "dx"))
    seen = day < len(ends)
    order = np.lexsort((day[seen], unit[seen]))
    columns = (column[seen][order] for column in (unit, day, dy, dx))
    arm = frame["arm"].replace_strict({name: place for place, name in enumerate(units.arms)}, return_dtype=pl.Int64).to_numpy()
    c = frame[f"c{k}"].to_numpy() if f"c{k}" in frame.columns else None
    return Walk(units.arms, len(ends), arm, entry, c, *columns)


def _walked(walk: Walk, metric: ExperimentMetric) -> DAILY:
    """From what each change adds to the sums of its day: a unit that goes from a to b adds b2 - a2 to the sum of squares."""
    ratio = metric.kind == "ratio"
    y, y_before = _levels(walk, walk.dy)
    x, x_before = _levels(walk, walk.dx) if ratio else (np.ones_like(y), np.ones_like(y))
    at, cells = walk.arm[walk.unit] * walk.days + walk.day, len(walk.arms) * walk.days
    counts = walk.entry < walk.days
    entered = walk.arm[counts] * walk.days + walk.entry[counts]

    def along(values: np.ndarray | None, where: np.ndarray = at) -> np.ndarray:
        return np.bincount(where, values, cells).reshape(-1, walk.days).cumsum(axis=1)

    sums = {"n": along(None, entered), "y": along(y - y_before), "yy": along(y * y - y_before * y_before)}
    if ratio:
        sums |= {"x": along(x - x_before), "xx": along(x * x - x_before * x_before), "xy": along(x * y - x_before * y_before)}
    if walk.c is not None:
        c, of = walk.c[counts], walk.c[walk.unit]
        sums |= {"c": along(c, entered), "cc": along(c * c, entered), "yc": along((y - y_before) * of)}
        sums["xc"] = along((x - x_before) * of) if ratio else sums["c"]
    days = range(walk.days)
    return {arm: [_moments({name: grid[a, day] for name, grid in sums.items()}) for day in days] for a, arm in enumerate(walk.arms)}


def _levels(walk: Walk, change: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(after, before) each change of its unit, whose changes stand together in their order."""
    total = np.cumsum(change)
    first = np.flatnonzero(np.diff(walk.unit, prepend=-1))
    start = np.repeat((total - change)[first], np.diff(np.append(first, len(change))))
    after = total - start
    return after, after - change


def _moments(sums: Mapping[str, float]) -> Moments:
    """Sums over units -> means, variances and covariances."""
    n = int(sums["n"])
    if not n:
        return Moments(0, 0.0, 0.0)

    def mean(name: str) -> float:
        return float(sums[name]) / n

    def spread(name: str, one: float, other: float) -> float:
        found = (float(sums[name]) - n * one * other) / (n - 1) if n > 1 else 0.0
        return found if name in ("xy", "yc", "xc") else max(found, 0.0)

    y, x = mean("y"), mean("x") if "x" in sums else 1.0
    ratio = {"x": x, "xx": spread("xx", x, x), "xy": spread("xy", x, y)} if "x" in sums else {}
    if "c" not in sums:
        return Moments(n, y, spread("yy", y, y), **ratio)
    c = mean("c")
    return Moments(
        n, y, spread("yy", y, y), **ratio, c=c, cc=spread("cc", c, c), yc=spread("yc", y, c), xc=spread("xc", x, c) if ratio else 0.0
    )


def _walked_and_cut(walk: Walk, metric: ExperimentMetric, quantile: float) -> DAILY:
    """Day by day, since where values are cut depends on all units of the day."""
    ratio, n = metric.kind == "ratio", len(walk.arm)
    y, x = np.zeros(n), np.zeros(n)
    order = np.argsort(walk.day, kind="stable")
    edges = np.searchsorted(walk.day[order], np.arange(walk.days + 1))
    found: dict[str, list[Moments]] = {arm: [] for arm in walk.arms}
    for day in range(walk.days):
        new = order[edges[day] : edges[day + 1]]
        np.add.at(y, walk.unit[new], walk.dy[new])
        np.add.at(x, walk.unit[new], walk.dx[new])
        counts = np.flatnonzero(walk.entry <= day)
        arm, cut = walk.arm[counts], _cut(y[counts], quantile)
        c = None if walk.c is None else _cut(walk.c[counts], quantile)
        for a, name in enumerate(walk.arms):
            rows = arm == a
            found[name].append(moments_of(cut[rows], x[counts][rows] if ratio else None, None if c is None else c[rows]))
    return found


def _cut(values: np.ndarray, quantile: float) -> np.ndarray:
    return np.minimum(values, max(float(np.quantile(values, quantile)), 0.0)) if len(values) else values


def _course(
    metric: ExperimentMetric,
    arm: str,
    control: Sequence[Moments],
    treated: Sequence[Moments],
    bounds: Sequence[int],
    hows: Sequence[HowRead],
) -> Course:
    told = zip(bounds, control, treated, hows, strict=True)
    points = tuple(_point(at, compare(metric, below, above, how)) for at, below, above, how in told)
    called = next((point.at for point in points if point.naive and not point.naive[0] <= 0 <= point.naive[1]), None)
    return Course(metric, arm, points, called)


def _point(at: int, compared: Comparison) -> Point:
    low, high = compared.interval or (None, None)
    boundary = None if low is None or high is None else (high - low) / 2
    return Point(at, compared.n, compared.control_n, compared.difference, low, high, compared.fixed_interval, boundary)
