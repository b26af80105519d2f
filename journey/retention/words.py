"""The definition of a retention as a person reads it, with every convention in force."""

from typing import TYPE_CHECKING

from journey.retention.question import RetentionQuestion
from journey.scope import Scope

if TYPE_CHECKING:
    from journey.retention.bound import Bound

OWN = {"day": "24 hours", "week": "7 days", "month": "30 days"}


def define(question: RetentionQuestion, scope: Scope, bound: "Bound | None") -> str:
    target, returning = (bound.target, bound.returning) if bound else ("the target event", "the return event")
    return " ".join(
        [
            _cohort(question, target, scope),
            _came_back(question, returning),
            _clock(question, scope),
            "Period 0 is the cohort itself. Cells whose period the data do not reach the end of are incomplete, and left out of "
            "the mean, which weighs cohorts by size; its interval is Wilson's 95%"
            + (", widened since one customer is in several cohorts." if question.first == "recurring" else "."),
        ]
    )


def _cohort(question: RetentionQuestion, target: str, scope: Scope) -> str:
    who = "customers" if scope.segment is None else "customers of the segment"
    when = "did it for the first time, ever in this log" if question.first == "ever" else "did it, every one of them"
    split = f", split by {question.breakdown} at that event" if question.breakdown else ""
    return f"Cohorts are {who} by the {question.period} in which they {when} ({target}){split}."


def _came_back(question: RetentionQuestion, returning: str) -> str:
    often = f" at least {question.minimum_occurrences} times" if question.minimum_occurrences > 1 else ""
    when = {
        "on": f"in exactly that {question.period}",
        "on_or_after": f"in that {question.period} or a later one, as far as the data reach",
        "brackets": f"within that bracket of {question.period}s",
    }[question.mode]
    return f"Someone came back if they did the return event ({returning}){often} {when}."


def _clock(question: RetentionQuestion, scope: Scope) -> str:
    week = f", starting on {question.week_start.capitalize()}" if question.period == "week" else ""
    if question.clock == "calendar":
        return f"Periods are calendar {question.period}s in {scope.timezone}{week}."
    return (
        f"Periods are stretches of {OWN[question.period]} from each customer's own target event; "
        f"cohorts are calendar {question.period}s in {scope.timezone}{week}."
    )
