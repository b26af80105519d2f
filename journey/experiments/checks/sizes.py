"""Whether there are enough units for what the intervals assume, what outliers do to the estimate, and who was left out."""

import math
from typing import Any

import numpy as np
import polars as pl

from journey.experiments.checks.level import ALARM, FINE, SEE, share_words, units_words
from journey.experiments.judge import HowRead, compare
from journey.experiments.judge.words import between, change, digits_of, listed
from journey.experiments.metric import ExperimentMetric
from journey.experiments.moments import moments_of
from journey.experiments.result import Comparison, Finding
from journey.experiments.units import Units

FEW_UNITS, FEW_DOERS = 100, 10
SKEWED = 1 / math.sqrt(355)
"""Skewness of the estimate beyond which a 95% interval misses on one side more than 3 times in 100 instead of 2.5.

Source: Kohavi, Deng, Longbotham, Xu 2014, "Seven Rules of Thumb for Web Site Experimenters", KDD, rule 7: 355 x skewness^2
units; put to the estimate itself, whose skewness is that of a unit over the root of the units where one variant is looked at.
"""
TOP = 0.01
CROSSED_LOOK, CROSSED_ALARM = 0.01, 0.10


def small_in(units: Units) -> Finding:
    """Whether each comparison has enough units, enough that did it and enough that did not, and is not too skewed for a normal interval."""
    rows, told = [], []
    for k, metric in enumerate(units.metrics):
        for arm in units.arms[1:]:
            row = _small_row(units, k, metric, arm)
            rows.append(row)
            told += [row["why"]] if row["why"] else []
    if not rows:
        return Finding("small", FINE, "There is nothing to compare.")
    if told:
        return Finding("small", SEE, " ".join(dict.fromkeys(told)), tuple(rows))
    fewest = min(units.counts().values())
    sentence = f"There are enough units ({fewest:,} in the smallest variant) for the intervals to be taken at their word."
    return Finding("small", FINE, sentence, tuple(rows))


def _small_row(units: Units, k: int, metric: ExperimentMetric, arm: str) -> dict[str, Any]:
    frames = [_values(units, k, name) for name in (units.arms[0], arm)]
    sizes = [len(values) for values in frames]
    did = [int(np.count_nonzero(values)) for values in frames]
    skew = None if metric.kind == "share" else _skewness(*frames)
    return {
        "metric": metric.name,
        "variant": arm,
        "units": sizes[1],
        "units in control": sizes[0],
        "did it": did[1],
        "did it in control": did[0],
        "skewness": skew,
        "why": _why_small(metric, (units.arms[0], arm), sizes, did, skew),
    }


def _values(units: Units, k: int, arm: str) -> np.ndarray:
    """What each unit adds to the metric: y, or y - r x of a ratio."""
    rows = units.frame.filter((pl.col("arm") == arm) & pl.col(f"y{k}").is_not_null())
    y = rows[f"y{k}"].to_numpy()
    if units.metrics[k].kind != "ratio" or not len(y):
        return y
    x = rows[f"x{k}"].to_numpy()
    return y - y.sum() / x.sum() * x if x.sum() else y


def _skewness(control: np.ndarray, treated: np.ndarray) -> float | None:
    """Of the difference of the two means, as if units of both varied alike: of equally large variants it is nought.

    The third moment is that of both together: one variant's own is so uncertain that it would find skewness in pure chance.
    """
    sizes = len(control), len(treated)
    if min(sizes) < 2:
        return None
    apart = np.concatenate([control - control.mean(), treated - treated.mean()])
    scale = float(np.abs(apart).max())
    if not (scale > 0 and math.isfinite(scale)):
        return None
    apart = apart / scale  # huge numbers have powers beyond all measure
    inverse = 1 / sizes[0], 1 / sizes[1]
    return float((apart**3).mean() / (apart**2).mean() ** 1.5) * (inverse[1] ** 2 - inverse[0] ** 2) / sum(inverse) ** 1.5


def _why_small(metric: ExperimentMetric, names: tuple[str, str], sizes: list[int], did: list[int], skew: float | None) -> str:
    least = int(np.argmin(sizes))
    if sizes[least] < FEW_UNITS:
        return f"Only {units_words(sizes[least])} of {names[least]} for {metric.name} ({FEW_UNITS} are wanted): its intervals are rough."
    if metric.kind == "share":
        rare = [(min(k, n - k), name, k <= n - k) for k, n, name in zip(did, sizes, names, strict=True)]
        few, name, done = min(rare)
        if few < FEW_DOERS:
            what = "did it" if done else "did not do it"
            return f"Only {few} of {name} {what} for {metric.name} ({FEW_DOERS} are wanted): intervals other than Newcombe's are rough."
        return ""
    if min(did) < FEW_DOERS:
        return f"Only {min(did)} units of a variant have any {metric.name} ({FEW_DOERS} are wanted): its intervals are rough."
    if skew is not None and abs(skew) > SKEWED:
        return (
            f"{metric.name} is so skewed, and the variants so unlike in size, that its difference is skewed as well ({skew:+.2f}, at most "
            f"{SKEWED:.2f} is wanted): one end of its interval is rougher than it looks. Winsorising it would help.".replace("-", "−")
        )
    return ""


