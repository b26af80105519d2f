"""How far two variants lie apart in one metric, and how uncertain that is, before any way of reading: from moments alone.

A ratio of sums varies as the mean of what each unit adds to it does (delta method), so that units, not their orders, count.
"""

import math
from dataclasses import dataclass

from journey.experiments.metric import ExperimentMetric
from journey.experiments.moments import Moments


@dataclass(frozen=True)
class Side:
    """One variant.  value: of the metric as measured; level: adjusted by the covariate, else the same.

    variance: of what one unit adds to the level.
    """

    n: int
    value: float
    level: float
    variance: float

    @property
    def error2(self) -> float:
        """The squared standard error of the level."""
        return self.variance / self.n


@dataclass(frozen=True)
class Effect:
    """control, treated.  reduction: share of the variance that the covariate took away, None without one."""

    control: Side
    treated: Side
    reduction: float | None = None

    @property
    def difference(self) -> float:
        return self.treated.level - self.control.level

    @property
    def error(self) -> float:
        """The standard error of the difference."""
        return math.sqrt(self.control.error2 + self.treated.error2)

    @property
    def freedom(self) -> float:
        """Degrees of freedom: Welch 1947, Biometrika 34, 28."""
        return _freedom(self.control.error2, self.control.n, self.treated.error2, self.treated.n)

    @property
    def log_ratio(self) -> tuple[float, float, float] | None:
        """(log of treated over control, its standard error, its degrees of freedom); None unless both are above zero.

        By the delta method, on the log scale, as tea-tasting does: a ratio near its end is skewed, its log less so.
        """
        control, treated = self.control, self.treated
        if not (control.level > 0 and treated.level > 0):
            return None
        parts = [side.error2 / side.level / side.level for side in (control, treated)]
        if not (math.isfinite(sum(parts)) and sum(parts) > 0):
            return None
        ratio = math.log(treated.level) - math.log(control.level)
        return ratio, math.sqrt(sum(parts)), _freedom(parts[0], control.n, parts[1], treated.n)


def effect_of(metric: ExperimentMetric, control: Moments, treated: Moments) -> Effect | str:
    """The effect, or a sentence saying what is missing."""
    for which, arm in (("control", control), ("the variant", treated)):
        if arm.n < 2:
            return f"{arm.n} unit{' counts' if arm.n == 1 else 's count'} in {which}; at least two are needed."
        if arm.x == 0:
            return f"In {which} there is nothing to divide by yet."
    pooled = _together(control, treated)
    theta = _theta(pooled)
    sides = [_side(metric, arm, theta, pooled.c) for arm in (control, treated)]
    if not all(math.isfinite(number) for side in sides for number in (side.level, side.variance)):
        return "The numbers are too large to be added up."
    return Effect(sides[0], sides[1], _reduction(metric, control, treated, sides) if theta is not None else None)


def _side(metric: ExperimentMetric, arm: Moments, theta: float | None, middle: float | None) -> Side:
    value = arm.y / arm.x
    if theta is None or arm.c is None or middle is None:
        return Side(arm.n, value, value, _variance(metric, arm))
    variance = _spread(arm) + theta * theta * (arm.cc or 0.0) - 2 * theta * _shared(arm)
    return Side(arm.n, value, value - theta * (arm.c - middle), max(variance, 0.0))


def _variance(metric: ExperimentMetric, arm: Moments) -> float:
    """Of a share it is that of yes or no, p (1 - p), whatever the units' own sample says."""
    return max(arm.y * (1 - arm.y), 0.0) if metric.kind == "share" else max(_spread(arm), 0.0)


def _spread(arm: Moments) -> float:
    """The sample variance of what one unit adds to y / x: (y - r x) / mean x."""
    ratio = arm.y / arm.x
    return (arm.yy - 2 * ratio * arm.xy + ratio * ratio * arm.xx) / arm.x / arm.x


def _shared(arm: Moments) -> float:
    """The covariance of what one unit adds to y / x with its covariate."""
    return ((arm.yc or 0.0) - arm.y / arm.x * (arm.xc or 0.0)) / arm.x


def _theta(pooled: Moments) -> float | None:
    """How much of the covariate is taken off, the same in both variants; None without one, or where it never varies.

    Source: Deng, Xu, Kohavi, Walker 2013, "Improving the Sensitivity of Online Controlled Experiments", WSDM, equation 4.
    """
    return _shared(pooled) / pooled.cc if pooled.cc and pooled.x else None


def _reduction(metric: ExperimentMetric, control: Moments, treated: Moments, sides: list[Side]) -> float | None:
    before = sum(_variance(metric, arm) / arm.n for arm in (control, treated))
    return 1 - sum(side.error2 for side in sides) / before if before > 0 else None


def _together(one: Moments, other: Moments) -> Moments:
    """The moments of the units of both: spreads within, and between, the two."""
    n = one.n + other.n

    def mean(name: str) -> float:
        return float((one.n * getattr(one, name) + other.n * getattr(other, name)) / n)

    def spread(name: str, first: str, second: str) -> float:
        within = (one.n - 1) * getattr(one, name) + (other.n - 1) * getattr(other, name)
        apart = (getattr(one, first) - getattr(other, first)) * (getattr(one, second) - getattr(other, second))
        return float((within + one.n * other.n / n * apart) / (n - 1))

    found = Moments(n, mean("y"), spread("yy", "y", "y"), mean("x"), spread("xx", "x", "x"), spread("xy", "x", "y"))
    if one.c is None or other.c is None:
        return found
    return Moments(
        n, found.y, found.yy, found.x, found.xx, found.xy, mean("c"), spread("cc", "c", "c"), spread("yc", "y", "c"), spread("xc", "x", "c")
    )


def _freedom(part1: float, n1: int, part2: float, n2: int) -> float:
    """By Welch; shares of the sum are taken first, so that huge and tiny variances do not run out of numbers."""
    total = part1 + part2
    if not total > 0:
        return float(n1 + n2 - 2)
    return 1 / ((part1 / total) ** 2 / (n1 - 1) + (part2 / total) ** 2 / (n2 - 1))
