"""The moments at which stages are looked at, so that one look's stage is followed by the next's."""

from journey.answers import extent
from journey.predict.following.question import Followed
from journey.scope import Scope
from journey.warehouse import Warehouse

DAY = 86_400_000
USUAL = (28 * DAY, 7 * DAY, DAY, DAY // 24)  # ms; the first of which the log holds enough
ENOUGH, MOST = 4, 40  # looks


def horizon_of(con: Warehouse, followed: Followed) -> int:
    """ms between two looks: as asked, else four weeks, or a week, a day, an hour where the log is too short for those."""
    if followed.horizon is not None:
        return followed.horizon
    held = extent(con)
    span = held[1] - held[0] if held else 0
    return next((usual for usual in USUAL if span >= ENOUGH * usual), USUAL[-1])


def looks_at(con: Warehouse, followed: Followed, scope: Scope) -> list[int]:
    """Moments a horizon apart, the last at the scope's stop or just after the last event, the first after the first event.

    At most 40, the latest.  One alone where the log is shorter than a horizon.
    """
    held, horizon = extent(con), horizon_of(con, followed)
    if held is None:
        return [scope.stop or 0]
    last = held[1] + 1 if scope.stop is None else min(scope.stop, held[1] + 1)
    looks = [last - place * horizon for place in range(MOST) if last - place * horizon > held[0]]
    return sorted(looks) or [last]
