"""How good probabilities of several stages are: accuracy, macro F1, log loss, what errors cost, and calibration.

y: (n,) the stage that came; p: (n, stages) the probabilities told; person: (n,) who, as one may be tested at several dates.
Intervals are 95% over people: the delta method for means, a bootstrap of people for macro F1.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from journey.inference import Interval, ratio_interval
from journey.inference.reliability import Bin

Array = np.ndarray[Any, Any]
DRAWS = 200
BINS = 10
SURE = 1e-3  # the share of every probability that is spread evenly, so that no method says never


@dataclass(frozen=True)
class Estimate:
    value: float | None
    interval: Interval | None = None

    def as_plain(self) -> dict[str, Any]:
        return {"value": self.value, "interval": None if self.interval is None else list(self.interval)}


@dataclass(frozen=True)
class Calibration:
    """Whether a stage that was told with 30% came in 30% of the cases.  ece: the mean gap between the two, weighted by n."""

    stage: str
    bins: tuple[Bin, ...]

    @property
    def ece(self) -> float | None:
        total = sum(one.n for one in self.bins)
        return sum(one.n * abs(one.predicted - one.share) for one in self.bins) / total if total else None

    def as_plain(self) -> dict[str, Any]:
        return {"stage": self.stage, "ece": self.ece, "bins": [one.as_plain() for one in self.bins]}


def tempered(p: Array) -> Array:
    """Probabilities that sum to 1, none of them 0."""
    return (1 - SURE) * p / p.sum(axis=1, keepdims=True) + SURE / p.shape[1]


def losses(y: Array, p: Array) -> Array:
    """(n,) minus the logarithm of the probability of what came."""
    found: Array = -np.log(p[np.arange(len(y)), y])
    return found


def mean_by_people(values: Array, person: Array) -> Estimate:
    """The mean of values (n,), its interval over people."""
    if not len(values):
        return Estimate(None)
    who = np.unique(person, return_inverse=True)[1]
    totals, tests = np.bincount(who, values), np.bincount(who).astype(float)
    sums = (float((totals**2).sum()), float((tests**2).sum()), float((totals * tests).sum()))
    return Estimate(float(values.mean()), ratio_interval(float(totals.sum()), float(tests.sum()), *sums, len(totals)))


def macro_f1(confusion: Array) -> float | None:
    """The mean F1 of the stages that came or were told; confusion: (true, told) counts.

    Source: Sokolova, Lapalme 2009, Information Processing and Management 45, 427.
    """
    right, came, told = np.diag(confusion), confusion.sum(axis=1), confusion.sum(axis=0)
    seen = came + told > 0
    return float((2 * right[seen] / (came + told)[seen]).mean()) if seen.any() else None


def macro_f1_by_people(y: Array, told: Array, person: Array, stages: int, rng: np.random.Generator) -> Estimate:
    value = macro_f1(confusion_of(y, told, stages))
    if value is None:
        return Estimate(None)
    who = np.unique(person, return_inverse=True)[1]
    people = int(who.max()) + 1
    drawn = []
    for _ in range(DRAWS):
        weights = np.bincount(rng.integers(0, people, people), minlength=people)[who]
        found = macro_f1(confusion_of(y, told, stages, weights))
        drawn.append(value if found is None else found)
    low, high = np.quantile(drawn, [0.025, 0.975])
    return Estimate(value, (float(low), float(high)))


def confusion_of(y: Array, told: Array, stages: int, weights: Array | None = None) -> Array:
    """(true, told) counts."""
    counts = np.bincount(y * stages + told, weights, minlength=stages * stages)
    found: Array = counts.reshape(stages, stages)
    return found


def calibration_of(y: Array, p: Array, names: tuple[str, ...]) -> tuple[Calibration, ...]:
    """For each stage: ten bins by the probability that was told, equally wide; empty ones are left out.

    Source: Naeini, Cooper, Hauskrecht 2015, AAAI, "Obtaining Well Calibrated Probabilities Using Bayesian Binning".
    """
    return tuple(Calibration(name, _bins(y == place, p[:, place])) for place, name in enumerate(names))


def _bins(came: Array, p: Array) -> tuple[Bin, ...]:
    place = np.minimum((p * BINS).astype(int), BINS - 1)
    bins = [(p[place == k], came[place == k]) for k in range(BINS)]
    return tuple(
        Bin(len(told), int(here.sum()), float(told.mean()), float(told.min()), float(told.max())) for told, here in bins if len(told)
    )
