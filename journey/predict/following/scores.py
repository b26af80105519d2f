"""How well chances told what came: shares right, log loss and macro F1, with intervals that know whose moments they are.

Moments of one customer resemble each other, so customers are what is independent: means have the interval of a ratio over
customers (delta method), F1 that of customers drawn anew (bootstrap, percentiles).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from journey.inference import Interval, ratio_interval

Array = np.ndarray[Any, Any]
DRAWS = 200


@dataclass(frozen=True)
class Estimate:
    value: float
    interval: Interval | None


@dataclass(frozen=True)
class Score:
    """top1, top3: share of moments whose next was the likeliest, or among the likeliest three.  log_loss: mean of -ln of
    the chance that was given to what came, in nats.  macro_f1: F1 of the likeliest, the mean over kinds."""

    method: str
    top1: Estimate
    top3: Estimate
    log_loss: Estimate
    macro_f1: Estimate

    def as_plain(self) -> dict[str, Any]:
        told = {name: getattr(self, name) for name in ("top1", "top3", "log_loss", "macro_f1")}
        intervals = {name: None if one.interval is None else list(one.interval) for name, one in told.items()}
        return {"method": self.method, **{name: one.value for name, one in told.items()}, "intervals": intervals}


def score(method: str, chances: Array, truth: Array, customer: Array, rng: np.random.Generator) -> Score:
    """chances: (n, kinds); truth, customer: (n,)."""
    own = chances[np.arange(len(truth)), truth]
    # As many as are likelier, and of equally likely ones those that stand before: one order, so that k places hold k kinds.
    rank = (chances > own[:, None]).sum(axis=1) + ((chances == own[:, None]) & (np.arange(chances.shape[1]) < truth[:, None])).sum(axis=1)
    return Score(
        method,
        mean_of((rank < 1).astype(float), customer),
        mean_of((rank < 3).astype(float), customer),
        mean_of(losses(chances, truth), customer),
        _macro_f1(chances.argmax(axis=1), truth, customer, chances.shape[1], rng),
    )


def losses(chances: Array, truth: Array) -> Array:
    """(n,): -ln of the chance given to what came, in nats."""
    loss: Array = -np.log(np.maximum(chances[np.arange(len(truth)), truth], 1e-12))
    return loss


def mean_of(values: Array, customer: Array) -> Estimate:
    """The mean over moments, its interval over customers."""
    place = np.unique(customer, return_inverse=True)[1]
    sums, sizes = np.bincount(place, values), np.bincount(place).astype(float)
    squares, both = (float(sums @ sums), float(sizes @ sizes)), float(sums @ sizes)
    return Estimate(float(values.mean()), ratio_interval(float(sums.sum()), float(sizes.sum()), *squares, both, len(sums)))


def _macro_f1(told: Array, truth: Array, customer: Array, kinds: int, rng: np.random.Generator) -> Estimate:
    from scipy.sparse import csr_array

    place = np.unique(customer, return_inverse=True)[1]
    people, right = int(place.max()) + 1, told == truth
    columns = (place[right], truth[right]), (place, truth), (place, told)
    hits, came, said = (csr_array((np.ones(len(who)), (who, kind)), shape=(people, kinds)) for who, kind in columns)
    value = float(_f1(hits.sum(axis=0), came.sum(axis=0) + said.sum(axis=0)))
    if people < 2:
        return Estimate(value, None)
    drawn = rng.multinomial(people, np.full(people, 1 / people), DRAWS).astype(float)
    low, high = np.percentile(_f1(drawn @ hits, drawn @ (came + said)), [2.5, 97.5])
    return Estimate(value, (float(min(low, value)), float(max(high, value))))


def _f1(hits: Array, both: Array) -> Array:
    """The mean over the kinds that came or were told, as scikit-learn's macro average.

    hits: (..., kinds) that came as told; both: how often each came and how often it was told, together.
    """
    each: Array = 2 * hits / np.maximum(both, 1e-300)
    return each.sum(axis=-1) / np.maximum((both > 0).sum(axis=-1), 1)
