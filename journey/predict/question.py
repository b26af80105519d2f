"""What is asked of a prediction: which outcome, as of when, learned as of which dates, for how large a team."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from journey.errors import QuestionError
from journey.predict.outcome import Outcome, read_outcome, told_ms
from journey.scope import read_duration, read_time, refuse_unknown

CAPACITY = 200
MOST_DATES = 24


@dataclass(frozen=True)
class PredictQuestion:
    """outcome: as told, or the name of a kept prediction.

    as_of: ISO-8601, a bare time being one of the scope's zone; None for the scope's stop, else the data's end.
    train_as_of: dates to learn from, the last of them to calibrate on; () for dates that fit the log.
    lookback: ms before a date within which what customers did is counted; None for all.
    capacity: how many customers a team can reach.
    """

    outcome: Outcome | str
    as_of: str | None = None
    train_as_of: tuple[str, ...] = ()
    lookback: int | None = None
    capacity: int = CAPACITY

    def as_plain(self) -> dict[str, Any]:
        """What `read_predict` reads back as this question."""
        return {
            "outcome": self.outcome if isinstance(self.outcome, str) else self.outcome.as_plain(),
            "as_of": self.as_of,
            "train_as_of": list(self.train_as_of) or None,
            "lookback": None if self.lookback is None else told_ms(self.lookback),
            "capacity": self.capacity,
        }


def read_predict(plain: Mapping[str, Any]) -> PredictQuestion:
    """{"outcome", "as_of", "train_as_of", "lookback", "capacity"}.

    Raises: QuestionError: an unknown key, an outcome, a date or a number that cannot be read.
    """
    refuse_unknown(plain, ("outcome", "as_of", "train_as_of", "lookback", "capacity"), "a question of prediction")
    told = plain.get("outcome")
    as_of = plain.get("as_of")
    read_time(as_of, ZoneInfo("UTC"), "as_of")
    return PredictQuestion(
        told if isinstance(told, str) else read_outcome(told),
        None if as_of is None else str(as_of),
        _read_dates(plain.get("train_as_of")),
        _read_lookback(plain.get("lookback")),
        _read_capacity(plain.get("capacity", CAPACITY)),
    )


def _read_dates(dates: Any) -> tuple[str, ...]:
    if dates is None:
        return ()
    if not isinstance(dates, list | tuple) or not 1 <= len(dates) <= MOST_DATES:
        raise QuestionError(f"train_as_of lists 1 to {MOST_DATES} dates to learn from, or is null; it was given {dates!r}.")
    for one in dates:
        if read_time(one, ZoneInfo("UTC"), "A date of train_as_of") is None:
            raise QuestionError('A date of train_as_of is null. Write ISO-8601, such as "2026-03-01".')
    return tuple(map(str, dates))


def _read_lookback(value: Any) -> int | None:
    found = read_duration(value, "lookback")
    if found == 0:
        raise QuestionError('lookback is 0, within which nobody did anything. Write a duration such as "180d", or null for all.')
    return found


def _read_capacity(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise QuestionError(f"capacity is {value!r}; it is how many customers a team can reach, a whole number from 1.")
    return value
