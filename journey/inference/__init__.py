"""Intervals for shares, means and differences.  Undefined is None, never a plausible number.

Short published formulas, held to a second implementation by tests; every interval is two-sided, 95% unless asked.
"""

import math
from functools import lru_cache

from scipy.special import ndtri

Interval = tuple[float, float]
Z95 = float(ndtri(0.975))
"""Standard errors to each side of a 95% normal interval."""


@lru_cache(maxsize=8)
def _z(confidence: float) -> float:
    return float(ndtri(0.5 + confidence / 2))


def wilson(successes: float, n: float, confidence: float = 0.95) -> Interval | None:
    """The Wilson score interval of a share, within [0, 1]; None where n is 0.

    Own four lines, held to statsmodels' `proportion_confint(method="wilson")` by a test: importing statsmodels costs
    two seconds at start, and every bar on every page asks for this.
    Source: Wilson 1927, J. Am. Stat. Assoc. 22, 209.
    """
    if n <= 0:
        return None
    z = _z(confidence)
    share = successes / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(max(share * (1 - share), 0) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return (0.0 if successes <= 0 else max(0.0, middle - half), 1.0 if successes >= n else min(1.0, middle + half))


def mean_interval(mean: float, sd: float, n: int, confidence: float = 0.95) -> Interval | None:
    """The normal interval of a mean whose sample has this standard deviation; None below two values."""
    if n < 2:
        return None
    half = _z(confidence) * sd / math.sqrt(n)
    return mean - half, mean + half


def difference_of_shares(k1: float, n1: float, k2: float, n2: float, confidence: float = 0.95) -> tuple[float, float, float] | None:
    """(k1/n1 - k2/n2, low, high) by Newcombe's hybrid score interval; None where a group is empty.

    Source: Newcombe 1998, Statistics in Medicine 17, 873, method 10.
    """
    first, second = wilson(k1, n1, confidence), wilson(k2, n2, confidence)
    if first is None or second is None:
        return None
    p1, p2 = k1 / n1, k2 / n2
    low = math.hypot(p1 - first[0], second[1] - p2)
    high = math.hypot(first[1] - p1, p2 - second[0])
    return p1 - p2, p1 - p2 - low, p1 - p2 + high


def ratio_interval(total_y: float, total_x: float, yy: float, xx: float, xy: float, n: int, confidence: float = 0.95) -> Interval | None:
    """The interval of sum(y) / sum(x) over n independent units, by the delta method; None where it is undefined.

    total_y, total_x: sums; yy, xx, xy: sums of squares and of products, all per unit (customer).
    Source: Deng, Knoblich, Lu 2018, "Applying the Delta Method in Metric Analytics", section 3.
    """
    if n < 2 or total_x == 0:
        return None
    ratio = total_y / total_x
    spread = (yy - 2 * ratio * xy + ratio * ratio * xx) / (n - 1)
    half = _z(confidence) * math.sqrt(max(spread, 0.0) * n) / abs(total_x)
    return ratio - half, ratio + half
