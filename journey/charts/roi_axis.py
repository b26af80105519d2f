"""Round levels of an axis of money that holds zero."""

import math


def levels(low: float, high: float, most: int = 5) -> list[float]:
    """At most so many round numbers within low and high, zero among them."""
    low, high = min(low, 0.0), max(high, 0.0)
    span = high - low
    if not span or not math.isfinite(span):
        return [0.0]
    size = 10.0 ** math.floor(math.log10(span))
    steps = (size * factor / 10 for factor in (1, 2, 2.5, 5, 10, 20, 25, 50, 100))
    step = next(step for step in steps if math.floor(high / step + 1e-9) + math.floor(-low / step + 1e-9) + 1 <= most)
    return [place * step for place in range(-math.floor(-low / step + 1e-9), math.floor(high / step + 1e-9) + 1)]
