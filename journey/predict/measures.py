"""How good probabilities are, each number with its interval: who is ranked above whom, and whether 30% means 30%.

All are over customers whose outcome is known, as of one date; 95% intervals say what another sample of them might show.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from journey.inference import Z95, Interval, mean_interval, wilson
from journey.inference.reliability import Bin
from journey.predict.fitting import log_losses

BINS = 10
DRAWS = 1000
NAMES = ("auc", "average_precision", "brier", "log_loss", "ece", "precision_at_capacity", "lift_at_capacity", "base_rate", "n")


@dataclass(frozen=True)
class Measured:
    """One number.  value None with a reason where it is undefined."""

    value: float | None
    interval: Interval | None = None
    why: str = ""


@dataclass(frozen=True)
class Metrics:
    """n: customers; came: for whom the outcome came; capacity: how many of them a team would reach; found: by name."""

    n: int
    came: int
    capacity: int
    found: dict[str, Measured]
    bins: tuple[Bin, ...]

    def __getitem__(self, name: str) -> float | None:
        return self.found[name].value

    def as_plain(self) -> dict[str, Any]:
        """The numbers by name, their intervals beside them under "intervals"."""
        intervals = {name: None if one.interval is None else list(one.interval) for name, one in self.found.items()}
        why = {name: one.why for name, one in self.found.items() if one.why}
        numbers = {name: one.value for name, one in self.found.items()} | {"n": self.n}
        return {**numbers, "intervals": intervals, **({"why": why} if why else {})}


def measure(label: np.ndarray, p: np.ndarray, capacity: int, rng: np.random.Generator) -> Metrics:
    """All measures of probabilities p (n,) beside what came, label (n,) of 0 and 1.

    Ties in p at the edge of the capacity are shared out: each of them counts in part.
    """
    n, came, top = len(label), int(label.sum()), min(capacity, len(label))
    bins = reliability(label, p)
    losses, squares = log_losses(label, p), (p - label) ** 2
    found = {
        "auc": _auc(label, p),
        "average_precision": _average_precision(label, p),
        "brier": _mean(squares),
        "log_loss": _mean(losses),
        "ece": _ece(bins, n, rng),
        **_at_capacity(label, p, top, rng),
        "base_rate": Measured(came / n, wilson(came, n)) if n else _undefined("nobody could be tested"),
    }
    return Metrics(n, came, top, found, bins)


def _undefined(why: str) -> Measured:
    return Measured(None, None, why)


ONE_KIND = "everybody, or nobody, tested had the outcome"


def _auc(label: np.ndarray, p: np.ndarray) -> Measured:
    """How often one with the outcome was given a higher chance than one without; ties count half.

    Interval: DeLong, DeLong, Clarke-Pearson 1988, Biometrics 44, 837, by ranks (Sun, Xu 2014), on the scale of log-odds.
    """
    ones, zeros = p[label == 1], p[label == 0]
    if not len(ones) or not len(zeros):
        return _undefined(ONE_KIND)
    above, below = _beats(ones, zeros), 1 - _beats(zeros, ones)
    auc = float(above.mean())
    if min(len(ones), len(zeros)) < 2:
        return Measured(auc, None)
    return Measured(auc, _on_log_odds(auc, math.sqrt(above.var(ddof=1) / len(ones) + below.var(ddof=1) / len(zeros))))


def _beats(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """For each of the first: the share of the second that lie below it, ties counting half."""
    ordered = np.sort(second)
    return (np.searchsorted(ordered, first, "left") + np.searchsorted(ordered, first, "right")) / (2 * len(ordered))


def _on_log_odds(value: float, error: float) -> Interval:
    """A normal interval on the scale of log-odds, so that it stays within 0 and 1."""
    if not 0 < value < 1 or error == 0:
        return value, value
    middle, half = math.log(value / (1 - value)), Z95 * error / (value * (1 - value))
    return 1 / (1 + math.exp(-(middle - half))), 1 / (1 + math.exp(-(middle + half)))


def _average_precision(label: np.ndarray, p: np.ndarray) -> Measured:
    """The precision at each one found, going down the list, averaged; equal chances are taken together.

    Interval: Boyd, Eng, Page 2013, "Area under the Precision-Recall Curve", the logit one.
    """
    came = int(label.sum())
    if not came:
        return _undefined("nobody tested had the outcome")
    order = np.argsort(-p, kind="stable")
    hits = np.cumsum(label[order])
    last = np.append(np.flatnonzero(np.diff(p[order])), len(p) - 1)  # the last of each run of equal chances
    gained = np.diff(hits[last], prepend=0)
    value = float((gained * hits[last] / (last + 1)).sum() / came)
    if not 0 < value < 1:
        return Measured(value, (value, value))
    return Measured(value, _on_log_odds(value, value * (1 - value) / math.sqrt(came * value * (1 - value))))


def _mean(values: np.ndarray) -> Measured:
    if not len(values):
        return _undefined("nobody could be tested")
    mean = float(values.mean())
    interval = mean_interval(mean, float(values.std(ddof=1)) if len(values) > 1 else 0.0, len(values))
    return Measured(mean, None if interval is None else (max(0.0, interval[0]), interval[1]))


def reliability(label: np.ndarray, p: np.ndarray, bins: int = BINS) -> tuple[Bin, ...]:
    """Customers in `bins` groups of about equal size by their chance; equal chances are never parted."""
    if not len(p):
        return ()
    edges = np.unique(np.quantile(p, np.arange(1, bins) / bins, method="inverted_cdf"))
    place = np.searchsorted(edges, p, "left")
    return tuple(
        Bin(int(of.sum()), int(label[of].sum()), float(p[of].mean()), float(p[of].min()), float(p[of].max()))
        for of in (place == number for number in range(len(edges) + 1))
        if of.any()
    )


def _ece(bins: tuple[Bin, ...], n: int, rng: np.random.Generator) -> Measured:
    """How far the share in a group lies from the chance it was given, on average over customers.

    It is above 0 even for perfect probabilities, by the chance of the draw.  The interval is the basic bootstrap's, which takes
    that out, widened to hold the number itself; its lower end is 0 where perfect probabilities give as much in one draw of twenty.
    """
    if not n:
        return _undefined("nobody could be tested")
    sizes, came = np.array([one.n for one in bins]), np.array([one.came for one in bins])
    predicted = np.array([one.predicted for one in bins])
    value = float((sizes / n * np.abs(came / sizes - predicted)).sum())
    drawn = rng.binomial(sizes, came / sizes, (DRAWS, len(bins))) / sizes
    low, high = np.quantile((sizes / n * np.abs(drawn - predicted)).sum(axis=1), [0.025, 0.975])
    perfect = rng.binomial(sizes, np.clip(predicted, 0, 1), (DRAWS, len(bins))) / sizes
    by_chance = value <= np.quantile((sizes / n * np.abs(perfect - predicted)).sum(axis=1), 0.95)
    least = 0.0 if by_chance else max(0.0, min(value, 2 * value - high))
    return Measured(value, (float(least), float(max(value, 2 * value - low))))


def _at_capacity(label: np.ndarray, p: np.ndarray, top: int, rng: np.random.Generator) -> dict[str, Measured]:
    """Of the `top` customers with the highest chance, the share for whom it came; and how many times the base rate that is.

    The interval of the lift is of draws from what the shares within and below the top might be (Jeffreys priors).
    """
    n, came = len(label), int(label.sum())
    if not top:
        return {name: _undefined("nobody could be tested") for name in ("precision_at_capacity", "lift_at_capacity")}
    hits = caught_within(label, p, top)
    found = {"precision_at_capacity": Measured(hits / top, wilson(hits, top))}
    if not came:
        return found | {"lift_at_capacity": _undefined("nobody tested had the outcome")}
    within = rng.beta(hits + 0.5, top - hits + 0.5, DRAWS)
    below = rng.beta(came - hits + 0.5, max(n - top - came + hits, 0) + 0.5, DRAWS)
    low, high = np.quantile(within * n / (within * top + below * (n - top)), [0.025, 0.975])
    lift = hits / top / (came / n)
    return found | {"lift_at_capacity": Measured(lift, (float(min(low, lift)), float(max(high, lift))))}


def caught_within(label: np.ndarray, p: np.ndarray, top: int) -> float:
    """How many of the `top` had the outcome; of those tied at the edge, the share that has room."""
    if top >= len(p):
        return float(label.sum())
    edge = np.partition(p, -top)[-top]
    above, tied = p > edge, p == edge
    return float(label[above].sum() + label[tied].mean() * (top - above.sum()))
