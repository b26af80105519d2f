"""Partial pooling: each group's estimate drawn toward what the groups have in common, as far as the data bear it out.

A small group's own estimate is mostly noise, the average of all is wrong for each.  The hierarchical normal model lies
between: how far groups differ is itself estimated, and not knowing it widens every interval.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

STEPS = 400


@dataclass(frozen=True)
class Pooled:
    """means, sds: (groups,) of each group's true value, given all.  mean, sd: of what the groups have in common.

    covariance: (groups, groups) of the true values: drawn toward one value, they are uncertain together.
    spread: the mean of how far groups differ (the standard deviation between them).  sd_of_another: of the true value of a
    group that was not looked at, whose mean is the common one.
    """

    means: tuple[float, ...]
    sds: tuple[float, ...]
    covariance: tuple[tuple[float, ...], ...]
    mean: float
    sd: float
    spread: float
    sd_of_another: float


def pooled(estimates: Sequence[float], errors: Sequence[float], widest: float) -> Pooled | None:
    """The groups' true values under estimate ~ N(true, error), true ~ N(common, spread); None without groups.

    errors: standard errors, above 0.  The common value has a flat prior, and so has the spread, on [0, widest]; it is summed
    over a grid, so a spread that may be zero is not taken for zero, as it is where one value is plugged in.
    One group is left as it is: nothing says how far another would lie from it.
    Source: Gelman, Carlin, Stern, Dunson, Vehtari, Rubin 2013, "Bayesian Data Analysis", section 5.4; the flat prior of the
    spread: Gelman 2006, Bayesian Analysis 1, 515.
    """
    y, variance = np.asarray(estimates, dtype=float), np.asarray(errors, dtype=float) ** 2
    if not len(y):
        return None
    if len(y) == 1:
        return Pooled((float(y[0]),), (float(errors[0]),), ((float(variance[0]),),), float(y[0]), float(errors[0]), 0.0, float(errors[0]))
    spread = _grid(y, np.sqrt(variance), widest)
    weight = 1 / (variance + spread[:, None] ** 2)  # (steps, groups)
    common_variance = 1 / weight.sum(axis=1)
    common = (weight * y).sum(axis=1) * common_variance
    chance = _chances(y, weight, common, common_variance, spread)
    own = spread[:, None] ** 2 * weight  # how much of a group's own estimate is believed
    means = own * y + (1 - own) * common[:, None]
    mean, covariance = _mixed(chance, means, own * variance, (1 - own) * np.sqrt(common_variance)[:, None])
    another = np.sqrt(_mixed(chance, common[:, None], common_variance[:, None] + spread[:, None] ** 2, np.zeros((STEPS, 1)))[1][0, 0])
    middle, error = _mixed(chance, common[:, None], common_variance[:, None], np.zeros((STEPS, 1)))
    return Pooled(
        means=tuple(mean.tolist()),
        sds=tuple(np.sqrt(np.diag(covariance)).tolist()),
        covariance=tuple(map(tuple, covariance.tolist())),
        mean=float(middle[0]),
        sd=float(np.sqrt(error[0, 0])),
        spread=float((chance * spread).sum()),
        sd_of_another=float(another),
    )


def _grid(y: np.ndarray, errors: np.ndarray, widest: float) -> np.ndarray:
    """(steps,): spreads from 0 to the widest that the data leave any chance, the smaller ones closer together."""
    reach = min(widest, 10 * (float(np.ptp(y)) + float(errors.max())))
    return reach * np.linspace(0, 1, STEPS) ** 2


def _chances(y: np.ndarray, weight: np.ndarray, common: np.ndarray, common_variance: np.ndarray, spread: np.ndarray) -> np.ndarray:
    """(steps,), sums to 1: how likely each spread is, times the stretch of the grid it stands for."""
    log = 0.5 * np.log(common_variance) + 0.5 * np.log(weight).sum(axis=1) - 0.5 * (weight * (y - common[:, None]) ** 2).sum(axis=1)
    chance = np.exp(log - log.max()) * np.gradient(spread)
    found: np.ndarray = chance / chance.sum()
    return found


def _mixed(chance: np.ndarray, means: np.ndarray, own: np.ndarray, shared: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and covariance of a mixture of normals, one for each step of the grid.

    means: (steps, groups).  own: their variances apart from what they share; shared: (steps, groups) standard deviations
    that move together.
    """
    mean = (chance[:, None] * means).sum(axis=0)
    apart = means - mean
    covariance = (apart * chance[:, None]).T @ apart + (shared * chance[:, None]).T @ shared
    return mean, covariance + np.diag((chance[:, None] * own).sum(axis=0))
