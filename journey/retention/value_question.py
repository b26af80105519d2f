"""A question of value by cohort as plain data, checked."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from journey.errors import QuestionError
from journey.retention.question import CLOCKS, MOST_PERIODS
from journey.scope import PERIODS, WEEK_STARTS, choose, refuse_unknown

REVENUE = "revenue"
KEYS = ("target", "value", "event", "period", "periods", "clock", "week_start")


@dataclass(frozen=True)
class ValueQuestion:
    """target: the step that makes someone a member, None for any event.

    value: a property of numbers, or "revenue" for what the workspace has mapped as such.  event: the step on which it is
    read, None for every event that carries it.
    """

    target: Any = None
    value: str = REVENUE
    event: Any = None
    period: str = "day"
    periods: int = 12
    clock: str = "calendar"
    week_start: str = "monday"

    def as_plain(self) -> dict[str, Any]:
        """What `read_value` reads back."""
        return {key: getattr(self, key) for key in KEYS}


def read_value(plain: Mapping[str, Any]) -> ValueQuestion:
    """Raises: QuestionError: an unknown key or option, a number out of range."""
    refuse_unknown(plain, KEYS, "a question of value by cohort")
    value, periods = plain.get("value", REVENUE), plain.get("periods", 12)
    if not isinstance(value, str) or not value:
        raise QuestionError(f'value is {value!r}; write the name of a property that holds numbers, or "revenue".')
    if isinstance(periods, bool) or not isinstance(periods, int) or not 0 <= periods <= MOST_PERIODS:
        raise QuestionError(f"periods is {periods!r}; it can be a whole number from 0 to {MOST_PERIODS:,}.")
    return ValueQuestion(
        plain.get("target"),
        value,
        plain.get("event"),
        choose(plain, "period", PERIODS),
        periods,
        choose(plain, "clock", CLOCKS),
        choose(plain, "week_start", WEEK_STARTS),
    )
