"""A question about one customer as plain data: whose page, how much of the timeline, from where back."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from journey.errors import QuestionError
from journey.scope import read_time, read_zone, refuse_unknown

MOST_EVENTS = 1_000
USUAL_EVENTS = 50
LAST = 2**62
KEYS = ("customer", "events", "before", "kinds", "scores")


@dataclass(frozen=True)
class CustomerQuestion:
    """customer: an id, the shown one or one that joined it.  events: how many of the timeline, the newest.

    before: (ms, seq), only events before this place in the order of time and loading; None for no bound.
    kinds: of events, as the catalog names them; () for all.  scores: whether to ask the models in use.
    """

    customer: str
    events: int = USUAL_EVENTS
    before: tuple[int, int] | None = None
    kinds: tuple[str, ...] = ()
    scores: bool = True


def read_customer(plain: Mapping[str, Any]) -> CustomerQuestion:
    """{"customer": id, "events": 50, "before": cursor or time, "kinds": [..], "scores": true} -> the question.

    Raises: QuestionError: an unknown key, no id, a number of events outside 1 to 1,000, a cursor that is no time.
    """
    refuse_unknown(plain, KEYS, "a question about a customer")
    asked = plain.get("customer")
    if isinstance(asked, bool) or not isinstance(asked, str | int) or not str(asked).strip():
        raise QuestionError(f'A question about a customer names one: {{"customer": "c-20418"}}; it was given {asked!r}.')
    events = plain.get("events", USUAL_EVENTS)
    if isinstance(events, bool) or not isinstance(events, int) or not 1 <= events <= MOST_EVENTS:
        raise QuestionError(f"events is {events!r}; write how many of the timeline to show, 1 to {MOST_EVENTS:,}.")
    kinds = plain.get("kinds") or ()
    if not isinstance(kinds, list | tuple) or not all(isinstance(kind, str) for kind in kinds):
        raise QuestionError(f'kinds is {kinds!r}; write a list such as ["orders", "support"].')
    scores = plain.get("scores", True)
    if not isinstance(scores, bool):
        raise QuestionError(f"scores is {scores!r}; write true, or false to leave out what the models say.")
    return CustomerQuestion(str(asked), events, read_cursor(plain.get("before")), tuple(kinds), scores)


def read_cursor(value: Any) -> tuple[int, int] | None:
    """ "2026-03-02T09:00:00Z/17" -> (ms, 17); a time alone is before everything of that moment."""
    if value is None:
        return None
    if not isinstance(value, str):
        raise QuestionError(f'before is {value!r}; write the cursor that an answer gave as its "more", or a time as ISO-8601.')
    when, _, seq = value.partition("/")
    if seq and not (seq.isascii() and seq.isdigit() and len(seq) < 19):
        raise QuestionError(f"before is {value!r}; after its time stands a whole number, as the answer before gave it.")
    ms = read_time(when, read_zone("UTC"), "before")
    return None if ms is None else (ms, int(seq) if seq else 0)
