"""As of which dates a model learns, is calibrated and is tested: always in that order, every outcome known before the next.

    learn d1, d2, ...          each with its time ahead closed by
    calibrate                  whose own time ahead closes by
    test                       whose time ahead the data hold whole
    score                      the date asked about, which may be the date of the test

Where the log is too short for a date between, calibration is done on customers left out of the learning.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from journey.answers import iso
from journey.errors import QuestionError

DAY = 86_400_000
LEARNED = 3  # dates to learn from where none are named
SHORTEST = 90 * DAY  # of a log that anything is predicted from
LEAST_SEEN, MOST_SEEN = 7 * DAY, 28 * DAY  # what must lie before the first date: as long as the time ahead, within these


@dataclass(frozen=True)
class Plan:
    """Dates in ms.  calibrate None: on customers left out.  unused: dates named whose time ahead overlaps the calibration's.

    earlier: dates of earlier tests, each of which may be learned for in the same way.
    """

    score: int
    test: int
    calibrate: int | None
    learn: tuple[int, ...]
    unused: tuple[int, ...] = ()
    earlier: tuple[int, ...] = ()

    @property
    def first(self) -> int:
        """The earliest date that anybody is looked at, for any of the tests."""
        return min(*self.learn, self.score, self.test)


def plan_dates(first: int, end: int, ahead: int, score: int, named: Sequence[int] = ()) -> Plan | str:
    """The dates for a log with events in [first, end), or what is missing.

    Raises: QuestionError: a named date whose outcome is not known by the date of the test.
    """
    if end - first < SHORTEST:
        return f"the log spans {_days(end - first)} of the {_days(SHORTEST)} days needed"
    test = score if score + ahead <= end else (end - ahead) // DAY * DAY
    if named:
        return _named(sorted(set(named)), ahead, test, score, end)
    seen = min(max(ahead, LEAST_SEEN), MOST_SEEN)
    spare = test - first - seen
    if spare < ahead:
        needed = 2 * ahead + seen
        return (
            f"before {_day(min(score, end))} the log spans {_days(min(score, end) - first)} of about {_days(needed)} days needed: "
            f"{_days(seen)} to look at, {_days(ahead)} to learn the outcome from and {_days(ahead)} to test it on"
        )
    if spare < 2 * ahead:
        return Plan(score, test, None, (test - ahead,))
    steps = int(spare // ahead)  # whole times ahead between the first look and the test
    learn = tuple(test - step * ahead for step in range(min(steps, LEARNED + 1), 1, -1))
    return Plan(score, test, test - ahead, learn, (), _earlier(test, ahead, steps))


def _earlier(test: int, ahead: int, steps: int) -> tuple[int, ...]:
    """Up to two earlier tests that have a date to calibrate on and one to learn from before them."""
    return tuple(test - back * ahead for back in range(min(2, steps - 2), 0, -1))


def _named(dates: Sequence[int], ahead: int, test: int, score: int, end: int) -> Plan:
    """Dates that a person named.  Where the outcome as of `score` is not known yet, the last of them whose is may be the test."""
    known = [date for date in dates if date + ahead <= end and date <= score]
    if test < score and known and known[-1] + ahead > test and len(known) > 1:
        test = known[-1]
        dates = [date for date in dates if date < test]
    late = [date for date in dates if date + ahead > test]
    if (late and test >= score) or len(late) == len(dates):
        raise QuestionError(
            f"What is learned as of {iso(late[0])} is known only by {iso(late[0] + ahead)}, after the date of the test, {iso(test)}. "
            "Name earlier dates to learn from, a later as_of, or a shorter outcome."
        )
    *before, last = [date for date in dates if date not in late]
    learn = tuple(date for date in before if date + ahead <= last)
    unused = tuple(date for date in before if date not in learn)
    return Plan(score, test, last, learn, (*unused, *late)) if learn else Plan(score, test, None, (*before, last), tuple(late))


def _days(ms: int) -> str:
    return f"{max(ms, 0) // DAY:,}"


def _day(ms: int) -> str:
    return str(iso(ms))[:10]
