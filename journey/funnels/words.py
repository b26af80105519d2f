"""The convention of a funnel in one sentence, with everything that is in force."""

from collections.abc import Sequence

from journey.answers import iso
from journey.funnels.question import FunnelQuestion
from journey.scope import Scope


def unit_word(count_by: str) -> str:
    """customers, sessions, or values of org."""
    return {"customer": "customers", "session": "sessions"}.get(count_by) or f"values of {count_by.removeprefix('property:')}"


def define_funnel(question: FunnelQuestion, scope: Scope, labels: Sequence[str]) -> str:
    """What was counted, as a sentence or a few."""
    parts = [f"Counts {unit_word(question.count_by)} {_ordering(question)}: {', then '.join(labels)}."]
    parts += [_windowed(question), _scoped(scope), _tied(question)]
    parts += ["One event serves one step. The deepest attempt counts, of equals the first to complete its deepest step."]
    parts += [_excluded(question)] if question.exclusions else []
    if question.optional:
        parts.append(f"May be skipped: {', '.join(labels[step] for step in question.optional)}.")
    if question.hold:
        parts.append(f"All steps of an attempt carry the same {' and '.join(question.hold)}; events without it are passed over.")
    if question.breakdown:
        parts.append(_broken_down(question))
    if question.value:
        parts.append(f"Value is the sum of {question.value} over the events that served a step.")
    return " ".join(part for part in parts if part)


def _ordering(question: FunnelQuestion) -> str:
    if question.order == "strict":
        return "that did each step as the very next event after the one before"
    if question.order == "unordered":
        return "that did at least so many of these steps, in any order"
    return "that did these steps in this order, whatever came between"


def _windowed(question: FunnelQuestion) -> str:
    if question.window is None:
        return "There is no limit of time."
    return f"All within {told_window(question.window)} of the first step, the last moment included."


def told_window(ms: int) -> str:
    """7 days, 36 hours, 90 seconds."""
    for size, word in ((86_400_000, "day"), (3_600_000, "hour"), (60_000, "minute")):
        if ms >= size and ms % size == 0:
            return f"{ms // size:,} {word}{'' if ms == size else 's'}"
    return f"{ms / 1000:g} seconds"


def _scoped(scope: Scope) -> str:
    bounds = [f"from {iso(scope.start)}"] if scope.start is not None else []
    bounds += [f"before {iso(scope.stop)}"] if scope.stop is not None else []
    who = "by customers of the segment" if scope.segment is not None else ""
    if not bounds and not who:
        return f"Entries of all time count; periods are cut in {scope.timezone}."
    told = " ".join(filter(None, (" and ".join(bounds), who)))
    return f"Entries {told} count; later steps may follow after. Periods are cut in {scope.timezone}."


def _tied(question: FunnelQuestion) -> str:
    if question.order == "unordered":
        return ""
    if question.ties == "load_order":
        return "Events of the same time keep the order they were loaded in."
    return "Events of the same time convert in step order."


def _excluded(question: FunnelQuestion) -> str:
    if question.order == "unordered":
        return "An excluded event inside a window voids it, unless all steps were done before."
    return "An excluded event between its two steps voids the attempt; who has no other attempt as deep leaves the funnel."


def _broken_down(question: FunnelQuestion) -> str:
    breakdown = question.breakdown
    if breakdown is None:
        return ""
    how = {
        "first_touch": "its value at the first step",
        "last_touch": "its value at the deepest step that has one",
        "all_events": "the funnel within each of its values",
    }.get(breakdown.attribution, f"its value at step {breakdown.step}, for those who reached it")
    return f"By {breakdown.name}: {how}."
