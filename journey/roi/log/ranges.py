"""Where a slider begins and ends, and by how much it moves: about its value, and round."""

import math

from journey.inference import Interval
from journey.roi.inputs import Input

STEPS = 200
ROOM = 3.0
SMALLEST = 1e-4


def round_up(value: float) -> float:
    """1, 2 or 5 times a power of ten, at least the value."""
    if value <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next((factor * power for factor in (1, 2, 5) if factor * power >= value * (1 - 1e-12)), 10 * power)


def round_down(value: float) -> float:
    """1, 2 or 5 times a power of ten, at most the value."""
    power = 10.0 ** math.floor(math.log10(value))
    return next((factor * power for factor in (5, 2, 1) if factor * power <= value * (1 + 1e-12)), power)


def slider(of: Input, value: float | None, interval: Interval | None = None) -> tuple[float, float, float]:
    """(low, high, step): from 0 to three times the value, or as far as its interval reaches; a share at most 1."""
    most = max((value or 0.0) * ROOM, interval[1] * 1.5 if interval else 0.0)
    if of.is_share:
        high = min(1.0, round_up(max(most, 100 * SMALLEST)))
        return 0.0, high, max(SMALLEST, round_down(high / STEPS))
    high = round_up(max(most, 1.0))
    step = round_down(high / STEPS)
    return 0.0, high, max(1.0, step) if of.unit in ("customers", "visitors") else step
