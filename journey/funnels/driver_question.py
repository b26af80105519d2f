"""A question of drivers as plain data, read and checked once."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from journey.errors import QuestionError
from journey.funnels.entrants import refuse_values
from journey.funnels.question import FunnelQuestion, read_funnel
from journey.scope import read_duration, refuse_unknown

BEFORE_MS = 30 * 86_400_000
LEAST, MOST = 30, 20


@dataclass(frozen=True)
class DriversQuestion:
    """of: the funnel.  before: how far back from the entry is looked, ms; None for all there is.

    within: how long after the entry is "on the way", ms; None to take the longest round time by which no more than a
    quarter of the conversions had come.  minimum: entrants on each side of a comparison.  most: how many are answered.
    """

    of: FunnelQuestion
    before: int | None = BEFORE_MS
    within: int | None = None
    minimum: int = LEAST
    most: int = MOST

    def as_plain(self) -> dict[str, Any]:
        plain: dict[str, Any] = {"ask": "drivers", "of": self.of.as_plain(), "minimum": self.minimum, "most": self.most}
        plain["before"] = None if self.before is None else self.before / 1000
        return plain if self.within is None else plain | {"within": self.within / 1000}


def read_drivers(plain: Mapping[str, Any]) -> DriversQuestion:
    """{"of": funnel, "before": "30d" | null, "within": "10m" | null, "minimum": 30, "most": 20}.

    Raises: QuestionError: no funnel, one of a single step or of a property's values, a length or number out of range.
    """
    refuse_unknown(plain, ("of", "before", "within", "minimum", "most"), "a question of drivers")
    question = DriversQuestion(
        of=read_of(plain.get("of"), "drivers"),
        before=read_duration(plain.get("before", BEFORE_MS / 1000), "before"),
        within=read_duration(plain.get("within"), "within"),
        minimum=_number(plain, "minimum", LEAST),
        most=_number(plain, "most", MOST),
    )
    refuse_values(question.of, "Drivers")
    if len(question.of.steps) < 2:
        raise QuestionError("Drivers need a funnel of two steps at least: with one, everybody who enters converts.")
    window = question.of.window
    if question.within is not None and (question.within < 1 or (window is not None and question.within >= window)):
        raise QuestionError("within is the time after the entry that counts as on the way: above 0, and shorter than the funnel's window.")
    return question


def read_of(plain: Any, what: str) -> FunnelQuestion:
    """The funnel that a question is about.  Its scope stands beside it, as that of any question."""
    if not isinstance(plain, Mapping):
        raise QuestionError(
            f'A question of {what} names its funnel: {{"ask": "{what}", "of": {{"steps": [...]}}}}; it was given {plain!r}.'
        )
    if plain.get("ask", "funnel") != "funnel":
        raise QuestionError(f'"of" holds a funnel; it was given a question of {plain["ask"]!r}.')
    return read_funnel({key: value for key, value in plain.items() if key != "ask"})


def _number(plain: Mapping[str, Any], key: str, usual: int) -> int:
    value = plain.get(key, usual)
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 10_000:
        raise QuestionError(f"{key} is {value!r}; it can be a whole number from 1 to 10,000.")
    return value
