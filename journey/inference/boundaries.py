"""How far apart two groups must be at each of several planned looks, so that all looks together err no more than one.

The statistic of a growing sample is a random walk; its density among those not yet stopped is carried from look to look by
numerical integration, and at each look the boundary is put where the chance of first crossing it is what may be spent there.
Source: Armitage, McPherson, Rowe 1969, J. R. Stat. Soc. A 132, 235; the spending: Lan, DeMets 1983, Biometrika 70, 659.
"""

import math
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtr, ndtri

if TYPE_CHECKING:
    from scipy.interpolate import PchipInterpolator

FARTHEST = 8.5
"""Standard errors.  Where less than the precision of numbers may be spent, nothing is called below this."""
NODES = 128
FINE = 2.6
"""Places for each standard error of a step across the boundary: of many looks fewer would miss the steps between them."""
ALPHAS = (1e-7, 1e-6, 1e-5, 1e-4, 3e-4, 1e-3, 2e-3, 5e-3, 0.01, 0.02, 0.035, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.65, 0.8, 0.999)


class Walk:
    """Where the sum of a growing sample is at a look, of those that no earlier look has stopped.

    Time runs from 0 to 1, the whole planned sample; without a difference the sum at time t is normal with variance t.
    at: (m,) places.  mass: (m,), the chance of each, sums to the chance of going on.
    """

    def __init__(self) -> None:
        self.time = 0.0
        self.at, self.mass = np.zeros(1), np.ones(1)

    def beyond(self, z: float, time: float) -> float:
        """The chance of being first beyond z standard errors, on either side, at this later time."""
        step, bound = math.sqrt(time - self.time), z * math.sqrt(time)
        return float((self.mass * (ndtr((-bound - self.at) / step) + ndtr((self.at - bound) / step))).sum())

    def go_on(self, z: float, time: float) -> None:
        """On to this time, leaving behind those beyond z."""
        step, bound = math.sqrt(time - self.time), min(z, FARTHEST) * math.sqrt(time)
        nodes, weights = _gauss(max(NODES, 32 * math.ceil(FINE * bound / step / 32)))
        at = nodes * bound
        near = np.exp(-(((at[:, None] - self.at) / step) ** 2) / 2) / (step * math.sqrt(2 * math.pi))
        self.mass, self.at, self.time = (near @ self.mass) * weights * bound, at, time


@lru_cache(maxsize=32)
def _gauss(count: int) -> tuple[np.ndarray, np.ndarray]:
    nodes, weights = np.polynomial.legendre.leggauss(count)
    return nodes, weights


def spent(time: float, alpha: float) -> float:
    """How much of alpha, both sides together, may have been used up by this share of the planned sample.

    Little at first and nearly all at the end: the form of O'Brien and Fleming, for each side by itself.
    """
    return float(4 * ndtr(ndtri(alpha / 4) / math.sqrt(time)))


@lru_cache(maxsize=256)
def boundaries(looks: int, alpha: float = 0.05) -> tuple[float, ...]:
    """Standard errors beyond which a difference is called at each of `looks` evenly spread looks."""
    walk, found, used = Walk(), [], 0.0
    for look in range(1, looks + 1):
        time = look / looks
        allowed = spent(time, alpha) - used
        z = _where(walk, time, allowed)
        found.append(z)
        walk.go_on(z, time)
        used += allowed
    return tuple(found)


def _where(walk: Walk, time: float, allowed: float) -> float:
    if allowed < np.finfo(float).eps or walk.beyond(FARTHEST, time) >= allowed:
        return FARTHEST
    from scipy.optimize import brentq  # imported where it is asked for: readings without planned looks need not wait for it

    return float(brentq(lambda z: walk.beyond(z, time) - allowed, 0, FARTHEST, xtol=1e-10))


def p_of_look(z: float, look: int, looks: int, alpha: float = 0.05) -> float:
    """The least alpha whose boundary at this look z would have crossed (repeated p-value); at most 1, not told below 1e-7.

    Between some alphas that are computed, this one among them, it is interpolated; so it is at most alpha exactly where the
    boundary of alpha is crossed.
    Source: Jennison, Turnbull 2000, "Group Sequential Methods", section 9.2.
    """
    bounds, curve = _curve(look, looks, alpha)
    if abs(z) <= bounds[0]:
        return 1.0
    return float(np.exp(curve(min(abs(z), bounds[1]))))


@lru_cache(maxsize=256)
def _curve(look: int, looks: int, alpha: float) -> "tuple[tuple[float, float], PchipInterpolator]":
    """The boundary of this look -> log alpha, rising and falling together; and the least and greatest boundary known."""
    from scipy.interpolate import PchipInterpolator

    known = sorted({*ALPHAS, alpha}, reverse=True)
    at = {boundaries(looks, one)[look - 1]: math.log(one) for one in known}  # of several alphas at the farthest: the least
    z = np.array(sorted(at))
    return (float(z[0]), float(z[-1])), PchipInterpolator(z, np.array([at[one] for one in sorted(at)]))
