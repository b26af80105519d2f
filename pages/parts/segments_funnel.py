"""A place in a funnel as a condition: its steps, its window, and whether they left there or came so far."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from journey.rules.words import tell_length

WINDOWS = ("1h", "1d", "7d", "30d", "90d", "365d")
MARKS = {"dropped_after": "left after", "reached": "reached"}
Select = Callable[[str, Sequence[Any], Any, Callable[[Any], str]], Any]


def is_plain_funnel(rule: Mapping[str, Any]) -> bool:
    """Whether the row can hold it: steps that are names, and one mark.  Its other options stay as they are."""
    question = rule["funnel"]
    if not isinstance(question, Mapping) or not isinstance(steps := question.get("steps"), list):
        return False
    marks = [mark for mark in MARKS if isinstance(rule.get(mark), int)]
    return len(marks) == 1 and 1 <= len(steps) <= 8 and all(isinstance(step, str) for step in steps)


def funnel_row(rule: Mapping[str, Any], choose_steps: Callable[[Sequence[str]], list[str]], select: Select) -> dict[str, Any]:
    question = rule["funnel"]
    mark = next(mark for mark in MARKS if mark in rule)
    steps = choose_steps(question["steps"])
    window = question.get("window")
    options = list(dict.fromkeys([*WINDOWS, None, window]))
    window = select("window", options, window, _told_window)
    places = {
        (how, at): f"{MARKS[how]} {step}" for how in MARKS for at, step in enumerate(steps) if how == "reached" or at < len(steps) - 1
    }
    if not places:
        return {"funnel": {**question, "steps": steps, "window": window}, "reached": 0}
    kept = (mark, rule[mark]) if (mark, rule[mark]) in places else next(iter(places))
    how, at = select("place", list(places), kept, lambda place: places.get(place, ""))
    return {"funnel": {**question, "steps": steps, "window": window}, how: at}


def _told_window(window: Any) -> str:
    if window is None:
        return "no time limit"
    days = window / 86_400 if isinstance(window, int | float) else None
    return f"within {tell_length(window if days is None or not float(days).is_integer() else f'{days:.0f}d')}"
