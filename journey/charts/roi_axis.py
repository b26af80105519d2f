"""Round levels of an axis of money that holds zero, and where a course crosses it."""

import math
from collections.abc import Sequence


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


def crossing(course: Sequence[float], month: float | None) -> float | None:
    """Where in this month, from 1, the course comes up through zero: a place between the month before and it; None where it does not."""
    if month is None or not 0 < (end := math.ceil(month)) < len(course) or not course[end - 1] < 0 <= course[end]:
        return None
    before, after = course[end - 1], course[end]
    return end - 1 + -before / (after - before)


def last_crossing(course: Sequence[float]) -> float | None:
    """Where the course comes up through zero and stays there; None where it ends below, or was never below."""
    ends = [month for month in range(1, len(course)) if course[month - 1] < 0 <= course[month]]
    return crossing(course, ends[-1]) if ends and course[-1] >= 0 else None


def crossing_told(place: float, payback: float | None) -> tuple[str, int]:
    """-> (what stands before the month, the month): payback is not discounted, the course may be."""
    month = math.ceil(place)
    return ("Back in month", month) if payback is not None and math.ceil(payback) == month else ("In today’s money: month", month)