def outliers_in(units: Units, raw: Units) -> Finding | None:
    """How much the estimates of means move where the greatest values are cut.  raw: the same units, uncut.

    A metric that is read cut is shown uncut beside it, and one that is read uncut is shown cut at its 99% quantile; where that
    is nought, at the one of the units that have any.  None without such metrics, and where nobody has any.
    """
    rows, told = [], []
    for k, metric in enumerate(units.metrics):
        if not _has_outliers(metric) or not (raw.frame[f"y{k}"] > 0).any():
            continue
        for arm in units.arms[1:]:
            row, said = _cut_row(units, raw, k, metric, arm)
            rows.append(row)
            told += [said] if said else []
    if not rows:
        return None
    if told:
        return Finding("outliers", SEE, " ".join(told), tuple(rows))
    if any(row["low uncut"] is None or row["low cut"] is None for row in rows):
        return Finding(
            "outliers", FINE, "What the greatest values do to an estimate cannot be told where its uncertainty is not known.", tuple(rows)
        )
    return Finding("outliers", FINE, _steady(units), tuple(rows))


def _has_outliers(metric: ExperimentMetric) -> bool:
    """Whether a unit may have any number: means, unless of yes and no."""
    return metric.kind == "mean" and (metric.value.column is not None or metric.value.of != "did")


def _steady(units: Units) -> str:
    names = [metric.name for metric in units.metrics if _has_outliers(metric)]
    return f"Cutting the greatest values moves the estimate of {listed(names)} by less than half its own uncertainty."


def _cut_row(units: Units, raw: Units, k: int, metric: ExperimentMetric, arm: str) -> tuple[dict[str, Any], str]:
    whole = raw.frame.filter(pl.col(f"y{k}").is_not_null())
    values = whole[f"y{k}"].to_numpy()
    quantile = metric.winsorise if metric.winsorise is not None else 1 - TOP
    cap = float(np.quantile(values, quantile))
    if cap <= 0 and metric.winsorise is None:
        quantile = 1 - TOP * float((values > 0).mean())
        cap = float(np.quantile(values, quantile))
    uncut, cut = (_of_values(metric, raw, whole, arm, side) for side in (values, np.minimum(values, max(cap, 0.0))))
    positive = np.clip(values, 0, None)
    top = float(np.sort(positive)[-max(1, round(TOP * len(values))) :].sum() / positive.sum()) if positive.sum() > 0 else None
    row = {
        "metric": metric.name,
        "variant": arm,
        "cut at": cap,
        "quantile": quantile,
        "read cut": metric.winsorise is not None,
        "difference uncut": uncut.difference,
        "low uncut": uncut.fixed_interval and uncut.fixed_interval[0],
        "high uncut": uncut.fixed_interval and uncut.fixed_interval[1],
        "difference cut": cut.difference,
        "low cut": cut.fixed_interval and cut.fixed_interval[0],
        "high cut": cut.fixed_interval and cut.fixed_interval[1],
        "share of the greatest 1%": top,
    }
    return row, _moved(metric, arm, uncut, cut, quantile, top)


def _of_values(metric: ExperimentMetric, raw: Units, whole: pl.DataFrame, arm: str, values: np.ndarray) -> Comparison:
    arms = whole["arm"]
    control, treated = (moments_of(values[(arms == name).to_numpy()]) for name in (raw.arms[0], arm))
    return compare(metric, control, treated, HowRead("fixed", 0.95))


def _moved(metric: ExperimentMetric, arm: str, uncut: Comparison, cut: Comparison, quantile: float, top: float | None) -> str:
    """Said where the estimate moves by more than half the half-width of its interval."""
    a, b = uncut.fixed_interval, cut.fixed_interval
    if a is None or b is None or uncut.difference is None or cut.difference is None:
        return ""
    if abs(uncut.difference - cut.difference) <= (a[1] - a[0]) / 4:
        return ""
    digits = digits_of(metric, b)
    whole, less = f"{change(metric, uncut.difference, digits)} ({between(metric, a, digits)})", change(metric, cut.difference, digits)
    reads = "It is read cut." if metric.winsorise is not None else "It is read uncut: winsorise it if a few units should not decide."
    heavy = "" if top is None else f" The greatest 1% of units hold {share_words(top)} of it."
    return (
        f"A few great values matter for {metric.name} of {arm}: {whole} as it is, {less} ({between(metric, b, digits)}) cut at the "
        f"{100 * quantile:.4g}% quantile.{heavy} {reads}"
    )


def crossed_in(units: Units) -> Finding:
    """Units that saw more than one variant: they are left out, and should be few."""
    total = units.frame.height + units.crossed
    if not units.crossed:
        return Finding("crossed", FINE, "Every unit saw one variant only.")
    share = units.crossed / total
    state = ALARM if share > CROSSED_ALARM else SEE if share > CROSSED_LOOK else FINE
    row = {"units in one variant": units.frame.height, "units in several": units.crossed, "share": share}
    advice = "" if state == FINE else " Look whether the unit is the one that the dice are thrown for, and whether devices are shared."
    who, are = ("unit", "is") if units.crossed == 1 else ("units", "are")
    sentence = f"{units.crossed:,} {who} of {total:,} ({share_words(share, 1)}) saw more than one variant and {are} left out.{advice}"
    return Finding("crossed", state, sentence, (row,))
