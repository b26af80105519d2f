"""Figures of an experiment in a sentence: as many digits as their interval bears out, differences of shares in points."""

import math
from dataclasses import dataclass

from journey.experiments.judge.how import HowRead
from journey.experiments.metric import ExperimentMetric
from journey.experiments.result import Comparison, Estimate
from journey.inference import Interval
from journey.scope import read_zone, to_datetime

MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")
MINUS = "−"
TOO_LONG = 1e15  # from here on a number is told by its power of ten
SIGNS = {"EUR": "€", "USD": "$", "GBP": "£"}


@dataclass(frozen=True)
class Terms:
    """What sentences need beside the estimates.  effect: the smallest worth finding, None where nobody said.

    currency: of metrics that are revenue, a code, None without one.  timezone: of the days that are named.
    """

    control: str
    how: HowRead
    effect: float | None = None
    currency: str | None = None
    timezone: str = "UTC"


def told(one: Estimate, terms: Terms) -> str:
    """conversion is 13.0% in B against 10.0% in A, +3.0 points (95% interval +0.2 to +5.8); of a Bayesian reading its chance too."""
    metric, found = one.metric, one.compared
    if found.interval is None or found.estimate is None or found.control_estimate is None:
        missing = f" ({found.why[:1].lower()}{found.why[1:].rstrip('.')})" if found.why else ""
        return f"of {metric.name} nothing is known yet{missing}"
    digits = digits_of(metric, found.interval)
    levels = [level(metric, value, digits, terms.currency) for value in (found.estimate, found.control_estimate)]
    return f"{metric.name} is {levels[0]} in {one.arm} against {levels[1]} in {terms.control}, {by_how_much(metric, found, terms)}"


def by_how_much(metric: ExperimentMetric, found: Comparison, terms: Terms) -> str:
    """+3.0 points (95% interval +0.2 to +5.8); said to be adjusted where a covariate moved it."""
    if found.interval is None or found.difference is None:
        return "not known yet"
    digits = digits_of(metric, found.interval)
    adjusted = "adjusted for what was known before, " if found.variance_reduction is not None else ""
    interval = between(metric, found.interval, digits, terms.currency)
    figures = (
        f"{change(metric, found.difference, digits, terms.currency)} ({adjusted}{100 * terms.how.confidence:.4g}% interval {interval})"
    )
    if terms.how.kind != "bayesian" or found.p_better is None:
        return figures
    chance = found.p_better
    ends = "over 99.9%" if chance > 0.999 else "under 0.1%" if chance < 0.001 else f"{100 * chance:.1f}%"
    return f"{figures}, a chance of {ends} to be better"


def level(metric: ExperimentMetric, value: float, digits: int, currency: str | None = None) -> str:
    """A share as a percentage, revenue as money, all else as a number."""
    return f"{100 * value:.{digits}f}%" if metric.kind == "share" else _amount(metric, value, digits, currency)


def change(metric: ExperimentMetric, value: float, digits: int, currency: str | None = None) -> str:
    """A difference with its sign, of shares in percentage points."""
    return f"{_signed(metric, value, digits, currency)} points" if metric.kind == "share" else _signed(metric, value, digits, currency)


def between(metric: ExperimentMetric, interval: Interval, digits: int, currency: str | None = None) -> str:
    return f"{_signed(metric, interval[0], digits, currency)} to {_signed(metric, interval[1], digits, currency)}"


def size(metric: ExperimentMetric, value: float, currency: str | None = None) -> str:
    """1 point, 0.5 points, 2.5, €2.50: as somebody stated it."""
    if metric.kind != "share":
        return _money(metric, f"{value:,.4g}", currency)
    points = f"{100 * value:.3g}"
    return f"{points} point{'' if points == '1' else 's'}"


def digits_of(metric: ExperimentMetric, interval: Interval) -> int:
    """So many digits that the interval's width shows two that matter."""
    width = (interval[1] - interval[0]) * (100 if metric.kind == "share" else 1)
    return min(6, max(0, 1 - math.floor(math.log10(width / 2)))) if width > 0 and math.isfinite(width) else 2


def day(ms: int, timezone: str) -> str:
    """14 March 2026."""
    when = to_datetime(ms, read_zone(timezone))
    return f"{when.day} {MONTHS[when.month - 1]} {when.year}"


def listed(names: list[str]) -> str:
    """a, b and c."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _signed(metric: ExperimentMetric, value: float, digits: int, currency: str | None) -> str:
    """What rounds to zero has no sign."""
    shown = round(value * (100 if metric.kind == "share" else 1), digits)
    return ("+" if shown > 0 else "") + _amount(metric, shown or 0.0, digits, currency)


def _amount(metric: ExperimentMetric, value: float, digits: int, currency: str | None) -> str:
    shown = f"{abs(value):,.{digits}f}" if abs(value) < TOO_LONG else f"{abs(value):.3g}"
    return (MINUS if round(value, digits) < 0 else "") + _money(metric, shown, currency)


def _money(metric: ExperimentMetric, amount: str, currency: str | None) -> str:
    if not (metric.value.revenue and currency) or metric.kind == "share":
        return amount
    code = currency.upper()
    return f"{SIGNS[code]}{amount}" if code in SIGNS else f"{amount} {code}"
