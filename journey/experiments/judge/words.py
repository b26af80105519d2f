"""Figures of an experiment in a sentence: as many digits as their interval bears out, differences of shares in points."""

import math

from journey.experiments.metric import ExperimentMetric
from journey.experiments.result import Comparison, Estimate
from journey.inference import Interval
from journey.scope import read_zone, to_datetime

MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"]
MINUS = "−"


def level(metric: ExperimentMetric, value: float, digits: int) -> str:
    """A share as a percentage, all else as a number."""
    return f"{100 * value:.{digits}f}%" if metric.kind == "share" else _minus(f"{value:,.{digits}f}")


def change(metric: ExperimentMetric, value: float, digits: int) -> str:
    """A difference with its sign, of shares in percentage points."""
    return f"{_signed(100 * value, digits)} points" if metric.kind == "share" else _signed(value, digits)


def between(metric: ExperimentMetric, interval: Interval, digits: int) -> str:
    scale = 100 if metric.kind == "share" else 1
    return f"{_signed(scale * interval[0], digits)} to {_signed(scale * interval[1], digits)}"


def digits_of(metric: ExperimentMetric, interval: Interval) -> int:
    """So many digits that the interval's width shows two that matter."""
    width = (interval[1] - interval[0]) * (100 if metric.kind == "share" else 1)
    return min(6, max(0, 1 - math.floor(math.log10(width / 2)))) if width > 0 and math.isfinite(width) else 2


def told(estimate: Estimate, control: str, confidence: float) -> str:
    """conversion is 13.0% in B against 10.0% in A, +3.0 points (95% interval +0.2 to +5.8)."""
    metric, found = estimate.metric, estimate.compared
    if found.interval is None or found.estimate is None or found.control_estimate is None:
        return f"of {metric.name} nothing is known yet"
    digits = digits_of(metric, found.interval)
    return (
        f"{metric.name} is {level(metric, found.estimate, digits)} in {estimate.arm} against "
        f"{level(metric, found.control_estimate, digits)} in {control}, {by_how_much(metric, found, confidence)}"
    )


def by_how_much(metric: ExperimentMetric, found: Comparison, confidence: float) -> str:
    """+3.0 points (95% interval +0.2 to +5.8); said to be adjusted where a covariate moved it."""
    if found.interval is None or found.difference is None:
        return "not known yet"
    digits = digits_of(metric, found.interval)
    adjusted = "adjusted for what was known before, " if found.variance_reduction is not None else ""
    sure = f"{adjusted}{100 * confidence:.4g}% interval"
    return f"{change(metric, found.difference, digits)} ({sure} {between(metric, found.interval, digits)})"


def day(ms: int, timezone: str) -> str:
    """14 March 2026."""
    when = to_datetime(ms, read_zone(timezone))
    return f"{when.day} {MONTHS[when.month - 1]} {when.year}"


def listed(names: list[str]) -> str:
    """a, b and c."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _signed(value: float, digits: int) -> str:
    """What rounds to zero has no sign."""
    shown = round(value, digits)
    return _minus(f"{shown:+,.{digits}f}") if shown else f"{0:.{digits}f}"


def _minus(text: str) -> str:
    return text.replace("-", MINUS)
