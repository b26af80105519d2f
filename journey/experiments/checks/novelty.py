"""Whether an effect wears off, or grows: that of a unit's first week beside that of its later weeks.

What is new is tried because it is new, and habits take time.  Each unit is looked at from its own first exposure on, so that
who came early and who came late are alike; of shares it is counted how often, not whether, since whoever did it once cannot
do it for the first time again.  Effects are compared as ratios of treated to control, since all of them do less later on.
Known limits: the log of the ratio is taken as normal, which needs some dozens that did it in either time; an effect that
brings forward what would have come later looks like one that wears off.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl
from scipy.special import ndtr, ndtri

from journey.experiments.checks.level import CONFIDENCE, FINE, LOOK, SEE, p_words
from journey.experiments.metric import ExperimentMetric
from journey.experiments.result import Finding
from journey.inference import Interval

WEEK_MS = 7 * 86_400_000
FEWEST = 20  # units that must have done it, in either variant and either time
MOST_WEEKS = 8


@dataclass(frozen=True)
class Lift:
    """Treated over control in one stretch of time since the exposure, as a log ratio; None where too few did it.

    influence: (control's units,), (treated's units,): what each unit adds to it, of mean 0.
    """

    ratio: float | None
    influence: tuple[np.ndarray, np.ndarray] | None = None

    @property
    def error(self) -> float:
        return 0.0 if self.influence is None else math.sqrt(sum(_error2(one) for one in self.influence))

    def interval(self, confidence: float) -> Interval | None:
        """Of the ratio less 1."""
        if self.ratio is None:
            return None
        half = float(ndtri(0.5 + confidence / 2)) * self.error
        return math.expm1(self.ratio - half), math.expm1(self.ratio + half)


@dataclass(frozen=True)
class Wear:
    """arm: against control.  first, later: its effects.  change: log ratio of later to first; error: its standard error."""

    metric: ExperimentMetric
    arm: str
    first: Lift
    later: Lift
    change: float | None
    error: float
    p: float | None


def countable(metric: ExperimentMetric) -> ExperimentMetric:
    """The metric as it is looked at here: how often rather than whether, without a limit of time, and uncut."""
    found = replace(metric, within=None, winsorise=None, before=None)
    return found if metric.kind != "share" else replace(found, kind="mean", value=replace(metric.value, of="count"))


def novelty_in(
    metric: ExperimentMetric, arms: Sequence[str], units: pl.DataFrame, changes: pl.DataFrame, until: int, tests: int = 1
) -> Finding:
    """units: unit, arm, exposed_at.  changes: unit, ts, dy, dx.  until: ms, the end of what was seen.

    Units seen for two weeks or more are compared.  tests: how many are made in all, for which p is corrected.
    """
    seen = units.filter(pl.col("exposed_at") + 2 * WEEK_MS <= until).sort("unit")
    brought = by_week(seen, changes, until)
    worn = [wear_of(metric, arms[0], arm, seen, brought) for arm in arms[1:]]
    rows = tuple(row for one in worn for row in _rows(one, seen, brought, arms[0], until))
    told = [one for one in worn if one.p is not None and one.p * tests < LOOK]
    if told:
        return Finding("novelty", SEE, " ".join(_said(one) for one in told), rows)
    if all(one.p is None for one in worn):
        return Finding("novelty", FINE, _too_few(metric, seen.height), rows)
    p = min(one.p for one in worn if one.p is not None)
    sentence = (
        f"The effect on {metric.name} in a unit's later weeks is not told from that in its first one ({p_words(p)}, "
        f"{seen.height:,} units seen for two weeks or more): no sign that it wears off or grows."
    )
    return Finding("novelty", FINE, sentence, rows)


def by_week(seen: pl.DataFrame, changes: pl.DataFrame, until: int) -> pl.DataFrame:
    """unit, week (0: the first after the exposure), y, x: what each unit brought in it."""
    inner = changes.select("unit", "ts", "dy", "dx").join(seen.select("unit", "exposed_at"), on="unit")
    week = ((pl.col("ts") - pl.col("exposed_at")) // WEEK_MS).alias("week")
    kept = inner.filter((pl.col("ts") >= pl.col("exposed_at")) & (pl.col("ts") < until)).with_columns(week)
    return kept.group_by("unit", "week").agg(pl.col("dy").sum().alias("y"), pl.col("dx").sum().alias("x"))


def wear_of(metric: ExperimentMetric, control: str, arm: str, seen: pl.DataFrame, brought: pl.DataFrame) -> Wear:
    first = _lift(metric, control, arm, seen, brought.filter(pl.col("week") == 0))
    later = _lift(metric, control, arm, seen, brought.filter(pl.col("week") > 0))
    if first.ratio is None or later.ratio is None or first.influence is None or later.influence is None:
        return Wear(metric, arm, first, later, None, 0.0, None)
    change = later.ratio - first.ratio
    error = math.sqrt(sum(_error2(b - a) for a, b in zip(first.influence, later.influence, strict=True)))
    return Wear(metric, arm, first, later, change, error, float(2 * ndtr(-abs(change) / error)) if error else None)


def _lift(metric: ExperimentMetric, control: str, arm: str, seen: pl.DataFrame, brought: pl.DataFrame) -> Lift:
    sums = brought.group_by("unit").agg(pl.col("y").sum(), pl.col("x").sum())
    rows = seen.join(sums, on="unit", how="left", maintain_order="left").with_columns(pl.col("y", "x").fill_null(0.0))
    logs, influence = [], []
    for name in (control, arm):
        of = rows.filter(pl.col("arm") == name)
        y, x = of["y"].to_numpy(), of["x"].to_numpy() if metric.kind == "ratio" else np.ones(of.height)
        if np.count_nonzero(y) < FEWEST or not (y.sum() > 0 and x.sum() > 0):
            return Lift(None)
        logs.append(math.log(y.mean() / x.mean()))
        influence.append(y / y.mean() - x / x.mean())
    return Lift(logs[1] - logs[0], (influence[0], influence[1]))


def _error2(influence: np.ndarray) -> float:
    return float(influence.var(ddof=1)) / len(influence)


def _rows(wear: Wear, seen: pl.DataFrame, brought: pl.DataFrame, control: str, until: int) -> list[dict[str, Any]]:
    """The effect week by week since the exposure, each of the units that were seen for all of it."""
    last = int((until - seen["exposed_at"].min()) // WEEK_MS) if seen.height else 0  # type: ignore[operator]
    rows = []
    for week in range(min(last, MOST_WEEKS)):
        through = seen.filter(pl.col("exposed_at") + (week + 1) * WEEK_MS <= until)
        lift = _lift(wear.metric, control, wear.arm, through, brought.filter(pl.col("week") == week))
        interval = lift.interval(0.95)
        rows.append(
            {
                "metric": wear.metric.name,
                "variant": wear.arm,
                "week since exposure": week + 1,
                "units": through.height,
                "relative": None if lift.ratio is None else math.expm1(lift.ratio),
                "low": None if interval is None else interval[0],
                "high": None if interval is None else interval[1],
            }
        )
    return rows


def _said(wear: Wear) -> str:
    first, later, change = wear.first.ratio or 0.0, wear.later.ratio or 0.0, wear.change or 0.0
    half = float(ndtri(0.5 + CONFIDENCE / 2)) * wear.error
    low, high = math.expm1(change - half), math.expm1(change + half)
    smaller = abs(later) < abs(first)
    reason = "Part of it may be novelty, or what would have come later anyway." if smaller else "People may need time to get used to it."
    return (
        f"The effect of {wear.arm} on {wear.metric.name} {'wears off' if smaller else 'grows'}: {_percent(first)} in a unit's first week, "
        f"{_percent(later)} in the weeks after it (later over first {_percent(change)}, {100 * CONFIDENCE:g}% interval "
        f"{100 * low:+.0f}% to {100 * high:+.0f}%, {p_words(wear.p)}). {reason}".replace("-", "−")
    )


def _percent(log: float) -> str:
    return f"{100 * math.expm1(log):+.0f}%"


def _too_few(metric: ExperimentMetric, units: int) -> str:
    return (
        f"Too early to tell whether the effect on {metric.name} wears off: that takes {FEWEST} units of each variant that did it both in "
        f"their first week and later; {units:,} units have been seen for two weeks."
    )
