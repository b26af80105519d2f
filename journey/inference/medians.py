"""Intervals for medians and for their difference, without resampling: order statistics alone.  Undefined is None.

Times are skewed and have heavy tails; the median and its interval need no shape.  Known limit: where values are told in
coarse units (whole days), many are equal, and an interval may be as narrow as one unit.
"""

import math
from collections.abc import Sequence

import numpy as np
from scipy.special import bdtr, ndtri

from journey.inference import Interval

Values = Sequence[float] | np.ndarray
FEWEST = 6  # below it the two outermost of n values cover the median with less than 95%


def median_interval(values: Values, confidence: float = 0.95) -> Interval | None:
    """The interval of the median between the k-th smallest and the k-th largest value, k as large as coverage allows.

    None where even the smallest and the largest value do not cover it: below 6 values at 95%.
    Source: Thompson 1936, Annals of Mathematical Statistics 7, 122.
    """
    ordered = np.sort(np.asarray(values, dtype=float))
    n, tail = len(ordered), (1 - confidence) / 2
    if n == 0 or bdtr(0, n, 0.5) > tail:
        return None
    k = np.searchsorted(bdtr(np.arange(n // 2 + 1), n, 0.5), tail, side="right")  # how many k - 1 have P(B <= k - 1) <= tail
    return float(ordered[k - 1]), float(ordered[n - k])


def difference_of_medians(first: Values, second: Values, confidence: float = 0.95) -> tuple[float, float, float] | None:
    """(median(first) - median(second), low, high); None below 6 values in a group.

    The variance of each median is told by how far apart two of its order statistics lie.
    Source: Price, Bonett 2002, J. Statistical Computation and Simulation 72, 119, with the variance of Bonett, Price 2002.
    """
    if min(len(first), len(second)) < FEWEST:
        return None
    difference = float(np.median(first) - np.median(second))
    half = float(ndtri(0.5 + confidence / 2)) * math.sqrt(_variance(first) + _variance(second))
    return difference, difference - half, difference + half


def _variance(values: Values) -> float:
    ordered, n = np.sort(np.asarray(values, dtype=float)), len(values)
    c = max(1, round((n + 1) / 2 - math.sqrt(n)))
    z = float(ndtri(1 - bdtr(c - 1, n, 0.5)))
    return float(((ordered[n - c] - ordered[c - 1]) / (2 * z)) ** 2)
