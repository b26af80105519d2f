"""The chance that a variant is better, and what choosing it costs where it is not, from no opinion beforehand.

A share starts with every value equally likely, Beta(1, 1); means and ratios with a flat prior, where the posterior of the
difference is normal.  Nothing is drawn: integrals are summed over fixed nodes, so that an answer never changes by itself.
"""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.special import betainc, betaincinv, betaln, ndtr, ndtri

from journey.inference import Interval

NODES = 96
FAR = 1e-13


@dataclass(frozen=True)
class Belief:
    """Of treated less control.  above: the chance that it is above zero.

    loss_up: what choosing the treated costs on average where more is better, E[max(-difference, 0)]; loss_down: where less is.
    """

    above: float
    loss_up: float
    loss_down: float


def belief_of_normal(difference: float, error: float) -> Belief | None:
    """None without an error."""
    if not error > 0:
        return None
    z = difference / error
    density = math.exp(-z * z / 2) / math.sqrt(2 * math.pi)
    loss_up = error * max(density - z * float(ndtr(-z)), 0.0)
    return Belief(float(ndtr(z)), loss_up, max(loss_up + difference, 0.0))


def belief_of_shares(k1: int, n1: int, k0: int, n0: int) -> Belief:
    """Of k1 of n1 treated against k0 of n0 in control.

    Source: the posteriors: Gelman and others 2013, "Bayesian Data Analysis", section 2.4; the loss: Stucchio 2015,
    "Bayesian A/B Testing at VWO".
    """
    treated, control = _posterior(k1, n1), _posterior(k0, n0)
    loss_up = _expected_gap(control, treated)
    means = treated[0] / sum(treated) - control[0] / sum(control)
    return Belief(1 - _chance_below(treated, control, 0.0), loss_up, max(loss_up + means, 0.0))


def interval_of_shares(k1: int, n1: int, k0: int, n0: int, confidence: float = 0.95) -> Interval:
    """The interval that holds k1 of n1 less k0 of n0 with this chance, as much left out on either side."""
    from scipy.optimize import brentq  # half a second that other readings need not wait for

    treated, control = _posterior(k1, n1), _posterior(k0, n0)

    def end(tail: float) -> float:
        return float(brentq(lambda by: _chance_below(treated, control, by) - tail, -1, 1, xtol=1e-10))

    return end((1 - confidence) / 2), end((1 + confidence) / 2)


def interval_of_normal(difference: float, error: float, confidence: float = 0.95) -> Interval:
    half = float(ndtri(0.5 + confidence / 2)) * error
    return difference - half, difference + half


def _posterior(k: int, n: int) -> tuple[float, float]:
    return k + 1, n - k + 1


Beta = tuple[float, float]


def _chance_below(one: Beta, other: Beta, by: float) -> float:
    """P(one - other < by)."""
    at, mass = _nodes(other)
    return min(1.0, float((mass * betainc(*one, np.clip(at + by, 0, 1))).sum()))


def _expected_gap(one: Beta, other: Beta) -> float:
    """E[max(one - other, 0)]: at each value x of `one`, x P(other < x) less the part of the mean of `other` below x."""
    at, mass = _nodes(one)
    a, b = other
    return max(0.0, float((mass * (at * betainc(a, b, at) - a / (a + b) * betainc(a + 1, b, at))).sum()))


@lru_cache(maxsize=64)
def _nodes(of: Beta) -> tuple[np.ndarray, np.ndarray]:
    """Places and their chances, summing to 1: Gauss-Legendre between the quantiles that leave out next to nothing."""
    low, high = (float(betaincinv(*of, p)) for p in (FAR, 1 - FAR))
    nodes, weights = _gauss()
    at = (low + high) / 2 + (high - low) / 2 * nodes
    mass = np.exp((of[0] - 1) * np.log(at) + (of[1] - 1) * np.log1p(-at) - betaln(*of)) * weights
    return at, mass / mass.sum()


@lru_cache(maxsize=1)
def _gauss() -> tuple[np.ndarray, np.ndarray]:
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    return nodes, weights
