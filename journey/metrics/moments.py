"""From sums over customers to a value, its interval and its change.

Each customer is one draw: the events of one customer are alike, so intervals of ratios are clustered by customer.
"""

import math
from dataclasses import dataclass

from journey.inference import Z95, Interval, difference_of_shares, ratio_interval, wilson
from journey.metrics.question import Shape
from journey.metrics.result import Change

COUNTED = "A count of what happened is not an estimate: nothing was sampled, so there is no interval."


@dataclass(frozen=True)
class Moments:
    """Sums over the customers of one period.  hits: customers whose x is not 0.  Empty by default."""

    customers: int = 0
    hits: int = 0
    x: float = 0.0
    y: float = 0.0
    xx: float = 0.0
    yy: float = 0.0
    xy: float = 0.0

    @property
    def ratio(self) -> float | None:
        return self.x / self.y if self.y else None

    def spread(self) -> float:
        """Sum over customers of their squared influence on the ratio, times y squared."""
        ratio = self.ratio or 0.0
        return max(0.0, self.xx - 2 * ratio * self.xy + ratio * ratio * self.yy)


def value_of(shape: Shape, m: Moments) -> float | None:
    """None where there is nobody, or nothing, to divide by."""
    return m.x if is_count(shape) else m.ratio


def is_count(shape: Shape) -> bool:
    return shape.over is None and shape.of != "return"


def interval_of(shape: Shape, m: Moments) -> Interval | None:
    """Wilson for a share of customers; the delta method over customers for a ratio; None for a plain count or sum.

    A ratio of counts is never below 0, and so its interval is not either.
    """
    if is_count(shape):
        return None
    if shape.is_share:
        return wilson(m.x, m.y)
    found = ratio_interval(m.x, m.y, m.xx, m.yy, m.xy, m.customers)
    if found is None or found[0] == found[1]:  # where all are alike, no spread was seen
        return None
    return found if shape.side.way == "sum" else (max(0.0, found[0]), found[1])


def change_of(shape: Shape, now: Moments, before: Moments, both: Moments) -> Change | None:
    """None where either is undefined.

    both: of the customers in both spans, sums of products now times before: x x in `x`, x y in `y`, y x in `xx`, y y in `yy`.
    """
    value, earlier = value_of(shape, now), value_of(shape, before)
    if value is None or earlier is None:
        return None
    difference = value - earlier
    relative = difference / abs(earlier) if earlier else None
    if is_count(shape):
        return Change(difference, None, relative, None)
    if shape.is_share and (value in (0, 1) or earlier in (0, 1)):
        return _newcombe(now, before, difference, relative)
    n = now.customers + before.customers - both.customers
    if n < 2:
        return Change(difference, None, relative, None)
    own, theirs = now.spread() / now.y**2, before.spread() / before.y**2
    shared = (both.x - earlier * both.y - value * both.xx + value * earlier * both.yy) / (now.y * before.y)
    half = _half(own + theirs - 2 * shared, n)
    grown = None if relative is None else value / earlier
    apart = None if grown is None else _half(own + grown**2 * theirs - 2 * grown * shared, n) / abs(earlier)
    return Change(
        difference,
        (difference - half, difference + half),
        relative,
        None if relative is None or apart is None else (relative - apart, relative + apart),
    )


def _half(variance: float, n: float) -> float:
    return Z95 * math.sqrt(max(0.0, variance) * n / (n - 1))


def _newcombe(now: Moments, before: Moments, difference: float, relative: float | None) -> Change:
    """Where a share is 0 or 1 the delta method sees no spread at all; the score interval does."""
    found = difference_of_shares(now.x, now.y, before.x, before.y)
    return Change(difference, None if found is None else (found[1], found[2]), relative, None)
