"""Which row of widgets can hold a condition of a rule as it is written: only what a row can write back unchanged."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from journey.rules.words import OPS
from pages.parts.segments_funnel import is_plain_funnel

OTHER = "other"
AMOUNTS = ("sum", "mean", "distinct")
AMOUNT_OPS = ("ge", "gt", "le", "lt", "eq", "ne")
AGE_OPS = ("ge", "gt", "le", "lt")
TIERS = ("high", "medium", "low")
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


def _is_step(step: Any) -> bool:
    """A name, anything, or one of several names: what one select can hold."""
    if isinstance(step, Mapping):
        return not step or (
            set(step) == {"any_of"} and isinstance(step["any_of"], list) and all(isinstance(one, str) for one in step["any_of"])
        )
    return step is None or isinstance(step, str)


def _is_left_out(rule: Mapping[str, Any]) -> bool:
    names = rule.get("other_than", [])
    return isinstance(names, list) and all(isinstance(name, str) for name in names)


def _is_did(rule: Mapping[str, Any]) -> bool:
    return _is_step(rule["did"]) and how_often(rule) is not None and isinstance(rule.get("within", ""), str) and _is_left_out(rule)


def _is_did_not(rule: Mapping[str, Any]) -> bool:
    since = rule.get("since")
    return _is_step(rule["did_not"]) and (isinstance(since, str | None) or bool(since and _is_step(since))) and _is_left_out(rule)


def _is_amount(rule: Mapping[str, Any]) -> bool:
    kind = next(kind for kind in AMOUNTS if kind in rule)
    plain = isinstance(rule[kind], str) and _is_step(rule.get("of")) and isinstance(rule.get("within", ""), str)
    return plain and rule.get("op", "ge") in AMOUNT_OPS and _is_number(rule.get("value")) and _is_left_out(rule)


def _is_trend(rule: Mapping[str, Any]) -> bool:
    lengths = all(isinstance(rule.get(key, ""), str) for key in ("recent", "before"))
    return _is_step(rule["trend"]) and lengths and changed_by(rule) is not None and _is_left_out(rule)


def _is_date(rule: Mapping[str, Any]) -> bool:
    lengths = [rule[key] for key in ("in", "ago") if key in rule]
    return isinstance(rule["date"], str) and len(lengths) == 1 and isinstance(lengths[0], str)


def _is_stall(rule: Mapping[str, Any]) -> bool:
    lengths = isinstance(rule.get("for"), str) and isinstance(rule.get("within", ""), str)
    return lengths and _is_step(rule["stall"]) and _is_step(rule.get("until")) and _is_left_out(rule)


def _is_time_since(rule: Mapping[str, Any]) -> bool:
    return _is_step(rule["time_since"]) and rule.get("op", "ge") in AGE_OPS and isinstance(rule.get("value"), str) and _is_left_out(rule)


def _is_crossed(rule: Mapping[str, Any]) -> bool:
    return all(isinstance(value, str) for value in rule.values())


def _is_score(rule: Mapping[str, Any]) -> bool:
    if not isinstance(rule["score"], str) or ("tier" in rule) == ("value" in rule):
        return False
    return rule.get("tier") in TIERS if "tier" in rule else rule.get("op", "ge") in AMOUNT_OPS and _is_number(rule["value"])


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_property(rule: Mapping[str, Any]) -> bool:
    value = rule.get("value")
    listed = isinstance(value, list) and all(isinstance(part, str) for part in value)
    return isinstance(rule["property"], str) and rule.get("op", "eq") in OPS and (listed or not isinstance(value, list | Mapping))


def _is_sequence(rule: Mapping[str, Any]) -> bool:
    steps = rule["sequence"]
    return isinstance(steps, list) and 0 < len(steps) <= MOST_STEPS and all(isinstance(step, str) for step in steps)


FORMS: list[tuple[str, set[str], Callable[[Mapping[str, Any]], bool]]] = [
    ("did", {"did", "times", "within", "other_than"}, _is_did),
    ("did_not", {"did_not", "since", "other_than"}, _is_did_not),
    *((kind, {kind, "of", "op", "value", "within", "other_than"}, _is_amount) for kind in AMOUNTS),
    ("trend", {"trend", "recent", "before", "change", "other_than"}, _is_trend),
    ("date", {"date", "in", "ago"}, _is_date),
    ("stall", {"stall", "for", "until", "within", "other_than"}, _is_stall),
    ("time_since", {"time_since", "op", "value", "other_than"}, _is_time_since),
    ("entered", {"entered", "from", "within"}, _is_crossed),
    ("left", {"left", "to", "within"}, _is_crossed),
    ("score", {"score", "tier", "op", "value"}, _is_score),
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


def changed_by(rule: Mapping[str, Any]) -> tuple[str, float] | None:
    """ "<-0.5" -> ("<", 0.5): fell by more than half; ">0.2" rose by more than a fifth; None where the row has no place for it."""
    found = re.fullmatch(r"\s*(<\s*-|>\s*\+?)\s*(\d+(?:\.\d+)?)\s*", str(rule.get("change", "<-0.5")))
    return (found.group(1)[0], float(found.group(2))) if found else None
