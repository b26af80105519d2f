"""Which row of widgets can hold a condition of a rule as it is written: only what a row can write back unchanged."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from journey.rules.words import OPS
from pages.parts.segments_funnel import is_plain_funnel

OTHER = "other"
MOST_STEPS = 8


def kind_of(rule: Any) -> str:
    """Which row of widgets can hold the rule; `other` where none can, so that nothing of it is lost."""
    if isinstance(rule, str):
        return "saved"
    if not isinstance(rule, Mapping):
        return OTHER
    keys = set(rule)
    for kind, allowed, plain in FORMS:
        if kind in keys and keys <= allowed and plain(rule):
            return kind
    return OTHER


def _is_name(step: Any) -> bool:
    return step is None or isinstance(step, str)


def _is_did(rule: Mapping[str, Any]) -> bool:
    return _is_name(rule["did"]) and how_often(rule) is not None and isinstance(rule.get("within", ""), str)


def _is_did_not(rule: Mapping[str, Any]) -> bool:
    return _is_name(rule["did_not"]) and (rule.get("since") is None or isinstance(rule["since"], str))


def _is_property(rule: Mapping[str, Any]) -> bool:
    value = rule.get("value")
    listed = isinstance(value, list) and all(isinstance(part, str) for part in value)
    return isinstance(rule["property"], str) and rule.get("op", "eq") in OPS and (listed or not isinstance(value, list | Mapping))


def _is_sequence(rule: Mapping[str, Any]) -> bool:
    steps = rule["sequence"]
    return isinstance(steps, list) and 0 < len(steps) <= MOST_STEPS and all(isinstance(step, str) for step in steps)


FORMS: list[tuple[str, set[str], Callable[[Mapping[str, Any]], bool]]] = [
    ("did", {"did", "times", "within"}, _is_did),
    ("did_not", {"did_not", "since"}, _is_did_not),
    ("property", {"property", "op", "value"}, _is_property),
    ("sequence", {"sequence", "in"}, _is_sequence),
    ("funnel", {"funnel", "dropped_after", "reached"}, is_plain_funnel),
    ("stage", {"stage"}, lambda rule: isinstance(rule["stage"], str)),
]


def how_often(rule: Mapping[str, Any]) -> tuple[str, int] | None:
    """ ">=3" -> (">=", 3); None where the row has no place for it."""
    times = rule.get("times", ">=1")
    if isinstance(times, int) and not isinstance(times, bool):
        return "=", times
    found = re.fullmatch(r"\s*(>=|<=|=)\s*(\d{1,6})\s*", times) if isinstance(times, str) else None
    return (found.group(1), int(found.group(2))) if found else None
