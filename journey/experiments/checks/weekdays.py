"""Whether the days of an experiment stand for a usual week, and whether the effect is another on some days.

Who comes on a Sunday is not who comes on a Tuesday.  A run of whole weeks sees each weekday as often as the others; one that
is shorter, or ends in mid-week, speaks of the days it saw.
Source of the advice to run whole weeks: Kohavi, Tang, Xu 2020, "Trustworthy Online Controlled Experiments", chapter 2.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl
from scipy.special import chdtrc

from journey.experiments.checks.level import FINE, LOOK, SEE, p_words
from journey.experiments.judge import HowRead, compare
from journey.experiments.judge.effect import Effect, effect_of
from journey.experiments.judge.words import between, change, digits_of, listed
from journey.experiments.metric import ExperimentMetric
from journey.experiments.moments import Moments
from journey.experiments.result import Comparison, Finding
from journey.experiments.units import Units
from journey.scope import read_zone, to_datetime

NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
WEEK = 7
FEWEST = 30  # units of a variant on a weekday, below which its effect is not compared


def weekdays_in(units: Units, k: int, timezone: str, running: bool, tests: int = 1) -> Finding:
    """The k-th metric by the weekday of the first exposure, on the calendar of the zone.  running: exposures still come in.

    tests: how many metrics and variants are asked in all, for which p is corrected.
    """
    frame, metric = units.frame, units.metrics[k]
    if not frame.height:
        return Finding("weekdays", FINE, "Nobody has been exposed yet.")
    zone = read_zone(timezone)
    first, last = (to_datetime(int(ms), zone).date() for ms in (frame["exposed_at"].min(), frame["exposed_at"].max()))  # type: ignore[arg-type]
    days = (last - first).days + 1
    local = frame["exposed_at"].cast(pl.Datetime("ms")).dt.replace_time_zone("UTC").dt.convert_time_zone(timezone)
    weekday = local.dt.weekday() - 1
    by_day = {name: units.moments(k, weekday == place) for place, name in enumerate(NAMES)}
    rows = tuple(row for arm in units.arms[1:] for row in _rows(metric, arm, by_day, units.arms[0], first, days))
    differs = {arm: heterogeneity(_effects(metric, arm, by_day, units.arms[0])) for arm in units.arms[1:]}
    told = {arm: p * tests for arm, p in differs.items() if p is not None and p * tests < LOOK}
    state = SEE if days < WEEK or told else FINE
    return Finding("weekdays", state, f"{_ran(first, last, days, running)} {_effect_said(metric, rows, differs, told)}", rows)


def heterogeneity(effects: Sequence[Effect]) -> float | None:
    """The chance that effects of separate groups lie as far apart where they are one; None below two groups.

    Source: Cochran 1954, Biometrics 10, 101: the Q test, weighed by the inverse of the variance.
    """
    held = [effect for effect in effects if effect.error > 0]
    if len(held) < 2:
        return None
    weight = np.array([1 / effect.error**2 for effect in held])
    size = np.array([effect.difference for effect in held])
    square = float((weight * (size - np.average(size, weights=weight)) ** 2).sum())
    return float(chdtrc(len(held) - 1, square))


def _effects(metric: ExperimentMetric, arm: str, by_day: dict[str, Any], control: str) -> list[Effect]:
    pairs = [(moments[control], moments[arm]) for moments in by_day.values()]
    found = [effect_of(metric, *pair) for pair in pairs if min(one.n for one in pair) >= FEWEST]
    return [effect for effect in found if isinstance(effect, Effect)]


def _rows(metric: ExperimentMetric, arm: str, by_day: dict[str, Any], control: str, first: date, days: int) -> list[dict[str, Any]]:
    rows = []
    for place, (name, moments) in enumerate(by_day.items()):
        found = _compared(metric, moments[control], moments[arm])
        low, high = found.fixed_interval or (None, None)
        seen = sum((first + timedelta(days=n)).weekday() == place for n in range(min(days, WEEK * 600)))
        rows.append(
            {
                "metric": metric.name,
                "variant": arm,
                "weekday": name,
                "times seen": seen,
                "units": found.n,
                "units in control": found.control_n,
                "difference": found.difference,
                "low": low,
                "high": high,
            }
        )
    return rows


def _compared(metric: ExperimentMetric, control: Moments, treated: Moments) -> Comparison:
    return compare(metric, control, treated, HowRead("fixed", 0.95))


def _ran(first: date, last: date, days: int, running: bool) -> str:
    """How long, in whole weeks, and on which weekdays more often."""
    weeks, rest = divmod(days, WEEK)
    told = f"It has run for {days} days so far" if running else f"It ran for {days} days"
    told = told.replace(" 1 days", " 1 day")
    if not rest:
        return f"{told}, {weeks} whole {'week' if weeks == 1 else 'weeks'}: every weekday counts alike."
    often = [NAMES[(first + timedelta(days=n)).weekday()] for n in range(rest)]
    until = f" With {_date(last + timedelta(days=WEEK - rest))} it would have whole weeks." if running else ""
    if not weeks:
        return f"{told}, less than a week: it has seen {_run(often)} only, and other days bring other people.{until}"
    start, stop = NAMES[first.weekday()], NAMES[last.weekday()]
    more = f"{_run(often)} count{'s' if rest == 1 else ''} once more than the others"
    return f"{told}, from a {start} to a {stop}, which is {weeks} whole {'week' if weeks == 1 else 'weeks'} and {rest} more: {more}.{until}"


def _run(names: Sequence[str]) -> str:
    return listed(list(names)) if len(names) < 3 else f"{names[0]} to {names[-1]}"


def _date(day: date) -> str:
    return f"{NAMES[day.weekday()]}, {day.day} {day:%B %Y}"


def _effect_said(metric: ExperimentMetric, rows: Sequence[dict[str, Any]], differs: dict[str, float | None], told: dict[str, float]) -> str:
    if not told:
        known = [p for p in differs.values() if p is not None]
        if not known:
            return f"Too few units a weekday ({FEWEST} in each variant) to compare the effect on {metric.name} by weekday."
        return f"The effect on {metric.name} is not told apart between weekdays ({p_words(min(known))})."
    arm = min(told, key=lambda name: told[name])
    held = [
        row for row in rows if row["variant"] == arm and row["low"] is not None and min(row["units"], row["units in control"]) >= FEWEST
    ]
    most, least = max(held, key=lambda row: row["difference"]), min(held, key=lambda row: row["difference"])
    ends = listed([f"{_size(metric, row)} on {row['weekday']}s" for row in (most, least)])
    return f"The effect of {arm} on {metric.name} differs by weekday ({p_words(min(1.0, told[arm]))}, Cochran's Q): {ends}."


def _size(metric: ExperimentMetric, row: dict[str, Any]) -> str:
    interval = row["low"], row["high"]
    digits = digits_of(metric, interval)
    return f"{change(metric, row['difference'], digits)} ({between(metric, interval, digits)})"
