"""The whole periods that a scope covers, as a bound table that SQL can join events to.

Bounds are calendar steps in the scope's zone and come from `scope.period_bounds`, so a day with a clock change has 23 or
25 hours.  Known limit: a question may lay at most 10,000 periods.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from journey.answers import extent
from journey.errors import QuestionError
from journey.scope import Scope, period_bounds, period_start
from journey.warehouse import Warehouse

DAY_MS = 86_400_000
SHORTEST_MS = {"day": DAY_MS, "week": 7 * DAY_MS, "month": 28 * DAY_MS}
MOST = 10_000
NEVER = -(2**62)

CALENDAR = """calendar as (
    -- each period once for every 24 hours it touches, counted from the first bound: events find theirs by equality
    select unnest($slot) as slot, unnest($period) as period, unnest($starts) as starts, unnest($ends) as ends
)"""

IN_PERIOD = "c.slot = (e.ts - $origin) // 86400000 and e.ts >= c.starts and e.ts < c.ends"
"""Joins `events e` to `calendar c`."""


@dataclass(frozen=True)
class Periods:
    """Consecutive periods: those before the scope, those of the scope, and those after it up to the data's end.

    bounds: (n + 1,) ms.  before: how many lie before the scope; the scope's first has the number 0, they are negative.
    scoped: how many are the scope's.  data_from: time of the first event, None without any.  data_stop: one ms after the
    last event; no later one is known.
    """

    bounds: tuple[int, ...]
    before: int
    scoped: int
    data_stop: int
    data_from: int | None = None

    @property
    def data_until(self) -> int | None:
        """Time of the last event, ms; None without any."""
        return None if self.data_from is None else self.data_stop - 1

    def start(self, number: int) -> int:
        return self.bounds[number + self.before]

    def stop(self, number: int) -> int:
        return self.bounds[number + self.before + 1]

    def ended(self, number: int) -> bool:
        """Whether the data reach to its end.  A period past the last bound has not ended."""
        place = number + self.before + 1
        return place < len(self.bounds) and self.bounds[place] <= self.data_stop

    def begun(self, number: int) -> bool:
        place = number + self.before
        return place < len(self.bounds) and self.bounds[place] < self.data_stop

    def as_values(self) -> dict[str, Any]:
        """The values that CALENDAR and IN_PERIOD name."""
        return calendar_values(self.bounds, -self.before)


def calendar_values(bounds: Sequence[int], first: int = 0) -> dict[str, Any]:
    rows = [
        (slot, number, start, stop)
        for number, (start, stop) in enumerate(pairwise(bounds), first)
        for slot in range((start - bounds[0]) // DAY_MS, (stop - 1 - bounds[0]) // DAY_MS + 1)
    ]
    slot, number, starts, ends = (list(column) for column in zip(*rows, strict=True))
    return {"slot": slot, "period": number, "starts": starts, "ends": ends, "origin": bounds[0]}


def lay_periods(con: Warehouse, scope: Scope, period: str, week_start: str = "monday", before: int = 0) -> Periods | None:
    """The scope widened to whole periods; where it has no bound, the data's extent is one.  None where there is neither.

    Raises: QuestionError: more than 10,000 periods.
    """
    data = extent(con)
    if data is None and (scope.start is None or scope.stop is None):
        return None
    start, stop = _ends(scope, data)
    data_stop = NEVER if data is None else data[1] + 1
    reach = max(stop, data_stop)
    if (reach - start) / SHORTEST_MS[period] > MOST:
        raise QuestionError(
            f"From the scope's start to the data's end there are more than {MOST:,} periods of a {period}. "
            "Ask by a longer period, or for a later start."
        )
    bounds = period_bounds(start, reach, period, scope.timezone, week_start)
    scoped = sum(bound < stop for bound in bounds[:-1])
    for _ in range(before):
        bounds.insert(0, period_start(bounds[0] - 1, period, scope.timezone, week_start))
    return Periods(tuple(bounds), before, scoped, data_stop, data[0] if data else None)


def _ends(scope: Scope, data: tuple[int, int] | None) -> tuple[int, int]:
    """The scope's own bounds; an open one is the data's, or just beyond the other where the data lie outside."""
    first, last = data or (0, 0)
    start, stop = scope.start, scope.stop
    if stop is None:
        stop = max(last, first if start is None else start) + 1
    if start is None:
        start = min(first, stop - 1)
    return start, stop
