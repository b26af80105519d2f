"""A question of how long until, as plain data, checked."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from journey.errors import QuestionError
from journey.scope import read_duration, refuse_unknown

KEYS = ("event", "from", "breakdown", "at")
MOST_TIMES = 20


@dataclass(frozen=True)
class WaitingQuestion:
    """event: the step that is waited for.  start: the step from which, None for the first event ever.

    breakdown: a property, its value where the wait begins.  at: ms after the start for which the share is told, () for usual ones.
    """

    event: Any
    start: Any = None
    breakdown: str | None = None
    at: tuple[int, ...] = ()

    def as_plain(self) -> dict[str, Any]:
        """What `read_waiting` reads back."""
        times = {"at": [ms / 1000 for ms in self.at]} if self.at else {}
        return {"event": self.event, "from": self.start, "breakdown": self.breakdown, **times}


def read_waiting(plain: Mapping[str, Any]) -> WaitingQuestion:
    """{"event": step, "from": step | null, "breakdown": property, "at": ["7d", "30d"]}.

    Raises: QuestionError: no event, an unknown key, a time that is none.
    """
    refuse_unknown(plain, KEYS, "a question of how long until")
    if plain.get("event") is None:
        raise QuestionError('A question of how long until names what is waited for: {"ask": "time_to", "event": ..., "from": ...}.')
    breakdown, times = plain.get("breakdown"), plain.get("at")
    if breakdown is not None and (not isinstance(breakdown, str) or not breakdown):
        raise QuestionError(f"breakdown is {breakdown!r}; write the name of a property, or null.")
    if times is not None and (not isinstance(times, list | tuple) or not 1 <= len(times) <= MOST_TIMES):
        raise QuestionError(f'at is {times!r}; it is a list of 1 to {MOST_TIMES} durations such as "30d", or null.')
    found = [read_duration(time, "at") for time in times or ()]
    if any(ms is None for ms in found):
        raise QuestionError('at holds null; every time it names is a duration such as "30d".')
    return WaitingQuestion(plain["event"], plain.get("from"), breakdown, tuple(sorted({ms for ms in found if ms is not None})))
