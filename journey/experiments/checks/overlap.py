"""Other experiments at the same time: how many units are in both, whether the dice were independent, and whether one changes
what the other does.

Being in another experiment does no harm by itself, since its variants fall on both sides alike.  It does where the dice are the
same (who gets the one treatment gets the other), and where the two treatments together do something else than each alone.
Another counts where anybody saw it between the first exposure here and the last; its customers are all who saw it by then.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from scipy.special import chdtrc, ndtr

from journey.experiments.checks.level import ALARM, FINE, LOOK, SEE, p_words, share_words
from journey.experiments.judge.effect import Effect, effect_of
from journey.experiments.judge.words import between, change, digits_of, listed
from journey.experiments.read.exposure import Exposure, shown
from journey.experiments.result import Finding
from journey.experiments.units import Units
from journey.inference import Z95, Interval
from journey.rules import Binder
from journey.warehouse import Warehouse, ask_sql

CERTAIN = 0.001
FAMILIES = 2  # what is asked of each: whether the dice are independent, and whether the effect depends on it
FEWEST = 30  # units in a cell of both, below which no effect is compared

ELSEWHERE = """
-- Who was in another experiment that ran in this time?  Columns: experiment, unit (customer), arm.  One of each: who saw several
-- variants of one is of none.
with running as (
    -- the others that anybody saw in it
    select distinct {experiment} as experiment
    from events e
    where {shown} and {experiment} <> $experiment and e.ts >= $start and e.ts < $stop
)
select {experiment} as experiment, e.customer as unit, min({variant}) as arm
from events e
where {shown} and {experiment} in (select r.experiment from running r) and e.ts < $stop
group by 1, 2
having min({variant}) = max({variant})
order by 1, 2"""


@dataclass(frozen=True)
class Interaction:
    """How much the effect of `arm` differs between another experiment's variant and its first one (by name, or control).

    difference: of the two effects; p: normal.
    """

    arm: str
    other_arm: str
    against: str
    difference: float
    interval: Interval
    p: float


@dataclass(frozen=True)
class Overlap:
    """With another experiment.  both: units in it, share: of all units.  table: (arms here, arms there) units.

    p_joint: that the dice of both are independent, by chi-square over those in both.
    """

    other: str
    both: int
    share: float
    arms: tuple[str, ...]
    table: np.ndarray
    p_joint: float | None
    interactions: tuple[Interaction, ...] = ()


def seen_elsewhere(con: Warehouse, exposure: Exposure, experiment: str, start: int, stop: int) -> pl.DataFrame:
    """experiment, unit (customer), arm: of other experiments that ran in [start, stop), who saw them before its end."""
    if exposure.experiment is None:
        return pl.DataFrame(schema={"experiment": pl.String, "unit": pl.Int64, "arm": pl.String})
    binder = Binder(con)
    where = shown(binder, exposure)
    sql = ELSEWHERE.format(experiment=where.experiment, variant=where.variant, shown=where.sql)
    found = ask_sql(con, sql, binder.params | {"experiment": experiment, "start": start, "stop": stop})
    return found.cast({"unit": pl.Int64, "experiment": pl.String, "arm": pl.String})


def overlap_in(units: Units, k: int, elsewhere: pl.DataFrame, tests: int = 1) -> Finding:
    """The k-th metric, by whether and how its units were in others.  tests: metrics asked, for which p is corrected as well."""
    base = units.frame.select("unit", "arm")
    found = [overlap_with(units, k, str(name), of, base) for (name,), of in elsewhere.group_by(["experiment"], maintain_order=True)]
    found = [one for one in found if one.both]
    if not found:
        return Finding("overlap", FINE, "No unit was in another experiment at the same time.")
    joint = FAMILIES * len(found)
    dependent = [one for one in found if one.p_joint is not None and one.p_joint * joint < LOOK]
    asked = [(one, act) for one in found for act in one.interactions]
    tests *= FAMILIES * len(asked)
    acting = [(one, act) for one, act in asked if act.p * tests < LOOK]
    rows = tuple(row for one in found for row in _rows(one, units))
    shares = listed([f"{share_words(one.share)} of the units were in {one.other!r} as well" for one in found[:3]])
    more = f", and fewer in {len(found) - 3} more" if len(found) > 3 else ""
    told = [_dependent_said(one, joint) for one in dependent]
    told += [_acting_said(units, k, one, act, tests) for one, act in acting]
    if not told:
        told = [_nothing_said(found, asked, units.metrics[k].name)]
    certain = any(one.p_joint is not None and one.p_joint * joint < CERTAIN for one in dependent)
    return Finding("overlap", ALARM if certain else SEE if dependent or acting else FINE, f"{shares}{more}. {' '.join(told)}", rows)


def overlap_with(units: Units, k: int, name: str, of: pl.DataFrame, base: pl.DataFrame) -> Overlap:
    """With one other experiment; of: unit, arm there."""
    joined = base.join(of.select("unit", pl.col("arm").alias("there")), on="unit", how="left", maintain_order="left")
    there = joined["there"]
    arms = tuple(sorted(there.drop_nulls().unique().to_list(), key=lambda arm: (arm.lower() != "control", arm)))
    counts = {pair[:2]: pair[2] for pair in joined.drop_nulls().group_by("arm", "there").len().iter_rows()}
    table = np.array([[counts.get((here, other), 0) for other in arms] for here in units.arms], dtype=float).reshape(len(units.arms), -1)
    both = int(table.sum())
    effects = {other: units.moments(k, there.eq_missing(other)) for other in arms}
    acts = [act for arm in units.arms[1:] for other in arms[1:] if (act := _interaction(units, k, arm, other, arms[0], effects))]
    return Overlap(name, both, both / base.height if base.height else 0.0, arms, table, independent(table), tuple(acts))


def independent(table: np.ndarray) -> float | None:
    """The chance of a table as uneven where rows and columns have nothing to do with each other; None where it cannot be told.

    Source: Pearson's chi-square test; None where a cell would expect fewer than 5.
    """
    table = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0] if table.size else table
    if table.ndim < 2 or min(table.shape) < 2:
        return None
    meant = np.outer(table.sum(axis=1), table.sum(axis=0)) / table.sum()
    if meant.min() < 5:
        return None
    return float(chdtrc((table.shape[0] - 1) * (table.shape[1] - 1), ((table - meant) ** 2 / meant).sum()))


def _interaction(units: Units, k: int, arm: str, other: str, against: str, effects: Mapping[str, Mapping[str, Any]]) -> Interaction | None:
    """The effect among those of `other` less that among those of `against`; None with too few, or where nothing varies."""
    found = []
    for there in (other, against):
        moments = effects[there]
        if min(moments[units.arms[0]].n, moments[arm].n) < FEWEST:
            return None
        effect = effect_of(units.metrics[k], moments[units.arms[0]], moments[arm])
        if not isinstance(effect, Effect) or effect.error == 0:
            return None
        found.append(effect)
    difference = found[0].difference - found[1].difference
    error = float(np.hypot(found[0].error, found[1].error))
    return Interaction(
        arm, other, against, difference, (difference - Z95 * error, difference + Z95 * error), float(2 * ndtr(-abs(difference) / error))
    )


def _rows(one: Overlap, units: Units) -> list[dict[str, Any]]:
    rows = []
    for place, other in enumerate(one.arms):
        acts = [act for act in one.interactions if act.other_arm == other]
        row: dict[str, Any] = {"experiment": one.other, "variant there": other}
        row |= {f"units in {arm}": int(one.table[n, place]) for n, arm in enumerate(units.arms)}
        row |= {"share of all": float(one.table[:, place].sum()) / max(units.frame.height, 1), "p of the dice": one.p_joint}
        for act in acts or (None,):
            more = {
                "variant here": None if act is None else act.arm,
                "against": None if act is None else act.against,
                "change of the effect": None if act is None else act.difference,
                "low": None if act is None else act.interval[0],
                "high": None if act is None else act.interval[1],
                "p": None if act is None else act.p,
            }
            rows.append(row | more)
    return rows


def _dependent_said(one: Overlap, tests: int) -> str:
    p = min(1.0, (one.p_joint or 0.0) * tests)
    return (
        f"The variants of {one.other!r} are not spread evenly over those here ({p_words(p)}): the two share their dice, or the one "
        "sends people into the other. Their effects cannot be told apart."
    )


def _acting_said(units: Units, k: int, one: Overlap, act: Interaction, tests: int) -> str:
    metric = units.metrics[k]
    digits = digits_of(metric, act.interval)
    size = f"{change(metric, act.difference, digits)} ({between(metric, act.interval, digits)})"
    return (
        f"The effect of {act.arm} on {metric.name} differs by {size} between {act.other_arm} and {act.against} of {one.other!r} "
        f"({p_words(min(1.0, act.p * tests))}): the two act on each other."
    )


def _nothing_said(found: Sequence[Overlap], asked: Sequence[Any], metric: str) -> str:
    known = [one for one in found if one.p_joint is not None]
    even = "Their variants are spread evenly over those here" if known else "Too few to tell whether their variants are spread evenly"
    apart = f"whether the effect on {metric} depends on them"
    acts = f"no effect on {metric} is told to depend on them" if asked else f"too few to tell {apart}"
    return f"{even}{', and ' if known and asked else ', '}{acts}."
