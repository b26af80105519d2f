"""The reading by group of units: the effect in each, corrected for how many there are, whether it differs, and what the mix adds.

Looked at in twenty groups, one seems to work where nothing does: q is the rate of false calls among those called.
"""

import numpy as np
import polars as pl
from scipy.special import ndtri

from journey.experiments.checks.level import FINE, LOOK, SEE, p_words
from journey.experiments.checks.weekdays import heterogeneity
from journey.experiments.judge import HowRead, compare
from journey.experiments.judge.effect import Effect, effect_of
from journey.experiments.judge.words import between, change, digits_of
from journey.experiments.metric import ExperimentMetric
from journey.experiments.result import Finding, Group
from journey.experiments.units import Units
from journey.inference import Z95, Interval
from journey.inference.differences import adjusted
from journey.metrics import Mixed, mixed

FEWEST = 30


def groups_in(units: Units, group: pl.Series, how: HowRead) -> tuple[Group, ...]:
    """Every metric and variant in every group, the largest group first.  group: (n,) texts, in the order of units.frame."""
    names = group.alias("group").value_counts().sort(["count", "group"], descending=[True, False])["group"].to_list()
    found: list[Group] = []
    for k, metric in enumerate(units.metrics):
        moments = {name: units.moments(k, group == name) for name in names}
        for arm in units.arms[1:]:
            compared = [compare(metric, moments[name][units.arms[0]], moments[name][arm], how) for name in names]
            qs = adjusted([one.p for one in compared])
            found += [Group(name, metric, arm, one, q) for name, one, q in zip(names, compared, qs, strict=True)]
    return tuple(found)


def differing_in(units: Units, k: int, group: pl.Series, by: str) -> Finding:
    """Whether the effect on the k-th metric differs between the groups, by Cochran's Q, and in which it is called."""
    metric, control = units.metrics[k], units.arms[0]
    moments = {name: units.moments(k, group == name) for name in group.unique().to_list()}
    told, known = [], []
    for arm in units.arms[1:]:
        pairs = [(one[control], one[arm]) for one in moments.values() if min(one[control].n, one[arm].n) >= FEWEST]
        effects = [effect for pair in pairs if isinstance(effect := effect_of(metric, *pair), Effect)]
        p = heterogeneity(effects)
        known += [] if p is None else [p]
        if p is not None and p * (len(units.arms) - 1) < LOOK:
            told.append(f"The effect of {arm} on {metric.name} differs by {by} ({p_words(p)}, Cochran's Q).")
    if told:
        return Finding("groups", SEE, " ".join(told))
    if not known:
        return Finding("groups", FINE, f"Fewer than two groups by {by} have {FEWEST} units of each variant: nothing to compare.")
    return Finding("groups", FINE, f"The effect on {metric.name} is not told apart between the groups by {by} ({p_words(min(known))}).")


def mix_between(units: Units, k: int, group: pl.Series, arm: str) -> Mixed | None:
    """How much of a variant's difference to control is because its units are of other groups, how much within the groups.

    Pairs are (control, variant).  None where either has nothing of the denominator.
    """
    frame = units.frame.select("arm", f"y{k}", f"x{k}").with_columns(group.alias("group"))
    rows = frame.filter(pl.col("arm").is_in([units.arms[0], arm]) & pl.col(f"y{k}").is_not_null())
    sizes = rows.group_by("group").len().sort(["len", "group"], descending=[True, False])
    names = sizes["group"].to_list()
    if not names:
        return None
    place = rows["group"].replace_strict({name: n for n, name in enumerate(names)}, return_dtype=pl.Int64).to_numpy()
    whole = (rows["arm"] == arm).cast(pl.Int64).to_numpy()
    return mixed(names, whole, place, rows[f"x{k}"].to_numpy().astype(np.float64), rows[f"y{k}"].to_numpy().astype(np.float64))


def mix_in(units: Units, k: int, group: pl.Series, by: str) -> Finding:
    """The same of every variant as a finding: said where the mix is told from chance, which dice do one time in a hundred."""
    metric, control = units.metrics[k], units.arms[0]
    found = {arm: split for arm in units.arms[1:] if (split := mix_between(units, k, group, arm)) is not None}
    rows = tuple(
        {
            "variant": arm,
            "group": one.group,
            f"share in {control}": one.share[0],
            "share in the variant": one.share[1],
            f"value in {control}": one.value[0],
            "value in the variant": one.value[1],
            "mix": one.mix,
            "rate": one.rate,
        }
        for arm, split in found.items()
        for one in split.groups
    )
    if not found:
        return Finding("mix", FINE, f"There is nothing to divide by {by}.")
    beyond = [arm for arm, split in found.items() if _told(split, len(found))]
    said = " ".join(_mix_said(metric, arm, split, by, arm in beyond) for arm, split in found.items())
    return Finding("mix", SEE if beyond else FINE, said, rows)


def _told(split: Mixed, tests: int) -> bool:
    """Whether the mix lies outside its interval at the level of checks: 2.58 in place of 1.96 standard errors."""
    if split.mix_interval is None:
        return False
    half = (split.mix_interval[1] - split.mix_interval[0]) / 2
    return abs(split.mix) > half * float(ndtri(1 - LOOK / tests / 2)) / Z95


def _mix_said(metric: ExperimentMetric, arm: str, split: Mixed, by: str, told: bool) -> str:
    interval = split.rate_interval or split.mix_interval
    if interval is None:
        return f"{metric.name} does not vary by {by}."
    digits = digits_of(metric, interval)
    parts = (split.mix, split.mix_interval), (split.rate, split.rate_interval)
    mix, rate = (_part_said(metric, part, around, digits) for part, around in parts)
    reason = (
        "The variants are made of other groups than chance makes them: look at the split within them."
        if told
        else "The mix is no more than chance."
    )
    whole = change(metric, split.difference, digits)
    return f"Of the difference of {arm} in {metric.name}, {whole}, {mix} is the mix by {by} and {rate} lies within its groups. {reason}"


def _part_said(metric: ExperimentMetric, part: float, around: Interval | None, digits: int) -> str:
    return change(metric, part, digits) + ("" if around is None else f" ({between(metric, around, digits)})")
