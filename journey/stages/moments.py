"""The moments at which stages are looked at: even ones over the period, and ever longer ones back for the time in a stage."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from journey.answers import extent
from journey.rules import Binder
from journey.rules.segment import as_of as end_of
from journey.rules.staged import StageRule
from journey.scope import Scope, period_bounds, read_time, to_datetime
from journey.stages.question import StagesQuestion
from journey.warehouse import Warehouse

POINTS = 12
LOOKS = 16
RATIO = 1.5
DAY = 86_400_000


def bounded(con: Warehouse, question: StagesQuestion, scope: Scope) -> tuple[int, int, Scope]:
    """-> (the moment, where the period begins, the scope as of the moment)."""
    asked = read_time(question.as_of, scope.zone, "as_of")
    moment = end_of(Binder(con), scope) if asked is None else asked
    start = max(first_event(con), scope.start if scope.start is not None else 0)
    return moment, min(start, moment), Scope(scope.start, moment, scope.timezone, scope.segment)


def first_event(con: Warehouse) -> int:
    held = extent(con)
    return held[0] if held else 0


def order_of(rules: Sequence[StageRule]) -> list[int]:
    """Places of the stages as they are shown: by their step, then those set apart, as they are tried last to first."""
    steps = sorted((rule.step, place) for place, rule in enumerate(rules) if rule.step is not None)
    return [place for _, place in steps] + [place for place, rule in reversed(list(enumerate(rules))) if rule.step is None]


def over_period(start: int, stop: int, timezone: str) -> list[int]:
    """From start to stop, both included: midnights of the zone where the period has days enough, else even steps.

    At most 12 steps of whole days, counted back from the last midnight, so that the last steps are equally long.
    """
    if stop <= start:
        return [stop]
    if stop - start < POINTS * DAY:
        return sorted({start + (stop - start) * k // POINTS for k in range(POINTS + 1)})
    midnights = [bound for bound in period_bounds(start, stop, "day", timezone) if start < bound <= stop]
    every = -(-len(midnights) // POINTS)
    return sorted({start, *midnights[::-1][::every], stop})


def back_from(stop: int, first: int) -> list[int]:
    """Looks back from stop to the first event, each half as far again as the one before: 0.4, 0.6, ... 120, 180 days."""
    reach = stop - first
    return sorted({stop - max(1, round(reach / RATIO**k)) for k in range(LOOKS)}) if reach > 0 else []


def told(ms: int, timezone: str) -> str:
    """A moment as a definition says it: its day where it is midnight in the zone, its minute elsewhere."""
    local = to_datetime(ms, ZoneInfo(timezone))
    return f"{local:%Y-%m-%d}" if (local.hour, local.minute, local.second) == (0, 0, 0) else f"{local:%Y-%m-%d %H:%M}"
