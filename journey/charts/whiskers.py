"""The lines that show an interval around a mark."""

from collections.abc import Sequence
from typing import Any

from journey.charts.theme import INK
from journey.inference import Interval


def whiskers(
    values: Sequence[float], intervals: Sequence[Interval | None], colour: str = INK, thickness: float = 1.5, width: float = 5
) -> dict[str, Any]:
    """What `error_x` or `error_y` takes for marks at these values; none is drawn where an interval is None.

    thickness: px of the line; width: px of its caps.
    """
    ends = list(zip(values, intervals, strict=True))
    return {
        "type": "data",
        "symmetric": False,
        "array": [None if around is None else around[1] - value for value, around in ends],
        "arrayminus": [None if around is None else value - around[0] for value, around in ends],
        "color": colour,
        "thickness": thickness,
        "width": width,
    }
