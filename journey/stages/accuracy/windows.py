"""The dates at which methods are tried, and those whose outcome was known by then, to learn from.

    log begins | .. learned from: a date, and the stage a horizon later .. | tried at | the stage a horizon later | log ends

No window of learning reaches beyond the date at which the method is tried.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from journey.answers import extent
from journey.scope import Scope, read_time
from journey.stages.accuracy.question import StageAccuracyQuestion
from journey.warehouse import Warehouse

TRIED = 3  # dates, where none are asked for
LEARNED = 4  # windows to learn from, at most: the latest
NEEDED = 2  # windows to learn from, at least
DAY = 86_400_000


@dataclass(frozen=True)
class Windows:
    """tried: ms, ascending.  learned: for each of them the dates whose window had closed, the latest first.

    lacking: what is missing, a clause; None where there is enough.
    """

    tried: tuple[int, ...]
    learned: tuple[tuple[int, ...], ...]
    lacking: str | None = None

    @property
    def dates(self) -> list[int]:
        return sorted({*self.tried, *(date for dates in self.learned for date in dates)})


def choose_windows(con: Warehouse, question: StageAccuracyQuestion, scope: Scope) -> Windows:
    """The dates to try and to learn from; a window to learn from begins a horizon after the log does, at the earliest."""
    held, horizon = extent(con), question.horizon
    if held is None:
        return Windows((), (), "no events are loaded")
    first, until = held[0], min(held[1] + 1, scope.stop if scope.stop is not None else held[1] + 1)
    earliest = first + horizon
    if question.as_of is not None:
        asked = [read_time(date, scope.zone, "as_of") or 0 for date in question.as_of]
        if late := [date for date in asked if date + horizon > until]:
            short = max(1, round((max(late) + horizon - until) / DAY))
            return Windows((), (), f"the outcome of the last date is known only {short} days after the data end")
    else:
        possible = [until - horizon * k for k in range(TRIED, 0, -1)]
        asked = [date for date in possible if date - NEEDED * horizon >= earliest] or possible[-1:]
    learned = tuple(tuple(_closed(date, horizon, earliest)) for date in asked)
    if any(len(dates) < NEEDED for dates in learned):
        days, needed = (asked[0] - first) / DAY, (NEEDED + 1) * horizon / DAY
        return Windows((), (), f"{max(0, int(days))} of {-(-needed // 1):.0f} days of data before the first date tried")
    return Windows(tuple(asked), learned)


def _closed(date: int, horizon: int, earliest: int) -> Sequence[int]:
    dates = [date - horizon * k for k in range(1, LEARNED + 1)]
    return [past for past in dates if past >= earliest]
